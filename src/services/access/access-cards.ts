import type { AccessRequest, NamedPerson, RequestKind } from './access-request.js';
import type { Lease } from './lease.js';
import type { Reader, RequestDeed, RequestFacts } from './request-deeds.js';
import { deedsOf } from './request-deeds.js';

/** What conversations show of requests and leases. */

/** A role of the policy, as one person may ask for it for themselves or for somebody else. */
export interface AccessOffer {
  readonly roleId: string;
  readonly name: string;
  readonly explains?: string | undefined;
  /** What it gives, in words that follow "It gives". */
  readonly gives: string;
  readonly usualMinutes: number;
  readonly mostMinutes: number;
  /** Whether they can have it at once, for an emergency. */
  readonly canBreakGlass: boolean;
  readonly breakGlassMinutes?: number | undefined;
  /** The person has it already; for somebody else it can be asked for. */
  readonly heldUntil?: Date | undefined;
  /** Why they cannot ask for it, as a sentence. */
  readonly problem?: string | undefined;
}

/** What is asked for. @see AccessService.ask */
export interface AccessWish {
  /** Entra object id of whom it is for. */
  readonly personId: string;
  readonly roleId: string;
  readonly minutes: number;
  readonly why: string;
  readonly kind: Exclude<RequestKind, 'extension'>;
}

/** A request for one reader. */
export interface RequestCard extends RequestFacts {
  readonly can: readonly RequestDeed[];
}

/** Access that somebody has, has coming, or had, with the request that it was given for. */
export type LeaseCard = RequestCard & { readonly lease: Lease };

/** So many of each list are shown; the others are named by their number. */
export const MOST_WORK = 8;

/** What concerns one person, the first of each list. */
export interface Work {
  /** Open requests that they can decide on, and break-glasses that they can review; the oldest first. */
  readonly waitingForMe: readonly RequestCard[];
  /** What they have asked for, and what others have asked for them; the newest first. */
  readonly mine: readonly RequestCard[];
  /** What they have now, or have coming; the newest first. */
  readonly access: readonly LeaseCard[];
  /** How many there are of each; absent: no more than these. */
  readonly totals?: Readonly<Record<'waitingForMe' | 'mine' | 'access', number>>;
}

export function cardOf(facts: RequestFacts, reader: Reader, now: Date): RequestCard {
  return { ...facts, can: deedsOf(facts, reader, now) };
}

/** A reader of a card: whoever was asked decides in the stages in which they were asked. @param proof of their account. */
export function readerOf(request: AccessRequest, personId: string, proof?: Reader['proof']): Reader {
  const stages = request.approvers.filter(({ id }) => id === personId).map(({ stage }) => stage);
  return { id: personId, stages, proof };
}

/** Who has a card of it: whoever asked, whom it is for, and everybody who was asked. Each once. */
export function audienceOf({ asker, person, approvers }: AccessRequest): readonly NamedPerson[] {
  const all: NamedPerson[] = [asker, person, ...approvers];
  return [...new Map(all.map(({ id, name }) => [id, { id, name }])).values()];
}
