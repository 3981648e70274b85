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
  for (let last = 0; ; last += pageSize) {
    // A range, not a limit, so that the index is walked whether or not the table was analysed lately.
    const { rows } = await sql`
      select * from audit where chain = 'main' and seq > ${last}::bigint and seq <= ${last + pageSize}::bigint
      order by seq`.execute(db);
    if (rows.length === 0) return;
  }
}
