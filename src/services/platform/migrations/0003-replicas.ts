import { sql, type Kysely } from 'kysely';

/** Who executes a run, delivers an event or edits a card, and until when without a sign of life: for several replicas. */
export const replicas = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`alter table run add column holder text, add column lease_until timestamptz`.execute(db);
    await sql`create index run_lease on run (lease_until) where state = 'running'`.execute(db);
    await sql`alter table outbox add column claimed_until timestamptz`.execute(db);
    await sql`alter table posting add column editor uuid, add column editing_until timestamptz`.execute(db);
  },
};
