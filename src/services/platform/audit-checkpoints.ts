import { join } from 'node:path';
import { sql } from 'kysely';
import { AUDIT_CHAIN } from './audit-chain.js';
import { appendLine, readCheckpoints, signedText, type Checkpoint } from './audit-checkpoint-file.js';
import type { Clock } from './clock.js';
import type { Database } from './database.js';
import type { Keys } from './keys.js';
import type { Log } from './log.js';
import type { Sweep } from './tick.js';

export interface AuditCheckpoints {
  /** Writes one when the head has moved, at most once a minute of wall time. */
  readonly sweep: Sweep;
  /** For a graceful stop, before the database is closed: writes one when the head has moved. Never rejects; failing is logged. */
  writeNow(): Promise<void>;
  /** Holds every checkpoint against the log. Writes nothing. */
  check(): Promise<CheckpointsFound>;
}

export interface CheckpointsFound {
  /** How many are signed by us and agree with the log. */
  readonly agreeing: number;
  /** What is wrong with the log, or with the newest line of the file. */
  readonly fault?: CheckpointFault;
  /** Sentences: what the checkpoints cannot prove, and why. */
  readonly notes: readonly string[];
}

export interface CheckpointFault {
  /** The first entry that is missing, or one that is not what it was; absent: the file, not the log, is wrong. */
  readonly seq?: number;
  readonly what: string;
}

export interface AuditCheckpointParts {
  readonly database: Pick<Database, 'db'>;
  readonly keys: Keys;
  readonly clock: Clock;
  readonly log: Log;
  readonly dataDir: string;
}

const NO_CHECKPOINTS =
  'There are no checkpoints yet, so a cut of the newest entries could only be seen by the head row.';
const MINUTE_MS = 60_000;
const LINES_PER_STATEMENT = 500;
/** Where the newest lines are. */
const TAIL_BYTES = 4_096;

/**
 * Signed copies of the audit's head in `DATA_DIR/audit-checkpoints`, outside the database: whoever cuts off the newest
 * entries, or writes the log anew, and sets the head row right as well, still contradicts them. Keep copies of the file
 * elsewhere: who can write to the database and to the file can shorten both. Each checkpoint is logged, too.
 */
export function auditCheckpoints(parts: AuditCheckpointParts): AuditCheckpoints {
  const writer = new CheckpointWriter(parts);
  return {
    sweep: { name: 'audit checkpoints', everySeconds: 5, sweep: () => writer.writeIfDue() },
    writeNow: () => writer.writeAtStop(),
    check: () => checkCheckpoints(parts),
  };
}

/** The file that holds them. */
export function checkpointFile(dataDir: string): string {
  return join(dataDir, 'audit-checkpoints');
}

class CheckpointWriter {
  readonly #parts: AuditCheckpointParts;
  readonly #file: string;
  /** What the newest line names; `hash: ''`: there is none that the key of today has signed. */
  #newest: { readonly seq: number; readonly hash: string } | undefined;
  #writtenMs = -Infinity;
  /** One writing at a time. */
  #turn: Promise<void> = Promise.resolve();

  constructor(parts: AuditCheckpointParts) {
    this.#parts = parts;
    this.#file = checkpointFile(parts.dataDir);
  }

  async writeIfDue(): Promise<void> {
    const sinceMs = this.#parts.clock.wall().getTime() - this.#writtenMs;
    // A clock that was set back must not put it off.
    if (sinceMs >= 0 && sinceMs < MINUTE_MS) return;
    await this.#write();
  }

  async writeAtStop(): Promise<void> {
    try {
      await this.#write();
    } catch (error) {
      this.#parts.log.error({ error }, 'The last checkpoint of the audit could not be written');
    }
  }

