import { sql, type Kysely } from 'kysely';

/** News of a changed request was one event for all chats, and is one for each: what waits is brought to both. */
export const newsPerChat = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`
      insert into outbox (type, payload, at)
      select 'access-changed:slack', payload, at from outbox
      where type = 'access-changed' and delivered_at is null order by id`.execute(db);
    await sql`
      update outbox set type = 'access-changed:teams' where type = 'access-changed' and delivered_at is null`.execute(
      db,
    );
  },
};
