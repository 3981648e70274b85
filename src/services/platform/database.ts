import { Kysely, PostgresDialect, type PostgresPool } from 'kysely';
import { Migrator } from 'kysely/migration';
import { createClock, type Clock } from './clock.js';
import { mayNotMigrate, migrationFailed } from './database-problems.js';
import { openEmbeddedInMemory, openEmbeddedOnDisk, type EmbeddedDatabase } from './embedded/embedded-database.js';
import { endProcessOnFault } from './embedded/fatal-faults.js';
import type { OneSessionPool } from './embedded/one-session-pool.js';
import type { Log } from './log.js';
import { migrations } from './migrations/migrations.js';
import { openPostgres } from './postgres/open-postgres.js';
import { PostgresPool as ServerPool } from './postgres/postgres-pool.js';
import type { PostgresServer } from './postgres/postgres-server.js';
import { untilUndisturbed } from './postgres/undisturbed.js';
import type { Schema, Transaction } from './schema.js';

export type { Executor, Transaction } from './schema.js';

/** The one way to the rows. */
export interface Database {
  readonly db: Kysely<Schema>;
  /** Whether other processes may use it too; with the embedded one there is no other, as its lock proves. */
  readonly isShared: boolean;
  /**
   * Commits when `work` resolves, rolls back when it rejects. Inside, ask only `trx`, and never wait for the network: with
   * the embedded database everybody else waits meanwhile. On PostgreSQL `work` is called again where the server has ended it
   * because it and another transaction waited for each other: it leaves nothing outside of the rows.
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
  dump(): Promise<Uint8Array>;
}

/**
 * Opens PostgreSQL where a server is given, else the embedded database in `DATA_DIR/db` (or one in memory, for tests), and
 * brings its schema up to date. Throws a Problem, with what to do, when the folder is in use, unreadable or not synced to
 * the disk, or when the server does not answer within a minute or cannot be used.
 */
export async function openDatabase({
  dataDir,
  inMemory = false,
  postgres,
  log,
  clock = createClock(),
}: {
  /** Used by the embedded database on disk only. */
  dataDir: string;
  inMemory?: boolean;
  postgres?: PostgresServer | undefined;
  log: Log;
  clock?: Pick<Clock, 'wall'>;
}): Promise<Database> {
  if (postgres) return overPostgres(postgres, log, clock);
  const embedded = inMemory
    ? await openEmbeddedInMemory()
    : await openEmbeddedOnDisk({ dataDir, since: clock.wall(), end: endProcessOnFault(log) });
  return overEmbedded(embedded, log);
}

async function overPostgres(server: PostgresServer, log: Log, clock: Pick<Clock, 'wall'>): Promise<Database> {
  const pool = await openPostgres({ server, log, clock });
  try {
    await migrateApart(server, log);
  } catch (error) {
    await pool.end();
    throw error;
  }
  const db = kyselyOver(pool);
  return {
    db,
    isShared: true,
    transaction: (work) => untilUndisturbed(() => db.transaction().execute(work), log),
    query: (text, values) => pool.query(text, values),
    close: () => pool.end(),
  };
}

/** On connections of its own, whose statements may take longer than those that a person waits for. */
async function migrateApart(server: PostgresServer, log: Log): Promise<void> {
  const pool = new ServerPool(server, log, { max: 2, statementMs: 0 });
  try {
    await migrate(kyselyOver(pool), log);
  } finally {
    await pool.end();
  }
}

async function overEmbedded(embedded: EmbeddedDatabase, log: Log): Promise<Database> {
  embedded.pool.on('error', (error) => log.error({ error }, 'The database session reported an error'));
  const db = kyselyOver(embedded.pool);
  try {
    await migrate(db, log);
  } catch (error) {
    await embedded.close();
    throw error;
  }
  return {
    db,
    isShared: false,
    transaction: (work) => db.transaction().execute(work),
    ...(embedded.isOnDisk ? { onDisk: { dump: () => embedded.pool.dump() } } : {}),
    query: (text, values) => embedded.pool.query(text, values),
    close: () => embedded.close(),
  };
}

function kyselyOver(pool: OneSessionPool | ServerPool): Kysely<Schema> {
  // Kysely's own type says that every result has a row count; `pg` itself gives null for statements without one.
  return new Kysely<Schema>({ dialect: new PostgresDialect({ pool: pool as unknown as PostgresPool }) });
}

/** Several replicas may start at once: the migrator takes a lock in the database. */
async function migrate(db: Kysely<Schema>, log: Log): Promise<void> {
  const migrator = new Migrator({ db, provider: { getMigrations: () => Promise.resolve({ ...migrations }) } });
  const { error, results = [] } = await migrator.migrateToLatest();
  for (const { migrationName, status } of results) log.info({ migrationName, status }, 'Migrated the database');
  if (error === undefined) return;
  throw isMissingRight(error) ? mayNotMigrate(error) : migrationFailed(error);
}

/** SQLSTATE insufficient_privilege. */
function isMissingRight(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === '42501';
}
