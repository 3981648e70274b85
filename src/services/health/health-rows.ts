import { sql } from 'kysely';
import type { AccessFinding } from '../access/reconcile-access.js';
import { leaseOf } from '../access/lease-store.js';
import { findRequestCardsBehind } from '../access/request-cards-behind.js';
import { ACCESS_CHANGED } from '../access/access-changed.js';
import { findReferencesBehind } from '../platform/conversation-store.js';
import type { Json } from '../platform/json.js';
import type { Executor } from '../platform/schema.js';
import type { LeaseTrouble, Pile, RunTrouble, Some } from './health.js';

/** What stands still, by what the tables say. */

const MINUTE_MS = 60_000;
const DAY_MINUTES = 1_440;
/** No new sign-in 60 seconds after the end (G2), and a minute more for whoever looks just then. */
const END_MINUTES = 2;
const SESSIONS_MINUTES = 30;
const RUN_MINUTES = 60;
const PILE_MINUTES = 5;
/** Whoever changed a request shows it within seconds. */
const CARD_MINUTES = 1;
/** One that nobody has gone on with for so long is nobody's concern any more. */
const STOPPED_DAYS = 7;
const MOST_ROWS = 8;

/** Leases whose giving or end does not get on, the oldest first. */
export async function findLeaseTroubles(db: Executor, now: Date): Promise<Some<LeaseTrouble>> {
  const rows = await db
    .selectFrom('access_lease')
    .leftJoin('run', (on) =>
      on.on(
        'run.id',
        '=',
        sql`case when access_lease.state = 'failed' then access_lease.run else access_lease.end_run end`,
      ),
    )
    .selectAll('access_lease')
    .select(['run.problem', sql<string>`count(*) over ()`.as('total')])
    .where((lease) =>
      lease.or([
        lease.and([lease('access_lease.state', '=', 'failed'), lease('ends_at', '>', now)]),
        lease.and([
          lease('access_lease.state', '=', 'ending'),
          lease.or([
            lease.and([
              lease('closed_at', 'is', null),
              lease('access_lease.changed_at', '<', before(now, END_MINUTES)),
            ]),
            lease('closed_at', '<', before(now, SESSIONS_MINUTES)),
          ]),
        ]),
      ]),
    )
    .orderBy('access_lease.changed_at')
    .limit(MOST_ROWS)
    .execute();
  const first = rows.map((row): LeaseTrouble => {
    const lease = leaseOf(row);
    const kind = row.state === 'failed' ? 'not-given' : row.closed_at ? 'sessions-open' : 'not-taken';
    const runId = (kind === 'not-given' ? lease.runId : lease.endRunId) ?? lease.runId;
    return { kind, lease, runId, since: row.closed_at ?? row.changed_at, ...problemOf(row) };
  });
  return { first, total: totalOf(rows) };
}

/**
 * Runs that wait for a remote side for too long, or that somebody has to go on with; the oldest first. Not those that
 * end access, as their leases are named. @param wantedBy what a run is to do; throws, or `undefined`, where nobody here knows.
 */
export async function findRunTroubles(
  db: Executor,
  now: Date,
  wantedBy: (kind: string, input: Json) => string | undefined,
): Promise<Some<RunTrouble>> {
  const rows = await db
    .selectFrom('run')
    .select(['id', 'kind', 'state', 'input', 'problem', 'changed_at', 'started_at'])
    .select([sql<string>`actor ->> 'name'`.as('by'), sql<string>`count(*) over ()`.as('total')])
    .where('kind', '<>', 'end-access')
    .where((run) =>
      run.or([
        run.and([run('state', '=', 'interrupted'), run('changed_at', '>', before(now, STOPPED_DAYS * DAY_MINUTES))]),
        run.and([run('state', '=', 'waiting'), run('parks', '>', 0), run('started_at', '<', before(now, RUN_MINUTES))]),
      ]),
    )
    .orderBy('started_at')
    .limit(MOST_ROWS)
    .execute();
  const first = rows.map((row): RunTrouble => {
    const wanted = wantedBy(row.kind, row.input);
    return {
      ...{ kind: row.state === 'waiting' ? 'waits' : 'stopped', runId: row.id, by: row.by },
      ...{ since: row.state === 'waiting' ? row.started_at : row.changed_at, ...problemOf(row) },
      ...(wanted === undefined ? {} : { wanted }),
    };
  });
  return { first, total: totalOf(rows) };
}

/** Leases and requests that the clock has left lying. */
export async function findOverdue(db: Executor, now: Date): Promise<Pile> {
  const { rows } = await sql<{ count: string; since: Date | null }>`
    select count(*) as count, min(due_at) as since
    from (select due_at from access_lease union all select due_at from access_request) due
    where due_at < ${before(now, PILE_MINUTES)}`.execute(db);
  return pileOf(rows[0]);
}

/** Events of changed requests that a chat has not taken. */
export async function findUndelivered(db: Executor, now: Date): Promise<Pile> {
  const row = await db
    .selectFrom('outbox')
    .select((event) => [event.fn.countAll<string>().as('count'), event.fn.min('at').as('since')])
    .where(
      'type',
      'in',
      ACCESS_CHANGED.map(({ type }) => type),
    )
    .where('delivered_at', 'is', null)
    .where('at', '<', before(now, PILE_MINUTES))
    .executeTakeFirst();
  return pileOf(row);
}

/** Of the last day: a message that could not be edited for longer is not there any more, most likely. */
export async function countCardsBehind(db: Executor, now: Date): Promise<number> {
  const changed = { after: before(now, DAY_MINUTES), before: before(now, CARD_MINUTES) };
  const references = [...(await findReferencesBehind(db, changed)), ...(await findRequestCardsBehind(db, changed))];
  return references.length;
}

/** Without those whose lease is in another state now: what was found has been seen to. */
export async function stillTrue(db: Executor, findings: readonly AccessFinding[]): Promise<readonly AccessFinding[]> {
  if (findings.length === 0) return [];
  const ids = findings.map(({ lease }) => lease.id);
  const rows = await db.selectFrom('access_lease').select(['id', 'state']).where('id', 'in', ids).execute();
  const states = new Map(rows.map(({ id, state }) => [id, state]));
  return findings.filter(({ lease }) => states.get(lease.id) === lease.state);
}

function before(now: Date, minutes: number): Date {
  return new Date(now.getTime() - minutes * MINUTE_MS);
}

function problemOf({ problem }: { problem: { what: string } | null }): { problem?: string } {
  return problem ? { problem: problem.what } : {};
}

function totalOf(rows: readonly { total: string }[]): number {
  return Number(rows[0]?.total ?? 0);
}

function pileOf(row: { count: string; since: Date | null } | undefined): Pile {
  return { count: Number(row?.count ?? 0), ...(row?.since ? { since: row.since } : {}) };
}
