import type { Actor } from '../operations/operation.js';
import type { RunId } from '../platform/ids.js';
import type { Transaction } from '../platform/schema.js';
import type { AccessRequest } from './access-request.js';
import type { Lease, LeaseEnd } from './lease.js';

/** The clock, and whatever a rule decides without anybody. */
export const LATCHKEY_ACTOR: Actor = { personId: 'latchkey', name: 'Latchkey', channel: 'clock' };

/** What a decision about a request does with leases. What takes a transaction asks and writes nothing beside it. */
export interface LeasePort {
  /**
   * Writes the lease and the run that gives it; the request's row has to be there already, and keeps `leaseId`. Call `goOn`
   * after the commit. Until `startsAt` it can be called off.
   * @param lease.minutes for how long, from the moment on that it works; of an extension, from the end of the other lease.
   * @param lease.by whoever has decided, never whom it is for; `LATCHKEY_ACTOR` where a rule did.
   */
  plan(
    trx: Transaction,
    lease: { request: AccessRequest; minutes: number; by: Actor; startsAt: Date },
  ): Promise<{ leaseId: string; runId: RunId }>;
  /** `false`: it is being given, or was; nothing has changed. After the commit `goOn` with the lease's run lets that end soon. */
  callOff(trx: Transaction, leaseId: string, actor: Actor): Promise<boolean>;
  /**
   * Ends it now, with whatever goes on after it; nothing where it has ended before, whatever the person has been given since.
   * Call `goOn` for each run after the commit. @param how.why in the words of whoever ends it, at most 500 characters.
   */
  end(
    trx: Transaction,
    leaseId: string,
    how: { reason: Exclude<LeaseEnd, 'called-off'>; by: Actor; why?: string },
  ): Promise<readonly RunId[]>;
  /** Lets a run go on at once, after the commit. Returns at once. */
  goOn(runId: RunId): void;
  find(leaseId: string): Promise<Lease | undefined>;
  /** The leases of a person that give something, or are about to, in the order of their ends. */
  liveOf(personId: string): Promise<readonly Lease[]>;
}
