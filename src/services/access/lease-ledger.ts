import { ZodError } from 'zod';
import { accessInEntra, holdAccess } from '../operations/access-clash.js';
import type { Concluded } from '../operations/operation.js';
import { judgeTarget, refusal, type Verdict } from '../operations/permissions.js';
import type { Clock } from '../platform/clock.js';
import type { Database } from '../platform/database.js';
import { LedgerUnavailable } from '../platform/execution.js';
import type { RunId } from '../platform/ids.js';
import { Problem } from '../platform/problem.js';
import type { Executor, Transaction } from '../platform/schema.js';
import type { Genesys, GenesysUser } from '../genesys/genesys.js';
import type { EndInput, EndLedger, EndPlan } from './end-access.js';
import type { GrantInput, GrantLedger } from './grant-access.js';
import { endOfGift, itemsOf, keyOfItem } from './gift.js';
import { forgetItems, itemsGiven, noteGenesysUser, noteItems } from './gift-items.js';
import { refuseWaking } from './gift-standing.js';
import { givenForGood } from './gifts-for-good.js';
import { leaseDueAt, timesOf, type Lease } from './lease.js';
import { leaseOver, waitsForOther } from './lease-refusals.js';
import { changeLease, findLease, holdLease, leasesOf, moveRequest } from './lease-store.js';
import { reviewBy } from './request-changes.js';
import { findRequest, reviewUntil } from './request-store.js';

interface LedgerParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly genesys: Genesys;
}

/** What the runs that give and end access do with the rows: each in one transaction, and the same when it is done again. */
export class LeaseLedger implements GrantLedger, EndLedger {
  readonly #parts: LedgerParts;

  constructor(parts: LedgerParts) {
    this.#parts = parts;
  }

