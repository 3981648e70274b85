import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';

/** A socket's path has 104 bytes on macOS and 108 on Linux, its end included. */
const LONGEST_PATH_BYTES = 103;
const TEMP_FOLDER = 'latchkey-cli-';

/** Where the bot answers commands: `DATA_DIR/cli.sock`, or what `DATA_DIR/cli.path` says. */
export function findSocketPath(dataDir: string): string {
  const note = noteIn(dataDir);
  return existsSync(note) ? readFileSync(note, 'utf8') : socketIn(dataDir);
}

/**
 * A path to listen on, with what an earlier process left cleared away. A path that is too long for a socket becomes one
 * in a folder of our own among the temporary ones, which nobody else can enter, and is noted. Nobody else uses the data
 * folder.
 */
export function claimSocketPath(dataDir: string): string {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 }); // nothing else of a replica on PostgreSQL may need it
  releaseSocketPath(dataDir);
  const path = socketIn(dataDir);
  if (Buffer.byteLength(path) <= LONGEST_PATH_BYTES) return path;
  const elsewhere = join(mkdtempSync(join(tmpdir(), TEMP_FOLDER)), 'cli.sock');
  writeFileSync(noteIn(dataDir), elsewhere, { mode: 0o600 });
  return elsewhere;
}

export function releaseSocketPath(dataDir: string): void {
  const path = findSocketPath(dataDir);
  const folder = dirname(path);
  // The note is only believed about folders that are ours by their name.
  if (basename(folder).startsWith(TEMP_FOLDER)) rmSync(folder, { recursive: true, force: true });
  rmSync(noteIn(dataDir), { force: true });
  rmSync(socketIn(dataDir), { force: true });
}

/** Makes and restricts the socket in one go: it is never open to others, not even between the two. */
export function withOwnerOnly(path: string, listen: () => void): void {
  const before = process.umask(0o177);
  try {
    listen();
  } finally {
    process.umask(before);
  }
  if (existsSync(path)) chmodSync(path, 0o600);
}

function socketIn(dataDir: string): string {
  return resolve(dataDir, 'cli.sock');
}

function noteIn(dataDir: string): string {
  return resolve(dataDir, 'cli.path');
}
