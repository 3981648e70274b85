import type { Selectable } from 'kysely';
import type { Actor } from '../operations/operation.js';
import { newId } from '../platform/ids.js';
import type { Executor, Transaction } from '../platform/schema.js';
import type { StepUpTable } from '../platform/schema-access.js';
import { codeOf } from '../people/link-rules.js';
import type { VoteSignIn } from './step-up.js';

/**
 * The rows of approvals that are being proven; their way to the sign-in and back is in `people/sign-in-attempts.ts`. Expiry is
 * in business time, click and sign-in in wall time; what has expired is as good as gone.
 */

export interface StepUpAttempt {
  readonly id: string;
  readonly requestId: string;
  /** Whoever has clicked, and where. */
  readonly actor: Actor;
  readonly minutes?: number | undefined;
  readonly reason: string;
  readonly clickedAt: Date;
  /** Of its link, as the message shows it. */
  readonly code: string;
}

/** An approval of which it is proven who gives it. */
export interface ProvenAttempt extends StepUpAttempt {
  readonly browserHash: string;
  readonly signIn: VoteSignIn;
  /** Whether it has counted: the page then says what it led to, until its time is over. */
  readonly isUsed: boolean;
}

/** Whoever clicks again and again keeps their newest links. */
const MOST_OPEN = 5;

export async function createStepUp(
  trx: Transaction,
  wish: Pick<StepUpAttempt, 'requestId' | 'actor' | 'minutes' | 'reason' | 'clickedAt'> & {
    tokenHash: string;
    at: Date;
    until: Date;
  },
): Promise<void> {
  const { requestId, actor, minutes, reason, clickedAt, tokenHash, at, until } = wish;
  await trx
    .insertInto('step_up')
    .values({
      ...{ id: newId(), request: requestId, minutes: minutes ?? null, reason, state: 'open', token_hash: tokenHash },
      ...{ person: actor.personId, person_name: actor.name, channel: actor.channel },
      ...{ channel_user: actor.channelUserId ?? null, state_hash: null, sealed: null, clicked_at: clickedAt },
      ...{ browser_hash: null, signed_in_at: null, authentication_context: null, revision: null },
      ...{ made_at: at, expires_at: until },
    })
    .execute();
  const own = trx.selectFrom('step_up').where('person', '=', actor.personId).where('state', '=', 'open');
  const kept = own.select('id').orderBy('made_at', 'desc').orderBy('id').limit(MOST_OPEN);
  await trx.deleteFrom('step_up').where('id', 'in', own.select('id')).where('id', 'not in', kept).execute();
}

/** Whose link that is, while nobody has used it. Changes nothing. */
export async function findOpenStepUp(db: Executor, tokenHash: string, now: Date): Promise<StepUpAttempt | undefined> {
  const row = await db
    .selectFrom('step_up')
    .selectAll()
    .where('token_hash', '=', tokenHash)
    .where('state', '=', 'open')
    .where('expires_at', '>', now)
    .executeTakeFirst();
  return row && attemptOf(row);
}

/** One that was not ended meanwhile, however far it is. */
export async function findStepUp(db: Executor, id: string): Promise<StepUpAttempt | undefined> {
  const row = await db.selectFrom('step_up').selectAll().where('id', '=', id).executeTakeFirst();
  return row && attemptOf(row);
}

/** `false`: it was ended meanwhile. */
export async function proveStepUp(
  db: Executor,
  { id, signIn, browserHash, until }: { id: string; signIn: VoteSignIn; browserHash: string; until: Date },
): Promise<boolean> {
  const proven = await db
    .updateTable('step_up')
    .set({
      ...{ state: 'proven', browser_hash: browserHash, signed_in_at: signIn.at, expires_at: until },
      authentication_context: signIn.authenticationContext ?? null,
    })
    .where('id', '=', id)
    .where('state', '=', 'checking')
    .executeTakeFirst();
  return proven.numUpdatedRows > 0n;
}

/** @param id anything. */
export async function findProven(db: Executor, id: string, now: Date): Promise<ProvenAttempt | undefined> {
  if (!UUID.test(id)) return undefined;
  const row = await db
    .selectFrom('step_up')
    .selectAll()
    .where('id', '=', id)
    .where('state', '=', 'proven')
    .where('expires_at', '>', now)
    .executeTakeFirst();
  return row && provenOf(row);
}

/** Uses it up, for the request at that revision. `false`: it was used before, or is not proven. */
export async function spendStepUp(trx: Transaction, id: string, revision: number): Promise<boolean> {
  const spent = await trx
    .updateTable('step_up')
    .set({ revision })
    .where('id', '=', id)
    .where('state', '=', 'proven')
    .where('revision', 'is', null)
    .executeTakeFirst();
  return spent.numUpdatedRows > 0n;
}

/** Ends one that has proven nothing. */
export async function deleteStepUp(db: Executor, id: string): Promise<void> {
  await db.deleteFrom('step_up').where('id', '=', id).execute();
}

export async function deleteExpiredStepUps(db: Executor, now: Date): Promise<void> {
  await db.deleteFrom('step_up').where('expires_at', '<=', now).execute();
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

function attemptOf(row: Selectable<StepUpTable>): StepUpAttempt {
  const { id, request, person, person_name: name, channel, channel_user: channelUserId } = row;
  return {
    ...{ id, requestId: request, reason: row.reason, clickedAt: row.clicked_at, code: codeOf(row.token_hash) },
    actor: { personId: person, name, channel, ...(channelUserId === null ? {} : { channelUserId }) },
    ...(row.minutes === null ? {} : { minutes: row.minutes }),
  };
}

function provenOf(row: Selectable<StepUpTable>): ProvenAttempt | undefined {
  const { browser_hash: browserHash, signed_in_at: at, authentication_context: context, revision } = row;
  if (browserHash === null || at === null) return undefined;
  return {
    ...attemptOf(row),
    browserHash,
    signIn: { at, ...(context === null ? {} : { authenticationContext: context }) },
    isUsed: revision !== null,
  };
}
