import { accessSync, constants, existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Clock } from '../platform/clock.js';
import { hasDatabase } from '../platform/embedded/open-pglite.js';
import { createLog } from '../platform/log.js';
import { migrations } from '../platform/migrations/migrations.js';
import { openPostgres } from '../platform/postgres/open-postgres.js';
import type { PostgresServer } from '../platform/postgres/postgres-server.js';
import type { DatabaseFacts } from './installation.js';

export interface DatabasePlace {
  readonly dataDir: string;
  readonly postgres?: { readonly server: PostgresServer; readonly title: string } | undefined;
}

/** Sees what there is without opening the embedded database, which writes, and without migrating the other one. */
export async function lookAtDatabase({ dataDir, postgres }: DatabasePlace, clock: Clock): Promise<DatabaseFacts> {
  if (!postgres) return lookAtFolder(dataDir);
  const pool = await openPostgres({ server: postgres.server, log: createLog({ level: 'silent' }), clock, waitMs: 0 });
  try {
    const { rows } = await pool.query(`select to_regclass('public.kysely_migration') is not null as "isStarted",
      has_schema_privilege(current_user, 'public', 'create') as "mayCreate"`);
    const [found] = rows as { isStarted: boolean; mayCreate: boolean }[]; // one row, of these columns
    const { rows: names } = found?.isStarted ? await pool.query('select name from kysely_migration') : { rows: [] };
    return {
      kind: 'postgres',
      title: postgres.title,
      applied: (names as { name: string }[]).map(({ name }) => name),
      known: Object.keys(migrations),
      mayCreate: found?.mayCreate === true,
    };
  } finally {
    await pool.end();
  }
}

function lookAtFolder(dataDir: string): DatabaseFacts {
  const folder = resolve(dataDir);
  const about = { kind: 'embedded', folder } as const;
  if (isHeld(folder)) return { ...about, state: 'in-use' };
  if (!isWritable(folder)) return { ...about, state: 'not-writable' };
  return { ...about, state: hasDatabase(join(folder, 'db')) ? 'present' : 'new' };
}

/** The holder has SQLite's exclusive lock, which stops readers, too. */
function isHeld(folder: string): boolean {
  const path = join(folder, 'lock.db');
  if (!existsSync(path)) return false;
  const lock = new DatabaseSync(path, { readOnly: true });
  try {
    lock.prepare('SELECT count(*) FROM sqlite_master').get();
    return false;
  } catch {
    return true;
  } finally {
    lock.close();
  }
}

/** The folder, or the one in which the first start makes it. */
function isWritable(folder: string): boolean {
  if (!existsSync(folder)) return folder === dirname(folder) ? false : isWritable(dirname(folder));
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
