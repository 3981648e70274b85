import { ConfigError, databaseName, parseDatabaseUrl, type CommandSettings, type DatabaseSettings } from './config.js';
import { createClock } from './services/platform/clock.js';
import { openDatabase, type Database } from './services/platform/database.js';
import type { Log } from './services/platform/log.js';
import { moveDatabase, type Moved } from './services/platform/move/move-database.js';
import { deliveriesLeft } from './services/platform/move/move-problems.js';
import { refuseOthersTables } from './services/platform/move/others-tables.js';
import { openSpool } from './services/platform/spool.js';
import { createWake, type Wake } from './services/platform/wake.js';

interface Parts {
  readonly settings: CommandSettings;
  readonly log: Log;
  readonly say: (line: string) => void;
}

/** `migrate`: makes or updates all tables, with the role that owns them, so that the bot's own role need not. */
export async function migrate({ settings, log, say }: Parts): Promise<void> {
  const postgres = settings.database;
  if (!postgres)
    throw new ConfigError([
      'DATABASE_URL is missing. Set it to the database to bring up to date; an embedded one is at each start.',
    ]);
  await withDatabase(postgres, log, () => Promise.resolve());
  say(`The database ${databaseName(postgres)} is up to date.`);
}

/**
 * `move [--to <address>]`: takes the embedded database along to an empty one on PostgreSQL. It holds the data folder
 * meanwhile, so that no bot runs there. What Slack had handed over last is no row of it before a bot has started there: with that
 * it is refused.
 * @param to default: `DATABASE_URL`.
 */
export async function move({ settings, log, say }: Parts, to: string | undefined): Promise<void> {
  const { dataDir } = settings;
  const postgres = to === undefined ? settings.database : parseDatabaseUrl(to);
  if (postgres === undefined) throw new ConfigError(['DATABASE_URL is missing. Set it to where to move, or use --to.']);
  if (typeof postgres === 'string') throw new ConfigError([`--to ${postgres}.`]);
  const clock = createClock();
  const source = await openDatabase({ dataDir, log, clock });
  try {
    const { length: spooled } = openSpool({ dataDir, log }).left();
    if (spooled > 0) throw deliveriesLeft(dataDir, spooled);
    await refuseOthersTables({ server: postgres, source, log, clock });
    const moved = await withDatabase(postgres, log, (target, wake) => moveDatabase({ from: source, to: target, wake }));
    say(report(moved, postgres, settings));
  } finally {
    await source.close();
  }
}

/** The tables of the jobs belong to it, too. */
async function withDatabase<T>(
  postgres: DatabaseSettings,
  log: Log,
  work: (database: Database, wake: Wake) => Promise<T>,
): Promise<T> {
  const database = await openDatabase({ dataDir: '', postgres, log });
  const wake = createWake({ database, log });
  try {
    await wake.start(() => Promise.resolve(false));
    return await work(database, wake);
  } finally {
    await wake.stop();
    await database.close();
  }
}

function report({ rows, tables }: Moved, postgres: DatabaseSettings, { dataDir, key }: CommandSettings): string {
  const keyStep =
    key === undefined
      ? `Set LATCHKEY_KEY to the text in ${dataDir}/key, for every replica: open one-time links and the signed checkpoints of the audit need it.`
      : 'Keep LATCHKEY_KEY as it is, for every replica: open one-time links and the signed checkpoints of the audit need it.';
  return [
    `Moved ${String(rows)} rows in ${String(tables)} tables to ${databaseName(postgres)}; each table was read back and is equal.`,
    'Next:',
    '  1. Set DATABASE_URL to that database, for every replica. If they use a role of their own, run docs/postgresql-rights.sql first.',
    `  2. ${keyStep}`,
    `  3. Start Latchkey, and let "npx latchkey audit verify" say that the log is whole. ${dataDir}/audit-checkpoints stays where it is.`,
    `  4. Move ${dataDir}/db away, so that nobody starts with the old data by mistake. It was not changed.`,
  ].join('\n');
}
