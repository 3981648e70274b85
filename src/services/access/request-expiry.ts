import { expiresAt, type AccessRequest } from './access-request.js';
import { LATCHKEY_ACTOR } from './lease-port.js';
import { recordChange } from './request-audit.js';
import { expired } from './request-changes.js';
import { changeFor, type RequestParts } from './request-parts.js';
import { saveRequest } from './request-store.js';

/** Ends a request of which nobody is left who could decide it, so that whoever asked need not wait for its time. */
export async function abandonRequest(
  parts: Pick<RequestParts, 'database'>,
  request: AccessRequest,
  at: Date,
): Promise<void> {
  await changeFor(parts, request.person.id, async (trx) => {
    const saved = await saveRequest(trx, expired(request, 'nobody-left', at), at);
    if (saved) await recordChange(trx, saved, { deed: 'abandon-request', actor: LATCHKEY_ACTOR, at });
  });
}

/** Ends a request whose time to be decided is over. `true`: it was over, whoever has written so. */
export async function expireRequest(
  parts: Pick<RequestParts, 'database' | 'clock'>,
  request: AccessRequest,
): Promise<boolean> {
  const at = parts.clock.now();
  if (request.state !== 'open' || expiresAt(request) > at) return false;
  await changeFor(parts, request.person.id, async (trx) => {
    const saved = await saveRequest(trx, expired(request, 'unanswered', at), at);
    if (saved) await recordChange(trx, saved, { deed: 'expire-request', actor: LATCHKEY_ACTOR, at });
  });
  return true;
}
