import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { BOT, GENESYS, SEED_PASSWORD, SLACK, TENANT_ID } from '../../sandbox/credentials.js';
import type { Persona } from '../support/persona.js';
import { signInByHand } from '../support/sign-in-by-hand.js';
import { until, World } from '../support/world.js';

/** Live mode with Slack and without Teams: none of the settings of Teams is set. */
const LIVE = {
  LATCHKEY_MODE: 'live',
  HOST: '127.0.0.1',
  PUBLIC_URL: 'https://latchkey.contoso.example',
  AZURE_TENANT_ID: TENANT_ID,
  AZURE_CLIENT_ID: BOT.clientId,
  AZURE_CLIENT_SECRET: BOT.clientSecret,
  GENESYSCLOUD_REGION: GENESYS.region,
  GENESYSCLOUD_OAUTHCLIENT_ID: GENESYS.clientId,
  GENESYSCLOUD_OAUTHCLIENT_SECRET: GENESYS.clientSecret,
  SLACK_BOT_TOKEN: SLACK.botToken,
  SLACK_SIGNING_SECRET: SLACK.signingSecret,
  SANDBOX_TEAMS_URL: '',
};

let world: World;
let ada: Persona;
beforeAll(async () => {
  world = await World.start(LIVE);
  ada = world.person('Ada');
}, 120_000);
afterAll(() => world?.stop());

/** The public name leads to the bot, as a proxy would. */
const atTheBot = (url: string): string => url.replace(LIVE.PUBLIC_URL, world.botUrl);

test('it says that Teams is off, and has no door for it', async () => {
  await until('it has said what it works with', async () => /^Slack +(live|off)/m.test(world.botOutput));
  const reply = await fetch(`${world.botUrl}/api/messages`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ type: 'message', channelId: 'msteams', text: 'help' }),
  });

  expect(world.botOutput).toMatch(/^Teams +off$/m);
  expect(world.botOutput).toMatch(/^Slack +live, http/m);
  expect(reply.status).toBe(404);
});

test('Ada links her account, is told where the news of it go, and works', async () => {
  const { inSlack } = ada;
  await inSlack.writes('link');
  const invitation = await inSlack.sees('Link your account first');
  const url = invitation.button('Sign in with Microsoft').element.url ?? '';
  const who = { userName: 'ada.admin@contoso.example', password: SEED_PASSWORD };
  const page = await signInByHand(url, who, atTheBot);
  await inSlack.presses('Enter the number', invitation);
  const dialog = await inSlack.seesDialog('The six digits of the page');
  inSlack.fills(dialog, { number: /\b(\d{6})\b/.exec(page)?.[1] ?? '' });
  await inSlack.submits(dialog);

  const linked = await inSlack.sees('Here you are Ada Admin');
  expect(linked.words).toContain('Latchkey tells you so in other accounts that are linked to you');
  expect(linked.words).not.toContain('Teams');
  await inSlack.writes('status');
  await inSlack.sees('SSO status');
});

test('the link to a first password comes to the direct messages', async () => {
  const { inSlack } = ada;
  await inSlack.writes('create test user T.Simon');
  const card = await inSlack.sees('Create T.Simon in Entra');
  await inSlack.presses(/^Create/, card);

  await inSlack.watches(card, 'A link to the first password is in the personal chat of whoever asked.');
  const link = await inSlack.sees('The first password of');
  const page = await fetch(atTheBot(link.button('Show the password').element.url ?? ''));
  expect(page.status).toBe(200);
});

test('nothing was sent to Teams, and nothing failed for want of it', async () => {
  expect(await world.teams.requests()).toEqual([]);
  expect(world.botOutput).not.toMatch(/"level":(40|50)/);
});

test('the packages are those of Slack alone', async () => {
  const program = join(resolve(__dirname, '../..'), 'dist/src/manifest.js');
  const env = { PATH: process.env['PATH'], ...LIVE };
  const child = spawn(process.execPath, [program], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
  const [code] = (await once(child, 'close')) as [number | null];

  expect(code).toBe(0);
  expect(said).toMatch(/There is no package for Teams, which is off/);
  expect(said).toMatch(/latchkey-slack\.json is valid for Slack/);
  expect(said).not.toMatch(/latchkey-teams\.zip|Slack is off/);
});
