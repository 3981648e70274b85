import { sql } from 'kysely';
import type { Json, JsonText } from '../platform/json.js';
import type { Executor, Transaction } from '../platform/schema.js';
import type { AccessRequest, RequestKind, RequestState, Vote } from './access-request.js';
import { askedColumns, changingColumns, toRequest, toVote, voteColumns } from './request-rows.js';

/** The rows of the requests and of the votes on them. Times are business time. */

/** States in which a request still waits for something. */
const PENDING: readonly RequestState[] = ['open', 'approved'];

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** `false`, and nothing was added: there is one of that id, or one that waits for the same person, role and kind. */
export async function addRequest(trx: Transaction, request: AccessRequest): Promise<boolean> {
  const wish = { personId: request.person.id, roleId: request.rules.role.id, kind: request.kind };
  if (await findPending(trx, wish)) return false;
  const row = await trx
    .insertInto('access_request')
    .values({ ...askedColumns(request), ...changingColumns(request), changed_at: request.askedAt })
    .onConflict((on) => on.column('id').doNothing())
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}

/**
 * Saves what has changed, at the next revision. `undefined`, and nothing changed: it is no longer as `request.revision`
 * was read, and whoever decides looks anew.
 */
export async function saveRequest(
  trx: Transaction,
  request: AccessRequest,
  at: Date,
): Promise<AccessRequest | undefined> {
  const row = await trx
    .updateTable('access_request')
    .set({ ...changingColumns(request), revision: request.revision + 1, changed_at: at })
    .where('id', '=', request.id)
    .where('revision', '=', request.revision)
    .returningAll()
    .executeTakeFirst();
  return row && toRequest(row);
}

/**
 * A break-glass that had failed is given all the same: it is to be reviewed until then. Nothing happens where it was reviewed,
 * or is none.
 */
export async function reviewUntil(trx: Transaction, requestId: string, by: Date): Promise<void> {
  await trx
    .updateTable('access_request')
    .set((request) => ({
      review: sql<JsonText<Json>>`jsonb_set(review, '{by}', to_jsonb(${by.toISOString()}::text))`,
      ...{ due_at: by, revision: request('revision', '+', 1) },
    }))
    .where('id', '=', requestId)
    .where('review', 'is not', null)
    .where(sql<boolean>`not (review ?| array['verdict', 'lapsedAt'])`)
    .execute();
}

/** Which lease an approval has led to. Within the transaction that has saved it. */
export async function noteLease(trx: Transaction, requestId: string, leaseId: string): Promise<void> {
  await trx.updateTable('access_request').set({ lease: leaseId }).where('id', '=', requestId).execute();
}

/** @param id anything. */
export async function findRequest(db: Executor, id: string): Promise<AccessRequest | undefined> {
  if (!UUID.test(id)) return undefined;
  const row = await db.selectFrom('access_request').selectAll().where('id', '=', id).executeTakeFirst();
  return row && toRequest(row);
}

/** The one that waits for the same already. */
export async function findPending(
  db: Executor,
  { personId, roleId, kind }: { personId: string; roleId: string; kind: RequestKind },
): Promise<AccessRequest | undefined> {
  const row = await db
    .selectFrom('access_request')
    .selectAll()
    .where('person', '=', personId)
    .where('role_id', '=', roleId)
    .where('kind', '=', kind)
    .where('state', 'in', PENDING)
    .executeTakeFirst();
  return row && toRequest(row);
}

