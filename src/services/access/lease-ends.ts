import { z } from 'zod';
import type { Actor, Operation } from '../operations/operation.js';
import type { Pipeline } from '../operations/run-operation.js';
import { appendAudit } from '../platform/audit.js';
import { auditedActor } from '../operations/outcome-recorder.js';
import type { Clock } from '../platform/clock.js';
import type { Database } from '../platform/database.js';
import type { Durable } from '../platform/durable.js';
import type { RunId } from '../platform/ids.js';
import type { Executor, Transaction } from '../platform/schema.js';
import type { EndInput, EndOutcome } from './end-access.js';
import { entraItemOf, itemsOf, keyOfItem } from './gift.js';
import { itemsGiven, noteItems } from './gift-items.js';
import { CALL_OFF } from './grant-access.js';
import type { Lease, LeaseEnd } from './lease.js';
import { LATCHKEY_ACTOR } from './lease-port.js';
import {
  changeLease,
  findLease,
  holdLease,
  holdLeasesOf,
  leasesFrom,
  leasesOf,
  moveRequest,
  runOf,
} from './lease-store.js';
import { lookedAtAfter } from './lease-sweep.js';

interface EndsParts {
  readonly pipeline: Pipeline;
  readonly durable: Durable;
  readonly database: Database;
  readonly clock: Clock;
  readonly operation: Operation<EndInput, EndOutcome>;
}

const ended = z.object({ genesysUserId: z.string() }).catch({ genesysUserId: '' });

export interface Ending {
  readonly reason: LeaseEnd;
  readonly by: Actor;
  /** In the words of whoever ends it; empty: it needed none. */
  readonly why?: string;
}

/** How leases end: with a run that takes what they gave, or at once where they gave nothing. */
export class LeaseEnds {
  readonly #parts: EndsParts;

  constructor(parts: EndsParts) {
    this.#parts = parts;
  }

  /** One, with whatever goes on after it. Nothing where it has ended, or is being ended: what came after that is another story. */
  async end(trx: Transaction, leaseId: string, how: Ending): Promise<readonly RunId[]> {
    const personId = (await findLease(trx, leaseId))?.person.id;
    if (personId === undefined) return [];
    await holdLeasesOf(trx, personId);
    const live = await liveOf(trx, personId);
    if (!live.some(({ id }) => id === leaseId)) return [];
    const ending = await leasesFrom(trx, leaseId);
    return this.#endEach(
      trx,
      live.filter(({ id }) => ending.has(id)),
      how,
    );
  }

  /** Everything that the person has for a while. */
  async endAll(trx: Transaction, personId: string, how: Ending): Promise<readonly RunId[]> {
    await holdLeasesOf(trx, personId);
    return this.#endEach(trx, await liveOf(trx, personId), how);
  }

  /**
   * Before anything was given; `false`: it is being given, or was. What an earlier lease gave and left to this one stays noted,
   * and the reconciler takes it.
   */
  async callOff(trx: Transaction, leaseId: string, by: Actor): Promise<boolean> {
    const personId = (await findLease(trx, leaseId))?.person.id;
    if (personId !== undefined) await holdLeasesOf(trx, personId);
    const lease = await holdLease(trx, leaseId);
    if (lease?.state !== 'planned' || lease.givingAt) return false;
    await this.#endAtOnce(trx, lease, { reason: 'called-off', by });
    return true;
  }

  /** One that has ended, of which something is there. @param options.isForgotten what it gave was taken, and is no longer noted. */
  async endAgain({ id, person }: Lease, { isForgotten }: { isForgotten: boolean }): Promise<void> {
    const at = this.#parts.clock.now();
    const runId = await this.#parts.database.transaction(async (trx) => {
      await holdLeasesOf(trx, person.id);
      const lease = await holdLease(trx, id);
      if (lease?.state !== 'ended') return undefined;
      if (isForgotten) {
        const items = [{ key: keyOfItem(entraItemOf(lease.gift)), ...(await userTaken(trx, lease)) }];
        await noteItems(trx, { personId: person.id, leaseId: id, at, items });
      }
      return this.planEnd(trx, lease, lease.endReason ?? 'time');
    });
    if (runId) this.#parts.pipeline.goOn(runId);
  }

  /** By the clock. Call `goOn` after the commit. */
  planEnd(trx: Transaction, lease: Lease, reason: LeaseEnd): Promise<RunId> {
    return this.#planEnd(trx, lease, { reason, by: LATCHKEY_ACTOR, why: lease.endWhy ?? '' });
  }

  async #endEach(trx: Transaction, leases: readonly Lease[], how: Ending): Promise<readonly RunId[]> {
    const runs: RunId[] = [];
    for (const lease of leases) {
      if (lease.state === 'active' || lease.givingAt || (await hasSomethingToTake(trx, lease))) {
        runs.push(await this.#planEnd(trx, lease, how));
      } else await this.#endAtOnce(trx, lease, how);
    }
    return runs;
  }

  async #planEnd(trx: Transaction, lease: Lease, { reason, by, why = '' }: Ending): Promise<RunId> {
    const { person, requestId, gift, roleName } = lease;
    const at = this.#parts.clock.now();
    const input: EndInput = {
      ...{ leaseId: lease.id, requestId, personId: person.id, personName: person.name },
      ...{ userPrincipalName: person.userPrincipalName, roleName, gift, reason, why },
    };
    const reference = endReference(lease.id);
    const runId = await this.#parts.pipeline.plan(trx, this.#parts.operation, { input, actor: by, reference });
    const change = {
      state: 'ending',
      // One that is ended again: something of it is there.
      ...(lease.state === 'ended' ? { closedAt: null } : {}),
      endRunId: runId,
      dueAt: lookedAtAfter(at),
      ...endedBy({ reason, by, why }),
    } as const;
    await changeLease(trx, { id: lease.id, from: [lease.state], at, change });
    return runId;
  }

  /** What gave nothing has nothing to take: no run is needed. One that is called off leaves its request to whoever calls it off. */
  async #endAtOnce(trx: Transaction, lease: Lease, how: Ending): Promise<void> {
    const at = this.#parts.clock.now();
    const change = { state: 'ended', endedAt: at, dueAt: null, ...endedBy(how) } as const;
    await changeLease(trx, { id: lease.id, from: [lease.state], at, change });
    await this.#parts.durable.signal(trx, runOf(lease), { name: CALL_OFF, value: true, actor: how.by });
    if (how.reason === 'called-off') return;
    await moveRequest(trx, { requestId: lease.requestId, from: ['approved', 'granted'], to: 'ended', at });
    await recordEnd(trx, lease, { ...how, at });
  }
}

