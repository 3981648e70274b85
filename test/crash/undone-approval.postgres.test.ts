import { asksInSlack } from '../support/access-desk.js';
import { setsUpSso } from '../support/deeds.js';
import { linksSlack } from '../support/links-slack.js';
import type { Persona } from '../support/persona.js';
import { until } from '../support/world.js';
import { Replicas } from './replicas.js';

/*
 * Clicks in Slack whose replica dies when they have counted and before they are noted as answered, so that another one works
 * on them once more: what the person did in between holds.
 */

const WHY = 'a shift that is needed';
const APPROVE = 'Approve Ana Agent';
const TAKE_BACK = 'Take back the approval for Ana Agent';

let replicas: Replicas;
let ana: Persona;
let omar: Persona;
let deadHolder = '';

beforeAll(async () => {
  replicas = await Replicas.start();
  [ana, omar] = [replicas.world.person('Ana'), replicas.world.person('Omar')];
  await setsUpSso(replicas.world.person('Ada'));
  await linksSlack(ana);
  await linksSlack(omar);
  await replicas.rows('create function keep() returns trigger language plpgsql as $$ begin return null; end $$');
}, 240_000);
afterAll(() => replicas?.stop(), 30_000);

/** From now on the first replica does what it is told, and dies before it can say that it has. */
async function isMortal(): Promise<void> {
  await replicas.mend();
  replicas.balancer.route = 0;
  await nothingIsLeft();
  await replicas.rows('create trigger kept before delete on inbox for each row execute function keep()');
}

/**
 * The other one works on everything from now on; what was left behind it takes up when `takesUp` says so, or by itself.
 * @returns how many clicks were left behind.
 */
async function dies(): Promise<number> {
  await replicas.signal(0, 'SIGKILL');
  const left = await replicas.rows<{ holder: string }>('select holder from inbox');
  deadHolder = left[0]?.holder ?? '';
  replicas.balancer.route = 1;
  await replicas.rows('drop trigger kept on inbox');
  return left.length;
}

/** The lease on what the dead one had is over, and it is worked on once more. */
async function takesUp(): Promise<void> {
  await replicas.rows(`update inbox set held_until = clock_timestamp() where holder = '${deadHolder}'`);
  await nothingIsLeft();
}

async function nothingIsLeft(): Promise<void> {
  await until('every delivery is answered', async () => (await replicas.rows('select * from inbox')).length === 0);
}

/** Once the time to take it back has passed, and what is due was done. */
async function givenTo(person: Persona): Promise<number> {
  const { world } = replicas;
  await world.advance('PT11S');
  await until('nothing is under way', async () => {
    const underWay = await replicas.rows("select id from run where state in ('running', 'waiting')");
    return underWay.length === 0;
  });
  const { appRoleAssignments } = await world.entra.state<{ appRoleAssignments: { principalId: string }[] }>();
  return appRoleAssignments.filter(({ principalId }) => principalId === person.id).length;
}

test('An approval that was undone is not given when its click is worked on once more', async () => {
  await asksInSlack(ana, 'agent', { because: WHY });
  const card = await omar.inSlack.sees(WHY);
  await isMortal();

  await omar.inSlack.presses(APPROVE, card);
  await omar.inSlack.watches(card, 'Take back');
  expect(await dies()).toBe(1);
  await omar.inSlack.presses(TAKE_BACK, card);
  await omar.inSlack.watches(card, APPROVE);

  await takesUp();
  expect(await replicas.rows('select state from access_request')).toEqual([{ state: 'open' }]);
  expect(await replicas.rows('select * from access_vote')).toEqual([]);
  expect(await givenTo(ana)).toBe(0);
}, 180_000);

test('An approval anew holds when the click that took back the first one is worked on once more', async () => {
  const card = await omar.inSlack.sees(WHY);
  await isMortal();

  await omar.inSlack.presses(APPROVE, card);
  await omar.inSlack.presses(TAKE_BACK, await omar.inSlack.watches(card, 'Take back'));
  await omar.inSlack.watches(card, APPROVE);
  expect(await dies()).toBe(2);
  await omar.inSlack.presses(APPROVE, card);
  // Its card may have to wait until the lease of the dead one is over.
  await until('it counts', async () => (await replicas.rows('select * from access_vote')).length === 1);

  await takesUp();
  expect(await replicas.rows('select state from access_request')).toEqual([{ state: 'approved' }]);
  expect(await givenTo(ana)).toBe(1);
}, 180_000);
