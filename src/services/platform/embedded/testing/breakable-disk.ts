import fs from 'node:fs';
import { join } from 'node:path';
import { isMainThread } from 'node:worker_threads';

/** In it stands how the disk is broken; it is not while there is none. */
export const BROKEN = join(__dirname, 'broken');

export type WayToBreak =
  /** The disk reports an error when it is asked to write through. */
  | 'sync'
  /** The disk is full when the write-ahead log needs a new file: PostgreSQL panics, as it cannot step back from a commit. */
  | 'log'
  /** No disk at all: the thread that writes to it ends. */
  | 'thread';

// Loaded first into a program and each of its threads.
const { fdatasyncSync, writeSync } = fs;

fs.fdatasyncSync = (descriptor) => {
  if (!isMainThread && isBroken('thread')) process.exit(3);
  if (isBroken('sync')) throw Object.assign(new Error('EIO: i/o error, fdatasync'), { code: 'EIO' });
  fdatasyncSync(descriptor);
};

const limited = (descriptor: number, bytes: NodeJS.ArrayBufferView, from: number, length: number, at: number) => {
  const isGrowing = at + length > fs.fstatSync(descriptor).size;
  if (isGrowing && isBroken('log')) throw Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' });
  return writeSync(descriptor, bytes, from, length, at);
};
fs.writeSync = limited as typeof writeSync;

function isBroken(way: WayToBreak): boolean {
  return fs.existsSync(BROKEN) && fs.readFileSync(BROKEN, 'utf8') === way;
}
