import type { Selectable } from 'kysely';
import { newId } from '../platform/ids.js';
import type { LinkAttemptTable } from '../platform/schema-links.js';
import type { Executor, Transaction } from '../platform/schema.js';
import { codeOf, NUMBER_TRIES, type ChatUser, type SignedInPerson } from './link-rules.js';
import { accountColumns, personColumns, userOf } from './link-store.js';

/**
 * The rows of links that are being proven; their way to the sign-in and back is in `sign-in-attempts.ts`. Each step is taken
 * by a conditional write. Times are business time; what has expired is as good as gone.
 */

export interface LinkAttempt {
  readonly id: string;
  readonly user: ChatUser;
  /** Of its link, as the invitation shows it. */
  readonly code: string;
}

/** An account that asks again and again keeps its newest links. */
const MOST_OPEN = 5;

export async function createAttempt(
  trx: Transaction,
  { user, tokenHash, at, until }: { user: ChatUser; tokenHash: string; at: Date; until: Date },
): Promise<void> {
  await trx
    .insertInto('link_attempt')
    .values({
      ...{ id: newId(), ...accountColumns(user), state: 'open', token_hash: tokenHash, state_hash: null, sealed: null },
      ...{ person: null, person_name: null, user_principal_name: null, number_hash: null },
      ...{ made_at: at, expires_at: until },
    })
    .execute();
  const kept = ofAccount(trx, user)
    .where('state', '=', 'open')
    .select('id')
    .orderBy('made_at', 'desc')
    .orderBy('id')
    .limit(MOST_OPEN);
  await trx
    .deleteFrom('link_attempt')
    .where('id', 'in', ofAccount(trx, user).where('state', '=', 'open').select('id'))
    .where('id', 'not in', kept)
    .execute();
}

/** Whose link that is, while nobody has used it. Changes nothing. */
export async function findOpen(db: Executor, tokenHash: string, now: Date): Promise<LinkAttempt | undefined> {
  const row = await db
    .selectFrom('link_attempt')
    .selectAll()
    .where('token_hash', '=', tokenHash)
    .where('state', '=', 'open')
    .where('expires_at', '>', now)
    .executeTakeFirst();
  return row && attemptOf(row);
}

/** An attempt that was not ended meanwhile. */
export async function findAttempt(db: Executor, id: string): Promise<LinkAttempt | undefined> {
  const row = await db.selectFrom('link_attempt').selectAll().where('id', '=', id).executeTakeFirst();
  return row && attemptOf(row);
}

/** From here on the account's number is this one. `false`: the attempt was ended meanwhile. */
export async function waitForNumber(
  trx: Transaction,
  wait: { attempt: LinkAttempt; person: SignedInPerson; numberHash: string; until: Date },
): Promise<boolean> {
  const { attempt, person, numberHash, until } = wait;
  // One at a time for each account: of two sign-ins that end at once, the later one takes the place of the other.
  await ofAccount(trx, attempt.user).select('id').orderBy('id').forUpdate().execute();
  await trx
    .deleteFrom('link_attempt')
    .where('id', 'in', ofAccount(trx, attempt.user).where('state', '=', 'number').select('id'))
    .execute();
  const waits = await trx
    .updateTable('link_attempt')
    .set({ ...personColumns(person), state: 'number', number_hash: numberHash, expires_at: until })
    .where('id', '=', attempt.id)
    .where('state', '=', 'checking')
    .executeTakeFirst();
  return waits.numUpdatedRows > 0n;
}

export interface NumberTry extends LinkAttempt {
  readonly person: SignedInPerson;
  readonly numberHash: string;
  /** This one included. */
  readonly tries: number;
}

/** Counts a try of the account's number before anybody compares it. `undefined`: none waits, or all tries are used. */
export async function takeTry(db: Executor, user: ChatUser, now: Date): Promise<NumberTry | undefined> {
  const row = await db
    .updateTable('link_attempt')
    .set(({ eb }) => ({ tries: eb('tries', '+', 1) }))
    .where('id', 'in', ofAccount(db, user).where('state', '=', 'number').select('id'))
    .where('state', '=', 'number')
    .where('tries', '<', NUMBER_TRIES)
    .where('expires_at', '>', now)
    .returningAll()
    .executeTakeFirst();
  return row && numberTryOf(row);
}

/** `false`: another click has taken or ended it. */
export async function endAttempt(db: Executor, id: string): Promise<boolean> {
  const ended = await db.deleteFrom('link_attempt').where('id', '=', id).executeTakeFirst();
  return ended.numDeletedRows > 0n;
}

export async function deleteAttemptsOf(db: Executor, user: ChatUser): Promise<void> {
  await db.deleteFrom('link_attempt').where('id', 'in', ofAccount(db, user).select('id')).execute();
}

/** Numbers that wait for an account to become that person. */
export async function deleteAttemptsFor(db: Executor, personId: string): Promise<void> {
  await db.deleteFrom('link_attempt').where('person', '=', personId).execute();
}

export async function deleteExpiredAttempts(db: Executor, now: Date): Promise<void> {
  await db.deleteFrom('link_attempt').where('expires_at', '<=', now).execute();
}

function ofAccount(db: Executor, { channel, team, channelUserId }: ChatUser) {
  return db
    .selectFrom('link_attempt')
    .where('channel', '=', channel)
    .where('team', '=', team)
    .where('channel_user', '=', channelUserId);
}

function attemptOf(row: Selectable<LinkAttemptTable>): LinkAttempt {
  return { id: row.id, user: userOf(row), code: codeOf(row.token_hash) };
}

function numberTryOf(row: Selectable<LinkAttemptTable>): NumberTry | undefined {
  const { person, person_name: name, user_principal_name: userPrincipalName, number_hash: numberHash, tries } = row;
  if (person === null || name === null || userPrincipalName === null || numberHash === null) return undefined;
  return { ...attemptOf(row), person: { id: person, name, userPrincipalName }, numberHash, tries };
}
