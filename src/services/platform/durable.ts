import type { Clock } from './clock.js';
import type { Database } from './database.js';
import { newRunId, type RunId } from './ids.js';
import type { Json } from './json.js';
import {
  beginStep,
  claimRun,
  countFruitlessClaims,
  endRun,
  endStep,
  findRun,
  insertRun,
  interruptRun,
  listRunning,
  readJournal,
  reopenRun,
  RunLost,
  type Claim,
  type Ending,
  type Journal,
  type RunRecord,
} from './ledger.js';
import type { Log } from './log.js';
import { Problem, problemFacts } from './problem.js';
import type { RunActor, RunState, Transaction } from './schema.js';
import type { Wake } from './wake.js';
import type { Deed, Step, Work } from './work.js';

export type { Json } from './json.js';
export type { Ending, RunRecord, StepRecord } from './ledger.js';
export type { RunActor, RunState, StepState } from './schema.js';
export type { Step, Work } from './work.js';

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
  /** Sets a failed or interrupted run going again, within the caller's transaction. `false`: it has moved on since. */
  reopen(trx: Transaction, run: { runId: RunId; revision: number }): Promise<boolean>;
  /**
   * Claims the run, from whoever has it, and executes it here; resolves when it is done, has failed, or was claimed by
   * somebody else (then with the state it has now). `interrupted`: it stopped, because the database could not be used, and
   * the next look goes on with it. A run that is executed here already is not claimed again. Never rejects.
   */
  execute(runId: RunId): Promise<RunState>;
  /**
   * As `execute`, for a run that its process left behind. No verdict is needed up to its next safe point. A run that was
   * begun five times without finishing a step is interrupted instead, for a person to decide: it may be what kills us.
   */
  goOn(runId: RunId): Promise<RunState>;
  /** Goes on with a run that is under way and that nobody executes here. Returns whether to look at it again. */
  look(runId: RunId): Promise<boolean>;
  /** The runs that are under way. At the start: the runs whose process died, as the data lock proves. */
  listRunning(): Promise<readonly RunId[]>;
  find(runId: RunId): Promise<RunRecord | undefined>;
  /** Calls after each committed change of a run, except its creation. */
  onProgress(listener: (runId: RunId) => void): void;
}

export interface DurableParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Log;
  readonly onOutcome?: OutcomeHook;
  /** Without it, nobody looks at a run that stopped but who starts the next process. */
  readonly wake?: Pick<Wake, 'arrange'>;
}

