import { sql } from 'kysely';
import type { Database } from '../platform/database.js';

/** What the runs know of people whom Latchkey itself has made. Nothing else makes it theirs. */

/** Whether a run of ours created that person in Entra. */
export async function isCreatedHere({ db }: Database, personId: string): Promise<boolean> {
  const created = await db
    .selectFrom('run')
    .select('id')
    .where('kind', '=', 'create-person')
    .where(sql<string>`outcome->>'personId'`, '=', personId)
    .executeTakeFirst();
  return created !== undefined;
}

/**
 * The Genesys user that a run of ours created for that person, also one that stopped after it; the newest. `unknown` is
 * what the step calls an address that Genesys had not known before.
 */
export async function findGenesysUserMadeHere(
  { db }: Database,
  personId: string,
): Promise<{ userId: string; email: string } | undefined> {
  const made = await db
    .selectFrom('step')
    .innerJoin('run', 'run.id', 'step.run_id')
    .select([sql<string>`step.result->>'userId'`.as('userId'), sql<string>`run.input->>'email'`.as('email')])
    .where('run.kind', '=', 'provision-person')
    .where('step.state', '=', 'done')
    .where(sql<string>`run.input->>'personId'`, '=', personId)
    .where(sql<string>`step.result->>'was'`, '=', 'unknown')
    .where(sql<string>`step.result->>'userId'`, 'is not', null)
    .orderBy('run.started_at', 'desc')
    .executeTakeFirst();
  return made;
}
