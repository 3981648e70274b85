import { instantOf, parseTimeSpan, wallTimeAt, type WallTime } from '../../services/index.js';

/** What a time in words means, such as "4 hours", "18:00", "tomorrow", "friday 17:00" or "2026-12-24 18:00". */

const WEEKDAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'] as const;
const CLOCK_TIME = /(?:^| )(\d{1,2}):(\d{2})$/;
const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;
/** When only a day is said. */
const END_OF_DAY = { hour: 18, minute: 0 };
const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

type Day = Pick<WallTime, 'year' | 'month' | 'day'>;

/** Minutes from now, rounded up; `undefined`: it is none of these, or it is past. @param timeZone an IANA name. */
export function minutesUntil(words: string, { now, timeZone }: { now: Date; timeZone: string }): number | undefined {
  const said = words
    .trim()
    .toLowerCase()
    .replace(/\s+/g, ' ')
    .replace(/^(for|until|till) /, '');
  const span = parseTimeSpan(said);
  if (span) return span.minutes;
  const moment = momentOf(said, now, timeZone);
  if (moment === undefined) return undefined;
  const minutes = Math.ceil((moment - now.getTime()) / MINUTE_MS);
  return minutes > 0 ? minutes : undefined;
}

function momentOf(said: string, now: Date, timeZone: string): number | undefined {
  const [ending = '', hours, minutes] = CLOCK_TIME.exec(said) ?? [];
  const time = hours === undefined ? undefined : { hour: Number(hours), minute: Number(minutes) };
  if (time && (time.hour > 23 || time.minute > 59)) return undefined;
  const dayWords = said.slice(0, said.length - ending.length).trim();
  if (dayWords === '' && !time) return undefined;
  const { year, month, day: date } = wallTimeAt(now.getTime(), timeZone);
  const today = { year, month, day: date };
  const day = dayWords === '' ? today : dayOf(dayWords, today);
  if (!day) return undefined;
  const moment = instantOf({ ...day, ...(time ?? END_OF_DAY) }, timeZone);
  // "07:00" in the evening is tomorrow's.
  return dayWords === '' && moment <= now.getTime()
    ? instantOf({ ...plusDays(day, 1), ...(time ?? END_OF_DAY) }, timeZone)
    : moment;
}

function dayOf(words: string, today: Day): Day | undefined {
  if (words === 'today') return today;
  if (words === 'tomorrow') return plusDays(today, 1);
  const weekday = WEEKDAYS.findIndex((name) => words === name || (words.length >= 3 && words === name.slice(0, 3)));
  if (weekday >= 0) return plusDays(today, (weekday - weekdayOf(today) + 7) % 7 || 7);
  const [, year, month, day] = DATE.exec(words) ?? [];
  if (year === undefined) return undefined;
  const given = { year: Number(year), month: Number(month), day: Number(day) };
  const same = plusDays(given, 0);
  return same.day === given.day && same.month === given.month ? given : undefined;
}

function plusDays({ year, month, day }: Day, days: number): Day {
  const date = new Date(Date.UTC(year, month - 1, day) + days * DAY_MS);
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
}

function weekdayOf({ year, month, day }: Day): number {
  return new Date(Date.UTC(year, month - 1, day)).getUTCDay();
}
