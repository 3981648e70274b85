import { appendAudit } from '../platform/audit.js';
import type { Clock } from '../platform/clock.js';
import type { RunRecord } from '../platform/durable.js';
import type { Json } from '../platform/json.js';
import { publish } from '../platform/outbox.js';
import type { Transaction } from '../platform/schema.js';
import type { OperationRegistry } from './operation-registry.js';
import type { Actor } from './operation.js';

/** The event of a run that is done or has failed: `{ runId, kind, state }`. */
export const RUN_ENDED = 'run-ended';

/** Writes what a run ended with, to the audit and the outbox, within the transaction of its last step. */
export function outcomeRecorder(parts: { clock: Clock; operations: OperationRegistry }) {
  return async (trx: Transaction, run: RunRecord): Promise<void> => {
    const operation = parts.operations.get(run.kind);
    const { id: runId, input, problem } = run;
    await operation.concluded?.(trx, { runId, input, ...(problem ? { problem } : {}) });
    const concerns = [...new Set([...operation.concerns(run.input), ...personIn(run.outcome)])];
    const what = operation.wanted(run.input);
    const at = parts.clock.now();
    const ended: Readonly<Record<string, Json>> = run.problem
      ? { problem: { what: run.problem.what, code: run.problem.code ?? '', requestId: run.problem.requestId ?? '' } }
      : { outcome: run.outcome ?? null };
    const payload = { runId: run.id, kind: run.kind, state: run.state };
    await publish(trx, { type: RUN_ENDED, payload, at });
    await appendAudit(trx, {
      at,
      kind: 'outcome',
      body: {
        operation: run.kind,
        what,
        runId: run.id,
        actor: auditedActor(run.actor),
        state: run.state,
        concerns,
        ...ended,
      },
    });
  };
}

/** Who and from where; which message held the button is no business of the audit. */
export function auditedActor({ personId, name, channel, channelUserId, proof }: Actor): AuditedActor {
  return {
    ...{ personId, name, channel },
    ...(channelUserId === undefined ? {} : { channelUserId }),
    ...(proof === undefined ? {} : { proof }),
  };
}

type AuditedActor = { personId: string; name: string; channel: string; channelUserId?: string; proof?: 'email' };

/** Somebody who was created has an id only in the outcome, and is to be found in the audit all the same. */
function personIn(outcome: Json | undefined): string[] {
  if (typeof outcome !== 'object' || outcome === null || !('personId' in outcome)) return [];
  const { personId } = outcome;
  return typeof personId === 'string' ? [personId] : [];
}
