import fc from 'fast-check';
import { changeBetween, instantOf, offsetAt, wallTimeAt, type WallTime } from './zone.js';
import { zonedText } from './zoned-text.js';

const MINUTE_MS = 60_000;
const BERLIN = 'Europe/Berlin';
const ZONES = [
  ...[BERLIN, 'America/New_York', 'America/St_Johns', 'Australia/Lord_Howe', 'Africa/Casablanca'],
  ...['Asia/Kolkata', 'Asia/Kathmandu', 'Pacific/Auckland', 'Pacific/Chatham', 'UTC'],
];
const zone = fc.constantFrom(...ZONES);
/** Of twenty years, to the minute; every other one within a day of a change in Berlin or New York. */
const instant = fc
  .oneof(
    fc.integer({ min: Date.UTC(2020, 0), max: Date.UTC(2040, 0) }),
    fc
      .tuple(
        fc.constantFrom('2026-10-25T01:00Z', '2027-03-28T01:00Z', '2026-11-01T06:00Z', '2027-03-14T07:00Z'),
        fc.integer({ min: -86_400_000, max: 86_400_000 }),
      )
      .map(([change, off]) => Date.parse(change) + off),
  )
  .map((at) => Math.floor(at / MINUTE_MS) * MINUTE_MS);
const asUtc = ({ year, month, day, hour, minute }: WallTime): number => Date.UTC(year, month - 1, day, hour, minute);

/** As the runtime writes it. */
function written(at: number, timeZone: string): string {
  const parts = new Intl.DateTimeFormat('en-GB', {
    ...{ timeZone, weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' },
    ...{ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
  }).formatToParts(at);
  const part = (type: Intl.DateTimeFormatPartTypes): string => parts.find((one) => one.type === type)?.value ?? '';
  const day = `${part('weekday')} ${part('day')} ${part('month')} ${part('year')}`;
  return `${day}, ${part('hour')}:${part('minute')} (${timeZone})`;
}

test('a moment is said as the runtime says it, in every zone, around every change of the clocks', () => {
  fc.assert(
    fc.property(instant, zone, (at, timeZone) => {
      expect(zonedText(new Date(at), timeZone)).toBe(written(at, timeZone));
    }),
  );
});

test('what clocks show comes back to that moment, or to the earlier one of two that they show alike', () => {
  fc.assert(
    fc.property(instant, zone, (at, timeZone) => {
      const shown = wallTimeAt(at, timeZone);

      const back = instantOf(shown, timeZone);

      expect(back).toBeLessThanOrEqual(at);
      expect(wallTimeAt(back, timeZone)).toEqual(shown);
      if (back < at) expect(offsetAt(back, timeZone)).toBeGreaterThan(offsetAt(at, timeZone));
    }),
    { numRuns: 2_000 },
  );
});

test('an hour that is left out is as much later as clocks went forward, and never before the change', () => {
  const wall = fc.record({
    ...{ year: fc.integer({ min: 2024, max: 2034 }), month: fc.integer({ min: 1, max: 12 }) },
    ...{ day: fc.integer({ min: 1, max: 28 }), hour: fc.integer({ min: 0, max: 4 }) },
    minute: fc.integer({ min: 0, max: 59 }),
  });
  fc.assert(
    fc.property(wall, zone, (wanted, timeZone) => {
      const late = asUtc(wallTimeAt(instantOf(wanted, timeZone), timeZone)) - asUtc(wanted);

      expect([0, 30 * MINUTE_MS, 60 * MINUTE_MS]).toContain(late);
    }),
    { numRuns: 2_000 },
  );
});

test.each([
  ['02:30 of the night in which it is left out', [2027, 3, 28, 2, 30], '2027-03-28T01:30:00.000Z'],
  ['02:30 of the night in which it comes twice', [2026, 10, 25, 2, 30], '2026-10-25T00:30:00.000Z'],
  ['18:00 in summer', [2026, 7, 1, 18, 0], '2026-07-01T16:00:00.000Z'],
] as const)('in Berlin, %s', (_when, [year, month, day, hour, minute], expected) => {
  expect(new Date(instantOf({ year, month, day, hour, minute }, BERLIN)).toISOString()).toBe(expected);
});

test('a change of the clocks is found to the minute', () => {
  const [from, until] = [Date.UTC(2026, 9, 24), Date.UTC(2026, 9, 27)];

  expect(new Date(changeBetween(from, until, BERLIN)).toISOString()).toBe('2026-10-25T01:00:00.000Z');
});

test('what is no zone is refused', () => {
  expect(() => wallTimeAt(0, 'Mars/Olympus')).toThrow(RangeError);
});
