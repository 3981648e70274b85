import fc from 'fast-check';
import { WEEKDAYS, type Weekday } from './access-policy.js';
import { nextWorkingMoment, reminderWait, type ZonedHours } from './working-hours.js';

const hours = (
  from: string,
  until: string,
  days: readonly Weekday[] = ['mon', 'tue', 'wed', 'thu', 'fri'],
  timeZone = 'Europe/Berlin',
): ZonedHours => ({ timeZone, workingHours: { days, fromMinute: minuteOf(from), untilMinute: minuteOf(until) } });

function minuteOf(text: string): number {
  const [hour = '', minute = ''] = text.split(':');
  return Number(hour) * 60 + Number(minute);
}

test.each([
  ['within them: at once', '2026-11-24T10:15:00Z', '2026-11-24T10:15:00Z'],
  ['before them: when they begin', '2026-11-24T05:00:00Z', '2026-11-24T07:00:00Z'],
  ['after them: the next day', '2026-11-24T17:00:00Z', '2026-11-25T07:00:00Z'],
  ['on Friday evening: on Monday', '2026-11-27T17:30:00Z', '2026-11-30T07:00:00Z'],
  ['over the weekend on which clocks go back', '2026-10-23T17:00:00Z', '2026-10-26T07:00:00Z'],
  ['over the weekend on which clocks go forward', '2027-03-26T18:00:00Z', '2027-03-29T06:00:00Z'],
])('of Monday to Friday, 8 to 18 in Berlin, %s', (_when, from, next) => {
  expect(nextWorkingMoment(new Date(from), hours('08:00', '18:00')).toISOString()).toBe(new Date(next).toISOString());
});

test.each([
  // On 28 March 2027 clocks in Berlin go from 2 to 3, at 1 UTC; on 25 October 2026 from 3 to 2, at 1 UTC.
  [
    'hours that begin in the hour that is left out begin with the hour after it',
    '2027-03-27T23:30:00Z',
    '2027-03-28T01:00:00Z',
  ],
  ['hours in the hour that comes twice begin with the first', '2026-10-24T20:00:00Z', '2026-10-25T00:30:00Z'],
  ['and go on in the second', '2026-10-25T01:10:00Z', '2026-10-25T01:30:00Z'],
])('%s', (_what, from, next) => {
  const nightly = hours('02:30', '02:50', WEEKDAYS);
  const shown = nextWorkingMoment(
    new Date(from),
    from.startsWith('2027') ? hours('02:30', '04:00', WEEKDAYS) : nightly,
  );

  expect(shown.toISOString()).toBe(new Date(next).toISOString());
});

const zones = [
  'Europe/Berlin',
  'America/New_York',
  'Asia/Kolkata',
  'Australia/Lord_Howe',
  'Africa/Cairo',
  'UTC',
] as const;

/** The wall time there, as somebody reads it off a clock. */
function wallTime(time: Date, timeZone: string): { day: string; minute: number } {
  const parts = new Map(
    new Intl.DateTimeFormat('en-US', {
      timeZone,
      weekday: 'short',
      hour: 'numeric',
      minute: 'numeric',
      hourCycle: 'h23',
    })
      .formatToParts(time)
      .map(({ type, value }) => [type, value]),
  );
  const day = (parts.get('weekday') ?? '').toLowerCase();
  return { day, minute: Number(parts.get('hour')) * 60 + Number(parts.get('minute')) };
}

function isWithin(time: Date, { timeZone, workingHours }: ZonedHours): boolean {
  const { day, minute } = wallTime(time, timeZone);
  return (
    workingHours.days.some((one) => one === day) &&
    minute >= workingHours.fromMinute &&
    minute < workingHours.untilMinute
  );
}

test('whatever the hours, the zone and the change of its clocks: the next moment is the first one within them', () => {
  const zoned = fc
    .tuple(
      fc.constantFrom(...zones),
      fc.uniqueArray(fc.constantFrom(...WEEKDAYS), { minLength: 1 }),
      fc.integer({ min: 0, max: 1_439 }),
      fc.integer({ min: 1, max: 1_440 }),
    )
    .filter(([, , from, until]) => until - from >= 61)
    .map(([timeZone, days, fromMinute, untilMinute]): ZonedHours => ({
      timeZone,
      workingHours: { days, fromMinute, untilMinute },
    }));
  // Around the changes of clocks of these zones, and anywhere.
  const minutes = fc.oneof(
    fc.integer({ min: 0, max: 2 * 525_600 }),
    ...[
      '2026-03-29',
      '2026-10-25',
      '2026-11-01',
      '2027-03-14',
      '2026-04-05',
      '2026-10-04',
      '2026-04-24',
      '2026-10-30',
    ].map((day) => fc.integer({ min: -3_000, max: 3_000 }).map((offset) => minutesTo(day) + offset)),
  );
  fc.assert(
    fc.property(zoned, minutes, (working, minute) => {
      const from = new Date(START + minute * 60_000);

      const next = nextWorkingMoment(from, working);

      expect(isWithin(next, working)).toBe(true);
      expect(next.getTime()).toBeGreaterThanOrEqual(from.getTime());
      // Nothing earlier would have done: looked at in steps that no hours of this test fit between.
      for (let time = from.getTime(); time < next.getTime(); time += 30 * 60_000)
        expect(isWithin(new Date(time), working)).toBe(false);
      if (next > from) expect(isWithin(new Date(next.getTime() - 60_000), working)).toBe(false);
    }),
    { numRuns: 400 },
  );
});

const START = Date.parse('2026-01-01T00:00:00Z');
const minutesTo = (day: string): number => (Date.parse(`${day}T00:00:00Z`) - START) / 60_000;

test('reminders wait twice as long each time, up to the most', () => {
  const remind = { first: { minutes: 15 }, atMost: { minutes: 240 } };

  expect([0, 1, 2, 3, 4, 5, 50].map((sent) => reminderWait(remind, sent))).toEqual([15, 30, 60, 120, 240, 240, 240]);
});