  #write(): Promise<void> {
    const written = this.#turn.then(() => this.#writeIfMoved());
    this.#turn = written.catch(() => undefined);
    return written;
  }

  async #writeIfMoved(): Promise<void> {
    const { database, keys, clock, log } = this.#parts;
    this.#newest ??= await this.#readNewest();
    const head = await database.db
      .selectFrom('audit_head')
      .select(['seq', 'hash'])
      .where('chain', '=', AUDIT_CHAIN)
      .executeTakeFirstOrThrow();
    const seq = Number(head.seq);
    if (head.hash === this.#newest.hash || (seq === 0 && this.#newest.seq === 0)) return;
    if (seq <= this.#newest.seq) {
      log.error({ seq, checkpoint: this.#newest.seq }, 'The audit log is not what its newest checkpoint names');
      if (seq === 0) {
        this.#newest = { seq, hash: head.hash }; // said once
        return;
      }
    }
    const checkpoint = { chain: AUDIT_CHAIN, seq, hash: head.hash, at: clock.now().toISOString() };
    await appendLine(this.#file, signedText(checkpoint, keys.derive('audit-checkpoint')));
    this.#newest = { seq, hash: head.hash };
    this.#writtenMs = clock.wall().getTime();
    log.info({ seq, hash: head.hash }, 'Wrote a checkpoint of the audit');
  }

  /** A line that another key has signed counts for nothing, so that a new key soon vouches for the log. */
  async #readNewest(): Promise<{ seq: number; hash: string }> {
    const key = this.#parts.keys.derive('audit-checkpoint');
    let newest = { seq: 0, hash: '' };
    for await (const line of readCheckpoints(this.#file, [key], TAIL_BYTES)) {
      if (line.kind === 'signed' && line.checkpoint.chain === AUDIT_CHAIN) newest = line.checkpoint;
      else if (line.kind === 'unsigned') newest = { seq: 0, hash: '' };
    }
    return newest;
  }
}

/** A good line vouches for all entries before it, so that only the newest whole line has to be good. */
async function checkCheckpoints({ database, keys, dataDir }: AuditCheckpointParts): Promise<CheckpointsFound> {
  const file = checkpointFile(dataDir);
  const comparison = new Comparison(database);
  const unsigned: number[] = [];
  let [number, isTorn] = [0, false];
  let newest: 'signed' | 'unsigned' | undefined;
  for await (const line of readCheckpoints(file, keys.candidates('audit-checkpoint'))) {
    number += 1;
    if (line.kind === 'torn') isTorn = true;
    else newest = line.kind;
    if (line.kind === 'unsigned') unsigned.push(number);
    if (line.kind === 'signed') await comparison.add(line.checkpoint);
  }
  const { agreeing, fault } = await comparison.end();
  const notes = [
    ...(unsigned.length > 0 && newest === 'signed' ? [unsignedNote(file, unsigned)] : []),
    ...(isTorn ? [`The last line of ${file} was not written to its end, as by a crash, and proves nothing.`] : []),
    ...(newest === undefined && (await hasEntries(database)) ? [NO_CHECKPOINTS] : []),
  ];
  const found = fault ?? (newest === 'unsigned' ? unsignedFault(file, unsigned) : undefined);
  return { agreeing, notes, ...(found ? { fault: found } : {}) };
}

async function hasEntries({ db }: Pick<Database, 'db'>): Promise<boolean> {
  return (await db.selectFrom('audit').select('seq').limit(1).executeTakeFirst()) !== undefined;
}

function unsignedNote(file: string, lines: readonly number[]): string {
  return `${linesOf(file, lines)} not signed with the key of today: the key was changed, or the file was edited. Later lines vouch for the same entries.`;
}

function unsignedFault(file: string, lines: readonly number[]): CheckpointFault {
  return {
    what: `${linesOf(file, lines)} not signed with the key of today, and no later line vouches for the log: LATCHKEY_KEY is not the one of the bot, was changed, or the file was edited.`,
  };
}

function linesOf(file: string, lines: readonly number[]): string {
  const shown = lines.slice(0, 3).join(', ');
  const more = lines.length > 3 ? ` and ${String(lines.length - 3)} more` : '';
  return `In ${file}, ${lines.length === 1 ? 'line' : 'lines'} ${shown}${more} ${lines.length === 1 ? 'is' : 'are'}`;
}

/** Looks the entries up some hundred at a time. Keeps the first disagreement. */
class Comparison {
  readonly #database: Pick<Database, 'db'>;
  #waiting: Checkpoint[] = [];
  #agreeing = 0;
  #fault: CheckpointFault | undefined;

  constructor(database: Pick<Database, 'db'>) {
    this.#database = database;
  }

  async add(checkpoint: Checkpoint): Promise<void> {
    this.#waiting.push(checkpoint);
    if (this.#waiting.length >= LINES_PER_STATEMENT) await this.#compare();
  }

  async end(): Promise<{ agreeing: number; fault: CheckpointFault | undefined }> {
    await this.#compare();
    return { agreeing: this.#agreeing, fault: this.#fault };
  }

  async #compare(): Promise<void> {
    const checkpoints = this.#waiting;
    this.#waiting = [];
    const hashes = await this.#hashesOf(checkpoints);
    for (const checkpoint of checkpoints) {
      const hash = hashes.get(keyOf(checkpoint));
      if (hash === checkpoint.hash) this.#agreeing += 1;
      else this.#fault ??= hash === undefined ? await this.#cutOff(checkpoint) : rewritten(checkpoint);
    }
  }

  async #hashesOf(checkpoints: readonly Checkpoint[]): Promise<ReadonlyMap<string, string>> {
    if (checkpoints.length === 0) return new Map();
    const { rows } = await sql<{ chain: string; seq: string; hash: string }>`
      select chain, seq, hash from audit
      where (chain, seq) in (
        select * from unnest(${checkpoints.map(({ chain }) => chain)}::text[], ${checkpoints.map(({ seq }) => seq)}::bigint[])
      )`.execute(this.#database.db);
    return new Map(rows.map((row) => [keyOf(row), row.hash]));
  }

  async #cutOff({ chain, seq, at }: Checkpoint): Promise<CheckpointFault> {
    const { rows } = await sql<{ newest: string }>`
      select coalesce(max(seq), 0) as newest from audit where chain = ${chain} and seq < ${seq}::bigint`.execute(
      this.#database.db,
    );
    const newest = Number(rows[0]?.newest ?? 0);
    return {
      seq: newest + 1,
      what: `A signed checkpoint of ${at} names entry ${String(seq)}, which is gone: entries were cut off${RESTORED}`,
    };
  }
}

const RESTORED =
  '. If a backup was restored on purpose, keep the file audit-checkpoints elsewhere, and Latchkey begins a new one.';

function rewritten({ seq, at }: Checkpoint): CheckpointFault {
  return {
    seq,
    what: `A signed checkpoint of ${at} names another entry here: the log was written anew, up to this entry at least${RESTORED}`,
  };
}

function keyOf({ chain, seq }: { chain: string; seq: number | string }): string {
  return `${chain} ${String(seq)}`;
}
