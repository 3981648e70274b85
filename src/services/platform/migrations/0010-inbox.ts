import { sql, type Kysely } from 'kysely';

/** What a chat has handed over and nobody has finished yet. `seq` is the order in which it came. */
export const inbox = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`
      create table inbox (
        channel text not null,
        delivery_id text not null,
        seq bigserial,
        delivery jsonb not null,
        received_at timestamptz not null,
        tries integer not null default 1,
        holder text not null,
        held_until timestamptz,
        primary key (channel, delivery_id)
      )`.execute(db);
  },
};
