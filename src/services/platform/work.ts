import type { RunId } from './ids.js';
import type { Json } from './json.js';
import type { RunActor } from './schema.js';

/**
 * Does the deed once and keeps its result: when the run is executed again, a step that is done answers with what it gave.
 * A deed may be begun again after a crash, so it looks before it acts; `startedAt` (business time of the first attempt) is
 * from when on an uncertain creation is to be looked for. Names are the admin's words, and each stands once in a run.
 *
 * Before a `safePoint` the run can stop without leaving anything broken: a run that went on by itself after a restart asks
 * there whether its actor still may.
 */
export type Step = <T extends Json>(name: string, deed: Deed<T>, options?: { safePoint?: boolean }) => Promise<T>;

export type Deed<T extends Json> = (attempt: { startedAt: Date }) => Promise<T>;

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
  /** Whether the actor still may do this now; throws the refusal. Asked at a safe point after a restart. */
  permit?(run: { input: I; actor: RunActor }): Promise<void>;
}
