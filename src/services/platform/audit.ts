import { sql, type Kysely } from 'kysely';
import { AUDIT_CHAIN, entryHash, sha256, withMicroseconds } from './audit-chain.js';
import { entryText, parseEntryText, peopleIn, type AuditKind } from './audit-entry.js';
import type { Json } from './json.js';
import type { Schema, Transaction } from './schema.js';

export type { AuditKind } from './audit-entry.js';
export { verifyAudit, type AuditVerdict } from './audit-verify.js';

const NEWER_THAN_ALL = '9223372036854775807';

export interface AuditEntry {
  /** Business time. */
  readonly at: Date;
  readonly kind: AuditKind;
  /** `actor.personId` and the ids in `concerns`, where present, are the people it can be found by. */
  readonly body: Json;
}

export interface StoredAuditEntry extends AuditEntry {
  readonly seq: number;
  readonly hash: string;
}

/** Adds an entry to the hash chain. Call it last in the transaction: the head's row stays locked until the commit. */
export async function appendAudit(trx: Transaction, { at, kind, body }: AuditEntry): Promise<void> {
  const head = await trx
    .selectFrom('audit_head')
    .select(['seq', 'hash'])
    .where('chain', '=', AUDIT_CHAIN)
    .forUpdate()
    .executeTakeFirstOrThrow();
  const seq = Number(head.seq) + 1;
  const text = entryText(kind, body);
  const bodyHash = sha256(text);
  const hash = entryHash({ prev: head.hash, seq, at: withMicroseconds(at), bodyHash });
  await trx
    .insertInto('audit')
    .values({ chain: AUDIT_CHAIN, seq, at, body: text, body_hash: bodyHash, prev: head.hash, hash })
    .execute();
  const people = peopleIn(body).map((person) => ({ person, chain: AUDIT_CHAIN, seq }));
  if (people.length > 0) await trx.insertInto('audit_person').values(people).execute();
  await trx.updateTable('audit_head').set({ seq, hash }).where('chain', '=', AUDIT_CHAIN).execute();
}

/**
 * The newest entries first.
 * @param options.before a `seq`: only older ones, for the next page.
 * @param options.after a `seq`: only newer ones, and of these the oldest: the page before.
 */
export async function listAudit(
  db: Kysely<Schema>,
  { person, limit, before, after }: { person?: string; limit: number; before?: number; after?: number },
): Promise<StoredAuditEntry[]> {
  const of = person === undefined ? sql`audit where` : sql`audit_person where person = ${person} and`;
  const order = after === undefined ? sql`desc` : sql`asc`;
  // Both bounds stand on the index that is walked, always: otherwise a table that was not analysed lately is read whole.
  const { rows } = await sql<{ seq: string; at: Date; body: string; hash: string }>`
    select seq, at, body, hash from (
      select chain, seq from ${of} chain = ${AUDIT_CHAIN}
        and seq > ${String(after ?? 0)}::bigint and seq < ${String(before ?? NEWER_THAN_ALL)}::bigint
      order by seq ${order} limit ${limit}
    ) as page join audit using (chain, seq) order by seq ${order}`.execute(db);
  const newestFirst = after === undefined ? rows : rows.reverse();
  return newestFirst.map(({ seq, at, body, hash }) => ({ ...readText(body), seq: Number(seq), at, hash }));
}

/** An entry with all that a check outside the database needs. */
export interface ExportedAuditEntry {
  readonly seq: number;
  /** UTC with microseconds, as it was hashed: `2026-11-24T09:00:00.123000Z`. */
  readonly at: string;
  readonly kind: AuditKind;
  readonly body: Json;
  readonly prev: string;
  readonly hash: string;
}

/** Every entry that there is now, the oldest first, read page by page. */
export async function* exportAudit(db: Kysely<Schema>, { pageSize = 500 } = {}): AsyncGenerator<ExportedAuditEntry> {
  let last = '0';
  for (;;) {
    const { rows } = await sql<{ seq: string; at: string; body: string; prev: string; hash: string }>`
      select seq, to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at, body, prev, hash
      from audit where chain = ${AUDIT_CHAIN} and seq > ${last}::bigint order by seq limit ${pageSize}`.execute(db);
    for (const { seq, at, body, prev, hash } of rows) yield { seq: Number(seq), at, ...readText(body), prev, hash };
    const newest = rows.at(-1);
    if (!newest) return;
    last = newest.seq;
  }
}

/** A text that somebody else wrote is shown as it stands, so that one bad entry does not hide the others. */
function readText(text: string): { kind: AuditKind; body: Json } {
  return parseEntryText(text) ?? { kind: 'unreadable', body: text };
}
