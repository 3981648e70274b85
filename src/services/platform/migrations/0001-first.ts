import { sql, type Kysely } from 'kysely';

/** The first schema: runs and steps, conversations, audit. */
export const first = {
  async up(db: Kysely<unknown>): Promise<void> {
    await createLedger(db);
    await createConversations(db);
    await createAudit(db);
    await createOneTimeSecrets(db);
  },
};

async function createLedger(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table run (
      id uuid primary key,
      kind text not null,
      version integer not null,
      input jsonb not null,
      actor jsonb not null,
      state text not null check (state in ('running', 'done', 'failed', 'interrupted')),
      fence integer not null default 0,
      revision integer not null default 0,
      problem jsonb,
      outcome jsonb,
      reference text not null,
      started_at timestamptz not null,
      changed_at timestamptz not null
    )`.execute(db);
  await sql`create index run_reference on run (reference)`.execute(db);
  await sql`create index run_open on run (state) where state <> 'done'`.execute(db);
  await sql`
    create table step (
      run_id uuid not null references run (id),
      name text not null,
      position integer not null,
      state text not null check (state in ('started', 'done', 'failed')),
      result jsonb,
      fence integer not null,
      started_at timestamptz not null,
      finished_at timestamptz,
      primary key (run_id, name)
    )`.execute(db);
  await sql`
    create table signal (
      run_id uuid not null references run (id),
      name text not null,
      value jsonb not null,
      actor jsonb not null,
      at timestamptz not null,
      primary key (run_id, name)
    )`.execute(db);
  await sql`
    create table plan (
      id uuid primary key,
      kind text not null,
      input jsonb not null,
      content jsonb not null,
      read_hash text not null,
      asker text not null,
      revision integer not null default 0,
      made_at timestamptz not null,
      expires_at timestamptz not null,
      run_id uuid
    )`.execute(db);
  await sql`create index plan_expiry on plan (expires_at) where run_id is null`.execute(db);
  await sql`
    create table outbox (
      id bigserial primary key,
      type text not null,
      payload jsonb not null,
      at timestamptz not null,
      delivered_at timestamptz
    )`.execute(db);
  await sql`create index outbox_waiting on outbox (id) where delivered_at is null`.execute(db);
}

async function createConversations(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table claim (
      reference text not null,
      verb text not null,
      revision integer not null,
      actor jsonb not null,
      at timestamptz not null,
      primary key (reference, verb, revision)
    )`.execute(db);
  await sql`
    create table delivery (
      channel text not null,
      delivery_id text not null,
      at timestamptz not null,
      primary key (channel, delivery_id)
    )`.execute(db);
  await sql`create index delivery_at on delivery (at)`.execute(db);
  await sql`
    create table form (
      channel text not null,
      conversation text not null,
      person text not null,
      form text not null,
      answers jsonb not null,
      question text not null,
      revision integer not null,
      message_id text,
      message_place text,
      changed_at timestamptz not null,
      primary key (channel, conversation, person)
    )`.execute(db);
  await sql`
    create table place (
      channel text not null,
      conversation text not null,
      kind text not null check (kind in ('personal', 'channel')),
      person text,
      reference jsonb not null,
      changed_at timestamptz not null,
      primary key (channel, conversation)
    )`.execute(db);
  await sql`create index place_person on place (person) where person is not null`.execute(db);
  await sql`
    create table posting (
      id uuid primary key,
      reference text not null,
      channel text not null,
      conversation text not null,
      message_id text not null,
      audience text,
      revision integer not null,
      content_hash text not null,
      posted_at timestamptz not null,
      changed_at timestamptz not null,
      unique (channel, conversation, message_id)
    )`.execute(db);
  await sql`create index posting_reference on posting (reference)`.execute(db);
}

async function createAudit(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table audit (
      chain text not null,
      seq bigint not null,
      at timestamptz not null,
      body text not null,
      body_hash text not null,
      prev text not null,
      hash text not null,
      primary key (chain, seq)
    )`.execute(db);
  await sql`create table audit_head (chain text primary key, seq bigint not null, hash text not null)`.execute(db);
  // The head stands from the start, so that a chain that was removed as a whole is missed.
  await sql`insert into audit_head (chain, seq, hash) values ('main', 0, repeat('0', 64))`.execute(db);
  await sql`
    create table audit_person (
      person text not null,
      chain text not null,
      seq bigint not null,
      primary key (person, chain, seq)
    )`.execute(db);
  await sql`
    create function audit_is_append_only() returns trigger language plpgsql as $$
    begin
      raise exception 'The audit log can only grow: % on % is refused.', tg_op, tg_table_name;
    end $$`.execute(db);
  // A guard rail against our own mistakes: whoever owns the database can drop it. The hash chain is the proof.
  await sql`
    create trigger audit_append_only before update or delete or truncate on audit
      for each statement execute function audit_is_append_only()`.execute(db);
  await sql`
    create trigger audit_head_stays before delete or truncate on audit_head
      for each statement execute function audit_is_append_only()`.execute(db);
}

async function createOneTimeSecrets(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table one_time_secret (
      token_hash text primary key,
      sealed bytea not null,
      purpose text not null,
      for_person text,
      created_at timestamptz not null,
      expires_at timestamptz not null
    )`.execute(db);
  await sql`create index one_time_secret_expiry on one_time_secret (expires_at)`.execute(db);
}
