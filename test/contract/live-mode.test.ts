import { BOT, GENESYS, TENANT_ID } from '../../sandbox/credentials.js';
import { until, World } from '../support/world.js';

/** Settings as an operator writes them; the remote systems are replaced by the sandbox through their addresses alone. */
const LIVE = {
  LATCHKEY_MODE: 'live',
  HOST: '127.0.0.1',
  PUBLIC_URL: 'https://latchkey.contoso.example',
  MicrosoftAppId: '11111111-2222-4333-8444-555555555555',
  MicrosoftAppTenantId: TENANT_ID,
  MicrosoftAppPassword: 'the-bot-password-of-live',
  AZURE_TENANT_ID: TENANT_ID,
  AZURE_CLIENT_ID: BOT.clientId,
  AZURE_CLIENT_SECRET: BOT.clientSecret,
  GENESYSCLOUD_REGION: GENESYS.region,
  GENESYSCLOUD_OAUTHCLIENT_ID: GENESYS.clientId,
  GENESYSCLOUD_OAUTHCLIENT_SECRET: GENESYS.clientSecret,
  METRICS_TOKEN: 'a-token-for-prometheus',
  SANDBOX_TEAMS_URL: '',
  SLACK_API_URL: '',
  LATCHKEY_CLOCK_URL: '',
};

let world: World;
beforeAll(async () => {
  world = await World.withoutBot(LIVE);
  await world.startBot();
});
afterAll(() => world.stop());

const ask = (path: string, init: RequestInit = {}): Promise<Response> => fetch(`${world.botUrl}${path}`, init);

test('it says for each system that it is live', async () => {
  await until('it has said what it works with', async () => /^Teams +(live|off)/m.test(world.botOutput));

  expect(world.botOutput).toMatch(/^Entra +live/m);
  expect(world.botOutput).toMatch(/^Genesys +live/m);
  expect(world.botOutput).toMatch(/^Teams +live/m);
  expect(world.botOutput).not.toMatch(/Open http/);
});

test.each([
  ['GET', '/'],
  ['GET', '/sandbox/'],
  ['GET', '/sandbox/index.html'],
  ['GET', '/sandbox/main.js'],
  ['GET', '/sandbox/api/personas'],
  ['GET', '/sandbox/api/events'],
  ['POST', '/sandbox/api/send'],
  ['POST', '/sandbox/api/reset'],
  ['GET', '/_sandbox/state'],
  ['POST', '/_sandbox/reset'],
  ['POST', '/_sandbox/clock'],
])('the sandbox is not there: %s %s', async (method, path) => {
  const reply = await ask(path, { method });

  expect(reply.status).toBe(404);
  expect(await reply.text()).toBe('There is nothing here.');
});

test.each([
  ['nobody', {}],
  ['somebody with a made-up token', { Authorization: 'Bearer eyJhbGciOiJub25lIn0.e30.' }],
  ['somebody who says that they come from this machine', { 'X-Forwarded-For': '127.0.0.1', Host: 'localhost' }],
])('a message of %s is not let in, and is told nothing', async (_who, headers) => {
  const reply = await ask('/api/messages', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify({
      ...{ type: 'message', id: '1', channelId: 'msteams', serviceUrl: world.teams.url, text: 'help' },
      from: { id: '29:1', aadObjectId: '0e0b1ec7-0000-4000-8000-000000000001' },
      conversation: { id: 'a', conversationType: 'personal', tenantId: TENANT_ID },
      recipient: { id: `28:${LIVE.MicrosoftAppId}` },
      channelData: { tenant: { id: TENANT_ID } },
    }),
  });

  expect([401, 403]).toContain(reply.status);
  expect(await reply.text()).not.toMatch(/jwt|token|at .*\.js|issuer/i);
  expect(await world.teams.requests()).toEqual([]);
});

test('the figures are for whoever has the token', async () => {
  expect((await ask('/metrics')).status).toBe(401);
  const reply = await ask('/metrics', { headers: { Authorization: `Bearer ${LIVE.METRICS_TOKEN}` } });

  expect(reply.status).toBe(200);
  expect(await reply.text()).toMatch(/^latchkey_database_up 1$/m);
});

test('it is ready, and neither that nor the log has a secret in it', async () => {
  const reply = await ask('/readyz');
  const text = await reply.text();

  expect(reply.status).toBe(200);
  for (const [name, value] of Object.entries(LIVE)) {
    if (/SECRET|PASSWORD|TOKEN/i.test(name)) expect(`${text}${world.botOutput}`).not.toContain(value || 'never');
  }
});
