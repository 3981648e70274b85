import { giftText, timeSpanText, zonedText, type AccessRequest } from '../../services/index.js';

/** Words that several cards about access share. Times are said in the zone of the policy. */

export { giftText, zonedText };

/** `480` → "8 hours". */
export function minutesText(minutes: number): string {
  return timeSpanText({ minutes });
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

/** What is asked for: as `wishText`, or "more time as Agent" where it is there already. */
export function askedText(request: AccessRequest): string {
  const wish = wishText(request);
  return request.kind === 'extension' ? `more time as ${wish}` : wish;
}
