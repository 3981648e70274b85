import { sql, type Kysely, type RawBuilder } from 'kysely';
import { parseRunId, type RunId } from './ids.js';
import type { Claim } from './ledger.js';
import type { Schema } from './schema.js';

/**
 * One process among several on one database, by a name that no other one has. `undefined`: there is no other one, as the
 * lock on the data folder proves; then nothing is leased, and a claim takes whatever there is.
 */
export type Holder = string | undefined;

/**
 * Seconds of the database's clock for which a claim holds without a sign of life: what a dead process costs whoever waits
 * for its runs, so short, and longer than a process that lives ever stands still.
 */
export const LEASE_S = 10;

const LEASE_END = sql<Date>`clock_timestamp() + make_interval(secs => ${sql.lit(LEASE_S)})`;

/** The columns of a new claim. */
export function leaseOf(holder: Holder): { holder: string | null; lease_until: RawBuilder<Date> | null } {
  return holder === undefined ? { holder: null, lease_until: null } : { holder, lease_until: LEASE_END };
}

/** Whether that process may take the run: nobody executes it, or nobody has given a sign of life for too long. */
export function isFreeFor(holder: Holder): RawBuilder<boolean> {
  if (holder === undefined) return sql<boolean>`true`;
  return sql<boolean>`(state <> 'running' or lease_until is null or lease_until < clock_timestamp() or holder = ${holder})`;
}

/** The sign of life for those of these runs that are still this process's. */
export async function renewLeases(db: Kysely<Schema>, holder: string, runIds: readonly RunId[]): Promise<void> {
  await db
    .updateTable('run')
    .set({ lease_until: LEASE_END })
    .where('id', 'in', runIds)
    .where('holder', '=', holder)
    .where('state', '=', 'running')
    .execute();
}

/**
 * Whether the claim is still the one that counts; if so, nobody else gets the run for the next `LEASE_S` seconds. For
 * right before an effect on a remote side, which no fence can take back.
 */
export async function holdRun(db: Kysely<Schema>, { runId, fence }: Claim): Promise<boolean> {
  const row = await db
    .updateTable('run')
    .set({ lease_until: LEASE_END })
    .where('id', '=', runId)
    .where('fence', '=', fence)
    .where('state', '=', 'running')
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}

/** Lets anybody take the run at once. Such a claim counts as no vain attempt. Where somebody else has it, nothing happens. */
export async function releaseRun(db: Kysely<Schema>, { runId, fence }: Claim): Promise<void> {
  await db
    .updateTable('run')
    .set({ holder: null, lease_until: null, parked_fence: fence })
    .where('id', '=', runId)
    .where('fence', '=', fence)
    .where('state', '=', 'running')
    .execute();
}

/** Says that nobody works on the run any more. `false`, and nothing changed: somebody does, or has claimed it since. */
export async function interruptRun(
  db: Kysely<Schema>,
  claim: Claim,
  { holder, at }: { holder: Holder; at: Date },
): Promise<boolean> {
  const row = await db
    .updateTable('run')
    .set((run) => ({ state: 'interrupted', revision: run('revision', '+', 1), changed_at: at }))
    .where('id', '=', claim.runId)
    .where('fence', '=', claim.fence)
    .where('state', '=', 'running')
    .where(isFreeFor(holder))
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}

/** The runs that are under way and that nobody executes; where nothing is leased, all that are under way. */
export async function listAbandoned(db: Kysely<Schema>): Promise<RunId[]> {
  const rows = await db
    .selectFrom('run')
    .select('id')
    .where('state', '=', 'running')
    .where(sql<boolean>`(lease_until is null or lease_until < clock_timestamp())`)
    .orderBy('started_at')
    .execute();
  return rows.map(({ id }) => parseRunId(id));
}
