/**
 * What clocks show in a time zone, by the table of zones that comes with the runtime. Pure; zones are IANA names, instants
 * and offsets milliseconds, and what is not a zone throws a RangeError.
 */

/** A time as a clock with a calendar shows it. */
export interface WallTime {
  readonly year: number;
  /** From 1. */
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
}

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

// Made once for each zone: making a format costs a hundred times what using it does.
const formats = new Map<string, Intl.DateTimeFormat>();

export function wallTimeAt(instant: number, timeZone: string): WallTime {
  const shown = new Date(instant + offsetAt(instant, timeZone));
  return {
    ...{ year: shown.getUTCFullYear(), month: shown.getUTCMonth() + 1, day: shown.getUTCDate() },
    ...{ hour: shown.getUTCHours(), minute: shown.getUTCMinutes() },
  };
}

/** How far the clocks there are ahead of UTC. */
export function offsetAt(instant: number, timeZone: string): number {
  const format = formats.get(timeZone) ?? formatOf(timeZone);
  formats.set(timeZone, format);
  const parts = Object.fromEntries(format.formatToParts(instant).map(({ type, value }) => [type, Number(value)]));
  const { year = 0, month = 1, day = 0, hour = 0, minute = 0, second = 0 } = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(instant / 1_000) * 1_000;
}

/**
 * When clocks there show that time: the first of two where they go back, and as much after the change as it lies in an hour
 * that is left out.
 */
export function instantOf({ year, month, day, hour, minute }: WallTime, timeZone: string): number {
  const wanted = Date.UTC(year, month - 1, day, hour, minute);
  const offsets = [offsetAt(wanted - DAY_MS, timeZone), offsetAt(wanted + DAY_MS, timeZone)] as const;
  const fitting = offsets.map((offset) => wanted - offset).filter((at) => at + offsetAt(at, timeZone) === wanted);
  return fitting.length > 0 ? Math.min(...fitting) : wanted - offsets[0];
}

/**
 * When the clocks change, to the minute.
 * @param from @param until between which they do so once.
 */
export function changeBetween(from: number, until: number, timeZone: string): number {
  const before = offsetAt(from, timeZone);
  let [low, high] = [Math.floor(from / MINUTE_MS), Math.ceil(until / MINUTE_MS)];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offsetAt(middle * MINUTE_MS, timeZone) === before) low = middle;
    else high = middle;
  }
  return high * MINUTE_MS;
}

function formatOf(timeZone: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat('en-US', {
    ...{ timeZone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric' },
    ...{ hour: 'numeric', minute: 'numeric', second: 'numeric' },
  });
}
