import { sql, type Kysely } from 'kysely';

/** Requests for access, who has voted on them, the leases that they led to, and what Latchkey gave for these. */
export const access = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`
      create table access_request (
        id uuid primary key,
        revision integer not null default 0,
        kind text not null check (kind in ('access', 'extension', 'break-glass')),
        state text not null check (
          state in ('open', 'approved', 'granted', 'denied', 'cancelled', 'expired', 'failed', 'ended')
        ),
        asker text not null,
        asker_name text not null,
        person text not null,
        person_name text not null,
        user_principal_name text not null,
        role_id text not null,
        rules jsonb not null,
        gift jsonb not null,
        minutes integer not null check (minutes > 0),
        why text not null,
        stage integer not null default 0,
        stage_at timestamptz not null,
        approvers jsonb not null,
        asked_at timestamptz not null,
        decided_at timestamptz,
        decision jsonb,
        starts_at timestamptz,
        remind_at timestamptz,
        reminders integer not null default 0,
        due_at timestamptz,
        review jsonb,
        lease uuid,
        extends_lease uuid,
        changed_at timestamptz not null
      )`.execute(db);
    await sql`create index access_request_person on access_request (person, state)`.execute(db);
    await sql`create index access_request_asker on access_request (asker, state)`.execute(db);
    await sql`create index access_request_open on access_request (asked_at) where state = 'open'`.execute(db);
    await sql`create index access_request_due on access_request (due_at) where due_at is not null`.execute(db);
    // What waits for one person, among all that waits.
    await sql`
      create index access_request_asked on access_request using gin (approvers jsonb_path_ops)
      where due_at is not null`.execute(db);
    await sql`
      create table access_vote (
        request uuid not null references access_request (id),
        person text not null,
        person_name text not null,
        vote text not null check (vote in ('approve', 'deny')),
        stages jsonb not null,
        minutes integer,
        reason text not null,
        channel text not null,
        at timestamptz not null,
        primary key (request, person)
      )`.execute(db);
    await sql`
      create table access_lease (
        id uuid primary key,
        revision integer not null default 0,
        request uuid not null references access_request (id),
        person text not null,
        person_name text not null,
        user_principal_name text not null,
        role_id text not null,
        role_name text not null,
        gift jsonb not null,
        state text not null check (state in ('planned', 'active', 'ending', 'ended', 'failed')),
        minutes integer not null check (minutes > 0),
        run uuid not null,
        giving_at timestamptz,
        attempts integer not null default 1,
        begins_at timestamptz,
        ends_at timestamptz not null,
        closed_at timestamptz,
        ended_at timestamptz,
        end_reason text check (end_reason in ('time', 'given-back', 'revoked', 'off-boarded', 'called-off', 'failed')),
        ended_by text,
        end_why text check (char_length(end_why) <= 500),
        end_run uuid,
        left_over jsonb,
        reminders integer not null default 0,
        due_at timestamptz,
        changed_at timestamptz not null
      )`.execute(db);
    // A request that was opened again after a lease was called off may lead to another one, and never to two.
    await sql`
      create unique index access_lease_request on access_lease (request)
      where state <> 'ended'`.execute(db);
    await sql`create index access_lease_person on access_lease (person, state)`.execute(db);
    await sql`create index access_lease_due on access_lease (due_at) where due_at is not null`.execute(db);
    await sql`
      create index access_lease_live on access_lease (ends_at)
      where state in ('planned', 'active', 'ending', 'failed')`.execute(db);
    await sql`create index access_lease_ended on access_lease (ended_at) where state = 'ended'`.execute(db);
    // What goes on after a lease ends with it.
    await sql`
      create index access_request_extends on access_request (extends_lease)
      where extends_lease is not null`.execute(db);
    // The end of a lease asks what administrators have given the person since.
    await sql`create index bulk_row_person on bulk_row ((wish ->> 'personId'))`.execute(db);
    await sql`
      create table access_item (
        person text not null,
        item text not null,
        lease uuid not null references access_lease (id),
        given_at timestamptz not null,
        genesys_email text,
        genesys_user text,
        primary key (person, item)
      )`.execute(db);
    await sql`create index access_item_lease on access_item (lease)`.execute(db);
  },
};
