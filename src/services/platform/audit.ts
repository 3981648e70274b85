import { createHash } from 'node:crypto';
import { sql, type Kysely } from 'kysely';
import { entryText, parseEntryText, peopleIn, type AuditKind } from './audit-entry.js';
import { checkPeople, findForeign } from './audit-people.js';
import type { Json } from './json.js';
import type { Schema, Transaction } from './schema.js';

export type { AuditKind } from './audit-entry.js';

const AUDIT_CHAIN = 'main';
const BEFORE_THE_FIRST = '0'.repeat(64);

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

/**
 * Adds an entry to the hash chain: `sha256(prev chain \n seq \n at \n sha256(text))`, all hexadecimal or text in UTF-8.
 * Call it last in the transaction: the head's row stays locked until the commit.
 */
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
  const hash = sha256(`${head.hash}${AUDIT_CHAIN}\n${String(seq)}\n${withMicroseconds(at)}\n${bodyHash}`);
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
  let entries = db.selectFrom('audit').where('audit.chain', '=', AUDIT_CHAIN);
  if (before !== undefined) entries = entries.where('audit.seq', '<', String(before));
  if (after !== undefined) entries = entries.where('audit.seq', '>', String(after));
  const asked =
    person === undefined
      ? entries
      : entries
          .innerJoin('audit_person', (on) =>
            on.onRef('audit_person.chain', '=', 'audit.chain').onRef('audit_person.seq', '=', 'audit.seq'),
          )
          .where('audit_person.person', '=', person);
  const rows = await asked
    .select(['audit.seq', 'audit.at', 'audit.body', 'audit.hash'])
    .orderBy('audit.seq', after === undefined ? 'desc' : 'asc')
    .limit(limit)
    .execute();
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

/** PostgreSQL keeps microseconds, a Date milliseconds; the text is the same on both sides. */
function withMicroseconds(at: Date): string {
  return at.toISOString().replace('Z', '000Z');
}

function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

export type AuditVerdict =
  | { readonly ok: true; readonly entries: number }
  /** `seq` is the first entry that is wrong or missing; `what` is a sentence. */
  | { readonly ok: false; readonly entries: number; readonly seq: number; readonly what: string };

type Fault = 'gap' | 'order' | 'body' | 'entry' | 'unreadable' | 'hidden';

const FAULTS = {
  gap: 'An entry is missing here, or its number was changed.',
  order: 'This entry does not continue the one before it: entries were exchanged or rewritten.',
  body: 'The text of this entry was changed.',
  entry: 'The time, the place or a hash of this entry was changed.',
  unreadable: 'The text of this entry is not one that Latchkey writes.',
  hidden: 'This entry was taken off the page of somebody whom it concerns.',
} satisfies Record<Fault, string>;

interface Checked {
  readonly seq: number;
  readonly hash: string;
  /** How many rows the index of people must have for the entries up to here. */
  readonly people: number;
}

/**
 * Recomputes the whole chain, compares it with its head, and the index of people with the entries: finds any change, gap,
 * exchange or cut, and any entry hidden from a person's page. Appends may go on meanwhile. What a chain alone cannot find
 * is one that was rewritten completely, head included.
 * @param options.pageSize entries per statement; with the embedded database nobody else gets a turn during one.
 */
export async function verifyAudit(db: Kysely<Schema>, { pageSize = 2_000 } = {}): Promise<AuditVerdict> {
  return verifyFrom(db, { seq: 0, hash: BEFORE_THE_FIRST, people: 0 }, pageSize);
}

async function verifyFrom(db: Kysely<Schema>, start: Checked, pageSize: number): Promise<AuditVerdict> {
  let checked = start;
  for (;;) {
    const page = await checkPage(db, checked, pageSize);
    const upTo = page.fault ? page.fault.seq - 1 : (page.last?.seq ?? checked.seq);
    const found = await checkPeople(db, { chain: AUDIT_CHAIN, after: checked.seq, upTo });
    if (found.kind !== 'indexed') return faulty(found);
    if (page.fault) return faulty(page.fault);
    if (!page.last) break;
    checked = { ...page.last, people: checked.people + found.count };
  }
  const head = await compareWithHead(db, checked);
  return head === 'more' ? verifyFrom(db, checked, pageSize) : head;
}

