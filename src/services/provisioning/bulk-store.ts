import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import { chunks } from '../platform/at-once.js';
import { randomToken } from '../platform/ids.js';
import { jsonText, type Json } from '../platform/json.js';
import { RunLost, type Claim } from '../platform/ledger.js';
import type { BulkRowState } from '../platform/schema-bulk.js';
import type { Executor, RunActor, Transaction } from '../platform/schema.js';
import type { Encoding, Separator } from './csv-text.js';

/** What a row will do, with everything looked up. Names are for notes only. */
export type RowDeed = {
  readonly personId: string;
  readonly personName: string;
  readonly appRoleId: string;
  readonly appRoleName: string;
  /** `null`: the row asks for nothing in Genesys. */
  readonly genesys: {
    readonly email: string;
    readonly divisionId: string;
    readonly divisionName: string;
    readonly roles: readonly { readonly id: string; readonly name: string }[];
  } | null;
};

export interface BulkRow {
  readonly line: number;
  readonly upn: string;
  readonly state: BulkRowState;
  /** Of a row that is wrong: none. */
  readonly deed: RowDeed | null;
  /** A few sentences: why it is wrong and what to do, or what was done. */
  readonly note: string;
  /** In Entra, before the bulk came to it. */
  readonly wasAssigned: boolean;
}

/** What came of a row. */
export type RowResult = Pick<BulkRow, 'line' | 'state' | 'note' | 'wasAssigned'>;

/** What a plan found, besides its rows. */
export type BulkContent = {
  readonly encoding: Encoding;
  readonly separator: Separator;
  readonly toAdd: number;
  readonly there: number;
  readonly wrong: number;
  /** How many of those to add also get a user or roles in Genesys. */
  readonly inGenesys: number;
  /** How many of those to add have access already, with another role. Absent: an earlier release has not counted them. */
  readonly secondRoles?: number;
  readonly servicePrincipalId: string;
  readonly templateId: string;
  readonly appRoleIds: readonly string[];
};

export interface Bulk {
  readonly id: string;
  readonly fileHash: string;
  readonly fileName: string;
  readonly asker: RunActor;
  readonly content: BulkContent;
  readonly madeAt: Date;
  readonly expiresAt: Date;
  /** Absent: it was only planned. */
  readonly startedAt?: Date;
}

export type NewBulk = Omit<Bulk, 'content' | 'startedAt'>;

const ROWS_AT_ONCE = 500;

/**
 * Writes the rows some hundred at a time, as everybody else waits for a transaction of the embedded database; until the
 * last statement nobody finds the bulk.
 */
export async function saveBulk(
  db: Executor,
  { bulk, rows, content }: { bulk: NewBulk; rows: readonly BulkRow[]; content: BulkContent },
): Promise<void> {
  await db
    .insertInto('bulk')
    .values({
      ...{ id: bulk.id, file_hash: bulk.fileHash, file_name: bulk.fileName, state: 'reading' },
      ...{ asker: jsonText(bulk.asker), content: null, made_at: bulk.madeAt, expires_at: bulk.expiresAt },
      started_at: null,
    })
    .execute();
  for (const some of chunks(rows, ROWS_AT_ONCE)) {
    await sql`
      insert into bulk_row (bulk_id, line, upn, state, wish, note, was_assigned, changed_at)
      select ${bulk.id}::uuid, line, upn, state, nullif(deed, 'null'::jsonb), note, "wasAssigned",
        ${bulk.madeAt}::timestamptz
      from jsonb_to_recordset(${jsonText(some)}::jsonb)
        as given (line integer, upn text, state text, deed jsonb, note text, "wasAssigned" boolean)`.execute(db);
  }
  await db
    .updateTable('bulk')
    .set({ state: 'planned', content: jsonText<Json>(content) })
    .where('id', '=', bulk.id)
    .execute();
}

export async function findBulk(db: Executor, id: string): Promise<Bulk | undefined> {
  const row = await db.selectFrom('bulk').selectAll().where('id', '=', id).executeTakeFirst();
  if (!row || row.content === null) return undefined;
  return {
    ...{ id: row.id, fileHash: row.file_hash, fileName: row.file_name, asker: row.asker },
    content: row.content as BulkContent, // what `saveBulk` wrote
    ...{ madeAt: row.made_at, expiresAt: row.expires_at },
    ...(row.started_at ? { startedAt: row.started_at } : {}),
  };
}

/** The bulks of the same file that were started, the newest first. */
export async function listStarted(db: Executor, fileHash: string): Promise<string[]> {
  const rows = await db
    .selectFrom('bulk')
    .select('id')
    .where('file_hash', '=', fileHash)
    .where('state', '=', 'started')
    .orderBy('started_at', 'desc')
    .execute();
  return rows.map(({ id }) => id);
}

export async function markStarted(trx: Transaction, id: string, at: Date): Promise<void> {
  await trx.updateTable('bulk').set({ state: 'started', started_at: at }).where('id', '=', id).execute();
}

/** How many rows are in which state, and how many were finished since that time. */
export interface BulkCounts {
  readonly by: Readonly<Partial<Record<BulkRowState, number>>>;
  readonly lately: number;
}

