import { fork } from 'node:child_process';
import { closeSync, fsyncSync, mkdtempSync, openSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { SPOOL_FILES } from '../spool.js';
import { firstStartFailed } from './embedded-problems.js';
import { makeDatabase } from './first-start.js';
import { hasDatabase } from './open-pglite.js';

const UNFINISHED = 'db.unfinished-';

/**
 * Returns `DATA_DIR/db`, holding a database. The first one is made beside it, synced and then renamed, so that a crash or
 * power cut at the first start leaves either none or a whole one. Whoever calls holds the lock on the data folder.
 */
export async function ensureDatabaseFolder(dataDir: string): Promise<string> {
  const folder = join(dataDir, 'db');
  removeUnfinished(dataDir);
  if (!hasDatabase(folder)) await placeDatabase(dataDir, makeDatabaseApart);
  return folder;
}

/**
 * Lets `make` fill a new folder and puts that in the place of `DATA_DIR/db`, which holds nothing: wholly or not at all,
 * also across a crash or power cut. What was spooled was for the database that is gone, and goes before.
 */
export async function placeDatabase(dataDir: string, make: (folder: string) => Promise<void>): Promise<void> {
  const folder = join(dataDir, 'db');
  // A new name each time: an orphan of a start that was killed may still be writing into its own folder.
  const unfinished = mkdtempSync(join(dataDir, UNFINISHED));
  await make(unfinished);
  syncTree(unfinished);
  for (const name of SPOOL_FILES) rmSync(join(dataDir, name), { force: true });
  rmSync(folder, { recursive: true, force: true });
  syncFolder(dataDir);
  renameSync(unfinished, folder);
  syncFolder(dataDir);
}

function removeUnfinished(dataDir: string): void {
  for (const name of readdirSync(dataDir)) {
    if (name.startsWith(UNFINISHED)) rmSync(join(dataDir, name), { recursive: true, force: true });
  }
}

/** In a process of its own, as making a database takes memory that would never be given back. */
async function makeDatabaseApart(folder: string): Promise<void> {
  const isCompiled = __filename.endsWith('.js');
  await (isCompiled ? runFirstStart(folder) : makeDatabase(folder)); // tests run the sources, which fork() cannot
}

function runFirstStart(folder: string): Promise<void> {
  const child = fork(join(__dirname, 'first-start.js'), [folder], {
    execArgv: [],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let said = '';
  child.stderr?.on('data', (text) => (said = `${said}${String(text)}`.slice(-4_000)));
  return new Promise((resolve, reject) => {
    child.once('error', (error) => reject(firstStartFailed(folder, error)));
    child.once('close', (code, signal) => {
      if (code === 0) resolve();
      else reject(firstStartFailed(folder, new Error(`Ended with ${String(signal ?? code)}: ${said}`)));
    });
  });
}

function syncTree(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) syncTree(path);
    else sync(path, 'r+');
  }
  syncFolder(folder);
}

/** Makes creations and renames in the folder durable. Windows cannot open folders; there its journal has to do. */
export function syncFolder(folder: string): void {
  if (process.platform !== 'win32') sync(folder, 'r');
}

function sync(path: string, flags: string): void {
  const descriptor = openSync(path, flags);
  fsyncSync(descriptor);
  closeSync(descriptor);
}