function faulty({ kind, seq }: { kind: Fault; seq: number }): AuditVerdict {
  return { ok: false, entries: seq - 1, seq, what: FAULTS[kind] };
}

/** Recomputed in SQL: three times as fast as fetching the rows. */
async function checkPage(
  db: Kysely<Schema>,
  checked: Checked,
  pageSize: number,
): Promise<{ last?: Omit<Checked, 'people'>; fault?: { seq: number; kind: Fault } }> {
  const { rows } = await sql<{ seq: string; hash: string; fault: Fault | null }>`
    with page as (
      select * from audit where chain = ${AUDIT_CHAIN} and seq > ${checked.seq}::bigint order by seq limit ${pageSize}
    ), judged as (
      select seq, hash, ${checked.seq}::bigint + row_number() over by_seq as expected, case
        when seq <> ${checked.seq}::bigint + row_number() over by_seq then 'gap'
        when prev <> coalesce(lag(hash) over by_seq, ${checked.hash}) then 'order'
        when body_hash <> encode(sha256(convert_to(body, 'UTF8')), 'hex') then 'body'
        when hash <> encode(sha256(convert_to(prev || chain || E'\\n' || seq || E'\\n'
          || to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') || E'\\n' || body_hash, 'UTF8')), 'hex')
          then 'entry'
      end as fault
      from page window by_seq as (order by seq)
    )
    (select expected as seq, hash, fault from judged where fault is not null order by seq limit 1)
    union all
    (select seq, hash, null from judged order by seq desc limit 1)`.execute(db);
  const faulty = rows.find(({ fault }) => fault !== null);
  if (faulty?.fault) return { fault: { seq: Number(faulty.seq), kind: faulty.fault } };
  const [last] = rows;
  return last ? { last: { seq: Number(last.seq), hash: last.hash } } : {};
}

/** `more`: entries have been appended since the last page. */
async function compareWithHead(db: Kysely<Schema>, { seq, hash, people }: Checked): Promise<AuditVerdict | 'more'> {
  const wrong = (what: string): AuditVerdict => ({ ok: false, entries: seq, seq: seq + 1, what });
  // One statement, one moment: head and entries belong together, whatever is appended meanwhile.
  const { rows } = await sql<{ head: string; headHash: string; oldest: string; newest: string; indexed: string }>`
    select seq as head, hash as "headHash",
      (select coalesce(min(seq), 1) from audit where chain = ${AUDIT_CHAIN}) as oldest,
      (select coalesce(max(seq), 0) from audit where chain = ${AUDIT_CHAIN}) as newest,
      (select count(*) from audit_person where chain = ${AUDIT_CHAIN}) as indexed
    from audit_head where chain = ${AUDIT_CHAIN}`.execute(db);
  const [row] = rows;
  if (!row) return wrong('The head of the audit log is gone.');
  if (row.oldest !== '1') return wrong('There is an entry before the first one.');
  if (row.head !== row.newest) return wrong('The log does not end where its head says: entries were cut off or added.');
  if (Number(row.head) > seq) return 'more';
  if (row.headHash !== hash) return wrong('The last entry is not the one that the head of the audit log names.');
  if (Number(row.indexed) !== people) return foreignEntry(db, seq);
  return { ok: true, entries: seq };
}

async function foreignEntry(db: Kysely<Schema>, entries: number): Promise<AuditVerdict> {
  const seq = (await findForeign(db, AUDIT_CHAIN)) ?? entries;
  const what = 'This entry was put on the page of somebody whom it does not concern.';
  return { ok: false, entries, seq, what };
}
