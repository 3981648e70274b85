import type { Entra } from '../entra/entra.js';
import type { Genesys } from '../genesys/genesys.js';
import type { Actor } from '../operations/operation.js';
import { judgeMember, judgeProof, judgeTarget } from '../operations/permissions.js';
import type { Pipeline } from '../operations/run-operation.js';
import type { Clock } from '../platform/clock.js';
import type { Database } from '../platform/database.js';
import type { Durable } from '../platform/durable.js';
import { newId, type RunId } from '../platform/ids.js';
import type { Log } from '../platform/log.js';
import type { Transaction } from '../platform/schema.js';
import type { Sweep } from '../platform/tick.js';
import type { AccessRequest } from './access-request.js';
import { findStages } from './approvers.js';
import { endAccess } from './end-access.js';
import { grantAccess, type GrantInput } from './grant-access.js';
import { createLane } from './lanes.js';
import { LONGEST_END_WHY, type Lease } from './lease.js';
import { LeaseEnds, type Ending } from './lease-ends.js';
import { LeaseLedger } from './lease-ledger.js';
import type { LeasePort } from './lease-port.js';
import { LeaseReconciler } from './lease-reconciler.js';
import { leaseEnded, noSuchLease, notYourLease } from './lease-refusals.js';
import { findLease, insertLease, leasesOf } from './lease-store.js';
import { leaseSweep } from './lease-sweep.js';
import { deedsOf, type Reader, type RequestDeed } from './request-deeds.js';
import { findFacts } from './request-parts.js';
import { noReason } from './request-refusals.js';
import { findRequest } from './request-store.js';

export interface LeaseServiceParts {
  readonly entra: Entra;
  readonly genesys: Genesys;
  readonly pipeline: Pipeline;
  readonly durable: Durable;
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Log;
}

/** How much each side does at once of what ends in the same minute. */
const AT_ONCE = { entra: 20, genesys: 4 } as const;

/** Access for a while: given by a decision, and taken away when its time is over or somebody says so. */
export class LeaseService implements LeasePort {
  readonly #parts: LeaseServiceParts;
  readonly #grant;
  readonly #ends: LeaseEnds;
  /** What is due: givings that begin, reminders, and ends. */
  readonly sweep: Sweep;
  /** What Entra says beside the leases. */
  readonly reconciler: LeaseReconciler;

