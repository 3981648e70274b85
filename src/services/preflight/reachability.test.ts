import fc from 'fast-check';
import { clockDifference, judgeClock, judgeReach, type Reach } from './reachability.js';

const host = (reach: Reach) => ({
  key: 'graph',
  title: 'Microsoft Graph',
  url: 'https://graph.microsoft.com/v1.0/',
  reach,
});
const NOON = Date.parse('2026-11-29T12:00:00.000Z');

/** Their clock is `offsetMs` ahead of ours; the road there and back takes that long. */
function answered({ offsetMs = 0, thereMs = 40, backMs = 60 }): Extract<Reach, { kind: 'answered' }> {
  const theirs = Math.floor((NOON + thereMs + offsetMs) / 1_000) * 1_000;
  return {
    kind: 'answered',
    status: 200,
    sentAt: new Date(NOON),
    answeredAt: new Date(NOON + thereMs + backMs),
    theirTime: new Date(theirs),
  };
}

test.each<[Reach, string]>([
  [{ kind: 'unknown-name', code: 'ENOTFOUND' }, 'This machine does not find the name graph.microsoft.com'],
  [
    { kind: 'no-connection', code: 'ECONNREFUSED' },
    'Microsoft Graph takes no connection at graph.microsoft.com (ECONNREFUSED).',
  ],
  [{ kind: 'not-trusted', code: 'unknown-authority' }, 'did not prove to be Microsoft Graph'],
  [
    { kind: 'no-answer', silence: 'timeout' },
    'takes the connection at graph.microsoft.com and does not answer (timeout)',
  ],
])('name, connection, proof and answer are told apart: %j', (reach, words) => {
  const found = judgeReach(host(reach));

  expect(found).toMatchObject({ name: 'reach:graph', state: 'missing' });
  expect(found.what).toContain(words);
  expect(found.remedy).toBeTruthy();
});

test.each([
  [200, 'ok'],
  [401, 'ok'],
  [404, 'ok'],
  [503, 'warning'],
])('an answer of %i is %s: it came', (status, state) => {
  expect(judgeReach(host({ ...answered({}), status })).state).toBe(state);
});

test.each([
  [0, 'ok', 'agrees'],
  [-59_000, 'ok', 'agrees'],
  [-65_000, 'warning', '64 seconds ahead of that of Microsoft Graph'],
  [90_000, 'warning', 'behind that of Microsoft Graph'],
  [299_000, 'warning', '5 minutes behind'],
  [310_000, 'missing', 'Tokens are refused'],
  [-3 * 3_600_000, 'missing', '3 hours ahead of'],
])('where their clock is %i ms ahead of ours it is %s', (offsetMs, state, words) => {
  const [found] = judgeClock([host(answered({ offsetMs }))]);

  expect(found?.state).toBe(state);
  expect(found?.what).toContain(words);
});

test('the clock is compared with the one that differs most, and with none where nobody says the time', () => {
  const other = { ...host(answered({ offsetMs: 120_000 })), title: 'Genesys Cloud' };

  expect(judgeClock([host(answered({})), other])[0]?.what).toContain('Genesys Cloud');
  expect(judgeClock([host({ kind: 'unknown-name', code: 'ENOTFOUND' })])).toEqual([]);
});

test('clocks that agree are never said to differ, however slow the road, and a difference is never overstated', () => {
  const offset = fc.integer({ min: -600_000, max: 600_000 });
  const road = fc.integer({ min: 0, max: 8_000 });

  fc.assert(
    fc.property(offset, road, road, (offsetMs, thereMs, backMs) => {
      const ahead = clockDifference(answered({ offsetMs, thereMs, backMs })) ?? Number.NaN;
      expect(Math.abs(ahead)).toBeLessThanOrEqual(Math.abs(offsetMs));
      expect(Math.abs(ahead)).toBeGreaterThanOrEqual(Math.abs(offsetMs) - thereMs - backMs - 1_000);
      if (ahead !== 0) expect(Math.sign(ahead)).toBe(-Math.sign(offsetMs));
    }),
  );
});
