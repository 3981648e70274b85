import { z } from 'zod';
import type { Durable, RunRecord } from '../platform/durable.js';
import { parseRunId, type RunId } from '../platform/ids.js';
import type { Outbox } from '../platform/outbox.js';
import type { Actor, Claim } from './operation.js';
import { RUN_ENDED } from './outcome-recorder.js';
import type { Right } from './permissions.js';
import type { Pipeline, Started } from './run-operation.js';

const runEnded = z.object({ runId: z.string() });

/** The runs as a conversation sees them: to show, and to go on with. */
export class Runs {
  readonly #durable: Durable;
  readonly #pipeline: Pipeline;
  readonly #outbox: Outbox;

  constructor(parts: { durable: Durable; pipeline: Pipeline; outbox: Outbox }) {
    this.#durable = parts.durable;
    this.#pipeline = parts.pipeline;
    this.#outbox = parts.outbox;
  }

  find(runId: string): Promise<RunRecord | undefined> {
    return this.#durable.find(parseRunId(runId));
  }

  /** Goes on with a run that failed, was interrupted, or waits. Throws the refusal when the right is gone. */
  retry(runId: string, actor: Actor, claim: Claim): Promise<Started> {
    return this.#pipeline.retry(parseRunId(runId), { actor, claim });
  }

  /** What the person may do now, by Entra. */
  rightsOf(actor: Actor): Promise<{ rights: readonly Right[]; isStranger: boolean }> {
    return this.#pipeline.rightsOf(actor);
  }

  onProgress(listener: (runId: RunId) => void): void {
    this.#durable.onProgress(listener);
  }

  /** Calls for each run that this process has taken because another one, or an earlier life, left it behind. */
  onTaken(listener: (runId: RunId) => void): void {
    this.#durable.onTaken(listener);
  }

  /** Calls for each run that is done or has failed, also after a crash, until the listener has resolved. */
  onEnded(listener: (runId: RunId) => Promise<void>): void {
    this.#outbox.on(RUN_ENDED, (payload) => listener(parseRunId(runEnded.parse(payload).runId)));
  }
}
