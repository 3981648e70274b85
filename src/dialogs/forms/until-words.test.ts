import fc from 'fast-check';
import { minutesUntil } from './until-words.js';

/** A Tuesday, 11:00 in Berlin. */
const NOW = new Date('2026-11-24T10:00:00Z');
const inBerlin = { now: NOW, timeZone: 'Europe/Berlin' };

test.each([
  ['4 hours', 240],
  ['for 2 days', 2_880],
  ['18:00', 7 * 60],
  ['until 18:00', 7 * 60],
  ['10:00', 23 * 60],
  ['today', 7 * 60],
  ['tomorrow', 31 * 60],
  ['Tomorrow 09:30', 22.5 * 60],
  ['friday 17:00', 78 * 60],
  ['fri', 79 * 60],
  ['tuesday 11:00', 7 * 24 * 60],
  ['2026-12-24', 30 * 24 * 60 + 7 * 60],
  ['2026-11-24 11:01', 1],
])('%j are %i minutes from Tuesday, 11:00', (words, minutes) => {
  expect(minutesUntil(words, inBerlin)).toBe(minutes);
});

test.each(['', 'soon', '25:00', '12:60', 'today 10:00', '2026-02-30', '2025-01-01', 'someday 12:00', '-3 hours', 'fr'])(
  '%j is no time to come',
  (words) => {
    expect(minutesUntil(words, inBerlin)).toBeUndefined();
  },
);

test('what is said in hours of the clock holds over a change of the clocks', () => {
  const evening = { now: new Date('2026-10-24T20:00:00Z'), timeZone: 'Europe/Berlin' };

  // 22:00 in summer until 06:00 in winter: nine hours pass.
  expect(minutesUntil('06:00', evening)).toBe(9 * 60);
  // The hour from 02:00 to 03:00 does not exist that night.
  expect(minutesUntil('02:30', { now: new Date('2027-03-27T20:00:00Z'), timeZone: 'Europe/Berlin' })).toBeGreaterThan(
    0,
  );
});

test('whatever is typed, it is a whole number of minutes to come or none', () => {
  fc.assert(
    fc.property(
      fc.string(),
      fc.constantFrom('Europe/Berlin', 'UTC', 'Pacific/Auckland', 'America/St_Johns'),
      (words, timeZone) => {
        const minutes = minutesUntil(words, { now: NOW, timeZone });

        expect(minutes === undefined || (Number.isInteger(minutes) && minutes > 0)).toBe(true);
      },
    ),
  );
});
