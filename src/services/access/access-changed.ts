import { publish } from '../platform/outbox.js';
import type { Transaction } from '../platform/schema.js';

/** The event of a request whose card says something else now: `{ requestId }`. */
export const ACCESS_CHANGED = 'access-changed';

/** Within the transaction of the change. */
export async function publishAccessChanged(trx: Transaction, requestId: string, at: Date): Promise<void> {
  await publish(trx, { type: ACCESS_CHANGED, payload: { requestId }, at });
}
