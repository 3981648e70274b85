import type { Entra } from '../entra/entra.js';
import type { Genesys } from '../genesys/genesys.js';
import type { Actor } from '../operations/operation.js';
import { judgeMember, judgeTarget } from '../operations/permissions.js';
import type { Pipeline } from '../operations/run-operation.js';
import type { Clock } from '../platform/clock.js';
import type { Database } from '../platform/database.js';
import type { Durable } from '../platform/durable.js';
import { newId, type RunId } from '../platform/ids.js';
import type { Log } from '../platform/log.js';
import type { Executor, Transaction } from '../platform/schema.js';
import type { Sweep } from '../platform/tick.js';
import type { AccessRequest } from './access-request.js';
import { findStages } from './approvers.js';
import { endAccess, type EndInput } from './end-access.js';
import { entraItemOf, itemsOf, keyOfItem } from './gift.js';
import { itemsGiven, noteItems } from './gift-items.js';
import { CALL_OFF, grantAccess, type GrantInput } from './grant-access.js';
import { createLane } from './lanes.js';
import type { Lease, LeaseEnd } from './lease.js';
import { LeaseLedger } from './lease-ledger.js';
import { LATCHKEY_ACTOR, type LeasePort } from './lease-port.js';
import { noSuchLease, notYourLease } from './lease-refusals.js';
import { changeLease, findLease, holdLease, holdLeasesOf, insertLease, leasesOf, runOf } from './lease-store.js';
import { compareWithDirectory, leasesOutlived } from './reconcile-access.js';
import { findRequest } from './request-store.js';
import { lookedAtAfter, sweepLeases } from './lease-sweep.js';

export interface LeaseServiceParts {
  readonly entra: Entra;
  readonly genesys: Genesys;
  readonly pipeline: Pipeline;
  readonly durable: Durable;
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Log;
}

interface Ending {
  readonly reason: LeaseEnd;
  readonly by: Actor;
  /** In the words of whoever ends it. */
  readonly why?: string;
}

/** How much each side does at once of what ends in the same minute. */
const AT_ONCE = { entra: 20, genesys: 4 } as const;

/** Access for a while: given by a decision, and taken away when its time is over or somebody says so. */
export class LeaseService implements LeasePort {
  readonly #parts: LeaseServiceParts;
  readonly #grant;
  readonly #end;