const MOST_FRUITLESS_CLAIMS = 5;

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
  /** The runs that are executed here now. */
  readonly #executing = new Map<RunId, Promise<RunState>>();

  constructor(parts: DurableParts) {
    this.#parts = parts;
  }

  define<I extends Json, O extends Json>(work: Work<I, O>): void {
    const key = workKey(work);
    if (this.#works.has(key)) throw new Error(`The work ${key} is defined twice.`);
    // What `create` was given for this kind and version is what comes back out of the row.
    this.#works.set(key, {
      ...work,
      run: (context) => work.run({ ...context, input: context.input as I }),
      permit: async (run) => work.permit?.({ ...run, input: run.input as I }),
    });
  }

  async create(
    trx: Transaction,
    { runId = newRunId(), reference = runId, ...run }: Parameters<Durable['create']>[1],
  ): Promise<RunId> {
    await insertRun(trx, { ...run, runId, reference, at: this.#parts.clock.now() });
    await this.#parts.wake?.arrange(trx, runId);
    return runId;
  }

  async reopen(trx: Transaction, run: { runId: RunId; revision: number }): Promise<boolean> {
    const isReopened = await reopenRun(trx, { ...run, at: this.#parts.clock.now() });
    if (isReopened) await this.#parts.wake?.arrange(trx, run.runId);
    return isReopened;
  }

  execute(runId: RunId): Promise<RunState> {
    return this.#once(runId, () => this.#claimAndExecute(runId, { isLeftBehind: false }));
  }

  goOn(runId: RunId): Promise<RunState> {
    return this.#once(runId, async () => {
      if (await this.#isPoison(runId)) return this.#interrupt(runId);
      return this.#claimAndExecute(runId, { isLeftBehind: true });
    });
  }

  async look(runId: RunId): Promise<boolean> {
    if (this.#executing.has(runId)) return true;
    const run = await this.find(runId);
    if (run?.state !== 'running') return false;
    void this.goOn(runId);
    return true;
  }

  listRunning(): Promise<readonly RunId[]> {
    return listRunning(this.#parts.database.db);
  }

  find(runId: RunId): Promise<RunRecord | undefined> {
    return findRun(this.#parts.database.db, runId);
  }

  onProgress(listener: (runId: RunId) => void): void {
    this.#listeners.push(listener);
  }

  /** Two wake-ups of one run in one process are one execution; between processes the fence decides. */
  #once(runId: RunId, execute: () => Promise<RunState>): Promise<RunState> {
    const under = this.#executing.get(runId);
    if (under) return under;
    const execution = execute()
      .catch((error: unknown): RunState => {
        this.#parts.log.error({ runId, error }, 'A run stopped because the database could not be used');
        return 'interrupted';
      })
      .finally(() => this.#executing.delete(runId));
    this.#executing.set(runId, execution);
    return execution;
  }

  async #isPoison(runId: RunId): Promise<boolean> {
    return (await countFruitlessClaims(this.#parts.database.db, runId)) >= MOST_FRUITLESS_CLAIMS;
  }

  async #interrupt(runId: RunId): Promise<RunState> {
    const { database, clock, log } = this.#parts;
    const run = await findRun(database.db, runId);
    if (!run) throw new Error('There is no such run.');
    log.error(
      { runId, claims: run.fence },
      'A run was begun again and again without getting further; it waits for Retry',
    );
    await interruptRun(database.db, { runId, fence: run.fence }, clock.now());
    this.#tell(runId);
    return this.#stateOf(runId);
  }

  async #claimAndExecute(runId: RunId, { isLeftBehind }: { isLeftBehind: boolean }): Promise<RunState> {
    const { database, clock } = this.#parts;
    const from = isLeftBehind ? (['running'] as const) : (['running', 'failed', 'interrupted'] as const);
    const claim = await claimRun(database.db, { runId, at: clock.now(), from });
    if (!claim) return this.#stateOf(runId);
    this.#tell(runId);
    try {
      const ending = await this.#work(claim, { isLeftBehind });
      await this.#end(claim, ending);
      return 'outcome' in ending ? 'done' : 'failed';
    } catch (error) {
      if (error instanceof RunLost) return this.#stateOf(runId);
      throw error;
    }
  }

  /** Rejects only with `RunLost` or because the ledger cannot be used; whatever else goes wrong is an ending. */
  async #work(claim: Claim, { isLeftBehind }: { isLeftBehind: boolean }): Promise<Ending> {
    const { database } = this.#parts;
    const run = await findRun(database.db, claim.runId);
    if (!run) throw new RunLost('The run is gone.');
    const journal = await readJournal(database.db, claim.runId);
    try {
      const work = this.#works.get(workKey(run)) ?? unknownWork(run);
      const permit = isLeftBehind ? async (): Promise<void> => work.permit?.(run) : undefined;
      const step = this.#stepsOf(claim, journal, permit);
      return { outcome: await work.run({ input: run.input, runId: run.id, actor: run.actor, step }) };
    } catch (error) {
      if (error instanceof RunLost || error instanceof LedgerUnavailable) throw error;
      this.#logFailure(run, error);
      return { problem: problemFacts(error) };
    }
  }

  /** @param permit asks for the verdict that a run needs at its first safe point after a restart. */
  #stepsOf(claim: Claim, journal: Journal, permit: (() => Promise<void>) | undefined): Step {
    const used = new Set<string>();
    let position = journal.begun.size;
    let needsVerdict = permit !== undefined;
    return async <T extends Json>(name: string, deed: Deed<T>, { safePoint = false } = {}): Promise<T> => {
      if (used.has(name)) throw new Error(`The step "${name}" stands twice in one run.`);
      used.add(name);
      const kept = journal.done.get(name);
      if (kept !== undefined) return kept as T; // what this step's deed gave, of the same kind and version
      // A step that was begun before the restart was permitted then, and is past its safe point.
      if (safePoint && needsVerdict && !journal.begun.has(name)) {
        await permit?.();
        needsVerdict = false;
      }
      position += 1;
      return this.#attempt(claim, { name, position }, deed);
    };
  }

  async #attempt<T extends Json>(
    claim: Claim,
    { name, position }: { name: string; position: number },
    deed: Deed<T>,
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
