import fc from 'fast-check';
import { faultOf, hostileRequests, sendHostile, unforeseenIn } from '../support/hostile-requests.js';
import { liveSettings } from '../support/live-settings.js';
import { sharedWorld } from '../support/shared-world.js';
import { World } from '../support/world.js';
import { BOT } from '../../sandbox/credentials.js';
import { APP_ID, BotFrameworkStub, PASSWORD } from '../contract/bot-framework-stub.js';

const world = sharedWorld({ TURNS_PER_MINUTE: '1000000' });

test('hundreds of hostile requests: an answer below 500 that tells nothing, and the bot stays as it was', async () => {
  const port = Number(new URL(world().botUrl).port);

  await fc.assert(
    fc.asyncProperty(hostileRequests(world().teams.url), async (request) => {
      expect(faultOf(request, await sendHostile(port, request))).toBeUndefined();
    }),
    { numRuns: 400 },
  );

  expect(unforeseenIn(world().botOutput)).toEqual([]);
  expect((await fetch(`${world().botUrl}/readyz`)).status).toBe(200);
  await world()
    .person('Ada')
    .saysAndSees('help', /status/i);
});

test('behind live authentication, with a good token for each: the same, and what is let in is judged', async () => {
  const framework = await BotFrameworkStub.start();
  const apart = await World.withoutBot({ TURNS_PER_MINUTE: '1000000' });
  try {
    const registration = {
      MicrosoftAppId: APP_ID,
      MicrosoftAppPassword: PASSWORD,
      AZURE_CLIENT_SECRET: BOT.clientSecret,
    };
    const signers = { TEAMS_OPENID_URL: framework.openIdUrl, TEAMS_TOKEN_ISSUER: framework.url };
    await apart.startBot(liveSettings(apart, { ...registration, ...signers, TEAMS_LOGIN_URL: framework.url }));
    const authorization = `Bearer ${await framework.token(apart.teams.url)}`;
    const port = Number(new URL(apart.botUrl).port);
    const statuses = new Map<number | undefined, number>();

    await fc.assert(
      fc.asyncProperty(hostileRequests(apart.teams.url, authorization), async (request) => {
        const outcome = await sendHostile(port, request);
        statuses.set(outcome.status, (statuses.get(outcome.status) ?? 0) + 1);
        expect(faultOf(request, outcome)).toBeUndefined();
      }),
      { numRuns: 400 },
    );

    expect(unforeseenIn(apart.botOutput)).toEqual([]);
    // Without the tokens being taken, nothing behind the door would have been tried.
    expect(statuses.get(200)).toBeGreaterThan(3);
    expect((await fetch(`${apart.botUrl}/readyz`)).status).toBe(200);
  } finally {
    await apart.stop();
    await framework.close();
  }
}, 120_000);
