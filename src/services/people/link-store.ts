import type { Selectable } from 'kysely';
import { newId } from '../platform/ids.js';
import type { AccountLinkTable, Executor, LinkBarTable, Transaction } from '../platform/schema.js';
import type { ChatUser, SignedInPerson } from './link-rules.js';

/** The rows of the account links: which account is whom, and who may not be linked. Times are business time. */

export interface AccountLink {
  readonly id: string;
  readonly user: ChatUser;
  readonly person: SignedInPerson;
  readonly linkedAt: Date;
  readonly endedAt?: Date;
}

export interface LinkBar {
  readonly user: ChatUser;
  readonly person: SignedInPerson;
  readonly barredAt: Date;
}

/** The link that the account has now. */
export async function findLinkOf(db: Executor, user: ChatUser): Promise<AccountLink | undefined> {
  const row = await db
    .selectFrom('account_link')
    .selectAll()
    .where('channel', '=', user.channel)
    .where('team', '=', user.team)
    .where('channel_user', '=', user.channelUserId)
    .where('ended_at', 'is', null)
    .executeTakeFirst();
  return row && toLink(row);
}

/** Also one that has ended. @param id anything. */
export async function findLink(db: Executor, id: string): Promise<AccountLink | undefined> {
  if (!UUID.test(id)) return undefined;
  const row = await db.selectFrom('account_link').selectAll().where('id', '=', id).executeTakeFirst();
  return row && toLink(row);
}

/** The oldest first. */
export async function findLinksOf(db: Executor, personId: string): Promise<AccountLink[]> {
  const rows = await db
    .selectFrom('account_link')
    .selectAll()
    .where('person', '=', personId)
    .where('ended_at', 'is', null)
    .orderBy('linked_at')
    .orderBy('id')
    .execute();
  return rows.map(toLink);
}

/** The account is that person from now on; what it was before has ended. Returns the link. */
export async function saveLink(
  trx: Transaction,
  { user, person, at }: { user: ChatUser; person: SignedInPerson; at: Date },
): Promise<AccountLink> {
  await trx
    .updateTable('account_link')
    .set({ ended_at: at })
    .where('channel', '=', user.channel)
    .where('team', '=', user.team)
    .where('channel_user', '=', user.channelUserId)
    .where('ended_at', 'is', null)
    .execute();
  const row = await trx
    .insertInto('account_link')
    .values({ id: newId(), ...accountColumns(user), ...personColumns(person), linked_at: at })
    .returningAll()
    .executeTakeFirstOrThrow();
  return toLink(row);
}

/** `false`: it had ended before. */
export async function endLink(db: Executor, id: string, at: Date): Promise<boolean> {
  const ended = await db
    .updateTable('account_link')
    .set({ ended_at: at })
    .where('id', '=', id)
    .where('ended_at', 'is', null)
    .executeTakeFirst();
  return ended.numUpdatedRows > 0n;
}

/** Bars the account and the person, each with whomever. */
export async function saveBar(trx: Transaction, { user, person, barredAt }: LinkBar): Promise<void> {
  await trx
    .insertInto('link_bar')
    .values({ ...accountColumns(user), ...personColumns(person), barred_at: barredAt })
    .onConflict((on) => on.columns(['channel', 'team', 'channel_user', 'person']).doNothing())
    .execute();
}

/** Whether the account, or that person, is barred. */
export async function isBarred(db: Executor, user: ChatUser, personId?: string): Promise<boolean> {
  const row = await db
    .selectFrom('link_bar')
    .select('person')
    .where(({ and, or, eb }) =>
      or([
        and([
          eb('channel', '=', user.channel),
          eb('team', '=', user.team),
          eb('channel_user', '=', user.channelUserId),
        ]),
        ...(personId === undefined ? [] : [eb('person', '=', personId)]),
      ]),
    )
    .executeTakeFirst();
  return row !== undefined;
}

/** The newest first. */
export async function findBars(db: Executor): Promise<LinkBar[]> {
  const rows = await db.selectFrom('link_bar').selectAll().orderBy('barred_at', 'desc').limit(MOST_BARS).execute();
  return rows.map(toBar);
}

/** Takes away every bar of that person. Returns those. */
export async function deleteBars(trx: Transaction, personId: string): Promise<LinkBar[]> {
  const rows = await trx.deleteFrom('link_bar').where('person', '=', personId).returningAll().execute();
  return rows.map(toBar);
}

/** Ended links leave when nobody will disown them any more. */
export async function deleteLinksEndedBefore(db: Executor, before: Date): Promise<void> {
  await db.deleteFrom('account_link').where('ended_at', '<', before).execute();
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const MOST_BARS = 200;

type AccountColumns = Pick<
  Selectable<AccountLinkTable>,
  'channel' | 'team' | 'channel_user' | 'user_name' | 'team_name'
>;
type PersonColumns = Pick<Selectable<AccountLinkTable>, 'person' | 'person_name' | 'user_principal_name'>;

export function accountColumns({ channel, team, channelUserId, name, teamName = team }: ChatUser): AccountColumns {
  return { channel, team, channel_user: channelUserId, user_name: name, team_name: teamName };
}

export function userOf(row: AccountColumns): ChatUser {
  const { channel, team, channel_user: channelUserId, user_name: name, team_name: teamName } = row;
  return { channel, team, channelUserId, name, teamName };
}

export function personColumns({ id, name, userPrincipalName }: SignedInPerson): PersonColumns {
  return { person: id, person_name: name, user_principal_name: userPrincipalName };
}

function personOf({ person, person_name, user_principal_name }: PersonColumns): SignedInPerson {
  return { id: person, name: person_name, userPrincipalName: user_principal_name };
}

function toLink(row: Selectable<AccountLinkTable>): AccountLink {
  const { id, linked_at: linkedAt, ended_at: endedAt } = row;
  return { id, user: userOf(row), person: personOf(row), linkedAt, ...(endedAt ? { endedAt } : {}) };
}

function toBar(row: Selectable<LinkBarTable>): LinkBar {
  return { user: userOf(row), person: personOf(row), barredAt: row.barred_at };
}
