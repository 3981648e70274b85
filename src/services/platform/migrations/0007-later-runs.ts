import { sql, type Kysely } from 'kysely';

/** What has taken access away since: each step of a run that gives access asks for it. */
export const laterRuns = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`create index run_changed on run (kind, changed_at)`.execute(db);
  },
};
