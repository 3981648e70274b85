import { sql, type Kysely } from 'kysely';

/** Runs that wait, for a remote side or for a person, and events that are delivered until they have arrived. */
export const waitingRuns = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`alter table run drop constraint run_state_check`.execute(db);
    await sql`
      alter table run
        add constraint run_state_check check (state in ('running', 'waiting', 'done', 'failed', 'interrupted', 'undone')),
        add column signals integer not null default 0,
        add column parks integer not null default 0,
        add column parked_fence integer not null default 0,
        add column wake_at timestamptz`.execute(db);
    await sql`create index run_due on run (wake_at) where state = 'waiting'`.execute(db);
    await sql`
      alter table outbox
        add column attempts integer not null default 0,
        add column retry_at timestamptz`.execute(db);
  },
};
