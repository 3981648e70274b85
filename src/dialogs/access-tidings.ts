import type { Lease, NamedPerson, RequestCard } from '../services/index.js';
import type { Told } from './views/access-told.view.js';

/** Who is told what of a request, and to whom its card is sent. Pure. */

export interface Tidings {
  /** With the number of those that come several times: `ends-soon-2`, `reminder-0-1` in the first stage. */
  readonly told: Told | `${Told}-${number}` | `${Told}-${number}-${number}`;
  readonly person: NamedPerson;
}

/** Who has to be told what, as it stands. */
export function tidings({ request, votes, lease, extendedUntil }: RequestCard, now: Date): Tidings[] {
  const { asker, person, state } = request;
  const concerned = [...new Map([asker, person].map((one) => [one.id, one])).values()];
  const tell = (told: Tidings['told'], people = concerned): Tidings[] => people.map((one) => ({ told, person: one }));
  switch (state) {
    case 'open':
      return tell(`reminder-${request.stage}-${request.reminders}`, silentOf({ request, votes }));
    case 'granted':
      return [
        ...tell('granted'),
        ...(extendedUntil ? [] : endingSoon(lease, now, () => tell(`ends-soon-${lease?.reminders ?? 0}`, [person]))),
      ];
    case 'denied':
    case 'expired':
    case 'failed':
      return tell(state);
    case 'ended':
      // Whoever gave it back knows, and for whom it goes on nothing has ended.
      return lease?.endReason === 'given-back' || extendedUntil ? [] : tell('ended', [person]);
    case 'approved':
    case 'cancelled':
      return [];
  }
}

/** Whom the last reminder is for: who were asked before it and have not voted, each once. */
function silentOf({ request, votes }: Pick<RequestCard, 'request' | 'votes'>): NamedPerson[] {
  const { approvers, reminders } = request;
  const silent = approvers.filter(
    ({ id, missed = 0 }) => missed < reminders && !votes.some((vote) => vote.person.id === id),
  );
  return [...new Map(silent.map((one) => [one.id, one])).values()];
}

function endingSoon(lease: Lease | undefined, now: Date, tell: () => Tidings[]): Tidings[] {
  return lease && lease.state === 'active' && lease.reminders > 0 && lease.endsAt > now ? tell() : [];
}

/** Not when all is over before anybody was told. */
export function isWorthAll({ request: { state, review } }: RequestCard): boolean {
  return state === 'open' || (review !== undefined && review.verdict === undefined);
}

/** A card is sent to whoever can do something with it, or waits for it; those that were sent stay true in any case. */
export function isWorthACard({ request }: RequestCard, { id }: NamedPerson): boolean {
  const { state, asker, person, review } = request;
  const isConcerned = id === asker.id || id === person.id;
  if (isConcerned) return state === 'open' || state === 'approved' || state === 'granted';
  return state === 'open' || (review !== undefined && review.verdict === undefined && state !== 'ended');
}
