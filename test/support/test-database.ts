import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { parseDatabaseUrl } from '../../src/config.js';
import { openDatabase, type Database } from '../../src/services/platform/database.js';
import type { Log } from '../../src/services/platform/log.js';
import type { PostgresServer } from '../../src/services/platform/postgres/postgres-server.js';
import { silentLog } from '../../src/services/platform/testing/test-parts.js';

/** A database of its own on the tests' PostgreSQL. */
export interface TestDatabase {
  readonly url: string;
  readonly server: PostgresServer;
  drop(): Promise<void>;
}

/** For what needs a real PostgreSQL: skipped where there is none, which the start of the tests has said loudly. */
export const describeOnPostgres = process.env['TEST_DATABASE_URL'] ? describe : describe.skip;

/** Whether the tests shall use PostgreSQL, and there is one. */
export function isOnPostgres(): boolean {
  return process.env['TEST_DATABASE'] === 'postgres' && process.env['TEST_DATABASE_URL'] !== undefined;
}

/** A fresh database, in memory or on PostgreSQL as `TEST_DATABASE` says; gone when it is closed. */
export async function openTestDatabase({ log = silentLog }: { log?: Log } = {}): Promise<Database> {
  if (!isOnPostgres()) return openDatabase({ dataDir: '', inMemory: true, log });
  const { server, drop } = await createTestDatabase();
  const database = await openDatabase({ dataDir: '', postgres: server, log });
  return { ...database, close: () => database.close().then(drop) };
}

export async function createTestDatabase(options = ''): Promise<TestDatabase> {
  const url = new URL(process.env['TEST_DATABASE_URL'] ?? '');
  const name = `latchkey_${randomBytes(6).toString('hex')}`;
  await onServer(`create database ${name} ${options}`);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    server: serverAt(url.href),
    drop: async () => void (await onServer(`drop database if exists ${name} with (force)`)),
  };
}

export function serverAt(url: string): PostgresServer {
  const server = parseDatabaseUrl(url);
  if (typeof server === 'string') throw new Error(`The test's database address ${server}.`);
  return server;
}

/** One statement to the server, or to one database of it, as its superuser. */
export async function onServer(statement: string, url = process.env['TEST_DATABASE_URL']): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<Record<string, unknown>>(statement);
    return rows;
  } finally {
    await client.end();
  }
}