  constructor(parts: LeaseServiceParts) {
    this.#parts = parts;
    const ledger = new LeaseLedger(parts);
    const lanes = { entra: createLane(AT_ONCE.entra), genesys: createLane(AT_ONCE.genesys) };
    this.#grant = grantAccess({ ...parts, ledger });
    const operation = endAccess({ ...parts, ledger, lanes });
    parts.pipeline.register(this.#grant);
    parts.pipeline.register(operation);
    this.#ends = new LeaseEnds({ ...parts, operation });
    this.sweep = leaseSweep(parts, {
      planEnd: (trx, lease, reason) => this.#ends.planEnd(trx, lease, reason),
      goOn: (runId) => this.goOn(runId),
    });
    this.reconciler = new LeaseReconciler({ ...parts, ends: this.#ends });
  }

  async plan(
    trx: Transaction,
    { request, minutes, by, startsAt }: { request: AccessRequest; minutes: number; by: Actor; startsAt: Date },
  ): Promise<{ leaseId: string; runId: RunId }> {
    const { person, gift, rules } = request;
    if (by.personId === person.id) throw new Error('Nobody decides about their own access.');
    const leaseId = newId();
    const input: GrantInput = {
      ...{ leaseId, requestId: request.id, personId: person.id, personName: person.name },
      ...{ userPrincipalName: person.userPrincipalName, roleName: rules.role.name, minutes, gift },
      startsAt: startsAt.toISOString(),
    };
    const runId = await this.#parts.pipeline.plan(trx, this.#grant, {
      input,
      actor: by,
      reference: `lease:${leaseId}`,
    });
    const endsAt = new Date(startsAt.getTime() + minutes * 60_000);
    await insertLease(trx, {
      ...{ id: leaseId, requestId: request.id, person, roleId: rules.role.id, roleName: rules.role.name, gift },
      ...{ minutes, endsAt, runId, startsAt, at: this.#parts.clock.now() },
    });
    return { leaseId, runId };
  }

  callOff(trx: Transaction, leaseId: string, actor: Actor): Promise<boolean> {
    return this.#ends.callOff(trx, leaseId, actor);
  }

  end(trx: Transaction, leaseId: string, how: Ending): Promise<readonly RunId[]> {
    return this.#ends.end(trx, leaseId, how);
  }

  /** Everything that the person has for a while. Call `goOn` for each run after the commit. */
  endAll(trx: Transaction, personId: string, how: Ending): Promise<readonly RunId[]> {
    return this.#ends.endAll(trx, personId, how);
  }

  /** By the one who has it. Throws the refusal. */
  async giveBack(actor: Actor, leaseId: string): Promise<void> {
    const lease = await this.#get(leaseId);
    const id = actor.personId.toLowerCase();
    if (lease.person.id !== id) throw notYourLease();
    await this.#endNow(lease, { deed: 'give-back', reader: { id, stages: [] } }, { reason: 'given-back', by: actor });
  }

  /** By whoever could decide about the request, or may manage SSO; nobody revokes their own. Throws the refusal, recorded. */
  async revoke(actor: Actor, leaseId: string, reason: string): Promise<void> {
    const { pipeline } = this.#parts;
    const why = reason.trim();
    if (why === '' || why.length > LONGEST_END_WHY) throw noReason();
    const lease = await this.#get(leaseId);
    const id = actor.personId.toLowerCase();
    const wanted = `revoke the access of ${lease.person.name} as ${lease.roleName}`;
    await pipeline.abide(actor, wanted, judgeProof(actor), [lease.person.id]);
    await pipeline.abide(actor, wanted, judgeTarget(id, lease.person.id, 'take access from'));
    const stages = await this.#stagesOf(lease.requestId, id);
    const isAdmin = stages.length === 0;
    if (isAdmin) await pipeline.permitted('manage-sso', actor, wanted);
    await this.#endNow(
      lease,
      { deed: 'revoke', reader: { id, stages, isAdmin } },
      { reason: 'revoked', by: actor, why },
    );
  }

  goOn(runId: RunId): void {
    this.#parts.pipeline.goOn(runId);
  }

  find(leaseId: string): Promise<Lease | undefined> {
    return findLease(this.#parts.database.db, leaseId);
  }

  liveOf(personId: string): Promise<readonly Lease[]> {
    return leasesOf(this.#parts.database.db, personId);
  }

  /** In which they decide at this moment, of those that were asked; whoever asked for it does not judge it. */
  async #stagesOf(requestId: string, personId: string): Promise<readonly number[]> {
    const request = await findRequest(this.#parts.database.db, requestId);
    if (!request || request.asker.id === personId) return [];
    const { person, stages } = await findStages(this.#parts.entra, request, personId);
    return judgeMember(person).isAllowed ? stages : [];
  }

  async #get(leaseId: string): Promise<Lease> {
    const lease = await this.find(leaseId);
    if (!lease) throw noSuchLease();
    return lease;
  }

  /** Where the button would be there for that reader. What has ended meanwhile ends nothing that came after it. */
  async #endNow(
    { id, requestId, person, roleName }: Lease,
    { deed, reader }: { deed: RequestDeed; reader: Reader },
    how: Ending,
  ): Promise<void> {
    const { database, clock } = this.#parts;
    const facts = await findFacts({ database, leases: this }, requestId);
    const isOffered = facts?.lease?.id === id && deedsOf(facts, reader, clock.now()).includes(deed);
    if (!isOffered) throw leaseEnded(person.name, roleName);
    const runs = await database.transaction((trx) => this.end(trx, id, how));
    if (runs.length === 0) throw leaseEnded(person.name, roleName);
    runs.forEach((runId) => this.goOn(runId));
  }
}