  /** The decision as it stands now. Whoever goes on with it gives nothing to themselves. */
  async judgeGrant({ leaseId, requestId, personId }: GrantInput, actorId: string): Promise<Verdict> {
    const [lease, request] = await this.#read((db) =>
      Promise.all([findLease(db, leaseId), findRequest(db, requestId)]),
    );
    const isDecided = request?.state === 'approved' || request?.state === 'failed';
    if (isDecided && lease && isToGive(lease)) return judgeTarget(actorId, personId);
    return refusal(
      'decision-changed',
      'What was decided about this request holds no longer.',
      'Look at the request, and ask again where the access is needed.',
    );
  }

  begin(input: GrantInput, runId: RunId): Promise<{ attempt: number } | 'called off'> {
    const { leaseId, personId, personName, requestId } = input;
    return this.#change(async (trx, at) => {
      await holdAccess(trx, [accessInEntra(personId)]);
      const lease = await holdLease(trx, leaseId);
      if (lease?.state === 'ended' && lease.endReason === 'called-off') return 'called off';
      // It works already: only the run has not been told yet.
      if (lease?.state === 'active' && lease.runId === runId) return { attempt: lease.attempts };
      if (!lease || !isToGive(lease) || lease.endsAt <= at) throw leaseOver(personName);
      const attempt = lease.state === 'failed' ? lease.attempts + 1 : lease.attempts;
      if ((await leasesOf(trx, personId, ['ending'])).length > 0) throw waitsForOther(personName, 'an ending');
      if (await isAnotherGiven(trx, personId, runId)) throw waitsForOther(personName, 'another giving');
      if (lease.givingAt && lease.state === 'planned') return { attempt };
      const change = {
        state: 'planned',
        givingAt: lease.givingAt ?? at,
        attempts: attempt,
        dueAt: lease.endsAt,
      } as const;
      await changeLease(trx, { id: leaseId, from: [lease.state], at, change });
      await moveRequest(trx, { requestId, from: ['failed'], to: 'approved', at });
      // While it gave nothing there was nothing to review, and the time for that may have passed.
      if (lease.state === 'failed') await reviewUntil(trx, requestId, reviewBy(at));
      return { attempt };
    });
  }

  async stillGiven({ leaseId, personName }: GrantInput): Promise<void> {
    const lease = await this.#read((db) => findLease(db, leaseId));
    // Active: the step that begins the time is done once more.
    if (lease?.state !== 'planned' && lease?.state !== 'active') throw leaseOver(personName);
  }

  async note(
    { personId, leaseId }: GrantInput,
    items: readonly { key: string; genesysEmail: string; genesysUserId?: string }[],
  ): Promise<void> {
    await this.#change((trx, at) => noteItems(trx, { personId, leaseId, at, items }));
  }

  async forget({ personId, leaseId }: GrantInput, key: string): Promise<void> {
    await this.#change((trx) => forgetItems(trx, { personId, leaseId, keys: [key] }));
  }

  async noteGenesysUser(noted: { personId: string; email: string; userId: string }): Promise<void> {
    await this.#change((trx) => noteGenesysUser(trx, noted));
  }

  refuseWaking({ personId, personName, gift }: GrantInput, user: GenesysUser): Promise<void> {
    return orGoOn(refuseWaking(this.#parts, { personId, personName, user, gift }));
  }

  activate({ leaseId, requestId, personId, personName }: GrantInput): Promise<{ beginsAt: Date; endsAt: Date }> {
    return this.#change(async (trx, now) => {
      await holdAccess(trx, [accessInEntra(personId)]);
      const lease = await holdLease(trx, leaseId);
      if (lease?.state === 'active' && lease.beginsAt) return { beginsAt: lease.beginsAt, endsAt: lease.endsAt };
      if (lease?.state !== 'planned') throw leaseOver(personName);
      const times = timesOf({ minutes: lease.minutes, now, before: await extendedBy(trx, requestId) });
      const change = { state: 'active', ...times, dueAt: leaseDueAt({ ...times, reminders: 0 }) } as const;
      await changeLease(trx, { id: leaseId, from: ['planned'], at: now, change });
      await moveRequest(trx, { requestId, from: ['approved', 'failed'], to: 'granted', at: now });
      return times;
    });
  }

  /** What was given stays noted, and the lease keeps its end: what it left behind is taken then. */
  async grantConcluded(trx: Transaction, { input, problem }: Concluded<GrantInput>): Promise<void> {
    if (!problem) return;
    const at = this.#parts.clock.now();
    const { leaseId, requestId } = input;
    const hasFailed = await changeLease(trx, { id: leaseId, from: ['planned'], at, change: { state: 'failed' } });
    if (hasFailed) await moveRequest(trx, { requestId, from: ['approved'], to: 'failed', at });
  }

  async beginEnd({ leaseId, personName }: EndInput): Promise<void> {
    const giving = await this.#read(async (db) => {
      const lease = await findLease(db, leaseId);
      return db
        .selectFrom('run')
        .select('state')
        .where('id', '=', lease?.runId ?? null)
        .executeTakeFirst();
    });
    if (giving?.state === 'running') throw waitsForOther(personName, 'another giving');
  }

  async isMine({ leaseId }: EndInput, runId: RunId): Promise<boolean> {
    const lease = await this.#read((db) => findLease(db, leaseId));
    return lease?.endRunId === runId && (lease.state === 'ending' || lease.state === 'ended');
  }

  /** Access is the union of leases, and what an administrator has given for good since is nobody's to take. */
  async planEnd({ leaseId, personId, gift }: EndInput): Promise<EndPlan> {
    const [given, others, forGood] = await this.#read(async (db) => {
      const items = await itemsGiven(db, personId);
      return [items, await leasesOf(db, personId), await givenForGood(db, personId, items)] as const;
    });
    const ours = new Set(given.map(({ key }) => key).filter((key) => !forGood.has(key)));
    const needing = others.filter(({ id }) => id !== leaseId).map((other) => other.gift);
    const { take, keep, leave } = endOfGift(gift, { others: needing, given: ours });
    const own = given.filter(({ key }) => itemsOf(gift).some((item) => keyOfItem(item) === key));
    return {
      ...{ take: take.map(keyOfItem), keep: keep.map(keyOfItem), leave: leave.map(keyOfItem) },
      genesysUserId: own.find(({ genesysUserId }) => genesysUserId !== undefined)?.genesysUserId ?? '',
      genesysEmail: own.find(({ genesysEmail }) => genesysEmail !== undefined)?.genesysEmail ?? '',
    };
  }

  async close({ leaseId }: EndInput): Promise<void> {
    await this.#change((trx, at) => changeLease(trx, { id: leaseId, from: ['ending'], at, change: { closedAt: at } }));
  }

  async end(
    { leaseId, requestId, personId, reason }: EndInput,
    plan: EndPlan,
    leftOver: readonly string[],
  ): Promise<void> {
    await this.#change(async (trx, at) => {
      // What is left was there before, or is somebody's for good.
      await forgetItems(trx, { personId, keys: [...plan.take, ...plan.leave] });
      const change = { state: 'ended', endedAt: at, leftOver, dueAt: null } as const;
      await changeLease(trx, { id: leaseId, from: ['ending'], at, change });
      if (reason !== 'called-off')
        await moveRequest(trx, { requestId, from: ['approved', 'granted'], to: 'ended', at });
    });
  }

  #change<T>(work: (trx: Transaction, at: Date) => Promise<T>): Promise<T> {
    return orGoOn(this.#parts.database.transaction((trx) => work(trx, this.#parts.clock.now())));
  }

  #read<T>(work: (db: Executor) => Promise<T>): Promise<T> {
    return orGoOn(work(this.#parts.database.db));
  }
}

/** What the database cannot do at this moment is no failure of the run: it is gone on with. */
async function orGoOn<T>(asked: Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof Problem || error instanceof ZodError) throw error;
    throw new LedgerUnavailable('The rows of a lease could not be read or written.', { cause: error });
  }
}

function isToGive({ state }: Pick<Lease, 'state'>): boolean {
  return state === 'planned' || state === 'failed';
}

/** Two that give to the same person at the same time could each take what the other one gives for somebody else's. */
async function isAnotherGiven(trx: Transaction, personId: string, own: RunId): Promise<boolean> {
  const row = await trx
    .selectFrom('access_lease')
    .innerJoin('run', 'run.id', 'access_lease.run')
    .select('access_lease.id')
    .where('access_lease.person', '=', personId)
    .where('access_lease.state', '=', 'planned')
    .where('access_lease.giving_at', 'is not', null)
    .where('access_lease.run', '<>', own)
    .where('run.state', 'in', ['running', 'waiting'])
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** The lease that this request goes on with, while it gives something. */
async function extendedBy(trx: Transaction, requestId: string): Promise<Lease | undefined> {
  const request = await findRequest(trx, requestId);
  const before = request?.extendsLeaseId === undefined ? undefined : await findLease(trx, request.extendsLeaseId);
  return before?.state === 'active' ? before : undefined;
}
