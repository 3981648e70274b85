import type { Sweep } from '../platform/tick.js';
import { awaitsReview, escalatesAt, type AccessRequest } from './access-request.js';
import { findNextStage, findProspect } from './ask-approvers.js';
import { LATCHKEY_ACTOR } from './lease-port.js';
import { recordChange } from './request-audit.js';
import { escalated, reminded } from './request-changes.js';
import { abandonRequest, endWithAccess, expireRequest } from './request-expiry.js';
import { changeFor, type RequestParts } from './request-parts.js';
import { lapse } from './review-access.js';
import { findDue, findOutlived, findRequest, findVotes, postpone, saveRequest } from './request-store.js';
import { publishAccessChanged } from './access-changed.js';

/** At one asking; the rest is due a second later. */
const MOST_AT_ONCE = 100;
/** When something that was due could not be done, as Entra was away: business time until the next try. */
const AGAIN_AFTER_MS = 60_000;

/**
 * What the clock does with requests: ends those that nobody has decided, asks the next stage, reminds, and ends what a
 * break-glass has given when nobody has reviewed it. On several replicas each of these once: whoever is later finds another
 * revision.
 */
export function dueRequests(parts: RequestParts): Sweep {
  const { database, log } = parts;
  return {
    name: 'access requests that are due',
    sweep: async (now) => {
      await endOutlived(parts);
      for (const id of await findDue(database.db, now, MOST_AT_ONCE)) {
        try {
          const request = await findRequest(database.db, id);
          if (request) await advance(parts, request, now);
        } catch (error) {
          log.warn({ request: id, error }, 'A request for access could not be advanced yet');
          await postpone(database.db, { id, now, until: new Date(now.getTime() + AGAIN_AFTER_MS) });
        }
      }
    },
  };
}

/** Nobody need decide about more of access that somebody has ended. */
async function endOutlived(parts: RequestParts): Promise<void> {
  const outlived = await findOutlived(parts.database.db, MOST_AT_ONCE);
  for (const request of outlived) await endWithAccess(parts, request);
}

async function advance(parts: RequestParts, request: AccessRequest, now: Date): Promise<void> {
  if (awaitsReview(request)) return lapse(parts, request, now);
  // Of a break-glass that gave nothing there is nothing to review.
  if (request.state !== 'open') return saveQuietly(parts, request, now);
  if (await expireRequest(parts, request)) return;
  const next = escalatesAt(request);
  if (next && next <= now) return escalate(parts, request, now);
  if (request.remindAt && request.remindAt <= now) return remind(parts, request, now);
  // Its due time was put off, and nothing was due when it came.
  await saveQuietly(parts, request, now);
}

async function escalate(parts: RequestParts, request: AccessRequest, at: Date): Promise<void> {
  const next = await findNextStage(parts, request, request.stage + 1);
  await changeFor(parts, request.person.id, async (trx) => {
    const saved = await saveRequest(trx, escalated(request, next, at), at);
    if (saved) await recordChange(trx, saved, { deed: 'escalate-request', actor: LATCHKEY_ACTOR, at });
  });
}

/**
 * Looks first who can decide at this moment: approvers leave, and whoever has become one is asked. The reminder itself decides nothing, so that
 * the audit need not know.
 */
async function remind(parts: RequestParts, request: AccessRequest, at: Date): Promise<void> {
  const { stage, joined } = await findProspect(parts, request, await findVotes(parts.database.db, request.id));
  if (stage === undefined) return abandonRequest(parts, request);
  if (stage > request.stage) return escalate(parts, request, at);
  await parts.database.transaction(async (trx) => {
    const saved = await saveRequest(trx, reminded(request, joined, at), at);
    if (saved) await publishAccessChanged(trx, saved.id, at);
  });
}

async function saveQuietly({ database }: RequestParts, request: AccessRequest, at: Date): Promise<void> {
  await database.transaction((trx) => saveRequest(trx, request, at));
}
