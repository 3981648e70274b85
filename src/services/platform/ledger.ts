import { sql, type Kysely, type Selectable } from 'kysely';
import type { Database } from './database.js';
import { parseRunId, type RunId } from './ids.js';
import { jsonText, type Json } from './json.js';
import { isFreeFor, leaseOf, type Holder } from './ledger-leases.js';
import type { ProblemFacts } from './problem.js';
import type { RunActor, RunState, RunTable, Schema, StepState, StepTable, Transaction } from './schema.js';

/** A run as it stands, with its steps in the order in which they began. */
export interface RunRecord {
  readonly id: RunId;
  readonly kind: string;
  readonly version: number;
  readonly input: Json;
  readonly actor: RunActor;
  readonly state: RunState;
  readonly fence: number;
  readonly revision: number;
  /** Of a failed run, or what a waiting one waits for. */
  readonly problem?: ProblemFacts;
  /** Of a run that is done. */
  readonly outcome?: Json;
  readonly reference: string;
  readonly startedAt: Date;
  readonly changedAt: Date;
  readonly steps: readonly StepRecord[];
}

export interface StepRecord {
  readonly name: string;
  readonly state: StepState;
  /** Of the first attempt. */
  readonly startedAt: Date;
  readonly finishedAt?: Date;
  /** While it waits for a while: what for, in words for its card. */
  readonly waitingFor?: string;
}

/** The right to write to a run, until somebody else claims it. */
export interface Claim {
  readonly runId: RunId;
  readonly fence: number;
}

export type Ending = { readonly outcome: Json } | { readonly problem: ProblemFacts };

/** Somebody else has claimed the run since. Whoever holds the old claim stops, silently. */
export class RunLost extends Error {
  override readonly name = 'RunLost';
}

export interface NewRun {
  readonly runId: RunId;
  readonly kind: string;
  readonly version: number;
  readonly input: Json;
  readonly actor: RunActor;
  readonly reference: string;
  /** Who is about to execute it. */
  readonly holder: Holder;
  readonly at: Date;
}

export async function insertRun(trx: Transaction, run: NewRun): Promise<void> {
  await trx
    .insertInto('run')
    .values({
      ...{ id: run.runId, kind: run.kind, version: run.version, reference: run.reference, state: 'running' },
      ...{ input: jsonText(run.input), actor: jsonText(run.actor) },
      ...{ started_at: run.at, changed_at: run.at, ...leaseOf(run.holder) },
    })
    .execute();
}

/**
 * Sets a failed, interrupted or waiting run going again, for whoever commits this. `false`, and nothing changed: it is no longer
 * at that revision. Were the state left to `claimRun`, a crash after the commit would strand the run for ever: its one
 * claim on *Retry* would be taken, and nothing would run.
 */
export async function reopenRun(
  trx: Transaction,
  run: { runId: RunId; revision: number; holder: Holder; at: Date },
): Promise<boolean> {
  const row = await trx
    .updateTable('run')
    .set((open) => ({
      ...{ state: 'running', problem: null, revision: open('revision', '+', 1), changed_at: run.at },
      ...leaseOf(run.holder),
    }))
    .where('id', '=', run.runId)
    .where('revision', '=', run.revision)
    .where('state', 'in', ['failed', 'interrupted', 'waiting'])
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}

/** A run of these kinds that is under way, also one that waits. To decide something by it, hold the kinds first. */
export async function findUnderWay(
  db: Kysely<Schema>,
  { kinds, except }: { kinds: readonly string[]; except?: RunId },
): Promise<RunRecord | undefined> {
  const underWay = db
    .selectFrom('run')
    .selectAll()
    .where('kind', 'in', kinds)
    .where('state', 'in', ['running', 'waiting']);
  const others = except === undefined ? underWay : underWay.where('id', '<>', except);
  const row = await others.limit(1).executeTakeFirst();
  return row && recordOf(db, row);
}

/** Lets one transaction at a time, on any replica, decide whether a run of these kinds may start. */
export async function holdKinds(trx: Transaction, kinds: readonly string[]): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`runs of ${kinds.join(', ')}`}, 0))`.execute(trx);
}

/**
 * Marks a run that has ended or waits as undone, for whoever commits the run that undoes it: it never goes on again, and
 * whoever may still hold it has lost it.
 * `false`, and nothing changed: it is no longer at that revision.
 */
export async function markUndone(
  trx: Transaction,
  run: { runId: RunId; revision: number; at: Date },
): Promise<boolean> {
  const row = await trx
    .updateTable('run')
    .set((open) => ({
      ...{ state: 'undone', fence: open('fence', '+', 1), revision: open('revision', '+', 1) },
      changed_at: run.at,
    }))
    .where('id', '=', run.runId)
    .where('revision', '=', run.revision)
    .where('state', 'in', ['done', 'failed', 'interrupted', 'waiting'])
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}

/** The newest run with that reference. */
export async function findRunByReference(db: Kysely<Schema>, reference: string): Promise<RunId | undefined> {
  const row = await db
    .selectFrom('run')
    .select('id')
    .where('reference', '=', reference)
    .orderBy('started_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row && parseRunId(row.id);
}

/**
 * Takes the run, from whoever had it, by raising its fence. `undefined`: there is no such run, it is in none of these
 * states, or another process that lives executes it. Whatever it was, it is running again.
 */
export async function claimRun(
  db: Kysely<Schema>,
  { runId, at, from, holder }: { runId: RunId; at: Date; from: readonly RunState[]; holder: Holder },
): Promise<Claim | undefined> {
  const row = await db
    .updateTable('run')
    .set((run) => ({
      ...{ fence: run('fence', '+', 1), revision: run('revision', '+', 1) },
      ...{ state: 'running', problem: null, changed_at: at, ...leaseOf(holder) },
    }))
    .where('id', '=', runId)
    .where('state', 'in', from)
    .where(isFreeFor(holder))
    .returning('fence')
    .executeTakeFirst();
  return row && { runId, fence: row.fence };
}

export interface Journal {
  /** Results of the steps that are done. */
  readonly done: ReadonlyMap<string, Json>;
  /** Names of all steps that were ever begun. */
  readonly begun: ReadonlySet<string>;
}

export async function readJournal(db: Kysely<Schema>, runId: RunId): Promise<Journal> {
  const rows = await db.selectFrom('step').select(['name', 'state', 'result']).where('run_id', '=', runId).execute();
  const done = rows.filter(({ state }) => state === 'done').map(({ name, result }) => [name, result] as const);
  return { done: new Map(done), begun: new Set(rows.map(({ name }) => name)) };
}

/**
 * How often the run was claimed since a step of it was last finished, or since it last waited: the claim that did so counts
 * as none.
 */
export async function countFruitlessClaims(db: Kysely<Schema>, runId: RunId): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select fence - greatest(
      parked_fence, coalesce((select max(step.fence) from step where run_id = run.id and step.state = 'done'), 0)
    ) as count
    from run where id = ${runId}`.execute(db);
  return rows[0]?.count ?? 0;
}

