import type { Selectable } from 'kysely';
import type { LinkBarTable } from '../platform/schema-links.js';
import type { Executor, Transaction } from '../platform/schema.js';
import type { ChatUser, SignedInPerson } from './link-rules.js';
import { accountColumns, personColumns, personOf, userOf } from './link-store.js';

/** Who may not be linked: after *That was not me*, the account with whomever, and the person with whatever account. */
export interface LinkBar {
  /** For which of the two it holds; the other says what it was about. */
  readonly bars: 'account' | 'person';
  readonly user: ChatUser;
  readonly person: SignedInPerson;
  readonly barredAt: Date;
}

/** Who is freed: the person by the Entra object id, the account by its ids in the chat. */
export type Freed =
  | { readonly bars: 'person'; readonly person: string }
  | { readonly bars: 'account'; readonly account: Pick<ChatUser, 'channel' | 'team' | 'channelUserId'> };

const MOST_BARS = 400;

/** Bars the account and the person, each on their own. */
export async function saveBars(trx: Transaction, { user, person, barredAt }: Omit<LinkBar, 'bars'>): Promise<void> {
  const columns = { ...accountColumns(user), ...personColumns(person), barred_at: barredAt };
  await trx
    .insertInto('link_bar')
    .values([
      { bars: 'person', ...columns },
      { bars: 'account', ...columns },
    ])
    .onConflict((on) => on.columns(['bars', 'channel', 'team', 'channel_user', 'person']).doNothing())
    .execute();
}

/** Whether the account, or that person, is barred. */
export async function isBarred(db: Executor, user: ChatUser, personId?: string): Promise<boolean> {
  const account = await barsOf(db, { bars: 'account', account: user }).limit(1).executeTakeFirst();
  if (account || personId === undefined) return account !== undefined;
  return (await barsOf(db, { bars: 'person', person: personId }).limit(1).executeTakeFirst()) !== undefined;
}

/** The newest first; of one moment the people first. */
export async function findBars(db: Executor): Promise<LinkBar[]> {
  const rows = await db
    .selectFrom('link_bar')
    .selectAll()
    .orderBy('barred_at', 'desc')
    .orderBy('bars', 'desc')
    .limit(MOST_BARS)
    .execute();
  return rows.map(toBar);
}

/** What bars that person or that account now. */
export async function findBarsOf(db: Executor, of: Freed): Promise<LinkBar[]> {
  return (await barsOf(db, of).selectAll().execute()).map(toBar);
}

/** Takes it away, and returns it. */
export async function deleteBarsOf(trx: Transaction, of: Freed): Promise<LinkBar[]> {
  const bars = trx.deleteFrom('link_bar').where('bars', '=', of.bars);
  const freed =
    of.bars === 'person'
      ? bars.where('person', '=', of.person)
      : bars
          .where('channel', '=', of.account.channel)
          .where('team', '=', of.account.team)
          .where('channel_user', '=', of.account.channelUserId);
  return (await freed.returningAll().execute()).map(toBar);
}

function barsOf(db: Executor, of: Freed) {
  const bars = db.selectFrom('link_bar').select('bars').where('bars', '=', of.bars);
  if (of.bars === 'person') return bars.where('person', '=', of.person);
  const { channel, team, channelUserId } = of.account;
  return bars.where('channel', '=', channel).where('team', '=', team).where('channel_user', '=', channelUserId);
}

function toBar(row: Selectable<LinkBarTable>): LinkBar {
  return { bars: row.bars, user: userOf(row), person: personOf(row), barredAt: row.barred_at };
}
