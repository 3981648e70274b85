import type { Entra } from '../entra/entra.js';
import type { MicrosoftCloud } from '../entra/microsoft-clouds.js';
import type { Genesys } from '../genesys/genesys.js';
import type { Actor } from '../operations/operation.js';
import type { Pipeline, Started } from '../operations/run-operation.js';
import type { Clock } from '../platform/clock.js';
import type { Durable, RunRecord } from '../platform/durable.js';
import { parseRunId, type RunId } from '../platform/ids.js';
import { markUndone } from '../platform/ledger.js';
import { applicationIds, setUpInput } from './set-up-record.js';
import { SET_UP_STEPS } from './set-up-sso.js';
import type { UndoLine } from './undo-plan.js';
import { movedOn, notKept, replacedAnother, undoneAlready } from './undo-refusals.js';
import { lookAtUndo, undoSetUp, type UndoInput } from './undo-set-up.js';

/** What an undo would do now, for whoever is about to press the button. */
export interface UndoCard {
  readonly runId: RunId;
  /** Of the set-up's run: the confirmation holds for the run as it was shown. */
  readonly revision: number;
  readonly startedBy: string;
  readonly startedAt: Date;
  readonly lines: readonly UndoLine[];
}

export interface UndoServiceParts {
  readonly entra: Entra;
  readonly genesys: Genesys;
  readonly pipeline: Pipeline;
  readonly durable: Durable;
  readonly clock: Clock;
  readonly cloud: MicrosoftCloud;
}

/** Puts back what a set-up changed. */
export class UndoService {
  readonly #parts: UndoServiceParts;
  readonly #undo;

  constructor(parts: UndoServiceParts) {
    this.#parts = parts;
    this.#undo = undoSetUp(parts);
    parts.pipeline.register(this.#undo);
  }

  /** Reads both sides and says what an undo would do. Throws a `Problem`: `refused`, or `stale` when nothing can be undone. */
  async look(actor: Actor, runId: string): Promise<UndoCard> {
    await this.#parts.pipeline.permitted('manage-sso', actor, 'undo the set-up of SSO');
    const run = await this.#getSetUp(parseRunId(runId));
    const lines = await lookAtUndo(this.#parts, await this.#inputOf(run));
    const { id, revision, actor: starter, startedAt } = run;
    return { runId: id, revision, startedBy: starter.name, startedAt, lines };
  }

  /** Starts the undo. The set-up's run ends with that: it never goes on again. */
  async undo(actor: Actor, runId: string, revision: number): Promise<Started> {
    const { pipeline, clock } = this.#parts;
    const id = parseRunId(runId);
    const claim = { reference: `run:${id}`, verb: 'undo', revision };
    const before = await pipeline.findStarted(claim);
    if (before) return before;
    const run = await this.#getSetUp(id);
    return pipeline.start(this.#undo, {
      ...{ actor, claim, input: await this.#inputOf(run) },
      alongside: async (trx) => {
        if (!(await markUndone(trx, { runId: id, revision, at: clock.now() }))) throw movedOn();
      },
    });
  }

  async #inputOf(run: RunRecord): Promise<UndoInput> {
    const { before, ...setUp } = setUpInput.parse(run.input);
    if (!before) throw notKept();
    if (setUp.replaces) throw replacedAnother();
    // The one that the set-up made, unless it died before it could note which one that was.
    const made = applicationIds.safeParse((await this.#parts.durable.results(run.id)).get(SET_UP_STEPS[0]));
    const instance = setUp.instance ?? made.data;
    return {
      ...{ setUpRunId: run.id, setUpStartedAt: run.startedAt.toISOString() },
      setUp: { ...setUp, before, ...(instance ? { instance } : {}) },
    };
  }

  async #getSetUp(runId: RunId): Promise<RunRecord> {
    const run = await this.#parts.durable.find(runId);
    if (run?.kind !== 'set-up-sso' || run.state === 'running') throw movedOn();
    if (run.state === 'undone') throw undoneAlready();
    return run;
  }
}

/** Whether a card offers *Undo*: a set-up that changed nothing yet has nothing to undo, and some cannot be. */
export function canUndo(run: RunRecord): boolean {
  if (run.kind !== 'set-up-sso' || run.steps.length === 0) return false;
  const { data } = setUpInput.safeParse(run.input);
  return data?.before !== undefined && data.replaces === undefined;
}
