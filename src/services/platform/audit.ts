import { createHash } from 'node:crypto';
import { sql, type Kysely } from 'kysely';
import { canonicalJson, type Json } from './json.js';
import type { Schema, Transaction } from './schema.js';

const AUDIT_CHAIN = 'main';
const BEFORE_THE_FIRST = '0'.repeat(64);

/** `intent` before a deed, `outcome` after it, `refusal` instead of it; others as they come. */
export type AuditKind = 'intent' | 'outcome' | 'refusal' | (string & {});

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
  const text = canonicalJson({ kind, body });
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

/** The newest entries first. @param options.before a `seq`: older ones than that, for the next page. */
export async function listAudit(
  db: Kysely<Schema>,
  { person, limit, before = Number.MAX_SAFE_INTEGER }: { person?: string; limit: number; before?: number },
): Promise<StoredAuditEntry[]> {
  const entries = db.selectFrom('audit').where('audit.chain', '=', AUDIT_CHAIN).where('audit.seq', '<', String(before));
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
    .orderBy('audit.seq', 'desc')
    .limit(limit)
    .execute();
  return rows.map(({ seq, at, body, hash }) => ({ ...parseText(body), seq: Number(seq), at, hash }));
}

function parseText(text: string): { kind: AuditKind; body: Json } {
  return JSON.parse(text) as { kind: AuditKind; body: Json };
}

function peopleIn(body: Json): string[] {
  const { actor, concerns } = membersOf(body);
  const ids = [membersOf(actor)['personId'], ...(isList(concerns) ? concerns : [])];
  return [...new Set(ids.filter((id) => typeof id === 'string'))];
}

function membersOf(value: Json | undefined): Readonly<Record<string, Json>> {
  return typeof value === 'object' && value !== null && !isList(value) ? value : {};
}

function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
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

type Fault = 'gap' | 'order' | 'body' | 'entry';

const FAULTS = {
  gap: 'An entry is missing here, or its number was changed.',
  order: 'This entry does not continue the one before it: entries were exchanged or rewritten.',
  body: 'The text of this entry was changed.',
  entry: 'The time, the place or a hash of this entry was changed.',
} satisfies Record<Fault, string>;

interface Checked {
  readonly seq: number;
  readonly hash: string;
}

/**
 * Recomputes the whole chain and compares it with its head: finds any change, gap, exchange or cut. Appends may go on
 * meanwhile. What a chain alone cannot find is one that was rewritten completely, head included.
 * @param options.pageSize entries per statement; with the embedded database nobody else gets a turn during one.
 */
export async function verifyAudit(db: Kysely<Schema>, { pageSize = 2_000 } = {}): Promise<AuditVerdict> {
  return verifyFrom(db, { seq: 0, hash: BEFORE_THE_FIRST }, pageSize);
}

async function verifyFrom(db: Kysely<Schema>, start: Checked, pageSize: number): Promise<AuditVerdict> {
  let checked = start;
  for (;;) {
    const page = await checkPage(db, checked, pageSize);
    if (page.fault)
      return { ok: false, entries: page.fault.seq - 1, seq: page.fault.seq, what: FAULTS[page.fault.kind] };
    if (!page.last) break;
    checked = page.last;
  }
  const head = await compareWithHead(db, checked);
  return head === 'more' ? verifyFrom(db, checked, pageSize) : head;
}

/** Recomputed in SQL: three times as fast as fetching the rows. */
async function checkPage(
  db: Kysely<Schema>,
  checked: Checked,
  pageSize: number,
): Promise<{ last?: Checked; fault?: { seq: number; kind: Fault } }> {
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
async function compareWithHead(db: Kysely<Schema>, { seq, hash }: Checked): Promise<AuditVerdict | 'more'> {
  const wrong = (what: string): AuditVerdict => ({ ok: false, entries: seq, seq: seq + 1, what });
  // One statement, one moment: head and entries belong together, whatever is appended meanwhile.
  const { rows } = await sql<{ head: string; headHash: string; oldest: string; newest: string }>`
    select seq as head, hash as "headHash",
      (select coalesce(min(seq), 1) from audit where chain = ${AUDIT_CHAIN}) as oldest,
      (select coalesce(max(seq), 0) from audit where chain = ${AUDIT_CHAIN}) as newest
    from audit_head where chain = ${AUDIT_CHAIN}`.execute(db);
  const [row] = rows;
  if (!row) return wrong('The head of the audit log is gone.');
  if (row.oldest !== '1') return wrong('There is an entry before the first one.');
  if (row.head !== row.newest) return wrong('The log does not end where its head says: entries were cut off or added.');
  if (Number(row.head) > seq) return 'more';
  if (row.headHash !== hash) return wrong('The last entry is not the one that the head of the audit log names.');
  return { ok: true, entries: seq };
}
