import type { Actor } from '../operations/operation.js';
import type { Transaction } from '../platform/schema.js';
import { cancelled } from './decide-access.js';
import { recordChange } from './request-audit.js';
import type { RequestParts } from './request-parts.js';
import { findPendingOf, saveRequest } from './request-store.js';

/**
 * Cancels what somebody has asked for, and what others have asked for them. What is being given already is left to whoever
 * ends their leases.
 */
export async function cancelAllOf(
  { clock, leases }: Pick<RequestParts, 'clock' | 'leases'>,
  trx: Transaction,
  { personId, by }: { personId: string; by: Actor },
): Promise<void> {
  const at = clock.now();
  for (const request of await findPendingOf(trx, personId)) {
    const isBegun = request.leaseId !== undefined && !(await leases.callOff(trx, request.leaseId, by));
    const saved = isBegun ? undefined : await saveRequest(trx, cancelled(request, by, at), at);
    if (saved) await recordChange(trx, saved, { deed: 'cancel-request', actor: by, at });
  }
}