export async function countRows(db: Executor, bulkId: string, since: Date): Promise<BulkCounts> {
  const { rows } = await sql<{ state: BulkRowState; count: number; lately: number }>`
    select state, count(*)::integer as count,
      (count(*) filter (where changed_at > ${since}::timestamptz))::integer as lately
    from bulk_row where bulk_id = ${bulkId} group by state`.execute(db);
  const finished = rows.filter(({ state }) => ['done', 'already', 'failed', 'to-provision'].includes(state));
  return {
    by: Object.fromEntries(rows.map(({ state, count }) => [state, count])),
    lately: finished.reduce((sum, { lately }) => sum + lately, 0),
  };
}

/** The next rows in that state, in the order of the file. */
export function nextRows(db: Executor, bulkId: string, state: BulkRowState, limit: number): Promise<BulkRow[]> {
  return readRows(db, bulkId, { states: [state], limit });
}

/** Rows in these states; absent: all of them. */
export async function readRows(
  db: Executor,
  bulkId: string,
  { states, limit }: { states?: readonly BulkRowState[]; limit?: number } = {},
): Promise<BulkRow[]> {
  let query = db.selectFrom('bulk_row').selectAll().where('bulk_id', '=', bulkId).orderBy('line');
  if (states !== undefined) query = query.where('state', 'in', states);
  const rows = await (limit === undefined ? query : query.limit(limit)).execute();
  return rows.map(({ line, upn, state, wish, note, was_assigned: wasAssigned }) => ({
    ...{ line, upn, state, note, wasAssigned },
    deed: wish as RowDeed | null, // what `saveBulk` wrote
  }));
}

/** Whether something is still to be done for that person. */
export async function hasOpenRowOf(db: Executor, bulkId: string, personId: string): Promise<boolean> {
  const row = await db
    .selectFrom('bulk_row')
    .select('line')
    .where('bulk_id', '=', bulkId)
    .where('state', 'in', ['to-assign', 'to-provision'])
    .where(sql<boolean>`lower(wish ->> 'personId') = ${personId.toLowerCase()}`)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** Writes what came of rows, under the claim of the run. Throws `RunLost` when somebody else has the run. */
export async function writeRows(
  trx: Transaction,
  claim: Claim,
  { bulkId, rows, at }: { bulkId: string; rows: readonly RowResult[]; at: Date },
): Promise<void> {
  await holdClaim(trx, claim);
  await sql`
    update bulk_row set state = given.state, note = given.note, was_assigned = given."wasAssigned",
      changed_at = ${at}::timestamptz
    from jsonb_to_recordset(${jsonText(rows)}::jsonb)
      as given (line integer, state text, note text, "wasAssigned" boolean)
    where bulk_id = ${bulkId}::uuid and bulk_row.line = given.line`.execute(trx);
}

/** Nothing more will be done for the rows that still wait. */
export async function leaveOut(
  trx: Transaction,
  claim: Claim,
  { bulkId, at }: { bulkId: string; at: Date },
): Promise<void> {
  await holdClaim(trx, claim);
  await sql`
    update bulk_row set state = 'left-out', changed_at = ${at}::timestamptz,
      note = trim(note || ' The run was stopped before its turn came.')
    where bulk_id = ${bulkId}::uuid and state in ('to-assign', 'to-provision')`.execute(trx);
}

/** The row of the run stays locked until the commit, so that nobody claims it meanwhile. Throws `RunLost`. */
export async function holdClaim(trx: Transaction, { runId, fence }: Claim): Promise<void> {
  const held = await trx
    .selectFrom('run')
    .select('id')
    .where('id', '=', runId)
    .where('fence', '=', fence)
    .forUpdate()
    .executeTakeFirst();
  if (!held) throw new RunLost('Somebody else has claimed this run.');
}

export interface FileLink {
  readonly purpose: 'upload' | 'report' | 'access';
  readonly bulkId?: string;
  readonly holder: RunActor;
}

/** Returns the token, of which only the digest is kept. */
export async function createLink(db: Executor, link: FileLink & { expiresAt: Date }): Promise<string> {
  const token = randomToken(32);
  await db
    .insertInto('file_link')
    .values({
      ...{ token_hash: hashOf(token), purpose: link.purpose, bulk_id: link.bulkId ?? null },
      ...{ holder: jsonText(link.holder), expires_at: link.expiresAt },
    })
    .execute();
  return token;
}

export async function findLink(db: Executor, token: string, now: Date): Promise<FileLink | undefined> {
  const row = await db
    .selectFrom('file_link')
    .selectAll()
    .where('token_hash', '=', hashOf(token))
    .where('expires_at', '>', now)
    .executeTakeFirst();
  return row && { purpose: row.purpose, holder: row.holder, ...(row.bulk_id ? { bulkId: row.bulk_id } : {}) };
}

/** Uses the link up. `false`: somebody has been faster. */
export async function takeLink(db: Executor, token: string): Promise<boolean> {
  const row = await db
    .deleteFrom('file_link')
    .where('token_hash', '=', hashOf(token))
    .returning('purpose')
    .executeTakeFirst();
  return row !== undefined;
}

export function hashOf(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}