  constructor(parts: LeaseServiceParts) {
    this.#parts = parts;
    const ledger = new LeaseLedger(parts);
    const lanes = { entra: createLane(AT_ONCE.entra), genesys: createLane(AT_ONCE.genesys) };
    this.#grant = grantAccess({ ...parts, ledger });
    this.#end = endAccess({ ...parts, ledger, lanes });
    parts.pipeline.register(this.#grant);
    parts.pipeline.register(this.#end);
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

  async callOff(trx: Transaction, leaseId: string, actor: Actor): Promise<boolean> {
    const personId = (await findLease(trx, leaseId))?.person.id;
    if (personId !== undefined) await holdLeasesOf(trx, personId);
    const lease = await holdLease(trx, leaseId);
    if (lease?.state !== 'planned' || lease.givingAt) return false;
    // Something of another lease may have been left to this one.
    if (await hasSomethingToTake(trx, lease)) {
      await this.#planEnd(trx, lease, { reason: 'called-off', by: actor });
    } else await this.#endAtOnce(trx, lease, { reason: 'called-off', by: actor });
    await this.#parts.durable.signal(trx, runOf(lease), { name: CALL_OFF, value: true, actor });
    return true;
  }

  async end(trx: Transaction, leaseId: string, how: Ending): Promise<readonly RunId[]> {
    const lease = await findLease(trx, leaseId);
    if (!lease) return [];
    await holdLeasesOf(trx, lease.person.id);
    const sameRole = (await this.#toEnd(trx, lease.person.id)).filter(({ roleId }) => roleId === lease.roleId);
    return this.#endEach(trx, sameRole, how);
  }

  /** Everything that the person has for a while. Call `goOn` for each run after the commit. */
  async endAll(trx: Transaction, personId: string, how: Ending): Promise<readonly RunId[]> {
    await holdLeasesOf(trx, personId);
    return this.#endEach(trx, await this.#toEnd(trx, personId), how);
  }

  /** By the one who has it. Throws the refusal. */
  async giveBack(actor: Actor, leaseId: string): Promise<void> {
    const lease = await this.#get(leaseId);
    if (lease.person.id !== actor.personId) throw notYourLease();
    await this.#endNow(leaseId, { reason: 'given-back', by: actor });
  }

  /** By whoever could decide about the request, or may manage SSO; nobody revokes their own. Throws the refusal, recorded. */
  async revoke(actor: Actor, leaseId: string, reason: string): Promise<void> {
    const { pipeline } = this.#parts;
    const lease = await this.#get(leaseId);
    const wanted = `revoke the access of ${lease.person.name} as ${lease.roleName}`;
    await pipeline.abide(actor, wanted, judgeTarget(actor.personId, lease.person.id, 'take access from'));
    if (!(await this.#isApprover(lease.requestId, actor.personId)))
      await pipeline.permitted('manage-sso', actor, wanted);
    await this.#endNow(leaseId, { reason: 'revoked', by: actor, why: reason });
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

  /** What is due: givings that begin, reminders, and ends. */
  readonly sweep: Sweep = {
    name: 'leases',
    sweep: (now) =>
      sweepLeases(this.#parts.database, now, {
        planEnd: (trx, lease, reason) => this.#planEnd(trx, lease, { reason, by: LATCHKEY_ACTOR }),
        goOn: (runId) => this.goOn(runId),
      }),
  };

  /** Of this moment, in a stage that was asked; whoever asked for it does not judge it. */
  async #isApprover(requestId: string, personId: string): Promise<boolean> {
    const request = await findRequest(this.#parts.database.db, requestId);
    if (!request || request.asker.id === personId) return false;
    const { person, stages } = await findStages(this.#parts.entra, request, personId);
    return stages.length > 0 && judgeMember(person).isAllowed;
  }

  /** What Entra says beside the leases: what has outlived them is taken again, the rest is told to the operator. */
  readonly reconciler: Sweep = {
    name: 'leases beside the directory',
    everySeconds: 300,
    sweep: async (now) => {
      const { entra, log, database } = this.#parts;
      const findings = await compareWithDirectory({ entra, db: database.db }, now);
      for (const { kind, lease } of findings) {
        const fields = { finding: kind, lease: lease.id, person: lease.person.id, role: lease.roleName };
        log.warn(fields, 'The directory says something else than the leases');
      }
      const stillThere = findings.filter(({ kind }) => kind === 'still-there').map(({ lease }) => lease);
      for (const lease of stillThere) await this.#endAgain(lease, { isForgotten: true });
      for (const lease of await leasesOutlived(database.db)) await this.#endAgain(lease, { isForgotten: false });
    },
  };

  /** @param options.isForgotten what it gave was taken, and is no longer noted. */
  async #endAgain({ id }: Lease, { isForgotten }: { isForgotten: boolean }): Promise<void> {
    const at = this.#parts.clock.now();
    const runId = await this.#parts.database.transaction(async (trx) => {
      const lease = await holdLease(trx, id);
      if (lease?.state !== 'ended') return undefined;
      const items = [{ key: keyOfItem(entraItemOf(lease.gift)) }];
      if (isForgotten) await noteItems(trx, { personId: lease.person.id, leaseId: id, at, items });
      return this.#planEnd(trx, lease, { reason: lease.endReason ?? 'time', by: LATCHKEY_ACTOR });
    });
    if (runId) this.goOn(runId);
  }

  async #get(leaseId: string): Promise<Lease> {
    const lease = await this.find(leaseId);
    if (!lease) throw noSuchLease();
    return lease;
  }

  #toEnd(db: Executor, personId: string): Promise<Lease[]> {
    return leasesOf(db, personId, ['planned', 'active', 'failed']);
  }

  async #endNow(leaseId: string, how: Ending): Promise<void> {
    const runs = await this.#parts.database.transaction((trx) => this.end(trx, leaseId, how));
    runs.forEach((runId) => this.goOn(runId));
  }

  async #endEach(trx: Transaction, leases: readonly Lease[], how: Ending): Promise<readonly RunId[]> {
    const runs: RunId[] = [];
    for (const { id } of leases) {
      const lease = await holdLease(trx, id);
      const runId = lease && (await this.#endOne(trx, lease, how));
      if (runId) runs.push(runId);
    }
    return runs;
  }

  /** What gave nothing has nothing to take: no run is needed. */
  async #endOne(trx: Transaction, lease: Lease, how: Ending): Promise<RunId | undefined> {
    if (lease.state === 'ending' || lease.state === 'ended') return undefined;
    if (lease.state === 'active' || lease.givingAt || (await hasSomethingToTake(trx, lease))) {
      return this.#planEnd(trx, lease, how);
    }
    await this.#endAtOnce(trx, lease, how);
    await this.#parts.durable.signal(trx, runOf(lease), { name: CALL_OFF, value: true, actor: how.by });
    return undefined;
  }

  async #planEnd(trx: Transaction, lease: Lease, { reason, by, why = '' }: Ending): Promise<RunId> {
    const { person, requestId, gift, roleName } = lease;
    const at = this.#parts.clock.now();
    const input: EndInput = {
      ...{ leaseId: lease.id, requestId, personId: person.id, personName: person.name },
      ...{ userPrincipalName: person.userPrincipalName, roleName, gift, reason, why },
    };
    const reference = `lease-end:${lease.id}`;
    const runId = await this.#parts.pipeline.plan(trx, this.#end, { input, actor: by, reference });
    const change = { state: 'ending', endRunId: runId, dueAt: lookedAtAfter(at), ...endedBy(reason, by) } as const;
    await changeLease(trx, { id: lease.id, from: [lease.state], at, change });
    return runId;
  }

  async #endAtOnce(trx: Transaction, lease: Lease, { reason, by }: Ending): Promise<void> {
    const at = this.#parts.clock.now();
    const change = { state: 'ended', endedAt: at, dueAt: null, ...endedBy(reason, by) } as const;
    await changeLease(trx, { id: lease.id, from: [lease.state], at, change });
  }
}

function endedBy(reason: LeaseEnd, { personId, name }: Actor): { endReason: LeaseEnd; endedBy?: string } {
  return { endReason: reason, ...(personId === LATCHKEY_ACTOR.personId ? {} : { endedBy: name }) };
}

/** Whether Latchkey has given the person anything of what this lease gives. */
async function hasSomethingToTake(db: Executor, { person, gift }: Lease): Promise<boolean> {
  const given = await itemsGiven(db, person.id);
  return itemsOf(gift).some((item) => given.some(({ key }) => key === keyOfItem(item)));
}
