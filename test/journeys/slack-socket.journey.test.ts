import { BOT, SLACK } from '../../sandbox/credentials.js';
import { liveSettings } from '../support/live-settings.js';
import type { Persona } from '../support/persona.js';
import { until } from '../support/processes.js';
import { World } from '../support/world.js';

/** Latchkey live behind a firewall: no request reaches it from outside, Slack speaks through the socket that it opens. */

let world: World;
let ana: Persona;

beforeAll(async () => {
  world = await World.withoutBot();
  const settings = liveSettings(world, { AZURE_CLIENT_SECRET: BOT.clientSecret });
  await world.startBot({
    ...settings,
    SLACK_BOT_TOKEN: SLACK.botToken,
    SLACK_APP_TOKEN: SLACK.appToken,
    SLACK_API_URL: `${world.slack.url}/api/`,
  });
  ana = world.person('Ana');
  await until('the socket is open', async () => (await open()) === 1);
}, 120_000);
afterAll(() => world?.stop());

async function open(): Promise<number> {
  const answer = await fetch(`${world.slack.url}/_sandbox/sockets`);
  return ((await answer.json()) as { open: number }).open;
}

test('whoever writes in Slack is asked to link the account, and the request URL does not exist', async () => {
  await ana.inSlack.types('/latchkey help', 'general');

  await ana.inSlack.sees('Link your account first');
  expect((await fetch(`${world.botUrl}/slack/events`, { method: 'POST' })).status).toBe(404);
});

test('after Slack has asked for a new socket everything goes on', async () => {
  await fetch(`${world.slack.url}/_sandbox/sockets`, {
    ...{ method: 'POST', body: JSON.stringify({ disconnect: 'refresh_requested' }) },
  });
  await until('the old socket has ended', async () => (await open()) === 0);
  await until('there is a new one', async () => (await open()) === 1);

  await ana.inSlack.opensHome();

  await ana.inSlack.seesHome('Link your account first');
});
