import { sql, type Kysely } from 'kysely';

/** What a step that is under way waits for, for the card of its run. */
export const stepWaits = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`alter table step add column waiting_for text`.execute(db);
  },
};
