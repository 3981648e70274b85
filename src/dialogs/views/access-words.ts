import { timeSpanText, type AccessGift, type AccessRequest } from '../../services/index.js';

/** Words that several cards about access share. Times are said in the zone of the policy. */

// Made once for each zone: making a format costs a hundred times what using it does.
const formats = new Map<string, Intl.DateTimeFormat>();

/** A moment in a time zone: "Tue 1 Dec 2026, 18:00 (Europe/Berlin)". */
export function zonedText(date: Date, timeZone: string): string {
  const format = formats.get(timeZone) ?? formatOf(timeZone);
  formats.set(timeZone, format);
  const parts = new Map(format.formatToParts(date).map(({ type, value }) => [type, value]));
  const part = (type: Intl.DateTimeFormatPartTypes): string => parts.get(type) ?? '';
  const day = `${part('weekday')} ${part('day')} ${part('month')} ${part('year')}`;
  return `${day}, ${part('hour')}:${part('minute')} (${timeZone})`;
}

function formatOf(timeZone: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat('en-GB', {
    ...{ timeZone, weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' },
    ...{ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
  });
}

/** `480` → "8 hours". */
export function minutesText(minutes: number): string {
  return timeSpanText({ minutes });
}

/** What a role gives, on both sides: "the role User in Entra; Agent in Home in Genesys Cloud". */
export function giftText({ entra, genesys }: AccessGift): string {
  const inEntra =
    entra.kind === 'group'
      ? `membership of the group ${entra.groupName} in Entra`
      : `the role ${entra.appRoleName} in Entra`;
  const roles = genesys.roles.map(({ roleName }) => roleName);
  if (roles.length === 0) return `${inEntra}; a user in Genesys Cloud`;
  return `${inEntra}; ${roles.join(', ')} in ${genesys.divisionName} in Genesys Cloud`;
}

/** Names, at most so many: "Omar Owner, Dana Deputy and 3 more". */
export function namesText(names: readonly string[], most = 5): string {
  const shown = names.slice(0, most);
  const rest = names.length - shown.length;
  if (rest > 0) return `${shown.join(', ')} and ${String(rest)} more`;
  return shown.length < 2 ? shown.join('') : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1) ?? ''}`;
}

/** "Agent", or "Agent for B.Simon" where somebody else is to have it. */
export function wishText({ rules, asker, person }: AccessRequest): string {
  return asker.id === person.id ? rules.role.name : `${rules.role.name} for ${person.name}`;
}
