import { closeSync, ftruncateSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { NewDelivery } from './inbox-store.js';
import type { Json } from './json.js';
import type { Log } from './log.js';
import { onceAMinute } from './once-a-minute.js';
import { Problem } from './problem.js';

/** The file in `DATA_DIR` with what Slack has handed over and is no row of the embedded database yet. */
export const SLACK_SPOOL = 'inbox-slack.jsonl';

const DRAFT = '.draft';

/** What of it may lie in `DATA_DIR`: it is for the one database there, and goes with it. */
export const SPOOL_FILES = [SLACK_SPOOL, `${SLACK_SPOOL}${DRAFT}`];

const MOST_BYTES = 1_000_000;

/** One JSON object a line: a delivery, with the wall time at which it came; or the ids of those that are over. */
const line = z.union([
  // Whatever `JSON.parse` gives is a `Json`.
  z.object({ id: z.string(), at: z.iso.datetime(), delivery: z.custom<Json>((value) => value !== undefined) }),
  z.object({ over: z.array(z.string()) }),
]);
type Line = z.infer<typeof line>;

export interface SpoolParts {
  readonly file: string;
  /**
   * Beyond that, what is over is taken out of a file that is never empty; twice as much as is left may stand in it. Default:
   * one megabyte.
   */
  readonly mostBytes?: number;
  readonly log: Log;
}

/**
 * The spool of the one process that has `DATA_DIR`. Throws a Problem when there is one that cannot be read.
 * It is called when the database is open, which proves that nobody else has the folder.
 */
export function openSpool({ dataDir, log }: { dataDir: string; log: Log }): Spool {
  return new Spool({ file: join(dataDir, SLACK_SPOOL), log });
}

/**
 * Holds deliveries from before they are acknowledged until something else holds them. What was written outlives the process,
 * however it ends; as nothing is synced to the disk, a power cut takes what came in its last moment.
 */
export class Spool {
  readonly #file: string;
  readonly #log: Log;
  readonly #left: Map<string, NewDelivery>;
  /** The file, once it holds what is left and nothing that was torn. */
  #descriptor: number | undefined;
  /** Where the next line begins. What a write that failed has left behind that is written over. */
  #size = 0;
  readonly #leastFull: number;
  /** What may stand in the file as it is now. */
  #mostBytes: number;
  #isClosed = false;
  readonly #isWarningDue = onceAMinute();

  constructor({ file, mostBytes = MOST_BYTES, log }: SpoolParts) {
    this.#file = file;
    this.#log = log;
    this.#leastFull = mostBytes;
    this.#mostBytes = mostBytes;
    this.#left = readSpool({ file, log });
  }

  /** The delivery outlives this process. Throws when the disk does not take it, or the spool is closed. */
  note(came: NewDelivery): void {
    const { deliveryId: id, receivedAt, delivery } = came;
    this.#append({ id, at: receivedAt.toISOString(), delivery });
    this.#left.set(id, came);
  }

  has(deliveryId: string): boolean {
    return this.#left.has(deliveryId);
  }

  /** Something else holds them, or they were answered. Never throws: what could not be written over comes once more. */
  forget(deliveryIds: readonly string[]): void {
    const over = deliveryIds.filter((id) => this.#left.delete(id));
    if (over.length === 0) return;
    try {
      if (this.#left.size === 0) this.#empty();
      else this.#append({ over });
    } catch (error) {
      if (this.#isWarningDue())
        this.#log.warn({ error }, 'That deliveries are over could not be written into their file');
    }
  }

  /** What was noted and not forgotten, by this process or one before it, in the order in which it came. */
  left(): readonly NewDelivery[] {
    return [...this.#left.values()];
  }

  /** Another process may have the folder from then on: nothing is written any more, and what is left stays for it. */
  close(): void {
    this.#isClosed = true;
    this.#closeFile();
  }

  #append(added: Line): void {
    const bytes = Buffer.from(textOf(added));
    const isFull = this.#size + bytes.length > this.#mostBytes;
    const descriptor = (isFull ? undefined : this.#descriptor) ?? this.#rewrite();
    this.#size = writeAll(descriptor, bytes, this.#size);
  }

  #empty(): void {
    ftruncateSync(this.#descriptor ?? this.#rewrite(), 0);
    this.#size = 0;
  }

  /** Beside the old one first, so that there is always a whole one. @returns the new one. */
  #rewrite(): number {
    if (this.#isClosed) throw new Error('The spool is closed.');
    const draft = `${this.#file}${DRAFT}`;
    const lines = this.left().map(({ deliveryId: id, receivedAt, delivery }) =>
      textOf({ id, at: receivedAt.toISOString(), delivery }),
    );
    // One that a process has left behind may be anybody's to read.
    rmSync(draft, { force: true });
    const written = openSync(draft, 'wx', 0o600);
    try {
      this.#size = writeAll(written, Buffer.from(lines.join('')), 0);
    } finally {
      closeSync(written);
    }
    this.#closeFile();
    renameSync(draft, this.#file);
    this.#mostBytes = Math.max(this.#leastFull, 2 * this.#size);
    this.#descriptor = openSync(this.#file, 'r+');
    return this.#descriptor;
  }

  /** Windows renames over no open file. */
  #closeFile(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }
}

function textOf(written: Line): string {
  return `${JSON.stringify(written)}\n`;
}

/** @returns where it ends. Throws when not all of it was taken. */
function writeAll(descriptor: number, bytes: Buffer, at: number): number {
  let written = 0;
  while (written < bytes.length) {
    written += writeSync(descriptor, bytes, written, bytes.length - written, at + written);
  }
  return at + written;
}

function readSpool({ file, log }: SpoolParts): Map<string, NewDelivery> {
  const left = new Map<string, NewDelivery>();
  let unread = 0;
  // Behind the last line end stands nothing, or what a process was writing when it died, which nobody has acknowledged.
  for (const text of textIn(file).split('\n').slice(0, -1)) {
    const read = readLine(text);
    if (!read) unread += 1;
    else if ('over' in read) for (const id of read.over) left.delete(id);
    else left.set(read.id, { deliveryId: read.id, delivery: read.delivery, receivedAt: new Date(read.at) });
  }
  if (unread > 0) log.error({ unread, file }, 'Deliveries that were acknowledged cannot be read and are dropped');
  return left;
}

function readLine(text: string): Line | undefined {
  try {
    return line.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

function textIn(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    if (typeof cause === 'object' && cause !== null && 'code' in cause && cause.code === 'ENOENT') return '';
    throw spoolUnreadable(file, cause);
  }
}

function spoolUnreadable(file: string, cause: unknown): Problem {
  return new Problem(
    {
      kind: 'internal',
      what: `The file ${file}, with what Slack has handed over last, cannot be read.`,
      remedy: 'Let the account that runs Latchkey read and write that file.',
      code: 'spool-unreadable',
    },
    { cause },
  );
}
