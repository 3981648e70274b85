import { sql, type Kysely } from 'kysely';

/** Approvals that need a fresh sign-in: the links by which they are proven, and how a vote was. */
export const stepUp = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`
      alter table access_vote
        add column signed_in_at timestamptz,
        add column authentication_context text`.execute(db);
    await sql`
      create table step_up (
        id uuid primary key,
        request uuid not null references access_request (id),
        person text not null,
        person_name text not null,
        channel text not null,
        channel_user text,
        minutes integer,
        reason text not null,
        state text not null check (state in ('open', 'signing-in', 'checking', 'proven')),
        token_hash text not null unique,
        state_hash text unique,
        sealed bytea,
        clicked_at timestamptz not null,
        browser_hash text,
        signed_in_at timestamptz,
        authentication_context text,
        revision integer,
        made_at timestamptz not null,
        expires_at timestamptz not null
      )`.execute(db);
    await sql`create index step_up_person on step_up (person)`.execute(db);
  },
};
