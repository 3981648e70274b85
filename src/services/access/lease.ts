import type { AccessGift } from './gift.js';
import type { NamedPerson } from './access-request.js';

/** A time during which a person has what a role gives; what it was given for is the request. Times are business time. */
export interface Lease {
  readonly id: string;
  readonly revision: number;
  readonly requestId: string;
  readonly person: NamedPerson & { readonly userPrincipalName: string };
  readonly roleId: string;
  readonly roleName: string;
  readonly gift: AccessGift;
  readonly state: LeaseState;
  readonly minutes: number;
  /** The run that gives it. */
  readonly runId: string;
  /** Since when the access works. */
  readonly beginsAt?: Date;
  /** Known before anything is given, and moved when the access works: the clock starts then. */
  readonly endsAt: Date;
  readonly endedAt?: Date;
  readonly endReason?: LeaseEnd;
  /** Name of whoever ended it early. */
  readonly endedBy?: string;
  readonly endRunId?: string;
  /** What still gives access, in words. */
  readonly leftOver: readonly string[];
  readonly reminders: number;
}

/** `planned`: nothing was given yet · `ending`: being taken away */
export type LeaseState = 'planned' | 'active' | 'ending' | 'ended' | 'failed';

export type LeaseEnd = 'time' | 'given-back' | 'revoked' | 'off-boarded' | 'called-off' | 'failed';
