import { setTimeout as delay } from 'node:timers/promises';
import { PEOPLE } from '../../sandbox/credentials.js';
import { asksInSlack, asksInTeams } from '../support/access-desk.js';
import { Consoles } from '../support/consoles.js';
import { setsUpSso } from '../support/deeds.js';
import { linksSlack } from '../support/links-slack.js';
import type { Persona } from '../support/persona.js';
import { sharedWorld } from '../support/shared-world.js';
import { until } from '../support/processes.js';

const world = sharedWorld();
let ada: Persona;
let ana: Persona;
let omar: Persona;
let dana: Persona;

beforeAll(async () => {
  [ada, ana] = [world().person('Ada'), world().person('Ana')];
  [omar, dana] = [world().person('Omar'), world().person('Dana')];
  await setsUpSso(ada);
  await linksSlack(ada);
  await linksSlack(ana);
  await linksSlack(omar);
}, 180_000);

test('the app’s home of an approver shows what waits, by itself, and its button brings the card', async () => {
  await omar.inSlack.opensHome();
  await omar.inSlack.seesHome('Nothing waits for you.');

  const request = await asksInTeams(ana, 'agent', { because: 'from the home' });

  const home = await omar.inSlack.seesHome('Decide on Agent, Ana Agent');
  expect(home.says('from the home')).toBe(true);
  await omar.inSlack.presses('Decide on Agent, Ana Agent', home);
  await omar.inSlack.seesDialog('The card is in your messages');
  const [card] = await omar.inSlack.messages();
  await omar.inSlack.presses(/^Approve Ana Agent$/, card ?? home);
  await ana.watches(request, /Approved by Omar Owner/);
  await omar.inSlack.seesHome('Nothing waits for you.');
}, 120_000);

test('my work in Teams: what waits, what was asked for, what one has', async () => {
  await world().advance('PT11S');
  await ana.sees('You have access');

  const own = await ana.saysAndSees('my work', 'My access');
  expect(own.text).toMatch(/Agent, until /);
  expect(own.text).toContain('Nothing waits for you.');
  await ana.presses(own, 'Open Agent');
  const [card] = await ana.cards();
  expect(card?.buttons()).toEqual(expect.arrayContaining(['Ask for more time …', 'Give back Agent …']));

  await ana.saysAndSees('my access', 'My access');
  await dana.saysAndSees('my requests', 'You have asked for nothing yet.');
  await asksInTeams(ana, 'agent', { for: 'b.simon', because: 'what I have, for him' });
}, 120_000);

test('an administrator sees as health what somebody has changed in Entra by hand, and that it is put right', async () => {
  await ada.saysAndSees('my work', 'Nothing is wrong.');
  const { id = '' } = PEOPLE.find(({ givenName }) => givenName === 'Ana') ?? {};
  const putBack = await new Consoles(world()).takesAppRoles(id);
  const gone = /Ana Agent, Agent: somebody has taken the role in Entra, though the lease lasts until/;

  await world().advance('PT5M');
  await saysUntil(ada, 'my work', gone);
  await ada.saysAndSees('status', gone);
  await ada.inSlack.opensHome();
  const home = await ada.inSlack.seesHome(gone);
  expect(home.says('Waiting for me')).toBe(true);
  const omars = await omar.saysAndSees('my work', 'My access');
  expect(omars.says('Health')).toBe(false);

  await putBack();
  await world().advance('PT5M');
  await saysUntil(ada, 'my work', 'Nothing is wrong.');
  await ada.inSlack.opensHome();
  await ada.inSlack.seesHome('Nothing is wrong.');
}, 120_000);

/** So often a person asks who is not turned away for asking too often. */
const ASKED_EVERY_MS = 2_000;

/** The look at Entra comes soon after the clock has moved. */
async function saysUntil(person: Persona, words: string, expected: string | RegExp): Promise<void> {
  await until(`${words} says ${String(expected)}`, async () => {
    const card = await person.saysAndSees(words, 'Health');
    return card.says(expected) || void (await delay(ASKED_EVERY_MS));
  });
}

test('a bot that dies after the click gives the access after its restart, and every card stays what it was', async () => {
  const request = await asksInTeams(dana, 'supervisor', { because: 'across a crash' });
  const asked = await omar.sees('across a crash');
  await omar.presses(asked, 'Approve Dana Deputy');
  await dana.watches(request, /Approved by Omar Owner/);

  await world().killBot();
  await world().startBot();
  await world().advance('PT11S');

  await dana.watches(request, /You have access until/);
  const works = await omar.watches(asked, 'Dana Deputy has access until');
  expect(works.says('Dana Deputy asks for Supervisor')).toBe(true);
}, 180_000);

test('requests go on while Slack is down, and its cards are true when it is back', async () => {
  const request = await asksInSlack(ana, 'supervisor', { because: 'while Slack is down' });
  const asked = await dana.sees('while Slack is down');
  await world().slack.fault('token-revoked');

  await dana.presses(asked, 'Approve Ana Agent');
  await ana.sees(/Approved by Dana Deputy/);
  await world().advance('PT11S');
  await dana.watches(asked, 'Ana Agent has access until');
  await world().slack.fault('token-revoked', { on: false });

  await ana.inSlack.watches(request, 'You have access until');
  await ana.inSlack.sees('You have access');
}, 180_000);
