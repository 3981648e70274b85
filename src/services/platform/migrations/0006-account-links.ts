import { sql, type Kysely } from 'kysely';

/** Which account of a chat is which person of the tenant, how that is being proven, and who may not prove it any more. */
export const accountLinks = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`
      create table account_link (
        id uuid primary key,
        channel text not null check (channel in ('slack')),
        team text not null,
        channel_user text not null,
        user_name text not null,
        team_name text not null,
        person text not null,
        person_name text not null,
        user_principal_name text not null,
        linked_at timestamptz not null,
        news_at timestamptz,
        ended_at timestamptz
      )`.execute(db);
    await sql`
      create unique index account_link_account on account_link (channel, team, channel_user)
      where ended_at is null`.execute(db);
    await sql`create index account_link_person on account_link (person) where ended_at is null`.execute(db);
    await sql`
      create table link_attempt (
        id uuid primary key,
        channel text not null check (channel in ('slack')),
        team text not null,
        channel_user text not null,
        user_name text not null,
        team_name text not null,
        state text not null check (state in ('open', 'signing-in', 'checking', 'number')),
        token_hash text not null unique,
        state_hash text unique,
        sealed bytea,
        person text,
        person_name text,
        user_principal_name text,
        number_hash text,
        tries integer not null default 0,
        made_at timestamptz not null,
        expires_at timestamptz not null
      )`.execute(db);
    await sql`create index link_attempt_account on link_attempt (channel, team, channel_user)`.execute(db);
    await sql`
      create unique index link_attempt_number on link_attempt (channel, team, channel_user)
      where state = 'number'`.execute(db);
    await sql`
      create table link_bar (
        bars text not null check (bars in ('account', 'person')),
        channel text not null check (channel in ('slack')),
        team text not null,
        channel_user text not null,
        user_name text not null,
        team_name text not null,
        person text not null,
        person_name text not null,
        user_principal_name text not null,
        barred_at timestamptz not null,
        primary key (bars, channel, team, channel_user, person)
      )`.execute(db);
    await sql`create index link_bar_person on link_bar (person)`.execute(db);
  },
};
