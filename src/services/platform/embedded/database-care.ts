import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import type { Clock } from '../clock.js';
import type { Database } from '../database.js';
import type { Log } from '../log.js';
import type { Sweep } from '../tick.js';
import { backUp } from './backup.js';

const DAY_MS = 24 * 60 * 60 * 1_000;
/** A start has better things to do than to vacuum or to back up. */
const QUIET_AFTER_START_MS = 10 * 60 * 1_000;
const BACKUPS_KEPT = 7;
/** A table is vacuumed before the night when this many of its rows are dead and they are a fifth of it (as autovacuum). */
const MANY_DEAD_ROWS = 5_000;
const LARGE_DEAD_SHARE = 0.2;

interface CareParts {
  readonly database: Database;
  readonly clock: Pick<Clock, 'wall'>;
  readonly log: Log;
}

/**
 * What the embedded database needs and does not do itself: to be vacuumed each 24 hours and after big deletes, and to be
 * backed up each 24 hours to `backupFolder` (the last seven are kept). In wall time. Nothing in memory or with PostgreSQL.
 */
export function databaseCare({ backupFolder, ...parts }: CareParts & { backupFolder: string }): Sweep[] {
  if (!parts.database.onDisk) return [];
  return [vacuumSweep(parts), backupSweep({ ...parts, backupFolder })];
}

/** `VACUUM (ANALYZE)`, table by table, so that others get their turn in between. */
export function vacuumSweep({ database, clock, log }: CareParts): Sweep {
  const startedMs = clock.wall().getTime();
  let nightlyMs: number | undefined;
  return {
    name: 'vacuum',
    everySeconds: 60,
    sweep: async () => {
      const nowMs = clock.wall().getTime();
      if (nowMs - startedMs < QUIET_AFTER_START_MS) return;
      const isNight = nightlyMs === undefined || nowMs - nightlyMs >= DAY_MS;
      const tables = isNight ? await allTables(database) : await tablesWithManyDeadRows(database);
      for (const { schema, table } of tables) {
        await sql`vacuum (analyze) ${sql.id(schema, table)}`.execute(database.db);
      }
      if (isNight) nightlyMs = nowMs;
      if (tables.length > 0) log.info({ tables: tables.length, tookMs: clock.wall().getTime() - nowMs }, 'Vacuumed');
    },
  };
}

interface Table {
  readonly schema: string;
  readonly table: string;
}

/** Also PostgreSQL's own: their old rows must be frozen, too. */
async function allTables({ db }: Database): Promise<Table[]> {
  const { rows } = await sql<Table>`
    select nspname as schema, relname as table from pg_class join pg_namespace on pg_namespace.oid = relnamespace
    where relkind in ('r', 'm') and relpersistence <> 't'`.execute(db);
  return rows;
}

async function tablesWithManyDeadRows({ db }: Database): Promise<Table[]> {
  await sql`select pg_stat_force_next_flush()`.execute(db); // the counts come with the statement after this one
  const { rows } = await sql<Table>`
    select schemaname as schema, relname as table from pg_stat_user_tables
    where n_dead_tup >= ${MANY_DEAD_ROWS} and n_dead_tup >= ${LARGE_DEAD_SHARE}::float8 * (n_live_tup + n_dead_tup)`.execute(
    db,
  );
  return rows;
}

const BACKUP_NAME = /^latchkey-\d{8}T\d{6}Z\.tar\.gz$/;

/** The newest file tells when the last backup was, also after a restart. */
export function backupSweep({
  database,
  clock,
  log,
  backupFolder,
}: CareParts & { readonly backupFolder: string }): Sweep {
  const startedMs = clock.wall().getTime();
  return {
    name: 'backup',
    everySeconds: 60,
    sweep: async () => {
      const now = clock.wall();
      if (now.getTime() - startedMs < QUIET_AFTER_START_MS) return;
      mkdirSync(backupFolder, { recursive: true, mode: 0o700 });
      const newest = backupsIn(backupFolder).at(-1);
      if (newest !== undefined && now.getTime() - timeOf(newest) < DAY_MS) return;
      const file = join(backupFolder, nameAt(now));
      await backUp(database, file);
      log.info({ file, bytes: statSync(file).size }, 'Backed up the database');
      for (const old of backupsIn(backupFolder).slice(0, -BACKUPS_KEPT)) rmSync(join(backupFolder, old));
    },
  };
}

/** Oldest first. */
function backupsIn(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => BACKUP_NAME.test(name))
    .sort();
}

/** `latchkey-20261124T090000Z.tar.gz` */
function nameAt(moment: Date): string {
  return `latchkey-${moment.toISOString().replace(/[-:]|\.\d{3}/g, '')}.tar.gz`;
}

function timeOf(name: string): number {
  const [, year, month, day, hour, minute, second] = /(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z/.exec(name) ?? [];
  return Date.parse(
    `${String(year)}-${String(month)}-${String(day)}T${String(hour)}:${String(minute)}:${String(second)}Z`,
  );
}
