import type { DirectoryLook } from '../access/reconcile-access.js';
import type { Lease } from '../access/lease.js';
import type { PolicyStanding } from '../access/policy-source.js';

/**
 * How Latchkey itself stands, by what is known without asking anybody outside: the tables, the policy file, and the last look
 * at Entra. Times are business time.
 */
export interface Health {
  readonly policy: PolicyStanding;
  /** What Entra said the last time; findings about leases that have moved on since are left out. */
  readonly directory: DirectoryLook;
  /** Since when this process could have asked Entra. */
  readonly startedAt: Date;
  readonly leases: Some<LeaseTrouble>;
  /** Runs that stand still. */
  readonly runs: Some<RunTrouble>;
  /** Leases and requests with which the clock should have done something. */
  readonly overdue: Pile;
  /** News of requests that a chat has not taken yet. */
  readonly undelivered: Pile;
  /** Cards that show less than has happened. */
  readonly cardsBehind: number;
  /** Until when the certificate is valid that Entra signs with, by the last look or the last set-up; absent: not known. */
  readonly certificateUntil?: Date;
}

/** The first of them, and how many there are. */
export interface Some<T> {
  readonly first: readonly T[];
  readonly total: number;
}

/** `since`: the oldest of them. */
export interface Pile {
  readonly count: number;
  readonly since?: Date;
}

/**
 * `not-given`: the giving has failed · `not-taken`: its end waits, and people can still sign in by it · `sessions-open`: they
 * cannot, and what is open in Genesys is still there
 */
export interface LeaseTrouble {
  readonly kind: 'not-given' | 'not-taken' | 'sessions-open';
  readonly lease: Lease;
  /** The run that gives it, or takes it. */
  readonly runId: string;
  readonly since: Date;
  /** What stands in its way, as a sentence. */
  readonly problem?: string;
}

/** `waits`: a side has refused it for an hour and more · `stopped`: somebody has to press *Retry* */
export interface RunTrouble {
  readonly kind: 'waits' | 'stopped';
  readonly runId: string;
  /** In words that follow "to"; absent: another release began it. */
  readonly wanted?: string;
  readonly by: string;
  readonly since: Date;
  readonly problem?: string;
}
