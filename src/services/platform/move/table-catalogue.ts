import { sql } from 'kysely';
import type { Executor } from '../schema.js';

/** A table of ours as the catalogue knows it. */
export interface Table {
  readonly name: string;
  readonly columns: readonly Column[];
}

export interface Column {
  readonly name: string;
  /** As in SQL: `timestamp with time zone`. */
  readonly type: string;
  readonly isKey: boolean;
  /** The sequence that numbers it, if any. */
  readonly sequence: string | null;
}

/** The tables that the migrations make, those that others refer to first. Without the migrator's own. */
export async function listTables(db: Executor): Promise<Table[]> {
  const { rows } = await sql<Column & { table: string }>`
    select pg_class.relname as table, attname as name, format_type(atttypid, atttypmod) as type,
      coalesce(attnum = any (indkey), false) as "isKey",
      pg_get_serial_sequence(format('public.%I', relname), attname) as sequence
    from pg_class
      join pg_attribute on attrelid = pg_class.oid and attnum > 0 and not attisdropped
      left join pg_index on indrelid = pg_class.oid and indisprimary
    where relkind = 'r' and relnamespace = 'public'::regnamespace and relname not like 'kysely%'
    order by exists (select from pg_constraint where conrelid = pg_class.oid and contype = 'f'), relname, attnum`.execute(
    db,
  );
  const tables = new Map<string, Column[]>();
  for (const { table, ...column } of rows) tables.set(table, [...(tables.get(table) ?? []), column]);
  return [...tables].map(([name, columns]) => ({ name, columns }));
}

/** A row as text, column by column; `null` is SQL's NULL, the text `null` is JSON's. */
export type TextRow = readonly (string | null)[];

const ROWS_AT_ONCE = 500;

/**
 * The rows of a table in the order of its key, some hundred at a time, by a cursor of the transaction. The text is the same
 * on every PostgreSQL: times in UTC with microseconds, in the order of bytes.
 */
export async function* readRows(trx: Executor, { name, columns }: Table): AsyncGenerator<readonly TextRow[]> {
  const texts = columns.map((column) => sql`${sql.ref(column.name)}::text`);
  const keys = columns.filter(({ isKey }) => isKey).map((column) => sql`${sql.ref(column.name)}::text collate "C"`);
  await sql`set local timezone = 'UTC'`.execute(trx);
  await sql`set local datestyle = 'ISO'`.execute(trx);
  await sql`
    declare moved_rows no scroll cursor for
    select array[${sql.join(texts)}] as texts from ${sql.table(name)} order by ${sql.join(keys)}`.execute(trx);
  for (;;) {
    const { rows } = await sql<{ texts: TextRow }>`fetch ${sql.lit(ROWS_AT_ONCE)} from moved_rows`.execute(trx);
    if (rows.length === 0) break;
    yield rows.map(({ texts }) => texts);
  }
  await sql`close moved_rows`.execute(trx);
}

/** Writes rows as `readRows` gives them. @param replaces: whether a row of the same key gives way. */
export async function writeRows(
  trx: Executor,
  { name, columns }: Table,
  rows: readonly TextRow[],
  { replaces }: { replaces: boolean },
): Promise<void> {
  const names = columns.map((column) => sql.ref(column.name));
  const arrays = columns.map((_, index) => sql`${rows.map((row) => row[index] ?? null)}::text[]`);
  const values = columns.map((column) => sql`${sql.ref(column.name)}::${sql.raw(column.type)}`);
  const keys = columns.filter(({ isKey }) => isKey).map((column) => sql.ref(column.name));
  const set = columns.map((column) => sql`${sql.ref(column.name)} = excluded.${sql.ref(column.name)}`);
  const otherwise = replaces ? sql`on conflict (${sql.join(keys)}) do update set ${sql.join(set)}` : sql``;
  await sql`
    insert into ${sql.table(name)} (${sql.join(names)})
    select ${sql.join(values)} from unnest(${sql.join(arrays)}) as given (${sql.join(names)}) ${otherwise}`.execute(
    trx,
  );
}

/** Lets numbering go on where it stands in the source. Not undone with the transaction, which harms nobody. */
export async function moveSequences(from: Executor, to: Executor, { columns }: Table): Promise<void> {
  for (const { sequence } of columns) {
    if (sequence === null) continue;
    const { rows } = await sql<{ last: string; called: boolean }>`
      select last_value as last, is_called as called from ${sql.raw(sequence)}`.execute(from);
    for (const { last, called } of rows) {
      await sql`select setval(${sequence}::regclass, ${last}::bigint, ${called}::boolean)`.execute(to);
    }
  }
}
