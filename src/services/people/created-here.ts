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
 * The Genesys user that a run of ours created for that person, alone or among the many of a bulk, also one that stopped
 * after it; the newest. `unknown` is what both call an address that Genesys had not known before.
 */
export async function findGenesysUserMadeHere(
  { db }: Pick<Database, 'db'>,
  personId: string,
): Promise<{ userId: string; email: string } | undefined> {
  const alone = db
    .selectFrom('step')
    .innerJoin('run', 'run.id', 'step.run_id')
    .select([
      sql<string>`step.result->>'userId'`.as('userId'),
      sql<string>`run.input->>'email'`.as('email'),
      'run.started_at as at',
    ])
    .where('run.kind', '=', 'provision-person')
    .where('step.state', '=', 'done')
    .where(sql<string>`run.input->>'personId'`, '=', personId)
    .where(sql<string>`step.result->>'was'`, '=', 'unknown')
    .where(sql<string>`step.result->>'userId'`, 'is not', null);
  const amongMany = db
    .selectFrom('bulk_genesys_user')
    .select(['genesys_user_id as userId', 'email', 'noted_at as at'])
    .where('person_id', '=', personId)
    .where('was', '=', 'unknown');
  const made = await alone.unionAll(amongMany).orderBy('at', 'desc').limit(1).executeTakeFirst();
  return made && { userId: made.userId, email: made.email };
}
