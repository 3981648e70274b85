import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

const WAIT_MS = 5_000;

export interface FolderLock {
  release(): void;
}

/**
 * Takes the folder for this process alone. The lock is SQLite's, so that it ends with the process however that ends.
 * Waits 5 s (the process before may be closing), then throws an error that says who holds it.
 */
export function lockFolder(folder: string, waitMs = WAIT_MS): FolderLock {
  mkdirSync(folder, { recursive: true });
  const holderFile = join(folder, 'lock.json');
  const lock = new DatabaseSync(join(folder, 'lock.db'));
  try {
    lock.exec(`PRAGMA busy_timeout=${waitMs}`);
    lock.exec('BEGIN EXCLUSIVE');
  } catch (cause) {
    lock.close();
    throw new Error(`The sandbox in ${folder} is in use by ${holder(holderFile)}. Stop it, or set another DATA_DIR.`, {
      cause,
    });
  }
  writeFileSync(holderFile, JSON.stringify({ pid: process.pid, since: new Date().toISOString() }));
  return {
    release: () => {
      rmSync(holderFile, { force: true });
      lock.close();
    },
  };
}

function holder(file: string): string {
  try {
    const { pid, since } = JSON.parse(readFileSync(file, 'utf8')) as { pid?: unknown; since?: unknown };
    return `process ${String(pid)} since ${String(since)}`;
  } catch {
    return 'another process';
  }
}
