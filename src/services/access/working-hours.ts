import { changeBetween, offsetAt } from '../platform/zone.js';
import { WEEKDAYS, type WorkingHours } from './access-policy.js';

/** When approvers are reminded. Pure: working hours are wall times in a zone, and clocks there go forward and back. */

/** Hours with the IANA name of their zone. */
export interface ZonedHours {
  readonly workingHours: WorkingHours;
  readonly timeZone: string;
}

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** The only working day of a week may fall into a gap of the clocks. */
const LOOK_AHEAD_DAYS = 15;

/** The first moment, from that one on, within working hours. */
export function nextWorkingMoment(from: Date, { workingHours, timeZone }: ZonedHours): Date {
  const now = from.getTime();
  const today = Math.floor((now + offsetAt(now, timeZone)) / DAY_MS);
  for (let day = today - 1; day <= today + LOOK_AHEAD_DAYS; day += 1) {
    const window = windowsOf(day, workingHours, timeZone).find(({ until }) => until > now);
    if (window) return new Date(Math.max(now, window.from));
  }
  return from;
}

/** How long until the next reminder: doubling from the first on. @param sent how many were sent before. */
export function reminderWait(
  { first, atMost }: { readonly first: { minutes: number }; readonly atMost: { minutes: number } },
  sent: number,
): number {
  return Math.min(first.minutes * 2 ** Math.min(sent, 20), atMost.minutes);
}

interface Window {
  readonly from: number;
  /** No longer in it. */
  readonly until: number;
}

/** The working hours of one day there, in order: two pieces when the clocks change in between. @param day since 1970. */
function windowsOf(day: number, { days, fromMinute, untilMinute }: WorkingHours, timeZone: string): Window[] {
  const weekday = WEEKDAYS[(((day + 3) % 7) + 7) % 7];
  if (!weekday || !days.includes(weekday)) return [];
  const midnight = day * DAY_MS;
  const [before, after] = [offsetAt(midnight - DAY_MS, timeZone), offsetAt(midnight + 2 * DAY_MS, timeZone)];
  const under = (offset: number): Window => ({
    from: midnight + fromMinute * MINUTE_MS - offset,
    until: midnight + untilMinute * MINUTE_MS - offset,
  });
  if (before === after) return [under(before)];
  const change = changeBetween(midnight - DAY_MS, midnight + 2 * DAY_MS, timeZone);
  const [first, second] = [under(before), under(after)];
  return [
    { from: first.from, until: Math.min(first.until, change) },
    { from: Math.max(second.from, change), until: second.until },
  ].filter(({ from, until }) => from < until);
}
