import { sql, type Selectable } from 'kysely';
import { z } from 'zod';
import { accessInEntra, accessInGenesys, holdAccess } from '../operations/access-clash.js';
import { jsonText } from '../platform/json.js';
import { parseRunId, type RunId } from '../platform/ids.js';
import type { AccessLeaseTable } from '../platform/schema-access.js';
import type { Executor, Transaction } from '../platform/schema.js';
import { publishAccessChanged } from './access-changed.js';
import type { RequestState } from './access-request.js';
import { accessGift } from './gift.js';
import { LIVE_STATES, type Lease, type LeaseState } from './lease.js';

/** Leases as rows. Each change raises the revision; what it was made from is part of its condition. */

const words = z.array(z.string());

export function leaseOf(row: Selectable<AccessLeaseTable>): Lease {
  return {
    ...{ id: row.id, revision: row.revision, requestId: row.request, state: row.state, minutes: row.minutes },
    person: { id: row.person, name: row.person_name, userPrincipalName: row.user_principal_name },
    ...{ roleId: row.role_id, roleName: row.role_name, gift: accessGift.parse(row.gift), runId: row.run },
    ...(row.giving_at ? { givingAt: row.giving_at } : {}),
    ...(row.begins_at ? { beginsAt: row.begins_at } : {}),
    endsAt: row.ends_at,
    ...(row.closed_at ? { closedAt: row.closed_at } : {}),
    ...(row.ended_at ? { endedAt: row.ended_at } : {}),
    ...(row.end_reason ? { endReason: row.end_reason } : {}),
    ...(row.ended_by === null ? {} : { endedBy: row.ended_by }),
    ...(row.end_why === null ? {} : { endWhy: row.end_why }),
    ...(row.end_run === null ? {} : { endRunId: row.end_run }),
    ...{ leftOver: words.parse(row.left_over ?? []), reminders: row.reminders },
  };
}

/** Written with its end, before anything is given. */
export interface NewLease extends Pick<
  Lease,
  'id' | 'requestId' | 'person' | 'roleId' | 'roleName' | 'gift' | 'minutes' | 'endsAt'
> {
  readonly runId: RunId;
  /** When its giving begins. */
  readonly startsAt: Date;
  readonly at: Date;
}

export async function insertLease(trx: Transaction, lease: NewLease): Promise<void> {
  const { person } = lease;
  await trx
    .insertInto('access_lease')
    .values({
      ...{ id: lease.id, request: lease.requestId, role_id: lease.roleId, role_name: lease.roleName },
      ...{ person: person.id, person_name: person.name, user_principal_name: person.userPrincipalName },
      ...{ gift: jsonText(lease.gift), state: 'planned', minutes: lease.minutes, run: lease.runId },
      ...{ ends_at: lease.endsAt, due_at: lease.startsAt, changed_at: lease.at },
    })
    .execute();
}

export async function findLease(db: Executor, leaseId: string): Promise<Lease | undefined> {
  const row = await db.selectFrom('access_lease').selectAll().where('id', '=', leaseId).executeTakeFirst();
  return row && leaseOf(row);
}

/** Until the commit nobody else changes it. `attempts`: how often its giving was begun. */
export async function holdLease(
  trx: Transaction,
  leaseId: string,
): Promise<(Lease & { readonly attempts: number }) | undefined> {
  const row = await trx.selectFrom('access_lease').selectAll().where('id', '=', leaseId).forUpdate().executeTakeFirst();
  return row && { ...leaseOf(row), attempts: row.attempts };
}

/**
 * Until the commit nobody else changes what the person has for a while. Before anything is written that others wait for, the
 * audit above all: two who each waited for what the other one holds would both fail.
 */
export async function holdLeasesOf(trx: Transaction, personId: string): Promise<void> {
  await holdAccess(trx, [accessInEntra(personId), accessInGenesys(personId)]);
  await trx
    .selectFrom('access_lease')
    .select('id')
    .where('person', '=', personId)
    .where('state', '!=', 'ended')
    .orderBy('id')
    .forUpdate()
    .execute();
}

/** The leases of a person in these states, in the order of their ends. */
export async function leasesOf(
  db: Executor,
  personId: string,
  states: readonly LeaseState[] = LIVE_STATES,
): Promise<Lease[]> {
  const rows = await db
    .selectFrom('access_lease')
    .selectAll()
    .where('person', '=', personId)
    .where('state', 'in', states)
    .orderBy('ends_at')
    .execute();
  return rows.map(leaseOf);
}

