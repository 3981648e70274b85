import { Kysely, PostgresDialect, type PostgresPool } from 'kysely';
import { Migrator } from 'kysely/migration';
import { createClock, type Clock } from './clock.js';
import { openEmbeddedInMemory, openEmbeddedOnDisk, type EmbeddedDatabase } from './embedded/embedded-database.js';
import { endProcessOnFault } from './embedded/fatal-faults.js';
import type { Log } from './log.js';
import { migrations } from './migrations/migrations.js';
import { Problem } from './problem.js';
import type { Schema, Transaction } from './schema.js';

export type { Executor, Transaction } from './schema.js';

/** The one way to the rows. */
export interface Database {
  readonly db: Kysely<Schema>;
  /**
   * Commits when `work` resolves, rolls back when it rejects. Inside, ask only `trx`, and never wait for the network: with
   * the embedded database everybody else waits meanwhile.
   */
  transaction<T>(work: (trx: Transaction) => Promise<T>): Promise<T>;
  /** Statements as text, several at a time if without values: for libraries that write their own SQL. */
  query(text: string, values?: readonly unknown[]): Promise<{ rows: unknown[] }>;
  /** What only the embedded database on disk needs and has; PostgreSQL is cared for by its own operators. */
  readonly onDisk?: EmbeddedCare;
  /** Lets what was asked before finish. */
  close(): Promise<void>;
}

export interface EmbeddedCare {
  /** The files as a `tar.gz`, as at one moment. Everybody else waits meanwhile; use `backUp`. */
  dump(): Promise<Blob>;
}

/**
 * Opens the embedded database in `DATA_DIR/db` (or one in memory, for tests) and brings its schema up to date.
 * Throws a Problem, with what to do, when the folder is in use, unreadable or not synced to the disk.
 */
export async function openDatabase({
  dataDir,
  inMemory = false,
  log,
  clock = createClock(),
}: {
  /** Not used in memory. */
  dataDir: string;
  inMemory?: boolean;
  log: Log;
  clock?: Pick<Clock, 'wall'>;
}): Promise<Database> {
  const embedded = inMemory
    ? await openEmbeddedInMemory()
    : await openEmbeddedOnDisk({ dataDir, since: clock.wall(), end: endProcessOnFault(log) });
  return overEmbedded(embedded, log);
}

async function overEmbedded(embedded: EmbeddedDatabase, log: Log): Promise<Database> {
  embedded.pool.on('error', (error) => log.error({ error }, 'The database session reported an error'));
  // Kysely's own type says that every result has a row count; `pg` itself gives null for statements without one.
  const pool = embedded.pool as unknown as PostgresPool;
  const db = new Kysely<Schema>({ dialect: new PostgresDialect({ pool }) });
  try {
    await migrate(db, log);
  } catch (error) {
    await embedded.close();
    throw error;
  }
  return {
    db,
    transaction: (work) => db.transaction().execute(work),
    ...(embedded.isOnDisk ? { onDisk: { dump: () => embedded.pool.dump() } } : {}),
    query: (text, values) => embedded.pool.query(text, values),
    close: () => embedded.close(),
  };
}

/** Several replicas may start at once: the migrator takes a lock in the database. */
async function migrate(db: Kysely<Schema>, log: Log): Promise<void> {
  const migrator = new Migrator({ db, provider: { getMigrations: () => Promise.resolve({ ...migrations }) } });
  const { error, results = [] } = await migrator.migrateToLatest();
  for (const { migrationName, status } of results) log.info({ migrationName, status }, 'Migrated the database');
  if (error === undefined) return;
  throw new Problem(
    {
      kind: 'internal',
      what: 'The database could not be brought up to date.',
      remedy: 'Start the release that ran before, and report this with the log. The data was left as it was.',
      code: 'migration-failed',
    },
    { cause: error },
  );
}
