import { createHash, type Hash } from 'node:crypto';
import { sql } from 'kysely';
import type { Database } from '../database.js';
import { parseRunId } from '../ids.js';
import type { Transaction } from '../schema.js';
import type { Wake } from '../wake.js';
import { notEmpty, notEqual } from './move-problems.js';
import { listTables, moveSequences, readRows, writeRows, type Table, type TextRow } from './table-catalogue.js';

export interface Moved {
  readonly tables: number;
  readonly rows: number;
}

/** The one table that the migrations fill: with the head of an empty audit log. */
const FILLED_BY_MIGRATIONS = 'audit_head';
/** When a run that is under way is looked at for the first time over there; it may be due at once. */
const LOOK_AFTER_S = 15;

/**
 * Copies every row from one database to another, whose schema the migrations have made and which holds nothing yet. One
 * transaction on each side: whatever happens, the source is as it was, and the target holds all or nothing. Before it is
 * committed each table is read back and compared. The jobs that look after runs are made anew.
 * Throws a Problem when the target holds something, or is not equal afterwards.
 */
export async function moveDatabase({
  from,
  to,
  wake,
}: {
  readonly from: Pick<Database, 'transaction'>;
  readonly to: Pick<Database, 'transaction'>;
  /** Of the target, started. */
  readonly wake: Pick<Wake, 'resumeAfter'>;
}): Promise<Moved> {
  return from.transaction(async (source) => {
    await sql`set transaction isolation level repeatable read, read only`.execute(source);
    return to.transaction(async (target) => {
      const tables = await listTables(source);
      await takeEmptyTables(target, tables);
      let rows = 0;
      for (const table of tables) rows += await moveTable(source, target, table);
      for (const table of tables) await moveSequences(source, target, table);
      await arrangeLooks(target, wake);
      return { tables: tables.length, rows };
    });
  });
}

/** Nobody else, such as a bot that is started too early, writes to them until the end. */
async function takeEmptyTables(target: Transaction, tables: readonly Table[]): Promise<void> {
  const there = new Set((await listTables(target)).map(({ name }) => name));
  const missing = tables.filter(({ name }) => !there.has(name));
  if (missing.length > 0) throw new Error(`The target has no table ${missing.map(({ name }) => name).join(', ')}.`);
  const names = tables.map(({ name }) => sql.table(name));
  await sql`lock table ${sql.join(names)} in share row exclusive mode`.execute(target);
  for (const { name } of tables) {
    const isFilled = name === FILLED_BY_MIGRATIONS ? sql`where seq <> 0` : sql``;
    const { rows } = await sql`select from ${sql.table(name)} ${isFilled} limit 1`.execute(target);
    if (rows.length > 0) throw notEmpty();
  }
}

async function moveTable(source: Transaction, target: Transaction, table: Table): Promise<number> {
  const sent = createHash('sha256');
  let count = 0;
  for await (const rows of readRows(source, table)) {
    addTo(sent, rows);
    await writeRows(target, table, rows, { replaces: table.name === FILLED_BY_MIGRATIONS });
    count += rows.length;
  }
  const arrived = createHash('sha256');
  for await (const rows of readRows(target, table)) addTo(arrived, rows);
  if (sent.digest('hex') !== arrived.digest('hex')) throw notEqual(table.name);
  return count;
}

/** JSON keeps the borders of columns, and NULL apart from the text "null". */
function addTo(hash: Hash, rows: readonly TextRow[]): void {
  for (const row of rows) hash.update(`${JSON.stringify(row)}\n`);
}

/** A run that waits for a person parks again when it is looked at. */
async function arrangeLooks(target: Transaction, wake: Pick<Wake, 'resumeAfter'>): Promise<void> {
  const runs = await target.selectFrom('run').select('id').where('state', 'in', ['running', 'waiting']).execute();
  for (const { id } of runs) await wake.resumeAfter(target, parseRunId(id), LOOK_AFTER_S);
}