/** Ids of the lease, and of whatever goes on after it, or after that. */
export async function leasesFrom(db: Executor, leaseId: string): Promise<ReadonlySet<string>> {
  const { rows } = await sql<{ id: string }>`
    with recursive later (id) as (
      select ${leaseId}::uuid
      union
      select access_lease.id from later
      join access_request on access_request.extends_lease = later.id
      join access_lease on access_lease.request = access_request.id
    )
    select id from later`.execute(db);
  return new Set(rows.map(({ id }) => id));
}

/** What a change writes; `null` clears. */
export interface LeaseChange {
  readonly state?: LeaseState;
  readonly givingAt?: Date;
  readonly attempts?: number;
  readonly beginsAt?: Date;
  readonly endsAt?: Date;
  readonly closedAt?: Date | null;
  readonly endedAt?: Date;
  readonly endReason?: Lease['endReason'];
  readonly endedBy?: string;
  readonly endWhy?: string;
  readonly endRunId?: RunId;
  readonly leftOver?: readonly string[];
  readonly reminders?: number;
  readonly dueAt?: Date | null;
}

/** Changes it where it is in one of these states, and tells of it. `false`, and nothing changed: it is in another one. */
export async function changeLease(
  trx: Transaction,
  { id, from, at, change }: { id: string; from: readonly LeaseState[]; at: Date; change: LeaseChange },
): Promise<boolean> {
  const row = await trx
    .updateTable('access_lease')
    .set((lease) => ({ ...columnsOf(change), revision: lease('revision', '+', 1), changed_at: at }))
    .where('id', '=', id)
    .where('state', 'in', from)
    .returning('request')
    .executeTakeFirst();
  if (!row) return false;
  await publishAccessChanged(trx, row.request, at);
  if (change.state === 'active' || change.state === 'ending') await touchEarlier(trx, row.request, at);
  return true;
}

/** The cards of the leases that this one goes on with say until when. Whoever calls it holds what the person has. */
async function touchEarlier(trx: Transaction, requestId: string, at: Date): Promise<void> {
  const { rows } = await sql<{ request: string }>`
    with recursive earlier (lease) as (
      select extends_lease from access_request where id = ${requestId}
      union
      select access_request.extends_lease from earlier
      join access_lease on access_lease.id = earlier.lease
      join access_request on access_request.id = access_lease.request
    )
    update access_lease set revision = revision + 1, changed_at = ${at}::timestamptz
    where id in (select lease from earlier)
    returning request`.execute(trx);
  for (const { request } of rows) await publishAccessChanged(trx, request, at);
}

function columnsOf(change: LeaseChange) {
  const { leftOver } = change;
  return {
    ...(change.state === undefined ? {} : { state: change.state }),
    ...(change.givingAt === undefined ? {} : { giving_at: change.givingAt }),
    ...(change.attempts === undefined ? {} : { attempts: change.attempts }),
    ...(change.beginsAt === undefined ? {} : { begins_at: change.beginsAt }),
    ...(change.endsAt === undefined ? {} : { ends_at: change.endsAt }),
    ...(change.closedAt === undefined ? {} : { closed_at: change.closedAt }),
    ...(change.endedAt === undefined ? {} : { ended_at: change.endedAt }),
    ...(change.endReason === undefined ? {} : { end_reason: change.endReason }),
    ...(change.endedBy === undefined ? {} : { ended_by: change.endedBy }),
    ...(change.endWhy === undefined ? {} : { end_why: change.endWhy }),
    ...(change.endRunId === undefined ? {} : { end_run: change.endRunId }),
    ...(leftOver === undefined ? {} : { left_over: jsonText([...leftOver]) }),
    ...(change.reminders === undefined ? {} : { reminders: change.reminders }),
    ...(change.dueAt === undefined ? {} : { due_at: change.dueAt }),
  };
}

/** Moves the request that a lease was given for. Nothing happens where it is in none of these states. */
export async function moveRequest(
  trx: Transaction,
  move: { requestId: string; from: readonly RequestState[]; to: RequestState; at: Date },
): Promise<void> {
  await trx
    .updateTable('access_request')
    .set((request) => ({ state: move.to, revision: request('revision', '+', 1), changed_at: move.at }))
    .where('id', '=', move.requestId)
    .where('state', 'in', move.from)
    .execute();
}

/** The run that gives it. Throws where the lease has none that could be one. */
export function runOf({ runId }: Pick<Lease, 'runId'>): RunId {
  return parseRunId(runId);
}
