import type { RunId } from './ids.js';
import type { Json } from './json.js';
import type { Signal } from './ledger-waiting.js';
import type { RunActor } from './schema.js';

/**
 * Does the deed once and keeps its result: when the run is executed again, a step that is done answers with what it gave.
 * A deed may be begun again after a crash, so it looks before it acts; `startedAt` (business time of the first attempt) is
 * from when on an uncertain creation is to be looked for. Names are the admin's words, and each stands once in a run.
 *
 * Before a `safePoint` the run can stop without leaving anything broken: a run that went on by itself after a restart asks
 * there whether its actor still may.
 *
 * A deed that throws a Problem of kind `waiting` lets the run wait: it is begun again after a while, for about a day.
 */
export type Step = <T extends Json>(name: string, deed: Deed<T>, options?: { safePoint?: boolean }) => Promise<T>;

/**
 * `isRepeated`: an earlier attempt of the step was begun, and what it did may not have been noted. `claim`: one more each
 * time that any process takes the run.
 */
export type Deed<T extends Json> = (attempt: { startedAt: Date; isRepeated?: boolean; claim?: number }) => Promise<T>;

/**
 * Lets the run wait, for days if need be and with nobody executing it, until it is told something of that name, or until
 * `until` (business time), and gives what it was told. Of two who tell it, the first one counts. Between steps only; what
 * stands before it in the work is done again when the run goes on, so it belongs into steps.
 */
export type WaitFor = (name: string, waiting: Waiting) => Promise<Signal | undefined>;

export interface Waiting {
  /** For the card: "Waiting for an approver." and what the reader can do about it. */
  readonly what: string;
  readonly remedy: string;
  readonly until?: Date;
}

export interface WorkContext<I extends Json> {
  readonly input: I;
  readonly runId: RunId;
  readonly actor: RunActor;
  readonly step: Step;
  readonly waitFor: WaitFor;
}

export interface Work<I extends Json, O extends Json> {
  readonly kind: string;
  readonly version: number;
  run(context: WorkContext<I>): Promise<O>;
  /** Whether the actor still may do this now; throws the refusal. Asked at a safe point after a restart. */
  permit?(run: { input: I; actor: RunActor }): Promise<void>;
}
