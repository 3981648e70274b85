import { mkdirSync } from 'node:fs';
import { Problem } from '../problem.js';
import { ensureDatabaseFolder } from './data-folder.js';
import { lockDataFolder } from './data-lock.js';
import { OneSessionPool } from './one-session-pool.js';
import { checkThatCommitsReachTheDisk, openInMemory, openOnDisk } from './open-pglite.js';
import { SyncedNodeFS } from './synced-file-system.js';

/** A pool over the embedded PostgreSQL; `close` also frees the data folder. */
export interface EmbeddedDatabase {
  readonly pool: OneSessionPool;
  close(): Promise<void>;
}

export async function openEmbeddedInMemory(): Promise<EmbeddedDatabase> {
  const pool = new OneSessionPool(await openInMemory());
  return { pool, close: () => pool.end() };
}

/**
 * Locks the data folder, makes the database at the first start, opens it and proves that commits reach the disk.
 * Throws a Problem when another process has the folder, when it is another PostgreSQL's, or when commits are not synced.
 * @param syncFailed ends the process: what the disk holds is then unknown, and opening anew repairs it.
 */
export async function openEmbeddedOnDisk({
  dataDir,
  since,
  syncFailed,
  fileSystemOf = (folder) => new SyncedNodeFS(folder, syncFailed),
}: {
  dataDir: string;
  /** Wall time, for the note in the lock. */
  since: Date;
  syncFailed: (error: unknown) => void;
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
    const pool = new OneSessionPool(pglite);
    return { pool, close: () => pool.end().finally(() => lock.release()) };
  } catch (error) {
    lock.release();
    throw error;
  }
}

function makeDataFolder(dataDir: string): void {
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new Problem(
      {
        kind: 'input',
        what: `The data folder ${dataDir} could not be made.`,
        remedy: 'Set DATA_DIR to a folder that Latchkey may write to.',
        code: 'data-folder-unusable',
      },
      { cause: error },
    );
  }
}
