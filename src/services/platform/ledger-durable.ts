import { newRunId, type RunId } from './ids.js';
import type { Json } from './json.js';
import { Execution, HandedOver, LedgerUnavailable, Parked } from './execution.js';
import {
  claimRun,
  countFruitlessClaims,
  endRun,
  findRun,
  insertRun,
  readJournal,
  reopenRun,
  RunLost,
  type Claim,
  type Ending,
  type RunRecord,
} from './ledger.js';
import { interruptRun, listAbandoned, releaseRun, type Holder } from './ledger-leases.js';
import { insertSignal, listDue, parkRun, type Signal } from './ledger-waiting.js';
import { problemFacts } from './problem.js';
import type { RunActor, RunState, Transaction } from './schema.js';
import { SignsOfLife } from './signs-of-life.js';
import type { Sweep } from './tick.js';
import { within } from './within.js';
import type { Work } from './work.js';
import { Works } from './works.js';

import type { Durable, DurableParts } from './durable.js';

const MOST_FRUITLESS_CLAIMS = 5;
/** Wall seconds until a run that waits for a remote side asks again: doubling up to ten minutes, for about a day. */
const RESUME_AFTER_S = { first: 15, most: 600 };
const MOST_PARKS = 150;
/** What a step that is under way gets when the process ends; a longer one is taken over like that of a dead process. */
const STOP_WITHIN_MS = 5_000;

const GOES_ON_BY_ITSELF = ['running', 'waiting'] as const;
const GOES_ON_WHEN_ASKED = ['running', 'waiting', 'failed', 'interrupted'] as const;

/** Runs and steps kept in the ledger. */
export function createDurable(parts: DurableParts): Durable {
  return new LedgerDurable(parts);
}

class LedgerDurable implements Durable {
  readonly #parts: DurableParts;
  readonly #works = new Works();
  readonly #listeners: ((runId: RunId) => void)[] = [];
  readonly #takers: ((runId: RunId) => void)[] = [];
  /** The runs that are executed here now. */
  readonly #executing = new Map<RunId, Promise<RunState>>();
  readonly #signsOfLife: SignsOfLife;
  #isEnding = false;

  constructor(parts: DurableParts) {
    this.#parts = parts;
    this.#signsOfLife = new SignsOfLife(parts, () => [...this.#executing.keys()]);
  }

  define<I extends Json, O extends Json>(work: Work<I, O>): void {
    this.#works.define(work);
  }

