import { z } from 'zod';
import type { Database } from '../platform/database.js';
import { publish } from '../platform/outbox.js';
import type { Transaction } from '../platform/schema.js';
import type { AccountLink } from './link-store.js';

/** The event that a person is to be told of a link, in one chat. */
export const ACCOUNT_LINKED = 'account-linked';

export const linkNews = z.object({ linkId: z.string(), chat: z.enum(['teams', 'slack']) });
/** Where the person is told: in Teams, or by their other accounts in Slack. */
export type NewsChat = z.infer<typeof linkNews>['chat'];

/** The event that an account is somebody, somebody else, or nobody any more. */
export const ACCOUNT_CHANGED = 'account-changed';

export const changedAccount = z.object({ team: z.string(), channelUserId: z.string() });
/** An account of Slack. */
export type ChangedAccount = z.infer<typeof changedAccount>;

/** Call it in the transaction of the change. */
export async function publishChange(trx: Transaction, { user }: Pick<AccountLink, 'user'>, at: Date): Promise<void> {
  const { team, channelUserId } = user;
  await publish(trx, { type: ACCOUNT_CHANGED, payload: { team, channelUserId }, at });
}

/** After that nobody is told any more: the link can be seen under *my linked accounts*. */
const NEWS_DAYS = 30;
const DAY_MS = 86_400_000;

/**
 * Has the person told as soon as they can be. Call it in the transaction of the link.
 * @param isTeamsOn else it stays noted with the link that they are to be told there.
 */
export async function publishNews(
  trx: Transaction,
  { id, linkedAt }: AccountLink,
  { isTeamsOn }: { readonly isTeamsOn: boolean },
): Promise<void> {
  await publish(trx, { type: ACCOUNT_LINKED, payload: { linkId: id, chat: 'slack' }, at: linkedAt });
  if (isTeamsOn) await publishDue(trx, linkedAt, id);
}

/** Has those told who have got a chat in Teams since they were linked. On several replicas each of them once. */
export async function publishLateNews(database: Database, now: Date): Promise<void> {
  await database.transaction((trx) => publishDue(trx, now));
}

/** Whether it is still worth telling. */
export function isNews({ linkedAt, endedAt }: AccountLink, now: Date): boolean {
  return endedAt === undefined && now.getTime() - linkedAt.getTime() < NEWS_DAYS * DAY_MS;
}

async function publishDue(trx: Transaction, now: Date, linkId?: string): Promise<void> {
  const untold = trx
    .updateTable('account_link')
    .set({ news_at: now })
    .where('news_at', 'is', null)
    .where('ended_at', 'is', null)
    .where('linked_at', '>', new Date(now.getTime() - NEWS_DAYS * DAY_MS))
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom('place')
          .select('place.person')
          .where('place.channel', '=', 'teams')
          .where('place.kind', '=', 'personal')
          .whereRef('place.person', '=', 'account_link.person'),
      ),
    );
  const due = linkId === undefined ? untold : untold.where('id', '=', linkId);
  for (const { id } of await due.returning('id').execute())
    await publish(trx, { type: ACCOUNT_LINKED, payload: { linkId: id, chat: 'teams' }, at: now });
}
