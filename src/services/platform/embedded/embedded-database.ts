import { mkdirSync } from 'node:fs';
import { ensureDatabaseFolder } from './data-folder.js';
import { lockDataFolder } from './data-lock.js';
import { cannotMakeFolder } from './embedded-problems.js';
import { endWhenEngineStops, type EndOnFault } from './fatal-faults.js';
import { OneSessionPool } from './one-session-pool.js';
import { checkThatCommitsReachTheDisk, openInMemory, openOnDisk } from './open-pglite.js';
import { SyncedNodeFS } from './synced-file-system.js';

/** A pool over the embedded PostgreSQL; `close` also frees the data folder. */
export interface EmbeddedDatabase {
  readonly pool: OneSessionPool;
  /** Whether it is still there after the process has ended. */
  readonly isOnDisk: boolean;
  close(): Promise<void>;
}

export async function openEmbeddedInMemory(): Promise<EmbeddedDatabase> {
  const pool = new OneSessionPool(await openInMemory());
  return { pool, isOnDisk: false, close: () => pool.end() };
}

/**
 * Locks the data folder, makes the database at the first start, opens it and proves that commits reach the disk.
 * Throws a Problem when another process has the folder, when it is another PostgreSQL's, or when commits are not synced.
 * @param end ends the process when a sync fails or the engine stops: opening anew repairs what is then unknown.
 */
export async function openEmbeddedOnDisk({
  dataDir,
  since,
  end,
  fileSystemOf = (folder) => new SyncedNodeFS(folder, (error) => end('disk-failed', error)),
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
    const fileSystem = fileSystemOf(folder);
    const pglite = await openOnDisk(folder, fileSystem);
    await checkThatCommitsReachTheDisk(pglite, fileSystem).catch(async (error: unknown) => {
      await pglite.close();
      throw error;
    });
    endWhenEngineStops(pglite, end);
    const pool = new OneSessionPool(pglite);
    return { pool, isOnDisk: true, close: () => pool.end().finally(() => lock.release()) };
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** Throws a Problem where that is not possible. */
export function makeDataFolder(dataDir: string): void {
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw cannotMakeFolder(dataDir, error);
  }
}
