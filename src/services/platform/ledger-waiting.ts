import { sql, type Kysely } from 'kysely';
import { parseRunId, type RunId } from './ids.js';
import { jsonText, type Json, type JsonText } from './json.js';
import { held, touch, type Claim } from './ledger.js';
import { leaseOf, type Holder } from './ledger-leases.js';
import type { ProblemFacts } from './problem.js';
import type { RunActor, RunState, Schema, Transaction } from './schema.js';

/** What somebody told a run. Of each name the first one counts, for ever. */
export interface Signal {
  readonly name: string;
  readonly value: Json;
  readonly actor: RunActor;
  readonly at: Date;
}

/** The signals of a run, and how many it had when they were read. */
export interface Signals {
  readonly byName: ReadonlyMap<string, Signal>;
  readonly count: number;
}

export interface Parking {
  /** What it waits for, for its card. */
  readonly problem: ProblemFacts;
  /** Business time at which it goes on in any case. */
  readonly wakeAt?: Date;
  /** How many signals whoever parks it had seen. */
  readonly seenSignals: number;
  /** Whether it waits for a remote side, which is asked again and again, and not for ever. */
  readonly isRemote: boolean;
  readonly at: Date;
}

/**
 * Lets a run wait with nobody executing it. When a signal has come that the parker did not see, it is not parked:
 * `isParked` is false and its holder begins again. `parks`: how often it has waited for a remote side in a row.
 * The count stands on the run's row because a sub-select would see the signals as they were before a wait for the row's lock.
 * Throws `RunLost`.
 */
export async function parkRun(
  trx: Transaction,
  claim: Claim,
  { problem, wakeAt, seenSignals, isRemote, at }: Parking,
): Promise<{ isParked: boolean; parks: number }> {
  const row = await trx
    .updateTable('run')
    .set((run) => ({
      state: sql<RunState>`case when signals > ${seenSignals}::integer then 'running' else 'waiting' end`,
      problem: sql<JsonText<ProblemFacts> | null>`case when signals > ${seenSignals}::integer then null else ${jsonText(problem)}::jsonb end`,
      ...{ wake_at: wakeAt ?? null, parked_fence: run.ref('fence') },
      ...{ parks: run('parks', '+', isRemote ? 1 : 0), revision: run('revision', '+', 1), changed_at: at },
    }))
    .where('id', '=', claim.runId)
    .where('fence', '=', claim.fence)
    .returning(['state', 'parks'])
    .executeTakeFirst();
  const { state, parks } = held(row);
  return { isParked: state === 'waiting', parks };
}

/**
 * Keeps with a step that is under way what it waits for, or that it waits no more; nobody executes anything by it.
 * Throws `RunLost`.
 */
export async function noteWait(
  db: Kysely<Schema>,
  claim: Claim,
  note: { step: string; text: string | undefined; at: Date },
): Promise<void> {
  const { rows } = await sql<{ name: string }>`
    with held as (${touch(claim, note.at)})
    update step set waiting_for = ${note.text ?? null}
    from held where step.run_id = held.id and step.name = ${note.step} and step.state = 'started'
    returning step.name`.execute(db);
  held(rows[0]);
}

/**
 * Writes the signal unless the run has one of that name. A run that waits is under way again, for whoever commits this.
 * @param holder who then executes it.
 * @returns the signal that counts, and whether it is this one.
 */
export async function insertSignal(
  trx: Transaction,
  runId: RunId,
  signal: Signal,
  holder: Holder,
): Promise<{ isFirst: boolean; signal: Signal }> {
  const inserted = await trx
    .insertInto('signal')
    .values({
      ...{ run_id: runId, name: signal.name, at: signal.at },
      ...{ value: jsonText(signal.value), actor: jsonText(signal.actor) },
    })
    .onConflict((conflict) => conflict.columns(['run_id', 'name']).doNothing())
    .returning('name')
    .executeTakeFirst();
  if (inserted === undefined) {
    const { byName } = await readSignals(trx, runId);
    return { isFirst: false, signal: byName.get(signal.name) ?? signal };
  }
  const counted = trx
    .updateTable('run')
    .set((run) => ({ signals: run('signals', '+', 1), revision: run('revision', '+', 1), changed_at: signal.at }))
    .where('id', '=', runId);
  const { state } = await counted.returning('state').executeTakeFirstOrThrow();
  if (state === 'waiting') {
    await trx
      .updateTable('run')
      .set({ state: 'running', ...leaseOf(holder) })
      .where('id', '=', runId)
      .execute();
  }
  return { isFirst: true, signal };
}

/** The count is read first: a signal between the two readings is then seen too often, never too rarely. */
export async function readSignals(db: Kysely<Schema>, runId: RunId): Promise<Signals> {
  const run = await db.selectFrom('run').select('signals').where('id', '=', runId).executeTakeFirst();
  const rows = await db.selectFrom('signal').selectAll().where('run_id', '=', runId).execute();
  const signals = rows.map(({ name, value, actor, at }): Signal => ({ name, value, actor, at }));
  return { byName: new Map(signals.map((signal) => [signal.name, signal])), count: run?.signals ?? 0 };
}

/** The waiting runs whose time has come at that business time. */
export async function listDue(db: Kysely<Schema>, now: Date): Promise<RunId[]> {
  const rows = await db
    .selectFrom('run')
    .select('id')
    .where('state', '=', 'waiting')
    .where('wake_at', '<=', now)
    .orderBy('wake_at')
    .limit(100)
    .execute();
  return rows.map(({ id }) => parseRunId(id));
}
