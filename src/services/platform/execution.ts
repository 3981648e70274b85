import type { Clock } from './clock.js';
import type { Database } from './database.js';
import { underGuard } from './effect-guard.js';
import type { Json } from './json.js';
import { beginStep, endStep, readJournal, RunLost, type Claim, type Journal, type RunRecord } from './ledger.js';
import { holdRun } from './ledger-leases.js';
import { noteWait, readSignals, type Signals } from './ledger-waiting.js';
import type { Log } from './log.js';
import { withLogFields } from './log-context.js';
import { loggedStep } from './logged-step.js';
import { Problem, type ProblemFacts } from './problem.js';
import { noteWaits } from './step-waits.js';
import type { Deed, Step, WaitFor, Work } from './work.js';

/** The deed itself is done or not, we cannot tell the ledger. The run has to be executed again. */
export class LedgerUnavailable extends Error {
  override readonly name = 'LedgerUnavailable';
}

/** The work stopped between two steps because this process ends. Whoever takes the run goes on with it. */
export class HandedOver extends Error {
  override readonly name = 'HandedOver';
}

/** The work stopped because it waits. `wakeAt` (business time): until then at the longest. */
export class Parked extends Error {
  override readonly name = 'Parked';
  readonly facts: ProblemFacts;
  readonly isRemote: boolean;
  readonly wakeAt: Date | undefined;
  readonly seenSignals: number;

  constructor(facts: ProblemFacts, waiting: { isRemote: boolean; wakeAt?: Date | undefined; seenSignals: number }) {
    super(facts.what);
    this.facts = facts;
    this.isRemote = waiting.isRemote;
    this.wakeAt = waiting.wakeAt;
    this.seenSignals = waiting.seenSignals;
  }
}

export interface ExecutionParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly claim: Claim;
  readonly log: Log;
  /** Called after each committed change. */
  readonly tell: () => void;
  /** Asked at the first safe point of a run that went on by itself; throws the refusal. */
  readonly permit: (() => Promise<void>) | undefined;
  /** Whether another process may take the run while this one sleeps: then each effect asks first whose the run is. */
  readonly isShared: boolean;
  /** Once true, no further step is begun. */
  readonly isEnding: () => boolean;
}

/** Executes the work of a run from where its journal ends, under one claim. */
export class Execution {
  readonly #parts: ExecutionParts;
  readonly #journal: Journal;
  readonly #signals: Signals;
  readonly #used = new Set<string>();
  #position: number;
  #needsVerdict: boolean;
  #isHandedOver = false;

  private constructor(parts: ExecutionParts, journal: Journal, signals: Signals) {
    this.#parts = parts;
    this.#journal = journal;
    this.#signals = signals;
    this.#position = journal.begun.size;
    this.#needsVerdict = parts.permit !== undefined;
  }

  static async open(parts: ExecutionParts): Promise<Execution> {
    const { database, claim } = parts;
    return new Execution(
      parts,
      await readJournal(database.db, claim.runId),
      await readSignals(database.db, claim.runId),
    );
  }

  /**
   * Returns what the work gives. Rejects with `RunLost`, `LedgerUnavailable`, `HandedOver`, `Parked`, or with what went
   * wrong in it.
   */
  async run(work: Work<Json, Json>, { input, id, kind, actor }: RunRecord): Promise<Json> {
    const step: Step = (name, deed, options) => this.#step(name, deed, options);
    const waitFor: WaitFor = (name, waiting) => this.#waitFor(name, waiting);
    const go = (): Promise<Json> =>
      withLogFields({ operation: kind, runId: id }, () => work.run({ input, runId: id, actor, step, waitFor }));
    try {
      const result = await (this.#parts.isShared ? underGuard(() => this.#hold(), go) : go());
      if (this.#isHandedOver) throw new HandedOver(); // also where the work has hidden it
      return result;
    } catch (error) {
      if (!(error instanceof Problem) || error.facts.kind !== 'waiting') throw error;
      throw new Parked(error.facts, { isRemote: true, seenSignals: this.#signals.count });
    }
  }

  async #step<T extends Json>(name: string, deed: Deed<T>, { safePoint = false } = {}): Promise<T> {
    if (this.#used.has(name)) throw new Error(`The step "${name}" stands twice in one run.`);
    this.#used.add(name);
    const kept = this.#journal.done.get(name);
    if (kept !== undefined) return kept as T; // what this step's deed gave, of the same kind and version
    this.#goOnUnlessEnding();
    // A step that was begun before the restart was permitted then, and is past its safe point.
    if (safePoint && this.#needsVerdict && !this.#journal.begun.has(name)) {
      await this.#parts.permit?.();
      this.#needsVerdict = false;
    }
    this.#position += 1;
    return this.#attempt({ name, position: this.#position }, deed);
  }

  async #attempt<T extends Json>({ name, position }: { name: string; position: number }, deed: Deed<T>): Promise<T> {
    const { database, clock, claim, log } = this.#parts;
    const startedAt = await this.#write(() => beginStep(database.db, claim, { name, position, at: clock.now() }));
    let result: T;
    try {
      const attempt = { startedAt, isRepeated: this.#journal.begun.has(name), claim: claim.fence };
      result = await loggedStep(log, name, () =>
        noteWaits(
          (text) => this.#note(name, text),
          () => deed(attempt),
        ),
      );
    } catch (error) {
      if (error instanceof RunLost || error instanceof LedgerUnavailable || isWaiting(error)) throw error;
      await this.#write(() => endStep(database.db, claim, { name, state: 'failed', at: clock.now() }));
      throw error;
    }
    await this.#write(() => endStep(database.db, claim, { name, state: 'done', result, at: clock.now() }));
    return result;
  }

  /** Only for the card: where the run is lost or the ledger away, the next write of the step meets it, too. */
  async #note(step: string, text: string | undefined): Promise<void> {
    const { database, clock, claim } = this.#parts;
    await this.#write(() => noteWait(database.db, claim, { step, text, at: clock.now() }));
  }

  #goOnUnlessEnding(): void {
    if (!this.#parts.isEnding()) return;
    this.#isHandedOver = true;
    throw new HandedOver();
  }

  /** Right before an effect: the run is still ours, and stays so for the time of a request. */
  async #hold(): Promise<void> {
    const { database, claim } = this.#parts;
    const isHeld = await holdRun(database.db, claim).catch((cause: unknown) => {
      throw new LedgerUnavailable('Whose the run is could not be read.', { cause });
    });
    if (!isHeld) throw new RunLost('Somebody else has claimed this run.');
  }

  async #waitFor(...[name, { what, remedy, until }]: Parameters<WaitFor>): ReturnType<WaitFor> {
    const signal = this.#signals.byName.get(name);
    if (signal) return signal;
    if (until !== undefined && this.#parts.clock.now() >= until) return undefined;
    const facts: ProblemFacts = { kind: 'waiting', what, remedy };
    throw new Parked(facts, { isRemote: false, wakeAt: until, seenSignals: this.#signals.count });
  }

  async #write<T>(write: () => Promise<T>): Promise<T> {
    try {
      const written = await write();
      this.#parts.tell();
      return written;
    } catch (error) {
      if (error instanceof RunLost) throw error;
      throw new LedgerUnavailable('The ledger could not be written.', { cause: error });
    }
  }
}

/** A step that waits is neither done nor failed: it is begun again. */
function isWaiting(error: unknown): boolean {
  return error instanceof Parked || (error instanceof Problem && error.facts.kind === 'waiting');
}