/** Marks the step as begun and returns when it was begun first. Throws `RunLost`. */
export async function beginStep(
  db: Kysely<Schema>,
  claim: Claim,
  step: { name: string; position: number; at: Date },
): Promise<Date> {
  const { rows } = await sql<{ started_at: Date }>`
    with held as (${touch(claim, step.at)})
    insert into step (run_id, name, position, state, fence, started_at)
    select id, ${step.name}, ${step.position}::integer, 'started', fence, ${step.at}::timestamptz from held
    on conflict (run_id, name) do update
      set state = 'started', fence = excluded.fence, finished_at = null, waiting_for = null
    returning started_at`.execute(db);
  return held(rows[0]).started_at;
}

/** Marks the step as done, with its result, or as failed. Throws `RunLost`. */
export async function endStep(
  db: Kysely<Schema>,
  claim: Claim,
  step: { name: string; at: Date } & ({ state: 'done'; result: Json } | { state: 'failed' }),
): Promise<void> {
  const result = step.state === 'done' ? jsonText(step.result) : null;
  const { rows } = await sql<{ name: string }>`
    with held as (${touch(claim, step.at, step.state === 'done' ? sql`0` : undefined)})
    update step
      set state = ${step.state}, result = ${result}::jsonb, finished_at = ${step.at}::timestamptz, waiting_for = null
    from held where step.run_id = held.id and step.name = ${step.name}
    returning step.name`.execute(db);
  held(rows[0]);
}

/** Ends the run; `alongside` writes what belongs to it, in the same transaction. Throws `RunLost`. */
export async function endRun(
  database: Database,
  claim: Claim,
  {
    ending,
    at,
    alongside,
  }: { ending: Ending; at: Date; alongside: (trx: Transaction, run: RunRecord) => Promise<void> },
): Promise<void> {
  const change =
    'outcome' in ending
      ? { state: 'done' as const, outcome: jsonText(ending.outcome) }
      : { state: 'failed' as const, problem: jsonText(ending.problem) };
  await database.transaction(async (trx) => {
    const row = await trx
      .updateTable('run')
      .set((run) => ({ ...change, revision: run('revision', '+', 1), changed_at: at }))
      .where('id', '=', claim.runId)
      .where('fence', '=', claim.fence)
      .returningAll()
      .executeTakeFirst();
    await alongside(trx, await recordOf(trx, held(row)));
  });
}

export async function findRun(db: Kysely<Schema>, runId: RunId): Promise<RunRecord | undefined> {
  const row = await db.selectFrom('run').selectAll().where('id', '=', runId).executeTakeFirst();
  return row && recordOf(db, row);
}

/** Every write to a step goes through its run's row: the claim is checked, the row locked, the revision raised. */
export function touch(claim: Claim, at: Date, parks = sql`parks`) {
  return sql`
    update run set revision = revision + 1, parks = ${parks}, changed_at = ${at}::timestamptz
    where id = ${claim.runId} and fence = ${claim.fence} returning id, fence`;
}

/** What a write under a claim gave. Throws `RunLost` when it gave nothing. */
export function held<Row>(row: Row | undefined): Row {
  if (row === undefined) throw new RunLost('Somebody else has claimed this run.');
  return row;
}

async function recordOf(db: Kysely<Schema>, run: Selectable<RunTable>): Promise<RunRecord> {
  const steps = await db.selectFrom('step').selectAll().where('run_id', '=', run.id).orderBy('position').execute();
  return {
    ...{ id: parseRunId(run.id), kind: run.kind, version: run.version, input: run.input, actor: run.actor },
    ...{ state: run.state, fence: run.fence, revision: run.revision, reference: run.reference },
    ...(run.problem ? { problem: run.problem } : {}),
    ...(run.state === 'done' ? { outcome: run.outcome } : {}),
    ...{ startedAt: run.started_at, changedAt: run.changed_at },
    steps: steps.map(stepRecordOf),
  };
}

function stepRecordOf({ name, state, started_at, finished_at, waiting_for }: Selectable<StepTable>): StepRecord {
  return {
    ...{ name, state, startedAt: started_at },
    ...(finished_at ? { finishedAt: finished_at } : {}),
    ...(waiting_for === null ? {} : { waitingFor: waiting_for }),
  };
}
