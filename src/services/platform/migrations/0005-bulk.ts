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
        was_assigned boolean not null,
        changed_at timestamptz not null,
        primary key (bulk_id, line)
      )`.execute(db);
    await sql`create index bulk_row_state on bulk_row (bulk_id, state, line)`.execute(db);
    await createGenesysUsers(db);
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

/** Outlives the bulk, as runs do: who was made here and which roles somebody held is asked for long after. */
async function createGenesysUsers(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table bulk_genesys_user (
      bulk_id uuid not null,
      line integer not null,
      person_id text not null,
      email text not null,
      genesys_user_id text not null,
      was text not null check (was in ('active', 'inactive', 'deleted', 'unknown')),
      roles jsonb,
      noted_at timestamptz not null,
      primary key (bulk_id, line)
    )`.execute(db);
  await sql`create index bulk_genesys_user_made on bulk_genesys_user (person_id) where was = 'unknown'`.execute(db);
  await sql`
    create index bulk_genesys_user_roles on bulk_genesys_user (genesys_user_id, noted_at)
    where roles is not null`.execute(db);
}
