import type { AccessRequest, Vote } from './access-request.js';
import { awaitsReview, isOpenFor } from './access-request.js';
import type { Lease } from './lease.js';

/** What can be done with a request or with the lease that it led to. Each is a button, and each is judged here again. */
export const REQUEST_DEEDS = [
  'approve',
  'approve-less',
  'deny',
  'take-back',
  'cancel',
  'extend',
  'give-back',
  // Stands first, as it is what somebody waits for.
  'review',
  'revoke',
] as const;
export type RequestDeed = (typeof REQUEST_DEEDS)[number];

const WITHOUT_PROOF: readonly RequestDeed[] = ['cancel', 'give-back'];

/** A request as it stands, with what belongs to it. */
export interface RequestFacts {
  readonly request: AccessRequest;
  readonly votes: readonly Vote[];
  /** What an approval has led to; `undefined` where it has led to nothing. */
  readonly lease?: Lease | undefined;
  /** Until when the person has the same role by another lease that goes on after this one. */
  readonly extendedUntil?: Date | undefined;
}

/** Whoever looks, or has clicked. */
export interface Reader {
  /** Entra object id. */
  readonly id: string;
  /** The stages in which they decide: for a card those in which they were asked, for a click those of this moment. */
  readonly stages: readonly number[];
  /** Nobody has proven that the account is theirs: what they ask for themselves they can withdraw, and give back. */
  readonly proof?: 'email' | undefined;
  /** Holds the right to manage SSO; looked up only where that is what counts. */
  readonly isAdmin?: boolean;
}

/**
 * What the reader can do with it now. The one function for the buttons of a card and for the verdict on a click, so that no
 * button is a lie; a click is judged with what Entra says at that moment.
 */
export function deedsOf(facts: RequestFacts, reader: Reader, now: Date): readonly RequestDeed[] {
  const deeds = reader.proof === undefined ? REQUEST_DEEDS : WITHOUT_PROOF;
  return deeds.filter((deed) => isPossible(deed, facts, reader, now));
}

function isPossible(deed: RequestDeed, facts: RequestFacts, reader: Reader, now: Date): boolean {
  const { request } = facts;
  switch (deed) {
    case 'approve':
    case 'deny':
      return canVote(facts, reader);
    case 'approve-less':
      return canVote(facts, reader) && request.minutes > 1;
    case 'take-back':
      return isBeforeStart(request, now) && request.decision?.by?.id === reader.id;
    case 'cancel':
      return isConcerned(request, reader) && (request.state === 'open' || isBeforeStart(request, now));
    case 'extend':
      return isConcerned(request, reader) && hasBegun(facts, now) && facts.extendedUntil === undefined;
    case 'give-back':
      return request.person.id === reader.id && isActive(facts, now);
    case 'revoke':
      return isActive(facts, now) && mayJudge(request, reader, reader.isAdmin === true);
    case 'review':
      return awaitsReview(request) && mayJudge(request, reader, false);
  }
}

function canVote({ request, votes }: RequestFacts, { id, stages }: Reader): boolean {
  return isOpenFor(request, id) && stages.length > 0 && !votes.some(({ person }) => person.id === id);
}

/** Approved by somebody, and nothing was given yet. */
function isBeforeStart({ state, startsAt }: AccessRequest, now: Date): boolean {
  return state === 'approved' && startsAt !== undefined && now < startsAt;
}

function isConcerned({ asker, person }: AccessRequest, { id }: Reader): boolean {
  return asker.id === id || person.id === id;
}

function isActive({ lease }: RequestFacts, now: Date): boolean {
  return lease?.state === 'active' && now < lease.endsAt;
}

/** More of an extension can be asked for when its own time has come. */
function hasBegun(facts: RequestFacts, now: Date): boolean {
  const beginsAt = facts.lease?.beginsAt;
  return isActive(facts, now) && beginsAt !== undefined && beginsAt <= now;
}

/** Nobody judges what they asked for or have themselves. */
function mayJudge({ asker, person }: AccessRequest, { id, stages }: Reader, isAdmin: boolean): boolean {
  if (person.id === id) return false;
  return isAdmin || (stages.length > 0 && asker.id !== id);
}
