import { expiresAt, type AccessRequest } from './access-request.js';
import { LATCHKEY_ACTOR } from './lease-port.js';
import { recordChange, type RequestChange } from './request-audit.js';
import { expired, type ExpiryRule } from './request-changes.js';
import { changeFor, type RequestParts } from './request-parts.js';
import { isOutlived, saveRequest } from './request-store.js';

/** How requests end that nobody has decided. Nothing happens to one that has moved on meanwhile. */

type Parts = Pick<RequestParts, 'database' | 'clock'>;

const DEEDS = {
  unanswered: 'expire-request',
  'nobody-left': 'abandon-request',
  'access-ended': 'end-extension',
} as const satisfies Record<ExpiryRule, RequestChange>;

/** Of which nobody is left who could decide it, so that whoever asked need not wait for its time. */
export function abandonRequest(parts: Parts, request: AccessRequest): Promise<void> {
  return end(parts, request, 'nobody-left');
}

/** Whose time to be decided is over. `true`: it was over, whoever has written so. */
export async function expireRequest(parts: Parts, request: AccessRequest): Promise<boolean> {
  if (request.state !== 'open' || expiresAt(request) > parts.clock.now()) return false;
  await end(parts, request, 'unanswered');
  return true;
}

/**
 * Which asks for more of access that somebody has ended since: its approval would give it afresh. `true`: that was so,
 * whoever has written it.
 */
export async function endWithAccess(parts: Parts, request: AccessRequest): Promise<boolean> {
  if (request.state !== 'open' || !(await isOutlived(parts.database.db, request))) return false;
  await end(parts, request, 'access-ended');
  return true;
}

async function end(parts: Parts, request: AccessRequest, rule: ExpiryRule): Promise<void> {
  const at = parts.clock.now();
  await changeFor(parts, request.person.id, async (trx) => {
    const saved = await saveRequest(trx, expired(request, rule, at), at);
    if (saved) await recordChange(trx, saved, { deed: DEEDS[rule], actor: LATCHKEY_ACTOR, at });
  });
}
