import { accessInEntra, accessInGenesys, holdAccess } from '../operations/access-clash.js';
import type { Database } from '../platform/database.js';
import type { RunId } from '../platform/ids.js';
import type { Log } from '../platform/log.js';
import type { Executor, Transaction } from '../platform/schema.js';
import type { Sweep } from '../platform/tick.js';
import { leaseDueAt, remindersDue, type Lease, type LeaseEnd } from './lease.js';
import { changeLease, leaseOf, leasesOf, runOf } from './lease-store.js';

/** What the clock does with leases. */
export interface LeaseDeeds {
  planEnd(trx: Transaction, lease: Lease, reason: LeaseEnd): Promise<RunId>;
  goOn(runId: RunId): void;
}

/** So many are planned in one transaction: everybody else waits for it with the embedded database. */
const AT_ONCE = 25;

const LOOKED_AT_MINUTES = 5;

/** When an ending is looked at again. */
export function lookedAtAfter(now: Date): Date {
  return new Date(now.getTime() + LOOKED_AT_MINUTES * 60_000);
}

interface Due {
  readonly id: string;
  readonly person: string;
}

/** Does what is due, the longest due first, some at a time; the runs go on as soon as they are committed. */
export function leaseSweep({ database, log }: { database: Database; log: Log }, deeds: LeaseDeeds): Sweep {
  const doAll = async (due: readonly Due[], now: Date): Promise<void> => {
    const runs = await database.transaction((trx) => sweepSome(trx, due, { now, deeds }));
    runs.forEach((runId) => deeds.goOn(runId));
  };
  /** One that cannot be done keeps no other from its end. */
  const doEach = async (due: readonly Due[], now: Date): Promise<void> => {
    for (const one of due) {
      await doAll([one], now).catch((error: unknown) => {
        log.error(
          { lease: one.id, error },
          'What is due of a lease could not be done; it is tried again in five minutes',
        );
        return postpone(database.db, one, lookedAtAfter(now));
      });
    }
  };
  return {
    name: 'leases',
    sweep: async (now) => {
      for (;;) {
        const due = await findDue(database.db, now);
        await doAll(due, now).catch(() => doEach(due, now));
        if (due.length < AT_ONCE) return;
      }
    },
  };
}

async function findDue(db: Executor, now: Date): Promise<Due[]> {
  return db
    .selectFrom('access_lease')
    .select(['id', 'person'])
    .where('due_at', '<=', now)
    .orderBy('due_at')
    .limit(AT_ONCE)
    .execute();
}

/**
 * Each is left with another time at which it is due, or none. The people are held before the rows, as everybody does, and all
 * of them before the audit: two who each waited for what the other one holds would both fail.
 */
async function sweepSome(
  trx: Transaction,
  due: readonly Due[],
  { now, deeds }: { now: Date; deeds: LeaseDeeds },
): Promise<RunId[]> {
  if (due.length === 0) return [];
  const people = [...new Set(due.map(({ person }) => person))];
  await holdAccess(
    trx,
    people.flatMap((person) => [accessInEntra(person), accessInGenesys(person)]),
  );
  const rows = await trx
    .selectFrom('access_lease')
    .selectAll()
    .where(
      'id',
      'in',
      due.map(({ id }) => id),
    )
    .where('due_at', '<=', now)
    .orderBy('id')
    .forUpdate()
    .execute();
  const runs: RunId[] = [];
  for (const row of rows) runs.push(...(await sweepOne(trx, leaseOf(row), now, deeds)));
  return runs;
}

async function sweepOne(trx: Transaction, lease: Lease, now: Date, deeds: LeaseDeeds): Promise<RunId[]> {
  const isOver = lease.endsAt <= now;
  switch (lease.state) {
    case 'planned':
      if (isOver) return [await deeds.planEnd(trx, lease, 'failed')];
      await postpone(trx, lease, lease.endsAt);
      return [runOf(lease)];
    case 'failed':
      if (isOver) return [await deeds.planEnd(trx, lease, 'failed')];
      await postpone(trx, lease, lease.endsAt);
      return [];
    case 'active':
      if (isOver) return [await deeds.planEnd(trx, lease, 'time')];
      await remind(trx, lease, now);
      return [];
    case 'ending':
      return lookAfter(trx, lease, now, deeds);
    case 'ended':
      await postpone(trx, lease, null);
      return [];
  }
}

/** Nobody sees that. */
async function postpone(db: Executor, { id }: Pick<Lease, 'id'>, dueAt: Date | null): Promise<void> {
  await db.updateTable('access_lease').set({ due_at: dueAt }).where('id', '=', id).execute();
}

/** Of several that were missed, one. None where the person goes on having the same role after it. */
async function remind(trx: Transaction, lease: Lease, now: Date): Promise<void> {
  const reminders = remindersDue(lease, now);
  const dueAt = leaseDueAt({ ...lease, reminders });
  const others = await leasesOf(trx, lease.person.id);
  const goesOn = others.some(
    ({ id, roleId, endsAt }) => id !== lease.id && roleId === lease.roleId && endsAt > lease.endsAt,
  );
  if (goesOn || reminders === lease.reminders) return postpone(trx, lease, dueAt);
  await changeLease(trx, { id: lease.id, from: ['active'], at: now, change: { reminders, dueAt } });
}

/** A run that ended without ending the lease, because a side refused for a day or it killed the process, is replaced. */
async function lookAfter(trx: Transaction, lease: Lease, now: Date, deeds: LeaseDeeds): Promise<RunId[]> {
  const run = await trx
    .selectFrom('run')
    .select('state')
    .where('id', '=', lease.endRunId ?? null)
    .executeTakeFirst();
  const isUnderWay = run?.state === 'running' || run?.state === 'waiting';
  if (!isUnderWay) return [await deeds.planEnd(trx, lease, lease.endReason ?? 'time')];
  await postpone(trx, lease, lookedAtAfter(now));
  return [];
}
