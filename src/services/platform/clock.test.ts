import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createClock } from './clock.js';

let server: Server;
let url: string;
let reply: unknown;
let status = 200;

beforeAll(async () => {
  server = createServer((_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json', connection: 'close' });
    response.end(JSON.stringify(reply));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/_sandbox/clock`;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));
beforeEach(() => {
  status = 200;
  reply = { now: '2026-11-24T13:00:00Z', offsetMs: 4 * 3_600_000 };
});

/** How far business time is ahead of wall time, in whole seconds. */
function aheadSeconds(clock: ReturnType<typeof createClock>): number {
  return Math.round((clock.now().getTime() - clock.wall().getTime()) / 1_000);
}

test('without an address business time is wall time', async () => {
  const clock = createClock();

  await clock.refresh();

  expect(aheadSeconds(clock)).toBe(0);
  clock.stop();
});

test('business time is ahead by the offset that was read; wall time is not', async () => {
  const before = Date.now();
  const clock = createClock({ clockUrl: url });

  await clock.refresh();

  expect(aheadSeconds(clock)).toBe(4 * 3_600);
  expect(clock.wall().getTime() - before).toBeLessThan(60_000);
  clock.stop();
});

test('a change is noticed without being asked', async () => {
  const clock = createClock({ clockUrl: url, refreshMs: 10 });
  await clock.refresh();

  reply = { now: '2026-12-24T09:00:00Z', offsetMs: 30 * 86_400_000 };
  await until(() => aheadSeconds(clock) === 30 * 86_400);
  clock.stop();

  expect(aheadSeconds(clock)).toBe(30 * 86_400);
});

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve));
}

test.each([
  ['answers with an error', 500, {}],
  ['answers something else', 200, { offsetMs: 'four hours' }],
  ['answers no number', 200, { offsetMs: null }],
])('when the source %s, the offset read last stays in force', async (_, badStatus, badReply) => {
  const clock = createClock({ clockUrl: url, refreshMs: 60_000 });
  await clock.refresh();
  status = badStatus;
  reply = badReply;

  await expect(clock.refresh()).rejects.toThrow();

  expect(aheadSeconds(clock)).toBe(4 * 3_600);
  clock.stop();
});

test.each([
  'https://time.example/clock',
  'http://127.0.0.1.evil.example/',
  'http://10.0.0.1/',
  'ftp://localhost/',
  'noon',
])('an address that is not on this machine is refused: %s', (clockUrl) => {
  expect(() => createClock({ clockUrl })).toThrow('not on this machine');
});
