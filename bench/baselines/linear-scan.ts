import { sql, type Kysely } from 'kysely';
import type { Schema } from '../../src/services/platform/schema.js';

/** A linear scan by SQL that touches every column of every entry and gives one number. */
export async function scanInDatabase(db: Kysely<Schema>): Promise<void> {
  await sql`
    select max(seq), max(at), sum(octet_length(chain) + octet_length(body) + octet_length(body_hash)
      + octet_length(prev) + octet_length(hash))
    from audit`.execute(db);
}

/** The same rows read page by page in their order: what a check outside the database would have to read. */
export async function readEveryRow(db: Kysely<Schema>, pageSize = 2_000): Promise<void> {
  let last = '0';
  for (;;) {
    const { rows } = await sql<{ seq: string }>`
      select * from audit where chain = 'main' and seq > ${last}::bigint order by seq limit ${pageSize}`.execute(db);
    const newest = rows.at(-1);
    if (!newest) return;
    last = newest.seq;
  }
}
