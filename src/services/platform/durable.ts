import type { Clock } from './clock.js';
import type { Database } from './database.js';
import { newRunId, type RunId } from './ids.js';
import type { Json } from './json.js';
import {
  beginStep,
  claimRun,
  endRun,
  endStep,
  findRun,
  insertRun,
  interruptRun,
  interruptRunning,
  readJournal,
  RunLost,
  type Claim,
  type Ending,
  type RunRecord,
} from './ledger.js';
import type { Log } from './log.js';
import { Problem, problemFacts } from './problem.js';
import type { RunActor, RunState, Transaction } from './schema.js';

export type { Json } from './json.js';
export type { Ending, RunRecord, StepRecord } from './ledger.js';
export type { RunActor, RunState, StepState } from './schema.js';

/**
 * Does the deed once and keeps its result: when the run is executed again, a step that is done answers with what it gave.
 * A deed may be begun again after a crash, so it looks before it acts; `startedAt` (business time of the first attempt) is
 * from when on an uncertain creation is to be looked for. Names are the admin's words, and each stands once in a run.
 */
export type Step = <T extends Json>(name: string, deed: (attempt: { startedAt: Date }) => Promise<T>) => Promise<T>;

export interface WorkContext<I extends Json> {
  readonly input: I;
  readonly runId: RunId;
  readonly actor: RunActor;
  readonly step: Step;
}

export interface Work<I extends Json, O extends Json> {
  readonly kind: string;
  readonly version: number;
  run(context: WorkContext<I>): Promise<O>;
}

/** Writes what belongs to the end of a run (audit, events), in the same transaction. `run` has its final state. */
export type OutcomeHook = (trx: Transaction, run: RunRecord, ending: Ending) => Promise<void>;

/** Work that survives a crash: runs with named steps, each executed by one holder at a time. */
export interface Durable {
  /** Says what a kind and version of work does. Old versions stay defined until no run needs them. */
  define<I extends Json, O extends Json>(work: Work<I, O>): void;
  /** Inserts the run within the caller's transaction; nothing runs yet. @param run.reference default: the run's own id. */
  create(
    trx: Transaction,
    run: { kind: string; version: number; input: Json; actor: RunActor; reference?: string; runId?: RunId },
  ): Promise<RunId>;
  /**
   * Claims the run, from whoever has it, and executes it here; resolves when it is done, has failed, or was claimed by
   * somebody else (then with the state it has now). `interrupted`: the database could not be written. Never rejects.
   */
  execute(runId: RunId): Promise<RunState>;
  find(runId: RunId): Promise<RunRecord | undefined>;
  /** Marks the runs whose process died as interrupted. At the start only: the data lock proves that nobody else is alive. */
  interruptAbandoned(): Promise<RunRecord[]>;
  /** Calls after each committed change of a run, except its creation. */
  onProgress(listener: (runId: RunId) => void): void;
}

export interface DurableParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Log;
  readonly onOutcome?: OutcomeHook;
}

type AnyWork = Work<Json, Json>;

export function createDurable(parts: DurableParts): Durable {
  return new LedgerDurable(parts);
}

/** The deed itself is done or not, we cannot tell the ledger. The run has to be executed again. */
class LedgerUnavailable extends Error {
  override readonly name = 'LedgerUnavailable';
}

class LedgerDurable implements Durable {
  readonly #parts: DurableParts;
  readonly #works = new Map<string, AnyWork>();
  readonly #listeners: ((runId: RunId) => void)[] = [];

  constructor(parts: DurableParts) {
    this.#parts = parts;
  }

