import { sql } from 'kysely';
import type { Database } from '../platform/database.js';
import type { Step } from '../platform/durable.js';
import type { RunId } from '../platform/ids.js';
import type { Json } from '../platform/json.js';
import type { Executor, RunState, Transaction } from '../platform/schema.js';
import type { RunContext } from './operation.js';
import type { AnyOperation, OperationRegistry } from './operation-registry.js';
import { accessUnderWay, overtaken } from './operation-refusals.js';

/**
 * Two runs about one person's access could undo each other half way, as none sees what the other one does. So a run names
 * whose access it changes; of two that name the same, one is executed at a time, and whatever takes access away wins over
 * what still waits to give it.
 */

/** Who has the application in Entra. @param principalId of the person or group. */
export function accessInEntra(principalId: string): string {
  return `Entra ${principalId.toLowerCase()}`;
}

/** Who has a user in Genesys. @param personId Entra object id. */
export function accessInGenesys(personId: string): string {
  return `Genesys ${personId.toLowerCase()}`;
}

/**
 * Throws the refusal where another run changes the same access now. One that gives and waits keeps nobody from taking: it
 * finds out when it goes on. Until the commit, nobody else decides about the same access.
 * @param own the run that is retried.
 */
export async function refuseClash(
  trx: Transaction,
  operations: OperationRegistry,
  { kind, input, own }: { kind: string; input: Json; own?: RunId },
): Promise<void> {
  const { access } = operations.get(kind);
  if (!access) return;
  const keys = access.of(input);
  await holdAccess(trx, keys);
  for (const { other, run } of await runsOf(trx, operations.listOfAccess(), { states: ['running', 'waiting'] })) {
    if (run.id === own || !isAbout(other, run.input, keys)) continue;
    if (access.direction === 'takes' && other.access?.takesOnlyOwn) continue;
    const isBehindTaking = access.direction === 'gives' && other.access?.direction === 'takes';
    if (run.state === 'waiting' && !isBehindTaking) continue;
    throw accessUnderWay(run.starter, other.wanted(run.input));
  }
}

/** Until the commit, nobody else decides about the same access. @param keys of `accessInEntra` and `accessInGenesys`. */
export async function holdAccess(trx: Transaction, keys: readonly string[]): Promise<void> {
  for (const key of [...keys].sort()) {
    await sql`select pg_advisory_xact_lock(hashtextextended(${`access ${key}`}, 0))`.execute(trx);
  }
}

/**
 * What a run is executed with: where it gives access, each of its steps looks first whether somebody has begun to take that
 * access away since the run began, or has gone on with it, and throws the refusal.
 */
export function unlessOvertaken<I extends Json>(
  context: RunContext<I>,
  { kind, operations, database }: { kind: string; operations: OperationRegistry; database: Pick<Database, 'db'> },
): RunContext<I> {
  const { access } = operations.get(kind);
  if (access?.direction !== 'gives') return context;
  const keys = access.of(context.input);
  const look = async (): Promise<void> => {
    const takers = operations
      .listOfAccess()
      .filter((other) => other.access?.direction === 'takes' && !other.access.takesOnlyOwn);
    for (const { other, run } of await runsOf(database.db, takers, { since: context.runId })) {
      if (isAbout(other, run.input, keys)) throw overtaken(run.starter, other.wanted(run.input));
    }
  };
  const step: Step = (name, deed, options) =>
    context.step(
      name,
      async (attempt) => {
        await look();
        return deed(attempt);
      },
      options,
    );
  return { ...context, step };
}

function isAbout(other: AnyOperation, input: Json, keys: readonly string[]): boolean {
  return other.access?.of(input).some((key) => keys.includes(key)) ?? false;
}

interface OtherRun {
  readonly id: string;
  readonly state: RunState;
  readonly input: Json;
  /** By name. */
  readonly starter: string;
}

/**
 * @param which.since a run: those that have changed since it was started. When they were started says nothing: one that
 * had failed before may have been retried after.
 */
async function runsOf(
  db: Executor,
  operations: readonly AnyOperation[],
  { states, since }: { states?: readonly RunState[]; since?: RunId },
): Promise<{ other: AnyOperation; run: OtherRun }[]> {
  const kinds = new Map(operations.map((operation) => [operation.kind, operation]));
  if (kinds.size === 0) return [];
  let query = db
    .selectFrom('run')
    .select(['id', 'kind', 'state', 'input', sql<string>`actor ->> 'name'`.as('starter')])
    .where('kind', 'in', [...kinds.keys()]);
  if (states) query = query.where('state', 'in', states);
  if (since !== undefined) {
    query = query.where('changed_at', '>=', (open) =>
      open.selectFrom('run').select('started_at').where('id', '=', since),
    );
  }
  return (await query.execute()).flatMap(({ kind: name, ...run }) => {
    const other = kinds.get(name);
    return other ? [{ other, run }] : [];
  });
}
