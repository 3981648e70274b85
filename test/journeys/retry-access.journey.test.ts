import { SLACK } from '../../sandbox/credentials.js';
import { asksInSlack, asksInTeams, linkInSlack, signsInTo } from '../support/access-desk.js';
import { setsUpSso } from '../support/deeds.js';
import { linksSlack } from '../support/links-slack.js';
import type { Persona } from '../support/persona.js';
import { sharedWorld } from '../support/shared-world.js';

/* A giving that one side refuses for good: who learns why, who may go on with it, and who may not. */

const world = sharedWorld({
  LATCHKEY_ADMIN_CHANNEL: `19:550operat10ns000000000000000001@thread.tacv2, ${SLACK.teamId}/C0GENERAL01`,
});
let ada: Persona;
let ana: Persona;
let omar: Persona;
let dana: Persona;
let gale: Persona;

beforeAll(async () => {
  const as = (name: string): Persona => world().person(name);
  [ada, ana, omar, dana, gale] = [as('Ada'), as('Ana'), as('Omar'), as('Dana'), as('Gale')];
  await setsUpSso(ada);
  for (const person of [ada, ana, omar, gale]) await linksSlack(person);
}, 180_000);

const PAST_TAKE_BACK = 'PT11S';
const FAILED = 'Giving Ana Agent access as Agent did not finish';

async function assignmentsOf({ id }: Persona): Promise<number> {
  const { appRoleAssignments } = await world().entra.state<{ appRoleAssignments: { principalId: string }[] }>();
  return appRoleAssignments.filter(({ principalId }) => principalId === id).length;
}

test('Genesys refuses: the card says what failed and what to do, an approver may not retry, and an admin in Teams may', async () => {
  const request = await asksInSlack(ana, 'agent', { hours: 4, because: 'covering the night shift' });
  await world().genesys.fault('permission-removed', { permission: 'directory:user:add' });
  const asked = await dana.sees('covering the night shift');
  await dana.presses(asked, 'Approve Ana Agent');
  await world().advance(PAST_TAKE_BACK);

  await ana.inSlack.watches(request, 'Approved, but the access could not be given.');
  await ana.inSlack.sees('Not given: Agent');
  const shared = await ada.sees(FAILED, 'channel');
  expect(shared.text).toMatch(/directory:user:add/);
  expect(shared.text).toMatch(/Find or create the Genesys user/);
  const own = await dana.sees(FAILED);
  const refused = await dana.presses(own, 'Retry');
  expect(JSON.stringify(refused)).toContain('You cannot');
  expect(await assignmentsOf(ana)).toBe(1);
  await world().genesys.fault('permission-removed', { on: false });

  await ada.presses(shared, 'Retry');

  await ana.inSlack.watches(request, /You have access until/);
  expect(await signsInTo(ana, await linkInSlack(ana))).toBe(true);
  expect((await ada.watches(shared, 'Ana Agent was given access as Agent')).buttons()).toEqual([]);
  await dana.watches(asked, /Ana Agent has access until/);
}, 180_000);

test('Entra refuses: in Slack somebody else’s Retry is refused, an admin’s gives the access, and a second does nothing', async () => {
  const request = await asksInTeams(gale, 'agent', { hours: 4, because: 'reading the queues' });
  await world().entra.fault('permission-removed', { permission: 'AppRoleAssignment.ReadWrite.All' });
  await omar.inSlack.presses('Approve Gale Reader', await omar.inSlack.sees('reading the queues'));
  await world().advance(PAST_TAKE_BACK);

  await gale.watches(request, 'Approved, but the access could not be given.');
  const shared = await ada.inSlack.sees('Giving Gale Reader access as Agent did not finish', 'general');
  expect(shared.words).toContain('AppRoleAssignment.ReadWrite.All');
  await gale.inSlack.presses('Retry', shared);
  await gale.inSlack.sees('You cannot', 'general');
  expect(await assignmentsOf(gale)).toBe(0);
  await world().entra.fault('permission-removed', { on: false });

  await Promise.all([ada.inSlack.presses('Retry', shared), ada.inSlack.presses('Retry', shared)]);

  await gale.watches(request, /You have access until/);
  await gale.sees('You have access');
  expect(await assignmentsOf(gale)).toBe(1);
  expect((await ada.inSlack.watches(shared, 'Gale Reader was given access as Agent')).buttons).toEqual([]);
}, 180_000);
