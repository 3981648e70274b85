import { sql, type Kysely } from 'kysely';

/** Files of many people: what each row asks for and what came of it, and the links by which files come and reports go. */
export const bulk = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`
      create table bulk (
        id uuid primary key,
        file_hash text not null,
        file_name text not null,
        state text not null check (state in ('reading', 'planned', 'started')),
        asker jsonb not null,
        content jsonb,
        made_at timestamptz not null,
        expires_at timestamptz not null,
        started_at timestamptz
      )`.execute(db);
    await sql`create index bulk_file on bulk (file_hash) where state = 'started'`.execute(db);
    await sql`
      create table bulk_row (
        bulk_id uuid not null references bulk (id) on delete cascade,
        line integer not null,
        upn text not null,
        state text not null check (
          state in ('wrong', 'there', 'to-assign', 'to-provision', 'done', 'already', 'failed', 'left-out')
        ),
        wish jsonb,
        note text not null,
        changed_at timestamptz not null,
        primary key (bulk_id, line)
      )`.execute(db);
    await sql`create index bulk_row_state on bulk_row (bulk_id, state, line)`.execute(db);
    await sql`
      create table file_link (
        token_hash text primary key,
        purpose text not null check (purpose in ('upload', 'report', 'access')),
        bulk_id uuid references bulk (id) on delete cascade,
        holder jsonb not null,
        expires_at timestamptz not null
      )`.execute(db);
  },
};