  define<I extends Json, O extends Json>(work: Work<I, O>): void {
    const key = workKey(work);
    if (this.#works.has(key)) throw new Error(`The work ${key} is defined twice.`);
    // What `create` was given for this kind and version is what comes back out of the row.
    this.#works.set(key, { ...work, run: (context) => work.run({ ...context, input: context.input as I }) });
  }

  async create(
    trx: Transaction,
    { runId = newRunId(), reference = runId, ...run }: Parameters<Durable['create']>[1],
  ): Promise<RunId> {
    await insertRun(trx, { ...run, runId, reference, at: this.#parts.clock.now() });
    return runId;
  }

  async execute(runId: RunId): Promise<RunState> {
    try {
      const claim = await claimRun(this.#parts.database.db, runId, this.#parts.clock.now());
      if (!claim) return await this.#stateOf(runId);
      this.#tell(runId);
      return await this.#executeClaimed(claim);
    } catch (error) {
      this.#parts.log.error({ runId, error }, 'A run stopped because the database could not be used');
      return 'interrupted';
    }
  }

  find(runId: RunId): Promise<RunRecord | undefined> {
    return findRun(this.#parts.database.db, runId);
  }

  async interruptAbandoned(): Promise<RunRecord[]> {
    const runs = await interruptRunning(this.#parts.database.db, this.#parts.clock.now());
    runs.forEach(({ id }) => this.#tell(id));
    return runs;
  }

  onProgress(listener: (runId: RunId) => void): void {
    this.#listeners.push(listener);
  }

  async #executeClaimed(claim: Claim): Promise<RunState> {
    try {
      const ending = await this.#work(claim);
      await this.#end(claim, ending);
      return 'outcome' in ending ? 'done' : 'failed';
    } catch (error) {
      if (error instanceof RunLost) return this.#stateOf(claim.runId);
      this.#parts.log.error(
        { runId: claim.runId, error },
        'A run was interrupted because the ledger could not be written',
      );
      await interruptRun(this.#parts.database.db, claim, this.#parts.clock.now());
      this.#tell(claim.runId);
      return 'interrupted';
    }
  }

  /** Rejects only with `RunLost` or because the ledger cannot be used; whatever else goes wrong is an ending. */
  async #work(claim: Claim): Promise<Ending> {
    const { database } = this.#parts;
    const run = await findRun(database.db, claim.runId);
    if (!run) throw new RunLost('The run is gone.');
    const step = this.#stepsOf(claim, await readJournal(database.db, claim.runId));
    try {
      const work = this.#works.get(workKey(run)) ?? unknownWork(run);
      return { outcome: await work.run({ input: run.input, runId: run.id, actor: run.actor, step }) };
    } catch (error) {
      if (error instanceof RunLost || error instanceof LedgerUnavailable) throw error;
      this.#logFailure(run, error);
      return { problem: problemFacts(error) };
    }
  }

  #stepsOf(claim: Claim, journal: { done: Map<string, Json>; begun: number }): Step {
    const used = new Set<string>();
    let position = journal.begun;
    return async <T extends Json>(name: string, deed: (attempt: { startedAt: Date }) => Promise<T>): Promise<T> => {
      if (used.has(name)) throw new Error(`The step "${name}" stands twice in one run.`);
      used.add(name);
      const kept = journal.done.get(name);
      if (kept !== undefined) return kept as T; // what this step's deed gave, of the same kind and version
      position += 1;
      return this.#attempt(claim, { name, position }, deed);
    };
  }

  async #attempt<T extends Json>(
    claim: Claim,
    { name, position }: { name: string; position: number },
    deed: (attempt: { startedAt: Date }) => Promise<T>,
  ): Promise<T> {
    const { database, clock } = this.#parts;
    const startedAt = await this.#write(claim, () =>
      beginStep(database.db, claim, { name, position, at: clock.now() }),
    );
    let result: T;
    try {
      result = await deed({ startedAt });
    } catch (error) {
      if (error instanceof RunLost || error instanceof LedgerUnavailable) throw error;
      await this.#write(claim, () => endStep(database.db, claim, { name, state: 'failed', at: clock.now() }));
      throw error;
    }
    await this.#write(claim, () => endStep(database.db, claim, { name, state: 'done', result, at: clock.now() }));
    return result;
  }

  async #end(claim: Claim, ending: Ending): Promise<void> {
    const { database, clock, onOutcome } = this.#parts;
    await endRun(database, claim, {
      ending,
      at: clock.now(),
      alongside: async (trx, run) => onOutcome?.(trx, run, ending),
    });
    this.#tell(claim.runId);
  }

  async #write<T>(claim: Claim, write: () => Promise<T>): Promise<T> {
    try {
      const written = await write();
      this.#tell(claim.runId);
      return written;
    } catch (error) {
      if (error instanceof RunLost) throw error;
      throw new LedgerUnavailable('The ledger could not be written.', { cause: error });
    }
  }

  async #stateOf(runId: RunId): Promise<RunState> {
    const run = await findRun(this.#parts.database.db, runId);
    if (!run) throw new Error('There is no such run.');
    return run.state;
  }

  #logFailure(run: RunRecord, error: unknown): void {
    const { kind, code, requestId, status } = problemFacts(error);
    const fields = { operation: run.kind, runId: run.id, problem: kind, rule: code, requestId, status, error };
    if (kind === 'internal') this.#parts.log.error(fields, 'A run failed through a fault of ours');
    else this.#parts.log.info(fields, 'A run failed');
  }

  #tell(runId: RunId): void {
    for (const listener of this.#listeners) {
      try {
        listener(runId);
      } catch (error) {
        this.#parts.log.error({ runId, error }, 'Progress of a run could not be told');
      }
    }
  }
}

function workKey({ kind, version }: { kind: string; version: number }): string {
  return `${kind} version ${String(version)}`;
}

function unknownWork(run: RunRecord): never {
  throw new Problem({
    kind: 'internal',
    what: `This Latchkey does not know the work "${workKey(run)}".`,
    why: 'It was begun by another release.',
    remedy: 'Start the release that began it, or begin anew.',
    code: 'unknown-work',
  });
}
