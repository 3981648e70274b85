import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SLACK } from '../../sandbox/credentials.js';
import { answersInTeams } from '../support/access-desk.js';
import { setsUpSso } from '../support/deeds.js';
import { linksSlack } from '../support/links-slack.js';
import type { Persona } from '../support/persona.js';
import { sharedWorld } from '../support/shared-world.js';

const POLICY = `
version: 1
timeZone: Europe/Berlin
roles:
  agent:
    name: Agent
    gives: { entraRole: User, genesys: { division: Home, roles: [Agent] } }
    mayAsk: everybody
    approval: [{ people: [omar.owner@contoso.example, dana.deputy@contoso.example], quorum: 2 }]
    lasts: { usually: 8 hours, atMost: 30 days }
    breakGlass: { people: [ana.agent@contoso.example], atMost: 30 minutes }
`;
const policyFile = join(mkdtempSync(join(tmpdir(), 'latchkey-policy-')), 'policy.yaml');
writeFileSync(policyFile, POLICY);

const world = sharedWorld({
  LATCHKEY_POLICY: policyFile,
  LATCHKEY_ADMIN_CHANNEL: `19:550operat10ns000000000000000001@thread.tacv2, ${SLACK.teamId}/C0GENERAL01`,
});
let ana: Persona;
let omar: Persona;
let dana: Persona;

beforeAll(async () => {
  [ana, omar, dana] = [world().person('Ana'), world().person('Omar'), world().person('Dana')];
  await setsUpSso(world().person('Ada'));
  await linksSlack(omar);
}, 180_000);

async function takesAtOnce(why: string): Promise<void> {
  const form = await ana.saysAndSees('request', 'How urgent is it?');
  await ana.presses(form, 'Ask for access', { role: 'agent', minutes: 'usually', how: 'at-once', why });
  const confirm = await ana.watches(form, 'Take Agent at once?');
  expect(confirm.text).toContain('gives Agent for 30 minutes without asking anybody first');
  await ana.presses(confirm, 'Take Agent now');
  await ana.watches(form, 'Break-glass: you take Agent');
}

test('Ana takes access at once, everybody who decides is told loudly, and a review finds it right', async () => {
  await takesAtOnce('the hotline is down');

  await ana.sees('You have access');
  const own = await ana.sees('Break-glass: you take Agent');
  expect(own.text).toMatch(/You have access until.*Taken by break-glass/);
  expect(own.text).toContain('the hotline is down');
  const loud = await omar.inSlack.sees('Break-glass: Ana Agent takes Agent');
  expect(loud.words).toContain('▲ Needs attention');
  await omar.inSlack.sees('Break-glass: Ana Agent takes Agent', 'general');
  const shared = await dana.sees('Break-glass: Ana Agent takes Agent', 'channel');

  expect(shared.buttons()).toEqual([]);
  expect((await dana.refreshes(shared)).buttons()).toContain('Review the break-glass of Ana Agent …');
  expect((await world().person('Gale').refreshes(shared)).buttons()).toEqual([]);
  const asked = await dana.sees('Break-glass: Ana Agent takes Agent');
  await answersInTeams(dana, asked, {
    ...{ opens: /^Review/, sends: /^Save/ },
    inputs: { verdict: 'right', reason: 'It was an emergency' },
  });
  await omar.inSlack.watches(loud, /Dana Deputy says it was right\. It was an emergency/);
  const reviewed = await dana.refreshes(await dana.watches(shared, /Dana Deputy says it was right/));
  expect(reviewed.buttons()).toEqual(['Revoke access of Ana Agent …']);
}, 120_000);

test('a review that finds it not right ends the access', async () => {
  await world().advance('PT31M');
  await ana.sees('Your access ended');
  await takesAtOnce('just so');
  const asked = await omar.inSlack.sees('just so');
  await omar.inSlack.presses(/^Review/, await omar.inSlack.watches(asked, /Ana Agent has access until/));
  const dialog = await omar.inSlack.seesDialog('Review the break-glass');
  omar.inSlack.fills(dialog, { verdict: 'not-right', reason: 'No emergency' });
  await omar.inSlack.submits(dialog);

  await omar.inSlack.watches(asked, /Access ended.*Omar Owner/);
  await omar.inSlack.watches(asked, /Omar Owner says it was not right\. No emergency/);
}, 120_000);

test('a quorum of two is one click in each chat', async () => {
  const form = await ana.saysAndSees('request', 'Which role?');
  // Not for a day after one that was not right.
  expect(form.says('How urgent is it?')).toBe(false);
  await ana.presses(form, 'Ask for access', { role: 'agent', minutes: '60', why: 'two must agree' });
  const inSlack = await omar.inSlack.sees('two must agree');
  const inTeams = await dana.sees('two must agree');

  await omar.inSlack.presses('Approve Ana Agent', inSlack);
  await dana.watches(inTeams, '1 of 2 have agreed');
  const voted = await omar.inSlack.watches(inSlack, '1 of 2 have agreed');
  expect(voted.buttons.filter((label) => label.startsWith('Approve'))).toEqual([]);
  await dana.presses(inTeams, 'Approve Ana Agent');

  await ana.sees(/Approved by Dana Deputy/);
  await omar.inSlack.watches(inSlack, /Approved by Dana Deputy/);
}, 120_000);
