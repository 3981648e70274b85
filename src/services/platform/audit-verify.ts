import { sql, type Kysely } from 'kysely';
import { AUDIT_CHAIN, BEFORE_THE_FIRST, entryHash, sha256, withMicroseconds } from './audit-chain.js';
import { parseEntryText, peopleIn } from './audit-entry.js';
import { comparePeople, PeopleNamed } from './audit-people.js';
import type { Schema } from './schema.js';

export type AuditVerdict =
  | { readonly ok: true; readonly entries: number }
  /** `seq` is the first entry that is wrong or missing; `what` is a sentence. */
  | { readonly ok: false; readonly entries: number; readonly seq: number; readonly what: string };

const FAULTS = {
  gap: 'An entry is missing here, or its number was changed.',
  order: 'This entry does not continue the one before it: entries were exchanged or rewritten.',
  body: 'The text of this entry was changed.',
  entry: 'The time, the place or a hash of this entry was changed.',
  unreadable: 'The text of this entry is not one that Latchkey writes.',
  hidden: 'This entry was taken off the page of somebody whom it concerns.',
  foreign: 'This entry was put on the page of somebody whom it does not concern.',
  length: 'The log does not end where its head says: entries were cut off or added.',
  first: 'There is an entry before the first one.',
  headless: 'The head of the audit log is gone.',
  head: 'The last entry is not the one that the head of the audit log names.',
};

interface Fault {
  readonly seq: number;
  readonly kind: keyof typeof FAULTS;
}

/** The last entry that was found right. */
interface Checked {
  readonly seq: number;
  readonly hash: string;
}

/** So many entries' people are kept in memory before they are held against the index: about 30 MB. */
const STRETCH = 2_000_000;

/**
 * Recomputes the whole chain, compares it with its head, and the index of people with the entries: finds any change, gap,
 * exchange or cut, and any entry hidden from a person's page. It judges the log as it stands at the beginning; appends may
 * go on. What a chain alone cannot find is one that was rewritten or cut with its head: see the checkpoints.
 * @param options.pageSize entries per statement; with the embedded database nobody else gets a turn during one.
 */
export async function verifyAudit(db: Kysely<Schema>, { pageSize = 2_000 } = {}): Promise<AuditVerdict> {
  const ends = await readEnds(db);
  const upTo = Math.min(ends.newest, ends.head?.seq ?? ends.newest);
  let checked: Checked = { seq: 0, hash: BEFORE_THE_FIRST };
  do {
    const stretch = await checkStretch(db, { ends, checked, pageSize, upTo: Math.min(checked.seq + STRETCH, upTo) });
    if ('kind' in stretch) return faulty(stretch);
    checked = stretch;
  } while (checked.seq < upTo);
  const fault = faultAtTheEnds(ends, checked);
  return fault ? { ...faulty(fault), entries: checked.seq } : { ok: true, entries: checked.seq };
}

function faulty({ kind, seq }: Fault): AuditVerdict & { ok: false } {
  return { ok: false, entries: Math.max(seq - 1, 0), seq, what: FAULTS[kind] };
}

interface Ends {
  readonly head: Checked | undefined;
  readonly oldest: number;
  readonly newest: number;
}

/** One statement, one moment: head and entries belong together, whatever is appended meanwhile. */
async function readEnds(db: Kysely<Schema>): Promise<Ends> {
  const { rows } = await sql<{ seq: string | null; hash: string | null; oldest: string; newest: string }>`
    select head.seq, head.hash,
      (select coalesce(min(seq), 1) from audit where chain = ${AUDIT_CHAIN}) as oldest,
      (select coalesce(max(seq), 0) from audit where chain = ${AUDIT_CHAIN}) as newest
    from (select 1) as always left join audit_head as head on head.chain = ${AUDIT_CHAIN}`.execute(db);
  const [{ seq = null, hash = null, oldest = '1', newest = '0' } = {}] = rows;
  const head = seq === null || hash === null ? undefined : { seq: Number(seq), hash };
  return { head, oldest: Number(oldest), newest: Number(newest) };
}

function faultAtTheEnds({ head, oldest, newest }: Ends, checked: Checked): Fault | undefined {
  if (!head) return { kind: 'headless', seq: checked.seq + 1 };
  if (oldest < 1) return { kind: 'first', seq: oldest };
  if (head.seq !== newest) return { kind: 'length', seq: checked.seq + 1 };
  if (head.hash !== checked.hash) return { kind: 'head', seq: checked.seq + 1 };
  return undefined;
}

interface Stretch {
  readonly ends: Ends;
  readonly checked: Checked;
  readonly upTo: number;
  readonly pageSize: number;
}

