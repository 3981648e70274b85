import type { AccessGift } from './gift.js';
import type { NamedPerson } from './access-request.js';

/** A time during which a person has what a role gives; what it was given for is the request. Times are business time. */
export interface Lease {
  readonly id: string;
  readonly revision: number;
  readonly requestId: string;
  readonly person: NamedPerson & { readonly userPrincipalName: string };
  /** Of the policy. */
  readonly roleId: string;
  readonly roleName: string;
  readonly gift: AccessGift;
  readonly state: LeaseState;
  readonly minutes: number;
  /** The run that gives it. */
  readonly runId: string;
  /** Since when it is being given: from then on nobody can call it off any more. */
  readonly givingAt?: Date;
  /** Since when the access works; of an extension: when the lease before it ends. */
  readonly beginsAt?: Date;
  /** Known before anything is given, and moved when the access works: the clock starts then. */
  readonly endsAt: Date;
  /** Of one that is ending: since when nobody signs in through it any more; only open sessions are still being ended. */
  readonly closedAt?: Date;
  readonly endedAt?: Date;
  readonly endReason?: LeaseEnd;
  /** Name of whoever ended it early. */
  readonly endedBy?: string;
  /** In the words of whoever ended it. */
  readonly endWhy?: string;
  readonly endRunId?: string;
  /** What still gives access, in words. */
  readonly leftOver: readonly string[];
  readonly reminders: number;
}

/** `planned`: nothing was given yet · `ending`: being taken away */
export type LeaseState = 'planned' | 'active' | 'ending' | 'ended' | 'failed';

export type LeaseEnd = 'time' | 'given-back' | 'revoked' | 'off-boarded' | 'called-off' | 'failed';

/** Of the words of whoever ends one, in characters. */
export const LONGEST_END_WHY = 500;

/** Those that give something, or are about to. */
export const LIVE_STATES = ['planned', 'active'] as const satisfies readonly LeaseState[];

/** How long before its end people are reminded. */
const REMINDED_BEFORE_MINUTES = [1_440, 60] as const;

/** When people are reminded of the end, in order. A lease that is shorter than that has none. */
export function remindersOf({ beginsAt, endsAt }: Pick<Lease, 'beginsAt' | 'endsAt'>): Date[] {
  if (!beginsAt) return [];
  return REMINDED_BEFORE_MINUTES.map((minutes) => new Date(endsAt.getTime() - minutes * 60_000)).filter(
    (time) => time > beginsAt,
  );
}

/** How many of the reminders have come by now, missed ones too. */
export function remindersDue(lease: Pick<Lease, 'beginsAt' | 'endsAt'>, now: Date): number {
  return remindersOf(lease).filter((time) => time <= now).length;
}

/** When the clock has something to do with an active lease: the next reminder, or its end. */
export function leaseDueAt(lease: Pick<Lease, 'beginsAt' | 'endsAt' | 'reminders'>): Date {
  return remindersOf(lease)[lease.reminders] ?? lease.endsAt;
}

/**
 * From when to when a lease holds, from the moment at which its access works. An extension goes on where the lease before
 * it ends, whenever it was given.
 */
export function timesOf({
  minutes,
  now,
  before,
}: {
  minutes: number;
  now: Date;
  before?: Pick<Lease, 'endsAt'> | undefined;
}): {
  beginsAt: Date;
  endsAt: Date;
} {
  const beginsAt = before && before.endsAt > now ? before.endsAt : now;
  return { beginsAt, endsAt: new Date(beginsAt.getTime() + minutes * 60_000) };
}
