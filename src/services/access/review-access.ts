import type { Actor } from '../operations/operation.js';
import type { RunId } from '../platform/ids.js';
import { LONGEST_REASON, type AccessRequest } from './access-request.js';
import { judgeNow, type Voter } from './decide-access.js';
import { LATCHKEY_ACTOR } from './lease-port.js';
import { recordChange, wantedWords } from './request-audit.js';
import { lapsed, reviewed } from './request-changes.js';
import { deedsOf } from './request-deeds.js';
import { changeFor, findFacts, MOST_TRIES, MovedOn, unlessMovedOn, type RequestParts } from './request-parts.js';
import { noReason, requestGone, tooBusy, tooLate } from './request-refusals.js';
import { saveRequest } from './request-store.js';

/** What becomes of a break-glass: an approver says whether it was right, or nobody does in time. */

export interface ReviewGiven {
  readonly requestId: string;
  readonly verdict: 'right' | 'not-right';
  /** Needed where it was not right. */
  readonly reason: string;
}

/** An approver says whether a break-glass was right; where it was not, what it gave ends at once. */
export async function review(parts: RequestParts, actor: Actor, given: ReviewGiven): Promise<AccessRequest> {
  const reason = given.reason.trim();
  if (reason.length > LONGEST_REASON || (given.verdict === 'not-right' && reason === '')) throw noReason();
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const facts = await findFacts(parts, given.requestId);
    if (!facts?.request.review) throw requestGone();
    const wanted = wantedWords('review-access', facts.request, actor.personId);
    const reader = await judgeNow(parts, actor, { facts, wanted });
    if (!deedsOf(facts, reader, parts.clock.now()).includes('review')) throw tooLate(wanted);
    const saved = await write(parts, actor, { request: facts.request, reader, given: { ...given, reason } });
    if (saved) return saved;
  }
  throw tooBusy();
}

/** `undefined`, and nothing was written: somebody else has changed it meanwhile. */
async function write(
  parts: RequestParts,
  actor: Actor,
  { request, reader, given }: { request: AccessRequest; reader: Voter; given: ReviewGiven },
): Promise<AccessRequest | undefined> {
  const { leases } = parts;
  const at = parts.clock.now();
  const { verdict, reason } = given;
  const by = { ...actor, name: reader.name };
  const changed = reviewed(request, { verdict, reviewer: { id: reader.id, name: reader.name }, reason, at });
  const written = await unlessMovedOn(
    changeFor(parts, request.person.id, async (trx) => {
      const end = verdict === 'not-right' ? request.leaseId : undefined;
      const runs = end === undefined ? [] : await leases.end(trx, end, { reason: 'revoked', by, why: reason });
      const saved = await saveRequest(trx, changed, at);
      if (!saved) throw new MovedOn();
      await recordChange(trx, saved, { deed: 'review-access', actor: by, at, reason });
      return { saved, runs };
    }),
  );
  goOn(leases, written?.runs);
  return written?.saved;
}

/** Why a lease was ended, for its card and the audit. */
const LAPSED = 'Nobody has reviewed the break-glass in time.';

/** Nobody has reviewed it in time: what it gave ends. Nothing happens where it has moved on meanwhile. */
export async function lapse(parts: RequestParts, request: AccessRequest, at: Date): Promise<void> {
  const { leases } = parts;
  const by = LATCHKEY_ACTOR;
  const { leaseId } = request;
  const runs = await unlessMovedOn(
    changeFor(parts, request.person.id, async (trx) => {
      const ended = leaseId === undefined ? [] : await leases.end(trx, leaseId, { reason: 'revoked', by, why: LAPSED });
      const saved = await saveRequest(trx, lapsed(request, at), at);
      if (!saved) throw new MovedOn();
      await recordChange(trx, saved, { deed: 'lapse-review', actor: by, at });
      return ended;
    }),
  );
  goOn(leases, runs);
}

function goOn(leases: RequestParts['leases'], runs: readonly RunId[] = []): void {
  for (const run of runs) leases.goOn(run);
}
