import type { Clock } from './clock.js';
import type { Database } from './database.js';
import type { RunId } from './ids.js';
import type { Json } from './json.js';
import type { Ending, RunRecord } from './ledger.js';
import type { Holder } from './ledger-leases.js';
import type { Signal } from './ledger-waiting.js';
import type { Log } from './log.js';
import type { RunActor, RunState, Transaction } from './schema.js';
import type { Sweep } from './tick.js';
import type { Look, Wake } from './wake.js';
import type { Work } from './work.js';

export type { Json } from './json.js';
export type { Ending, RunRecord, StepRecord } from './ledger.js';
export type { RunActor, RunState, StepState } from './schema.js';
export type { Signal } from './ledger-waiting.js';
export type { Step, WaitFor, Work } from './work.js';

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
  /** Sets a failed, interrupted or waiting run going again, within the caller's transaction. `false`: it has moved on since. */
  reopen(trx: Transaction, run: { runId: RunId; revision: number }): Promise<boolean>;
  /**
   * Tells a run something, within the caller's transaction, where its audit line belongs too. Of each name the first one
   * counts; `signal` is the one that does. After the commit, `goOn` lets a waiting run go on at once.
   */
  signal(
    trx: Transaction,
    runId: RunId,
    signal: { name: string; value: Json; actor: RunActor },
  ): Promise<{ isFirst: boolean; signal: Signal }>;
  /**
   * Claims the run, unless a process that lives has it, and executes it here; resolves when it is done, has failed, or was
   * claimed by somebody else (then with the state it has now). `interrupted`: it stopped, because the database could not be
   * used or this process ends, and the next look goes on with it. A run that is executed here already is not claimed
   * again. Never rejects.
   */
  execute(runId: RunId): Promise<RunState>;
  /**
   * As `execute`, for a run that its process left behind. No verdict is needed up to its next safe point. A run that was
   * begun five times without finishing a step is interrupted instead, for a person to decide: it may be what kills us.
   */
  goOn(runId: RunId): Promise<RunState>;
  /** Goes on with a run that is under way and that nobody executes here; with `resume` also with one that waits. */
  look: Look;
  /** Lets the waiting runs go on whose business time has come. */
  readonly dueRuns: Sweep;
  /** Takes over the runs of processes that have died or gave no sign of life for too long. With several replicas only. */
  readonly abandonedRuns: Sweep;
  /** The runs that are under way and that nobody executes. With one process, at the start: those whose process died. */
  listAbandoned(): Promise<readonly RunId[]>;
  find(runId: RunId): Promise<RunRecord | undefined>;
  /** What the finished steps of a run gave, by their names. */
  results(runId: RunId): Promise<ReadonlyMap<string, Json>>;
  /** Calls after each committed change of a run, except its creation. */
  onProgress(listener: (runId: RunId) => void): void;
  /** Calls when this process has taken a run that another one, or an earlier life, left behind. */
  onTaken(listener: (runId: RunId) => void): void;
  /** Begins no further step and no further run, and waits for the steps that are under way, but not for ever. */
  stop(): Promise<void>;
}

export interface DurableParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Log;
  readonly onOutcome?: OutcomeHook;
  /** This process among several replicas; absent: there is only one. */
  readonly holder?: Holder;
  /** Without it, nobody looks at a run that stopped but who starts the next process. */
  readonly wake?: Pick<Wake, 'arrange' | 'resumeAfter'>;
}
