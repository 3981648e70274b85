import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { PGlite } from '@electric-sql/pglite';
import { cannotOpen, commitsNotSynced, notADatabase, writtenByAnother } from './embedded-problems.js';
import type { SyncedNodeFS } from './synced-file-system.js';

/** The PostgreSQL that the pinned PGlite contains; another major cannot read its files. */
export const POSTGRES_MAJOR = '18';

/** How the product starts PostgreSQL. */
export const START_PARAMETERS: readonly string[] = [
  ...PGlite.defaultStartParams.filter((parameter) => parameter !== '-F'), // -F switches fsync off
  '-c',
  'wal_sync_method=fsync', // the fdatasync system call is a stub that does nothing
  '-c',
  'shared_buffers=16MB',
  '-c',
  'max_wal_size=64MB',
];

/**
 * Only the baseline compiler for WebAssembly, in this whole process. The optimising one, busy with PostgreSQL's biggest
 * functions, takes 500 MB more for a moment, at each start: 690 MB instead of 180. What a chat turn asks for is no faster
 * with it; only a scan of many rows is, by a third (Node 24.21).
 */
const BASELINE_COMPILER = ['--no-wasm-tier-up', '--no-wasm-dynamic-tiering'];

/** A database that is gone when it is closed. */
export async function openInMemory(): Promise<PGlite> {
  return PGlite.create({ dataDir: 'memory://' });
}

/** Opens a database folder; makes the database where the folder is empty. Whoever calls holds the lock on it. */
export async function openOnDisk(directory: string, fileSystem: SyncedNodeFS): Promise<PGlite> {
  for (const flag of BASELINE_COMPILER) setFlagsFromString(flag);
  try {
    return await PGlite.create({ dataDir: directory, fs: fileSystem, startParams: [...START_PARAMETERS] });
  } catch (error) {
    throw cannotOpen(directory, error);
  }
}

/** Whether the folder holds a database that we can open. A Problem: it holds something else, or another PostgreSQL's. */
export function hasDatabase(directory: string): boolean {
  if (!existsSync(directory) || readdirSync(directory).length === 0) return false;
  const versionFile = join(directory, 'PG_VERSION');
  const major = existsSync(versionFile) ? readFileSync(versionFile, 'utf8').trim() : undefined;
  if (major === POSTGRES_MAJOR) return true;
  throw major ? writtenByAnother(directory, { theirs: major, ours: POSTGRES_MAJOR }) : notADatabase(directory);
}

/**
 * Commits once and counts how often the disk was synced. A database that does not sync loses committed rows, or all of
 * them, with the next power cut; so Latchkey then refuses to start.
 */
export async function checkThatCommitsReachTheDisk(pglite: PGlite, fileSystem: SyncedNodeFS): Promise<void> {
  const before = fileSystem.syncCount;
  await pglite.exec(`select pg_logical_emit_message(true, 'latchkey', 'self-check')`);
  if (fileSystem.syncCount > before) return;
  throw commitsNotSynced();
}
