import { inBackground } from './background.js';
import { createBucket, createWindow } from './request-budget.js';

/** Wall time that passes only by waiting. */
function standingPace(): { sleep: (ms: number) => Promise<void>; wall: () => Date; waited: number[] } {
  let now = 0;
  const waited: number[] = [];
  return {
    waited,
    wall: () => new Date(now),
    sleep: async (ms) => {
      waited.push(ms);
      now += ms;
      return Promise.resolve();
    },
  };
}

test('A bucket lets its capacity through at once, and then no more than it fills', async () => {
  const pace = standingPace();
  const bucket = createBucket({ of: 'Entra', capacity: 3, perSecond: 2 }, pace);

  for (let sent = 0; sent < 5; sent += 1) await bucket.take();

  expect(pace.waited).toEqual([500, 500]);
});

test('A request that costs more waits for longer, and a bucket never holds more than its capacity', async () => {
  const pace = standingPace();
  const bucket = createBucket({ of: 'Entra', capacity: 4, perSecond: 2 }, pace);
  await pace.sleep(60_000);
  pace.waited.length = 0;

  await bucket.take(4);
  await bucket.take(3);

  expect(pace.waited).toEqual([1_500]);
});

test('Callers that come at the same moment wait one after the other', async () => {
  const pace = { ...standingPace(), wall: () => new Date(0) };
  const bucket = createBucket({ of: 'Entra', capacity: 1, perSecond: 1 }, pace);

  await Promise.all([bucket.take(), bucket.take(), bucket.take()]);

  expect(pace.waited).toEqual([1_000, 2_000]);
});

test('In no stretch of the window are there more requests than it allows', async () => {
  const pace = standingPace();
  const window = createWindow({ of: 'Genesys Cloud', requests: 3, windowMs: 60_000 }, pace);
  const sentAt: number[] = [];

  for (let sent = 0; sent < 10; sent += 1) {
    await window.take();
    sentAt.push(pace.wall().getTime());
    await pace.sleep(1_000);
  }

  const most = Math.max(...sentAt.map((from) => sentAt.filter((at) => at >= from && at < from + 60_000).length));
  expect(most).toBe(3);
});

test('Work in the background leaves the reserve of a bucket to those who wait for an answer', async () => {
  const pace = standingPace();
  const bucket = createBucket({ of: 'Entra', capacity: 10, perSecond: 2, reserve: 4 }, pace);

  await inBackground(async () => {
    for (let sent = 0; sent < 8; sent += 1) await bucket.take();
  });
  expect(pace.waited).toEqual([500, 500]);
  pace.waited.length = 0;

  for (let sent = 0; sent < 4; sent += 1) await bucket.take();
  expect(pace.waited).toEqual([]);
});

test('Work in the background leaves the reserve of a window, too, and holds nobody up while it waits', async () => {
  const pace = standingPace();
  const window = createWindow({ of: 'Genesys Cloud', requests: 5, windowMs: 1_000, reserve: 2 }, pace);

  await inBackground(async () => {
    for (let sent = 0; sent < 3; sent += 1) await window.take();
  });
  await Promise.all([window.take(), window.take()]);
  expect(pace.waited).toEqual([]);

  await inBackground(() => window.take());
  expect(pace.waited).toEqual([1_000]);
});
