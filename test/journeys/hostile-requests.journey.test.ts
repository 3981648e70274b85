import fc from 'fast-check';
import { faultOf, hostileRequests, sendHostile, unforeseenIn } from '../support/hostile-requests.js';
import { sharedWorld } from '../support/shared-world.js';

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
