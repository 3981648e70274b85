import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import type { Problem } from '../problem.js';
import { cannotLock, inUse } from './embedded-problems.js';

/** Held until released or until the process ends, however it ends. */
export interface DataLock {
  release(): void;
}

const holderNote = z.object({ pid: z.number().int(), since: z.string() });

/**
 * Takes the folder for this process, or throws a Problem that names who has it. PGlite locks nothing itself: two processes
 * on one folder silently lose writes. SQLite's exclusive mode is a lock of the operating system, so there are no stale
 * ones, also after kill -9. Local disks only.
 * @param since wall time, for the note that the refused one reads.
 */
export function lockDataFolder(directory: string, since: Date): DataLock {
  const note = join(directory, 'lock.json');
  const lock = new DatabaseSync(join(directory, 'lock.db'));
  try {
    lock.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; CREATE TABLE IF NOT EXISTS held (pid); COMMIT');
    // Only a write takes the lock for good; reading or an empty transaction lets it go.
    lock.exec(`BEGIN EXCLUSIVE; DELETE FROM held; INSERT INTO held VALUES (${String(process.pid)}); COMMIT`);
  } catch (error) {
    lock.close();
    throw lockProblem(directory, note, error);
  }
  writeFileSync(note, JSON.stringify({ pid: process.pid, since: since.toISOString() }));
  return { release: () => lock.close() };
}

function lockProblem(directory: string, note: string, error: unknown): Problem {
  return isBusy(error) ? inUse(directory, readHolder(note)) : cannotLock(directory, error);
}

/** SQLITE_BUSY (5); its extended codes have it in the lowest byte. */
function isBusy(error: unknown): boolean {
  if (typeof error !== 'object' || error === null || !('errcode' in error)) return false;
  return typeof error.errcode === 'number' && error.errcode % 256 === 5;
}

function readHolder(note: string): z.infer<typeof holderNote> | undefined {
  try {
    return holderNote.safeParse(JSON.parse(readFileSync(note, 'utf8'))).data;
  } catch {
    return undefined;
  }
}
