import { dayText } from '../../services/index.js';

const DAY_MS = 86_400_000;
// Made once: making a format costs a hundred times what using it does.
const COUNT = new Intl.NumberFormat('en');

/** A date, absolute and relative: "24 Nov 2029 (in 1,095 days)". UTC, as certificates are dated. */
export function dateText(date: Date, now: Date): string {
  const absolute = dayText(date);
  const days = Math.floor((date.getTime() - now.getTime()) / DAY_MS);
  const count = COUNT.format(Math.abs(days));
  if (days === 0) return `${absolute} (today)`;
  return days > 0
    ? `${absolute} (in ${count} ${days === 1 ? 'day' : 'days'})`
    : `${absolute} (${count} ${days === -1 ? 'day' : 'days'} ago)`;
}

export { dayText };

/** A moment on another day: "24 Nov 2026, 10:47 UTC". */
export function momentText(date: Date): string {
  return `${dayText(date)}, ${timeText(date)}`;
}

/** A moment: "10:47 UTC". */
export function timeText(date: Date): string {
  return `${date.toISOString().slice(11, 16)} UTC`;
}