  async create(
    trx: Transaction,
    { runId = newRunId(), reference = runId, ...run }: Parameters<Durable['create']>[1],
  ): Promise<RunId> {
    await insertRun(trx, { ...run, runId, reference, ...this.#nowHere() });
    await this.#parts.wake?.arrange(trx, runId);
    return runId;
  }

  async reopen(trx: Transaction, run: { runId: RunId; revision: number }): Promise<boolean> {
    const isReopened = await reopenRun(trx, { ...run, ...this.#nowHere() });
    if (isReopened) await this.#parts.wake?.arrange(trx, run.runId);
    return isReopened;
  }

  async signal(
    trx: Transaction,
    runId: RunId,
    signal: { name: string; value: Json; actor: RunActor },
  ): Promise<{ isFirst: boolean; signal: Signal }> {
    const { at, holder } = this.#nowHere();
    const told = await insertSignal(trx, runId, { ...signal, at }, holder);
    if (told.isFirst) await this.#parts.wake?.arrange(trx, runId);
    return told;
  }

  execute(runId: RunId): Promise<RunState> {
    return this.#once(runId, () => this.#claimAndExecute(runId, { isLeftBehind: false }));
  }

  goOn(runId: RunId): Promise<RunState> {
    const under = this.#executing.get(runId);
    if (under) return under.then((state) => (state === 'waiting' ? this.#goOnIfTold(runId) : state));
    return this.#once(runId, async () => {
      if (await this.#isPoison(runId)) return this.#interrupt(runId);
      return this.#claimAndExecute(runId, { isLeftBehind: true });
    });
  }

  /** For a signal that came after the execution here had begun to wait, and before it was over. */
  async #goOnIfTold(runId: RunId): Promise<RunState> {
    const state = await this.#stateOf(runId);
    return state === 'running' ? this.goOn(runId) : state;
  }

  async look(runId: RunId, { resume }: { resume: boolean }): Promise<boolean> {
    if (this.#executing.has(runId)) return true;
    const run = await this.find(runId);
    if (run?.state !== 'running' && !(resume && run?.state === 'waiting')) return false;
    void this.goOn(runId);
    return true;
  }

  readonly dueRuns: Sweep = {
    name: 'waiting runs',
    everySeconds: 5,
    sweep: async (now) => {
      for (const runId of await listDue(this.#parts.database.db, now)) void this.goOn(runId);
    },
  };

  readonly abandonedRuns: Sweep = {
    name: 'abandoned runs',
    sweep: async () => {
      if (this.#parts.holder === undefined) return; // there is nobody to take one from
      for (const runId of await this.listAbandoned()) void this.goOn(runId);
    },
  };

  async results(runId: RunId): Promise<ReadonlyMap<string, Json>> {
    return (await readJournal(this.#parts.database.db, runId)).done;
  }

  listAbandoned(): Promise<readonly RunId[]> {
    return listAbandoned(this.#parts.database.db);
  }

  find(runId: RunId): Promise<RunRecord | undefined> {
    return findRun(this.#parts.database.db, runId);
  }

  onProgress(listener: (runId: RunId) => void): void {
    this.#listeners.push(listener);
  }

  onTaken(listener: (runId: RunId) => void): void {
    this.#takers.push(listener);
  }

  async stop(): Promise<void> {
    this.#isEnding = true;
    await within(STOP_WITHIN_MS, Promise.all(this.#executing.values()));
    this.#signsOfLife.stop();
  }

  #nowHere(): { at: Date; holder: Holder } {
    return { at: this.#parts.clock.now(), holder: this.#parts.holder };
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
    this.#signsOfLife.start();
    return execution;
  }

  async #isPoison(runId: RunId): Promise<boolean> {
    return (await countFruitlessClaims(this.#parts.database.db, runId)) >= MOST_FRUITLESS_CLAIMS;
  }

  async #interrupt(runId: RunId): Promise<RunState> {
    const { database, log } = this.#parts;
    const run = await findRun(database.db, runId);
    if (!run) throw new Error('There is no such run.');
    const { fence } = run;
    if (await interruptRun(database.db, { runId, fence }, this.#nowHere())) {
      log.error(
        { runId, claims: fence },
        'A run was begun again and again without getting further; it waits for Retry',
      );
      this.#call(this.#takers, runId);
      this.#tell(runId);
    }
    return this.#stateOf(runId);
  }

  async #claimAndExecute(runId: RunId, { isLeftBehind }: { isLeftBehind: boolean }): Promise<RunState> {
    const from: readonly RunState[] = isLeftBehind ? GOES_ON_BY_ITSELF : GOES_ON_WHEN_ASKED;
    const claim = await claimRun(this.#parts.database.db, { runId, from, ...this.#nowHere() });
    if (!claim) return this.#stateOf(runId);
    if (isLeftBehind) this.#call(this.#takers, runId);
    this.#tell(runId);
    try {
      for (;;) {
        const state = await this.#workUntilItStops(claim, { isLeftBehind });
        if (state !== 'running') return state; // running: what it wanted to wait for has just come
      }
    } catch (error) {
      if (error instanceof RunLost) return this.#stateOf(runId);
      throw error;
    }
  }

  /** Rejects only with `RunLost` or because the ledger cannot be used; whatever else goes wrong is an ending. */
  async #workUntilItStops(claim: Claim, { isLeftBehind }: { isLeftBehind: boolean }): Promise<RunState> {
    const { database, clock, log } = this.#parts;
    const run = await findRun(database.db, claim.runId);
    if (!run) throw new RunLost('The run is gone.');
    try {
      const work = this.#works.get(run);
      const permit = isLeftBehind ? async (): Promise<void> => work.permit?.(run) : undefined;
      const tell = (): void => this.#tell(run.id);
      const [isShared, isEnding] = [this.#parts.holder !== undefined, (): boolean => this.#isEnding];
      const execution = await Execution.open({ database, clock, claim, log, tell, permit, isShared, isEnding });
      return await this.#end(claim, { outcome: await execution.run(work, run) });
    } catch (error) {
      if (error instanceof RunLost || error instanceof LedgerUnavailable) throw error;
      if (error instanceof HandedOver) return this.#handOver(claim);
      if (error instanceof Parked) return this.#park(claim, error);
      this.#logFailure(run, error);
      return this.#end(claim, { problem: problemFacts(error) });
    }
  }

  async #end(claim: Claim, ending: Ending): Promise<RunState> {
    const { database, clock, onOutcome } = this.#parts;
    await endRun(database, claim, {
      ending,
      at: clock.now(),
      alongside: async (trx, run) => onOutcome?.(trx, run, ending),
    }).catch((error: unknown) => {
      throw error instanceof RunLost ? error : new LedgerUnavailable('A run could not be ended.', { cause: error });
    });
    this.#tell(claim.runId);
    return 'outcome' in ending ? 'done' : 'failed';
  }

  /** @returns `running` when a signal has come meanwhile, `failed` when it has waited for too long. */
  async #park(claim: Claim, { facts, isRemote, wakeAt, seenSignals }: Parked): Promise<RunState> {
    const { database, clock, wake } = this.#parts;
    const parking = { problem: facts, isRemote, seenSignals, at: clock.now(), ...(wakeAt ? { wakeAt } : {}) };
    const { isParked, parks } = await database.transaction(async (trx) => {
      const parked = await parkRun(trx, claim, parking);
      if (parked.isParked && isRemote) await wake?.resumeAfter(trx, claim.runId, secondsUntilResumed(parked.parks));
      return parked;
    });
    if (isRemote && parks > MOST_PARKS) return this.#end(claim, { problem: facts });
    this.#tell(claim.runId);
    return isParked ? 'waiting' : 'running';
  }

  /** The next process goes on at once, instead of waiting for the claim to run out. */
  async #handOver(claim: Claim): Promise<RunState> {
    await releaseRun(this.#parts.database.db, claim);
    return 'interrupted';
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
    this.#call(this.#listeners, runId);
  }

  #call(listeners: readonly ((runId: RunId) => void)[], runId: RunId): void {
    for (const listener of listeners) {
      try {
        listener(runId);
      } catch (error) {
        this.#parts.log.error({ runId, error }, 'Progress of a run could not be told');
      }
    }
  }
}

function secondsUntilResumed(parks: number): number {
  return Math.min(RESUME_AFTER_S.first * 2 ** (parks - 1), RESUME_AFTER_S.most);
}
