import { sql } from 'kysely';
import type { Entra, EntraPerson } from '../entra/entra.js';
import type { GenesysUser } from '../genesys/genesys.js';
import type { Database } from '../platform/database.js';
import type { Executor } from '../platform/schema.js';
import { wouldWakeStranger } from './bulk-refusals.js';
import type { BulkRow } from './bulk-store.js';
import { personLastSeen } from './role-snapshot.js';

/** Rows were looked up when the plan was made; what has happened to their people since is looked for right before the deed. */

/** What takes access away from one person. */
const TAKING_KINDS = ['off-board', 'unassign-person', 'remove-test-user'] as const;

export interface SortedRows {
  readonly fit: readonly BulkRow[];
  /** Each with what became of it, and why. */
  readonly unfit: readonly BulkRow[];
}

/** Asks the ledger and Entra once for all of these rows. Changes nothing. */
export async function sortOut(
  rows: readonly BulkRow[],
  { db, entra, bulkId }: { db: Executor; entra: Pick<Entra, 'findPeopleByIds'>; bulkId: string },
): Promise<SortedRows> {
  const ids = rows.flatMap(({ deed }) => (deed ? [deed.personId] : []));
  const [takers, people] = await Promise.all([takersSince(db, { bulkId, personIds: ids }), entra.findPeopleByIds(ids)]);
  const sorted = rows.map((row) => {
    const id = row.deed?.personId;
    return { row, unfit: leftOut(row, takers.get(id ?? '')) ?? failed(row, findPerson(people, id)) };
  });
  return {
    fit: sorted.flatMap(({ row, unfit }) => (unfit ? [] : [row])),
    unfit: sorted.flatMap(({ unfit }) => unfit ?? []),
  };
}

/**
 * Addresses are given again, so that a user who is inactive or deleted may be of somebody else. Throws, unless it was this
 * very person's when Latchkey last had to do with it.
 */
export async function refuseStranger(
  database: Pick<Database, 'db'>,
  { upn, deed }: BulkRow,
  user: GenesysUser,
): Promise<void> {
  const owner = await personLastSeen(database, user.id);
  if (owner === undefined || owner !== deed?.personId) throw wouldWakeStranger(upn, user);
}

function findPerson(people: readonly EntraPerson[], id: string | undefined): EntraPerson | undefined {
  return people.find((person) => person.id === id);
}

/**
 * By object id: the name of whoever took the access of that person away last, since the plan of the bulk was made. What was
 * begun before and retried after counts: so the time of its last change is asked for.
 */
async function takersSince(
  db: Executor,
  { bulkId, personIds }: { bulkId: string; personIds: readonly string[] },
): Promise<ReadonlyMap<string, string>> {
  if (personIds.length === 0) return new Map();
  const personId = sql<string>`coalesce(input ->> 'personId', input -> 'principal' ->> 'id')`;
  const rows = await db
    .selectFrom('run')
    .select([personId.as('person'), sql<string>`actor ->> 'name'`.as('taker')])
    .where('kind', 'in', TAKING_KINDS)
    .where('changed_at', '>=', (open) => open.selectFrom('bulk').select('made_at').where('id', '=', bulkId))
    .where(personId, 'in', personIds)
    .orderBy('changed_at')
    .execute();
  return new Map(rows.map(({ person, taker }) => [person, taker]));
}

function leftOut(row: BulkRow, taker: string | undefined): BulkRow | undefined {
  if (taker === undefined) return undefined;
  const why = `Access was taken away meanwhile by ${taker}: give it again by hand if that is wanted.`;
  return { ...row, state: 'left-out', note: `${row.note} ${why}`.trim() };
}

/** Whether somebody can be assigned whom a list does not show, Entra says itself; Genesys knows nothing of them. */
function failed(row: BulkRow, person: EntraPerson | undefined): BulkRow | undefined {
  if (person ? person.isEnabled : row.state === 'to-assign') return undefined;
  const why = person
    ? 'The account has been disabled in Entra meanwhile. Enable it, then send this row again.'
    : 'Entra does not show this account any more. Look whether it was deleted, and send this row again if it was not.';
  return { ...row, state: 'failed', note: `${row.note} ${why}`.trim() };
}
