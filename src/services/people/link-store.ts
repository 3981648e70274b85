import type { Selectable } from 'kysely';
import { newId } from '../platform/ids.js';
import type { AccountLinkTable, ChatAccountColumns } from '../platform/schema-links.js';
import type { Executor, Transaction } from '../platform/schema.js';
import type { ChatUser, SignedInPerson } from './link-rules.js';

/** The rows of the account links: which account is whom. A link of which either side is barred is none. Times are business time. */

export interface AccountLink {
  readonly id: string;
  readonly user: ChatUser;
  readonly person: SignedInPerson;
  readonly linkedAt: Date;
  readonly endedAt?: Date;
}

/** The link that the account has now. */
export async function findLinkOf(db: Executor, user: ChatUser): Promise<AccountLink | undefined> {
  const row = await currentLinks(db)
    .where('channel', '=', user.channel)
    .where('team', '=', user.team)
    .where('channel_user', '=', user.channelUserId)
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
  const rows = await currentLinks(db).where('person', '=', personId).orderBy('linked_at').orderBy('id').execute();
  return rows.map(toLink);
}

/** A link that is being saved while somebody is barred cannot see the bar; so it is looked for whenever the link is. */
function currentLinks(db: Executor) {
  return db
    .selectFrom('account_link')
    .selectAll()
    .where('ended_at', 'is', null)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('link_bar')
            .select('link_bar.bars')
            .where(({ eb, ref, and, or }) =>
              or([
                and([
                  eb('link_bar.bars', '=', 'account'),
                  eb('link_bar.channel', '=', ref('account_link.channel')),
                  eb('link_bar.team', '=', ref('account_link.team')),
                  eb('link_bar.channel_user', '=', ref('account_link.channel_user')),
                ]),
                and([eb('link_bar.bars', '=', 'person'), eb('link_bar.person', '=', ref('account_link.person'))]),
              ]),
            ),
        ),
      ),
    );
}

/** The account is that person from now on. Returns the link, and what the account was before, which has ended. */
export async function saveLink(
  trx: Transaction,
  { user, person, at }: { user: ChatUser; person: SignedInPerson; at: Date },
): Promise<{ link: AccountLink; former: readonly AccountLink[] }> {
  const former = await endLinksOf(trx, { account: user }, at);
  const row = await trx
    .insertInto('account_link')
    .values({ id: newId(), ...accountColumns(user), ...personColumns(person), linked_at: at, news_at: null })
    .returningAll()
    .executeTakeFirstOrThrow();
  return { link: toLink(row), former };
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

/** Also such as are barred. Returns those that had not ended before, the oldest first. */
export async function endLinksOf(
  trx: Transaction,
  of: { person: string } | { account: Pick<ChatUser, 'channel' | 'team' | 'channelUserId'> },
  at: Date,
): Promise<AccountLink[]> {
  const current = trx.updateTable('account_link').set({ ended_at: at }).where('ended_at', 'is', null);
  const ending =
    'person' in of
      ? current.where('person', '=', of.person)
      : current
          .where('channel', '=', of.account.channel)
          .where('team', '=', of.account.team)
          .where('channel_user', '=', of.account.channelUserId);
  const rows = await ending.returningAll().execute();
  return rows.map(toLink).sort((one, other) => one.linkedAt.getTime() - other.linkedAt.getTime());
}

/** Ended links leave when nobody will disown them any more. */
export async function deleteLinksEndedBefore(db: Executor, before: Date): Promise<void> {
  await db.deleteFrom('account_link').where('ended_at', '<', before).execute();
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

type AccountColumns = Selectable<ChatAccountColumns>;
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

export function personOf({ person, person_name, user_principal_name }: PersonColumns): SignedInPerson {
  return { id: person, name: person_name, userPrincipalName: user_principal_name };
}

function toLink(row: Selectable<AccountLinkTable>): AccountLink {
  const { id, linked_at: linkedAt, ended_at: endedAt } = row;
  return { id, user: userOf(row), person: personOf(row), linkedAt, ...(endedAt ? { endedAt } : {}) };
}
