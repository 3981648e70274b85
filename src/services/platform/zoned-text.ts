import { wallTimeAt } from './zone.js';

const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sept', 'Oct', 'Nov', 'Dec'];

/** A moment in a time zone: "Tue 1 Dec 2026, 18:00 (Europe/Berlin)". @param timeZone an IANA name. */
export function zonedText(date: Date, timeZone: string): string {
  const { year, month, day, hour, minute } = wallTimeAt(date.getTime(), timeZone);
  const weekday = WEEKDAYS[new Date(Date.UTC(year, month - 1, day)).getUTCDay()] ?? '';
  const time = `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`;
  return `${weekday} ${String(day)} ${MONTHS[month - 1] ?? ''} ${String(year)}, ${time} (${timeZone})`;
}
