import { mkdirSync } from 'node:fs';
import { ensureDatabaseFolder } from './data-folder.js';
import { lockDataFolder } from './data-lock.js';
import { cannotMakeFolder } from './embedded-problems.js';
import type { EndOnFault } from './fatal-faults.js';
import { OneSessionPool } from './one-session-pool.js';
import { openSessionInMemory, openSessionOnDisk, type OnDisk, type Session } from './session.js';
import type { SyncedNodeFS } from './synced-file-system.js';
import { openSessionInThread } from './thread-session.js';

/** A pool over the embedded PostgreSQL; `close` also frees the data folder. */
export interface EmbeddedDatabase {
  readonly pool: OneSessionPool;
  /** Whether it is still there after the process has ended. */
  readonly isOnDisk: boolean;
  close(): Promise<void>;
}

export async function openEmbeddedInMemory(): Promise<EmbeddedDatabase> {
  const pool = new OneSessionPool(await openSessionInMemory());
  return { pool, isOnDisk: false, close: () => pool.end() };
}

/**
 * Locks the data folder, makes the database at the first start, opens it in a thread of its own and proves that commits reach
 * the disk. Throws a Problem when another process has the folder, when it is another PostgreSQL's, or when commits are not
 * synced.
 * @param end ends the process when a sync fails or the engine stops: opening anew repairs what is then unknown.
 * @param fileSystemOf a file system of the caller's, in the caller's thread.
 */
export async function openEmbeddedOnDisk({
  dataDir,
  since,
  end,
  fileSystemOf,
}: {
  dataDir: string;
  /** Wall time, for the note in the lock. */
  since: Date;
  end: EndOnFault;
  fileSystemOf?: (folder: string) => SyncedNodeFS;
}): Promise<EmbeddedDatabase> {
  makeDataFolder(dataDir);
  const lock = lockDataFolder(dataDir, since);
  try {
    const folder = await ensureDatabaseFolder(dataDir);
    const pool = new OneSessionPool(await openSession({ folder, end, fileSystemOf }));
    return { pool, isOnDisk: true, close: () => pool.end().finally(() => lock.release()) };
  } catch (error) {
    lock.release();
    throw error;
  }
}

function openSession(onDisk: OnDisk): Promise<Session> {
  const isCompiled = __filename.endsWith('.js'); // tests run the sources, which a thread cannot
  return isCompiled && !onDisk.fileSystemOf ? openSessionInThread(onDisk) : openSessionOnDisk(onDisk);
}

/** Throws a Problem where that is not possible. */
export function makeDataFolder(dataDir: string): void {
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw cannotMakeFolder(dataDir, error);
  }
}
