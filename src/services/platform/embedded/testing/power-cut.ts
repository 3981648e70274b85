import {
  cpSync,
  ftruncateSync,
  closeSync,
  mkdirSync,
  openSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Operation, Recording } from './recorded-operations.js';

/** What a disk writes in one piece. PostgreSQL's pages have 8 KB, so half of one may be new and half old. */
const DISK_PAGE = 4_096;

/** Numbers from 0 to below 1 that are the same for the same seed (mulberry32). */
export type Random = () => number;

export function seeded(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * Writes to `folder` what a disk may hold after a power cut at a random moment after the first acknowledgement, and returns the rows that
 * had been acknowledged by then. Kept is what was synced. Of the rest: of each disk page the state at some moment since its
 * last sync; of creations, renames, removals and sizes all up to some moment since the last sync of any file, as a
 * journalling file system (ext4, XFS) does.
 * @param before a copy of the folder as it was when the recording began.
 */
export function cutPower({
  recording,
  before,
  folder,
  random,
}: {
  recording: Recording;
  before: string;
  folder: string;
  random: Random;
}): number[] {
  const { operations } = recording;
  // Earlier there is nothing to lose.
  const from = operations.findIndex(({ kind }) => kind === 'acknowledged') + 1;
  const past = operations.slice(0, from + Math.floor(random() * (operations.length - from)));
  cpSync(before, folder, { recursive: true });
  apply(survivors(past, random), recording, folder);
  return past.flatMap((operation) => (operation.kind === 'acknowledged' ? [operation.row] : []));
}

/** Of each operation what reached the disk, in order. */
function survivors(past: readonly Operation[], random: Random): Operation[] {
  const lastSync = past.findLastIndex(({ kind }) => kind === 'sync');
  const journalEnds = lastSync + 1 + Math.floor(random() * (past.length - lastSync));
  const syncedUpTo = new Map<number, number>();
  past.forEach((operation, index) => operation.kind === 'sync' && syncedUpTo.set(operation.file, index));
  const pageEnds = new Map<string, number>();
  /** The moment at which the disk took its last copy of this page. */
  const endOf = (page: string, since: number): number => {
    const known = pageEnds.get(page) ?? since + Math.floor(random() * (past.length - since + 1));
    pageEnds.set(page, known);
    return known;
  };
  return past.flatMap((operation, index): Operation[] => {
    if (operation.kind !== 'write') return index < journalEnds ? [operation] : [];
    const synced = syncedUpTo.get(operation.file) ?? -1;
    if (index < synced) return [operation];
    return pagesOf(operation).filter(
      ({ at }) => index < endOf(`${String(operation.file)}/${String(Math.floor(at / DISK_PAGE))}`, synced + 1),
    );
  });
}

type Write = Extract<Operation, { kind: 'write' }>;

function pagesOf(write: Write): Write[] {
  const pages: Write[] = [];
  for (let from = 0; from < write.bytes.length;) {
    const at = write.at + from;
    const to = Math.min(write.bytes.length, from + DISK_PAGE - (at % DISK_PAGE));
    pages.push({ ...write, at, bytes: write.bytes.subarray(from, to) });
    from = to;
  }
  return pages;
}

function apply(operations: readonly Operation[], { filesBefore }: Recording, folder: string): void {
  const paths = new Map(filesBefore);
  const fileAt = (path: string): number | undefined => [...paths].find(([, known]) => known === path)?.[0];
  const within = (file: number, change: (descriptor: number) => void): void => {
    const path = paths.get(file);
    if (path === undefined) return; // removed, or never created
    const descriptor = openSync(join(folder, path), 'r+');
    change(descriptor);
    closeSync(descriptor);
  };
  const forget = (path: string): void => {
    const file = fileAt(path);
    if (file !== undefined) paths.delete(file);
  };
  for (const operation of operations) {
    switch (operation.kind) {
      case 'write':
        within(operation.file, (descriptor) => writeSync(descriptor, operation.bytes, 0, undefined, operation.at));
        break;
      case 'truncate':
        within(operation.file, (descriptor) => ftruncateSync(descriptor, operation.size));
        break;
      case 'create-file':
        writeFileSync(join(folder, operation.path), '');
        paths.set(operation.file, operation.path);
        break;
      case 'create-folder':
        mkdirSync(join(folder, operation.path));
        break;
      case 'remove-file':
        forget(operation.path);
        rmSync(join(folder, operation.path));
        break;
      case 'remove-folder':
        rmdirSync(join(folder, operation.path));
        break;
      case 'rename': {
        const file = fileAt(operation.path);
        forget(operation.to);
        if (file !== undefined) paths.set(file, operation.to);
        renameSync(join(folder, operation.path), join(folder, operation.to));
        break;
      }
      case 'sync':
      case 'acknowledged':
        break;
    }
  }
}
