import type { Durable, RunRecord } from '../platform/durable.js';
import { parseRunId, type RunId } from '../platform/ids.js';
import type { Actor, Claim } from './operation.js';
import type { Right } from './permissions.js';
import type { Pipeline, Started } from './run-operation.js';

/** The runs as a conversation sees them: to show, and to go on with. */
export class Runs {
  readonly #durable: Durable;
  readonly #pipeline: Pipeline;

  constructor(parts: { durable: Durable; pipeline: Pipeline }) {
    this.#durable = parts.durable;
    this.#pipeline = parts.pipeline;
  }

  find(runId: string): Promise<RunRecord | undefined> {
    return this.#durable.find(parseRunId(runId));
  }

  /** Goes on with a run that failed or was interrupted. Throws the refusal when the right is gone. */
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
}