/** The reference of the runs that end a lease. */
export function endReference(leaseId: string): string {
  return `lease-end:${leaseId}`;
}

function liveOf(db: Executor, personId: string): Promise<Lease[]> {
  return leasesOf(db, personId, ['planned', 'active', 'failed']);
}

function endedBy({ reason, by, why = '' }: Ending): { endReason: LeaseEnd; endedBy?: string; endWhy?: string } {
  return {
    endReason: reason,
    ...(by.personId === LATCHKEY_ACTOR.personId ? {} : { endedBy: by.name }),
    ...(why === '' ? {} : { endWhy: why }),
  };
}

/** As the end of a run would say it. */
async function recordEnd(
  trx: Transaction,
  { requestId, person, roleName }: Lease,
  { by, why = '', at }: Ending & { at: Date },
): Promise<void> {
  await appendAudit(trx, {
    at,
    kind: 'outcome',
    body: {
      operation: 'end-access',
      what: `end the access of ${person.name} as ${roleName}`,
      actor: auditedActor(by),
      ...{ request: requestId, state: 'done', concerns: [person.id] },
      ...(why === '' ? {} : { reason: why }),
    },
  });
}

/** Whose sessions its end has ended. */
async function userTaken(db: Executor, { endRunId }: Lease): Promise<{ genesysUserId?: string }> {
  const run = await db
    .selectFrom('run')
    .select('outcome')
    .where('id', '=', endRunId ?? null)
    .executeTakeFirst();
  const { genesysUserId } = ended.parse(run?.outcome);
  return genesysUserId === '' ? {} : { genesysUserId };
}

/** Whether Latchkey has given the person anything of what this lease gives. */
async function hasSomethingToTake(db: Executor, { person, gift }: Lease): Promise<boolean> {
  const given = await itemsGiven(db, person.id);
  return itemsOf(gift).some((item) => given.some(({ key }) => key === keyOfItem(item)));
}
