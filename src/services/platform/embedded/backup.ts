import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { PGlite } from '@electric-sql/pglite';
import type { Database } from '../database.js';
import { Problem } from '../problem.js';
import { placeDatabase, syncFolder } from './data-folder.js';
import { lockDataFolder } from './data-lock.js';
import { makeDataFolder } from './embedded-database.js';
import {
  backupNotWritten,
  backupOfAnother,
  notABackup,
  notEmbedded,
  restoreOverDatabase,
} from './embedded-problems.js';
import { checkThatCommitsReachTheDisk, hasDatabase, POSTGRES_MAJOR, START_PARAMETERS } from './open-pglite.js';
import { SyncedNodeFS } from './synced-file-system.js';

/**
 * Writes the running database to `file` (a `tar.gz`), readable by its owner only. There is either the whole new backup or
 * what was there before. Everybody else waits while the database is read: half a second for a small one.
 * Throws a Problem when the database is not embedded or the file cannot be written.
 */
export async function backUp(database: Pick<Database, 'onDisk'>, file: string): Promise<void> {
  if (!database.onDisk) throw notEmbedded();
  const dump = await database.onDisk.dump();
  const unfinished = join(dirname(file), `.${basename(file)}.unfinished`);
  try {
    writeSynced(unfinished, dump);
    renameSync(unfinished, file);
    syncFolder(dirname(file));
  } catch (cause) {
    rmSync(unfinished, { recursive: true, force: true });
    throw backupNotWritten(file, cause);
  }
}

function writeSynced(file: string, bytes: Uint8Array): void {
  const descriptor = openSync(file, 'w', 0o600);
  try {
    for (let written = 0; written < bytes.length;) written += writeSync(descriptor, bytes, written);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/**
 * Puts the database of a backup into a data folder that has none; the bot must not be running there. It is opened once, to
 * be sure. Throws a Problem when there is a database already, when the folder is in use, or when the file is no backup, is
 * damaged, or is of another PostgreSQL; the folder is then as it was.
 * @param since wall time, for the note in the lock.
 */
export async function restore({ file, dataDir, since }: { file: string; dataDir: string; since: Date }): Promise<void> {
  await checkBackup(file);
  makeDataFolder(dataDir);
  const lock = lockDataFolder(dataDir, since);
  try {
    if (hasDatabase(join(dataDir, 'db'))) throw restoreOverDatabase(dataDir);
    await placeDatabase(dataDir, (folder) => unpack(file, folder));
  } finally {
    lock.release();
  }
}

async function unpack(file: string, folder: string): Promise<void> {
  try {
    const fileSystem = new SyncedNodeFS(folder, (error) => {
      throw error;
    });
    const loadDataDir = new Blob([readFileSync(file)], { type: 'application/gzip' });
    const startParams = [...START_PARAMETERS];
    const pglite = await PGlite.create({ dataDir: folder, fs: fileSystem, startParams, loadDataDir });
    await checkThatCommitsReachTheDisk(pglite, fileSystem);
    await pglite.close();
  } catch (cause) {
    rmSync(folder, { recursive: true, force: true });
    throw cause instanceof Problem ? cause : notABackup(file, cause);
  }
}

/** Reads the whole file, so that its checksum is compared, and looks at the PostgreSQL version in it. */
async function checkBackup(file: string): Promise<void> {
  let tar: Buffer;
  try {
    tar = await promisify(gunzip)(readFileSync(file));
  } catch (cause) {
    throw notABackup(file, cause);
  }
  const major = versionIn(tar);
  if (major === POSTGRES_MAJOR) return;
  throw major === undefined
    ? notABackup(file, undefined)
    : backupOfAnother(file, { theirs: major, ours: POSTGRES_MAJOR });
}

const TAR_BLOCK = 512;

/** The text of the entry `PG_VERSION` of a tar archive (POSIX ustar: name at 0, octal size at 124, in blocks of 512). */
function versionIn(tar: Buffer): string | undefined {
  for (let at = 0; at + TAR_BLOCK <= tar.length;) {
    const name = textAt(tar, at, 100);
    const size = Number.parseInt(textAt(tar, at + 124, 12), 8) || 0;
    const content = at + TAR_BLOCK;
    if (/^\/?PG_VERSION$/.test(name)) return tar.toString('utf8', content, content + size).trim();
    at = content + Math.ceil(size / TAR_BLOCK) * TAR_BLOCK;
  }
  return undefined;
}

function textAt(bytes: Buffer, at: number, length: number): string {
  return bytes
    .toString('latin1', at, at + length)
    .replace(/\0.*$/s, '')
    .trim();
}
