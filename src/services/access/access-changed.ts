import { publish } from '../platform/outbox.js';
import type { ChannelName, Transaction } from '../platform/schema.js';

const CHATS = ['teams', 'slack'] as const satisfies readonly ChannelName[];

/**
 * The events of a request whose card says something else now, one for each chat, so that a chat that hangs holds up its own
 * alone: `{ requestId }`.
 */
export const ACCESS_CHANGED = CHATS.map((chat) => ({ chat, type: `access-changed:${chat}` }));

/** Within the transaction of the change. */
export async function publishAccessChanged(trx: Transaction, requestId: string, at: Date): Promise<void> {
  for (const { type } of ACCESS_CHANGED) await publish(trx, { type, payload: { requestId }, at });
}
