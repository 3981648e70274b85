import { sql, type Kysely } from 'kysely';

/** Whose direct messages a place is, by the account: somebody may have several, and each is told of for itself. */
export const placeAccounts = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`alter table place add column account text`.execute(db);
  },
};
