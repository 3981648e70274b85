import { setsUpSso } from '../support/deeds.js';
import { linksSlack } from '../support/links-slack.js';
import type { Persona } from '../support/persona.js';
import type { SandboxControl } from '../support/sandbox-control.js';
import { sharedWorld } from '../support/shared-world.js';

/*
 * A chat that does not answer for an hour neither stops what is done nor loses what it should have shown. The hour is one
 * of business time; what brings the cards afterwards is the real schedule of retries, or the sweep of the next start.
 */

const world = sharedWorld();
let ada: Persona;

beforeAll(async () => {
  ada = world().person('Ada');
  await linksSlack(ada);
}, 120_000);

/** Every call of the bot to that chat is answered with 503, or is taken again. */
async function isAway(chat: SandboxControl, on: boolean): Promise<void> {
  await chat.fault('unavailable', { times: 'always', on });
}

async function inSlackSaying(text: string): Promise<number> {
  return (await ada.inSlack.messages()).filter((message) => message.says(text)).length;
}

async function inTeamsSaying(text: string): Promise<number> {
  return (await ada.cards()).filter((card) => card.says(text)).length;
}

/** From Teams, by a file with one row. */
async function givesAccess(who: string): Promise<void> {
  await ada.sendsFile(`${who}.csv`, `upn\n${who}@contoso.example\n`);
  const plan = await ada.sees(`Plan for ${who}.csv`);
  await ada.presses(plan, 'Give 1 person access');
  await ada.watches(plan, `${who}.csv is done`);
}

test('Slack is away while SSO is set up and a file is run from Teams: both come when it is back, once each', async () => {
  await isAway(world().slack, true);

  await setsUpSso(ada);
  await givesAccess('ana.agent');
  await world().advance('PT1H');
  expect(await inSlackSaying('SSO is set up')).toBe(0);
  await isAway(world().slack, false);

  await ada.inSlack.sees('SSO is set up');
  await ada.inSlack.sees('ana.agent.csv is done');
  expect([await inSlackSaying('SSO is set up'), await inSlackSaying('ana.agent.csv is done')]).toEqual([1, 1]);
});

test('Slack goes away while its card shows a file being run, and the bot is killed meanwhile: the card ends true', async () => {
  await world().entra.fault('slow-replies', { ms: '3000', match: 'appRoleAssignments' });
  await ada.sendsFile('omar.csv', 'upn\nomar.owner@contoso.example\n');
  const plan = await ada.sees('Plan for omar.csv');
  await ada.presses(plan, 'Give 1 person access');
  const card = await ada.inSlack.sees('Giving access: omar.csv');
  await isAway(world().slack, true);
  await world().entra.fault('slow-replies', { on: false });
  await ada.watches(plan, 'omar.csv is done');

  await world().killBot();
  await world().entra.advance('PT1H');
  await world().startBot();
  expect(card.says('is done')).toBe(false);
  await isAway(world().slack, false);

  await ada.inSlack.watches(card, 'omar.csv is done');
  expect(await inSlackSaying('omar.csv is done')).toBe(1);
});

test('Teams is away while a file is run from Slack: its card comes when Teams is back, once', async () => {
  await ada.inSlack.uploads('dana.csv', 'upn\ndana.deputy@contoso.example\n');
  const plan = await ada.inSlack.sees('Plan for dana.csv');
  await isAway(world().teams, true);

  await ada.inSlack.presses('Give 1 person access', plan);
  await ada.inSlack.watches(plan, 'dana.csv is done');
  await world().advance('PT1H');
  expect(await inTeamsSaying('dana.csv')).toBe(0);
  await isAway(world().teams, false);

  await ada.sees('dana.csv is done');
  expect(await inTeamsSaying('dana.csv is done')).toBe(1);
});
