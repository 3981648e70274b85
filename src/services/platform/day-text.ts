// Made once: making a format costs a hundred times what using it does.
const DAY = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' });

/** A date for a person to read: "24 Nov 2029", UTC. */
export function dayText(date: Date): string {
  return DAY.format(date);
}
