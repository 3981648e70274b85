import fs from 'node:fs';

/**
 * Loaded first into a program and each of its threads: breaks the disk once the file that `BREAKS_WHEN` names is there, in
 * the way that `BREAKS` says.
 */
const { BREAKS, BREAKS_WHEN } = process.env as Readonly<Record<string, string | undefined>>;

const WAYS = {
  /** The disk reports an error when it is asked to write through. */
  sync: () => {
    const { fdatasyncSync } = fs;
    fs.fdatasyncSync = (descriptor) => {
      if (isBroken()) throw Object.assign(new Error('EIO: i/o error, fdatasync'), { code: 'EIO' });
      fdatasyncSync(descriptor);
    };
  },
  /** The disk is full when the write-ahead log needs a new file: PostgreSQL panics, as it cannot step back from a commit. */
  log: () => {
    const { writeSync } = fs;
    const limited = (descriptor: number, bytes: NodeJS.ArrayBufferView, from: number, length: number, at: number) => {
      if (isBroken() && at + length > fs.fstatSync(descriptor).size)
        throw Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' });
      return writeSync(descriptor, bytes, from, length, at);
    };
    fs.writeSync = limited as typeof writeSync;
  },
} as const;

export type WayToBreak = keyof typeof WAYS;

function isBroken(): boolean {
  return BREAKS_WHEN !== undefined && fs.existsSync(BREAKS_WHEN);
}

WAYS[BREAKS === 'log' ? 'log' : 'sync']();
