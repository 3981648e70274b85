import { sql } from 'kysely';
import type { Executor } from '../platform/schema.js';
import type { RequestCard } from './access-cards.js';

/** So many states of a card can lie between two changes of the request or its lease. */
const STATES = 4;

/**
 * Of what a card shows: it rises with each change of the request or its lease.
 * @param isStarted the time to take back has passed, and the access does not work yet.
 */
export function cardRevision(
  { request, lease, extendedUntil }: Pick<RequestCard, 'request' | 'lease' | 'extendedUntil'>,
  isStarted: boolean,
): number {
  return STATES * (request.revision + (lease?.revision ?? 0)) + (isStarted ? 1 : 0) + (extendedUntil ? 2 : 0);
}

/**
 * Requests (`request:<id>:<reader>`; a reader is an object id, or `channel`) that have messages of an older revision than
 * their own. @param changed business times between which the request or its lease changed last; default: any.
 */
export async function findRequestCardsBehind(
  db: Executor,
  changed?: { readonly after: Date; readonly before: Date },
): Promise<readonly string[]> {
  const at = sql`greatest(request.changed_at, lease.changed_at)`;
  const when = changed ? sql`${at} > ${changed.after} and ${at} < ${changed.before}` : sql`true`;
  const { rows } = await sql<{ reference: string }>`
    select distinct posting.reference
    from access_request request
    left join access_lease lease on lease.id = request.lease
    cross join lateral (
      select request.asker as id
      union select request.person
      union select 'channel'
      union select jsonb_array_elements(request.approvers) ->> 'id'
    ) reader
    join posting on posting.reference = 'request:' || request.id || ':' || reader.id
    where posting.revision < ${sql.lit(STATES)} * (request.revision + coalesce(lease.revision, 0)) and ${when}
  `.execute(db);
  return rows.map(({ reference }) => reference);
}