/** The last that the person has taken by break-glass of that role and was given. */
export async function findLastBreakGlass(
  db: Executor,
  { personId, roleId }: { personId: string; roleId: string },
): Promise<AccessRequest | undefined> {
  const row = await db
    .selectFrom('access_request')
    .selectAll()
    .where('person', '=', personId)
    .where('role_id', '=', roleId)
    .where('kind', '=', 'break-glass')
    .where('state', 'in', ['approved', 'granted', 'ended'])
    .orderBy('asked_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row && toRequest(row);
}

/** Ids of what is due for the clock, the longest due first. */
export async function findDue(db: Executor, now: Date, most: number): Promise<string[]> {
  const rows = await db
    .selectFrom('access_request')
    .select('id')
    .where('due_at', '<=', now)
    .orderBy('due_at')
    .limit(most)
    .execute();
  return rows.map(({ id }) => id);
}

/** How leases end before their time because somebody wants it: no request for more of one outlives that. */
const ENDED_BY_SOMEBODY = ['given-back', 'revoked', 'off-boarded'] as const;

/** Whether it asks for more of access that somebody has ended since. */
export async function isOutlived(
  db: Executor,
  { extendsLeaseId }: Pick<AccessRequest, 'extendsLeaseId'>,
): Promise<boolean> {
  if (extendsLeaseId === undefined) return false;
  const row = await db
    .selectFrom('access_lease')
    .select('id')
    .where('id', '=', extendsLeaseId)
    .where('end_reason', 'in', ENDED_BY_SOMEBODY)
    .executeTakeFirst();
  return row !== undefined;
}

/** Open ones that ask for more of access that somebody has ended since. */
export async function findOutlived(db: Executor, most: number): Promise<AccessRequest[]> {
  const rows = await db
    .selectFrom('access_request')
    .innerJoin('access_lease', 'access_lease.id', 'access_request.extends_lease')
    .selectAll('access_request')
    .where('access_request.state', '=', 'open')
    .where('access_lease.end_reason', 'in', ENDED_BY_SOMEBODY)
    .limit(most)
    .execute();
  return rows.map(toRequest);
}

/** What was due by `now` is looked at later again; nothing that anybody sees has changed. */
export async function postpone(
  db: Executor,
  { id, now, until }: { id: string; now: Date; until: Date },
): Promise<void> {
  await db
    .updateTable('access_request')
    .set({ due_at: until })
    .where('id', '=', id)
    .where('due_at', '<=', now)
    .execute();
}

/** Those that concern the person and wait for something. */
export async function findPendingOf(db: Executor, personId: string): Promise<AccessRequest[]> {
  const rows = await db
    .selectFrom('access_request')
    .selectAll()
    .where('state', 'in', PENDING)
    .where((row) => row.or([row('person', '=', personId), row('asker', '=', personId)]))
    .execute();
  return rows.map(toRequest);
}

/** Of a list as it is shown: the first of them, and how many there are. */
export interface Counted {
  readonly requests: readonly AccessRequest[];
  readonly total: number;
}

/** What they have asked for, and what was asked for them; the newest first. */
export async function findRequestsOf(db: Executor, personId: string, most: number): Promise<Counted> {
  const own = db
    .selectFrom('access_request')
    .where((row) => row.or([row('person', '=', personId), row('asker', '=', personId)]));
  const [rows, { total }] = await Promise.all([
    own.selectAll().orderBy('asked_at', 'desc').orderBy('id').limit(most).execute(),
    own.select(({ fn }) => fn.countAll().as('total')).executeTakeFirstOrThrow(),
  ]);
  return { requests: rows.map(toRequest), total: Number(total) };
}

/**
 * Open ones on which the person was asked and has not voted, and break-glasses that they can review. Whoever has waited
 * longest comes first, so that nobody is hidden behind those who come later.
 */
export async function findRequestsFor(db: Executor, personId: string, most: number): Promise<Counted> {
  const asked = JSON.stringify([{ id: personId }]);
  const waiting = db
    .selectFrom('access_request')
    .where((row) => row.or([row('state', '=', 'open'), row('review', 'is not', null)]))
    .where('due_at', 'is not', null)
    .where(sql<boolean>`approvers @> ${asked}::jsonb`)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('access_vote')
            .select('access_vote.person')
            .whereRef('access_vote.request', '=', 'access_request.id')
            .where('access_vote.person', '=', personId),
        ),
      ),
    );
  const [rows, { total }] = await Promise.all([
    waiting.selectAll().orderBy('asked_at').orderBy('id').limit(most).execute(),
    waiting.select(({ fn }) => fn.countAll().as('total')).executeTakeFirstOrThrow(),
  ]);
  return { requests: rows.map(toRequest), total: Number(total) };
}

/** The oldest first. */
export async function findVotes(db: Executor, requestId: string): Promise<Vote[]> {
  const rows = await db
    .selectFrom('access_vote')
    .selectAll()
    .where('request', '=', requestId)
    .orderBy('at')
    .orderBy('person')
    .execute();
  return rows.map(toVote);
}

/** One per person and request: the second is an error of the caller, who holds the request's revision. */
export async function addVote(trx: Transaction, requestId: string, vote: Vote): Promise<void> {
  await trx.insertInto('access_vote').values(voteColumns(requestId, vote)).execute();
}

export async function removeVote(trx: Transaction, requestId: string, personId: string): Promise<void> {
  await trx.deleteFrom('access_vote').where('request', '=', requestId).where('person', '=', personId).execute();
}
