import type { Actor } from '../operations/operation.js';
import { auditedActor } from '../operations/outcome-recorder.js';
import { appendAudit } from '../platform/audit.js';
import type { Transaction } from '../platform/schema.js';
import { publishAccessChanged } from './access-changed.js';
import type { AccessRequest } from './access-request.js';
import type { VoteSignIn } from './step-up.js';
import { timeSpanText } from './time-span.js';

/** What the audit says of requests: what is decided about them is no run, and has its effects by one. */

export type RequestChange =
  | 'ask-access'
  | 'approve-request'
  | 'deny-request'
  | 'take-back-approval'
  | 'cancel-request'
  | 'expire-request'
  | 'abandon-request'
  | 'end-extension'
  | 'escalate-request'
  | 'review-access'
  | 'lapse-review';

/** Tells of a change in the audit and to the conversations. Last in its transaction. */
export async function recordChange(
  trx: Transaction,
  request: AccessRequest,
  change: { deed: RequestChange; actor: Actor; at: Date; reason?: string; signIn?: VoteSignIn | undefined },
): Promise<void> {
  const { deed, actor, at, reason, signIn } = change;
  await publishAccessChanged(trx, request.id, at);
  await appendAudit(trx, {
    at,
    kind: 'outcome',
    body: {
      operation: deed,
      what: deedWords(deed, request),
      actor: auditedActor(actor),
      request: request.id,
      state: 'done',
      concerns: [...new Set([request.person.id, request.asker.id])],
      ...(reason === undefined || reason === '' ? {} : { reason }),
      ...(signIn ? { provenBy: provenBy(signIn) } : {}),
    },
  });
}

/** By a sign-in at Microsoft, at what wall time, and what it has met. */
function provenBy({ at, authenticationContext }: VoteSignIn) {
  return {
    signedInAt: at.toISOString(),
    ...(authenticationContext === undefined ? {} : { authenticationContext }),
  };
}

/** In the words that follow "to" and "You cannot". */
export function deedWords(deed: RequestChange, request: AccessRequest): string {
  const { kind, minutes } = request;
  const time = timeSpanText({ minutes });
  switch (deed) {
    case 'ask-access':
      if (kind === 'extension') return `ask for ${time} more of ${wish(request)}`;
      return kind === 'break-glass'
        ? `take ${wish(request)} by break-glass for ${time}`
        : `ask for ${wish(request)} for ${time}`;
    case 'approve-request':
      return `approve the request for ${wish(request)}`;
    case 'deny-request':
      return `deny the request for ${wish(request)}`;
    case 'take-back-approval':
      return `take back the approval of ${wish(request)}`;
    case 'cancel-request':
      return `cancel the request for ${wish(request)}`;
    case 'expire-request':
      return `end the request for ${wish(request)} that nobody has decided`;
    case 'abandon-request':
      return `end the request for ${wish(request)} that nobody is left to decide`;
    case 'end-extension':
      return `end the request for more of ${wish(request)}, as that access was ended`;
    case 'escalate-request':
      return `ask the next approvers about ${wish(request)}`;
    case 'review-access':
      return `review the break-glass of ${wish(request)}`;
    case 'lapse-review':
      return `end ${wish(request)}, as nobody has reviewed the break-glass`;
  }
}

/** As `deedWords`, of what somebody wants; whoever has no part in the request is told nothing of it. */
export function wantedWords(deed: RequestChange, request: AccessRequest, personId: string): string {
  const { asker, person, approvers } = request;
  const hasPart = [asker, person, ...approvers].some(({ id }) => id === personId);
  return hasPart ? deedWords(deed, request) : 'act on that request';
}

/** "Agent for B.Simon". */
function wish({ rules, person }: AccessRequest): string {
  return `${rules.role.name} for ${person.name}`;
}