/** Page by page, then their people. The first fault, or the last entry. */
async function checkStretch(db: Kysely<Schema>, { ends, pageSize, ...span }: Stretch): Promise<Checked | Fault> {
  const named = new PeopleNamed();
  let { checked } = span;
  let fault: Fault | undefined;
  while (!fault && checked.seq < span.upTo) {
    const upTo = Math.min(checked.seq + pageSize, span.upTo);
    for (const entry of await readPage(db, { after: checked.seq, upTo })) {
      const judged = judge(entry, checked);
      if (typeof judged === 'string') {
        fault = { kind: judged, seq: checked.seq + 1 };
        break;
      }
      named.add(entry.seq, judged);
      checked = { seq: entry.seq, hash: entry.hash };
    }
    if (!fault && checked.seq < upTo) fault = { kind: 'gap', seq: checked.seq + 1 };
  }
  const newest = Math.max(ends.newest, ends.head?.seq ?? 0);
  return (await peopleFault(db, named, { after: span.checked.seq, upTo: checked.seq, newest }, fault)) ?? checked;
}

async function peopleFault(
  db: Kysely<Schema>,
  named: PeopleNamed,
  span: { after: number; upTo: number; newest: number },
  fault: Fault | undefined,
): Promise<Fault | undefined> {
  const { hidden, foreign, beyond } = await comparePeople(db, named, span);
  const faults: Fault[] = [
    ...(hidden === undefined ? [] : [{ kind: 'hidden', seq: hidden } as const]),
    ...(foreign === undefined ? [] : [{ kind: 'foreign', seq: foreign } as const]),
    ...(fault ? [fault] : []),
  ];
  const [first] = faults.sort((one, other) => one.seq - other.seq); // stable: what is hidden goes before what is foreign
  if (first || !beyond) return first;
  // Whatever was appended meanwhile is in the log by now.
  const { newest } = await readEnds(db);
  const seq = [beyond.lowest, beyond.highest].find((number) => number > newest);
  return seq === undefined ? undefined : { kind: 'foreign', seq };
}

interface Entry {
  readonly seq: number;
  readonly at: string | undefined;
  readonly prev: string;
  readonly hash: string;
  readonly bodyHash: string;
  readonly body: string;
}

/** The people whom the entry names, if it is the one that follows; else why not. */
function judge({ seq, at, prev, hash, bodyHash, body }: Entry, before: Checked): string[] | Fault['kind'] {
  if (seq !== before.seq + 1) return 'gap';
  if (prev !== before.hash) return 'order';
  if (bodyHash !== sha256(body)) return 'body';
  if (at === undefined || hash !== entryHash({ prev, seq, at, bodyHash })) return 'entry';
  const said = parseEntryText(body);
  return said ? peopleIn(said.body) : 'unreadable';
}

/**
 * One line per entry, all lines as one value: the embedded database needs longer to hand over a row than to read it. No text
 * of ours holds a line break or a tab (JSON escapes both). One that does was not written by us, and its hash tells.
 */
async function readPage(db: Kysely<Schema>, { after, upTo }: { after: number; upTo: number }): Promise<Entry[]> {
  // A range, not a limit: a table that was not analysed lately would be sorted anew for every page.
  const { rows } = await sql<{ count: string; lines: string | null }>`
    select count(*) as count, string_agg(concat(seq, E'\\t', encode(timestamptz_send(at), 'hex'), E'\\t', prev, E'\\t', hash,
      E'\\t', body_hash, E'\\t', body), E'\\n' order by seq) as lines
    from audit where chain = ${AUDIT_CHAIN} and seq > ${after}::bigint and seq <= ${upTo}::bigint`.execute(db);
  const [page] = rows;
  if (!page || page.lines === null) return [];
  const lines = page.lines.split('\n');
  if (lines.length === Number(page.count)) return lines.map(parseLine);
  if (upTo - after <= 1) return [parseLine(page.lines)];
  const middle = Math.floor((after + upTo) / 2);
  return [...(await readPage(db, { after, upTo: middle })), ...(await readPage(db, { after: middle, upTo }))];
}

function parseLine(line: string): Entry {
  const [seq = '', at = '', prev = '', hash = '', bodyHash = '', ...body] = line.split('\t');
  return { seq: Number(seq), at: timeOf(at), prev, hash, bodyHash, body: body.join('\t') };
}

const YEAR_2000_MS = Date.UTC(2000, 0, 1);

/** PostgreSQL sends a time as microseconds since 2000, 64 bits with a sign; `undefined`: no time that a Date can hold. */
function timeOf(hex: string): string | undefined {
  const micros = (Number.parseInt(hex.slice(0, 8), 16) | 0) * 2 ** 32 + Number.parseInt(hex.slice(8), 16);
  const ms = Math.floor(micros / 1_000);
  const at = new Date(YEAR_2000_MS + ms);
  return Number.isNaN(at.getTime()) ? undefined : withMicroseconds(at, micros - ms * 1_000);
}
