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
  const zone = zoneOf(timeZone);
  const now = from.getTime();
  const today = Math.floor((now + zone.offsetAt(now)) / DAY_MS);
  for (let day = today - 1; day <= today + LOOK_AHEAD_DAYS; day += 1) {
    const window = windowsOf(day, workingHours, zone).find(({ until }) => until > now);
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

interface Zone {
  /** Milliseconds that the clocks there are ahead of UTC. */
  offsetAt(time: number): number;
}

/** The working hours of one day there, in order: two pieces when the clocks change in between. @param day since 1970. */
function windowsOf(day: number, { days, fromMinute, untilMinute }: WorkingHours, zone: Zone): Window[] {
  const weekday = WEEKDAYS[(((day + 3) % 7) + 7) % 7];
  if (!weekday || !days.includes(weekday)) return [];
  const midnight = day * DAY_MS;
  const [before, after] = [zone.offsetAt(midnight - DAY_MS), zone.offsetAt(midnight + 2 * DAY_MS)];
  const under = (offset: number): Window => ({
    from: midnight + fromMinute * MINUTE_MS - offset,
    until: midnight + untilMinute * MINUTE_MS - offset,
  });
  if (before === after) return [under(before)];
  const change = changeBetween(midnight - DAY_MS, midnight + 2 * DAY_MS, zone);
  const [first, second] = [under(before), under(after)];
  return [
    { from: first.from, until: Math.min(first.until, change) },
    { from: Math.max(second.from, change), until: second.until },
  ].filter(({ from, until }) => from < until);
}

/** When the clocks change, to the minute; they do so once in between. */
function changeBetween(from: number, until: number, zone: Zone): number {
  const before = zone.offsetAt(from);
  let [low, high] = [Math.floor(from / MINUTE_MS), Math.ceil(until / MINUTE_MS)];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (zone.offsetAt(middle * MINUTE_MS) === before) low = middle;
    else high = middle;
  }
  return high * MINUTE_MS;
}

function zoneOf(timeZone: string): Zone {
  const format = new Intl.DateTimeFormat('en-US', {
    ...{ timeZone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric' },
    ...{ hour: 'numeric', minute: 'numeric', second: 'numeric' },
  });
  return {
    offsetAt: (time) => {
      const parts = Object.fromEntries(format.formatToParts(time).map(({ type, value }) => [type, Number(value)]));
      const { year = 0, month = 1, day = 0, hour = 0, minute = 0, second = 0 } = parts;
      return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(time / 1_000) * 1_000;
    },
  };
}
