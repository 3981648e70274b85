import { sql } from 'kysely';
import type { Entra, EntraPerson } from '../entra/entra.js';
import type { GenesysUser } from '../genesys/genesys.js';
import type { Database } from '../platform/database.js';
import type { Executor } from '../platform/schema.js';
import { wouldWakeStranger } from './bulk-refusals.js';
import type { BulkRow } from './bulk-store.js';
import { personLastSeen } from './role-snapshot.js';

/** Rows were looked up when the plan was made; what has happened to their people since is looked for right before the deed. */

/** What takes access away from one person in Entra; all but the unassignment do so in Genesys, too. */
const TAKING_KINDS = ['off-board', 'unassign-person', 'remove-test-user'] as const;
/** For one person, by hand or as somebody has approved: wins over a file that was sent before. */
const GIVING_KINDS = ['assign-person', 'provision-person', 'grant-access'] as const;

/** Somebody has begun to take the person's access away since the plan of a bulk was made. */
export interface Taking {
  /** By name. */
  readonly by: string;
  readonly isInGenesys: boolean;
  /** What was given to that person alone after it stays, whatever the bulk has done. */
  readonly isGivenSince: boolean;
}

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
  const [takings, people] = await Promise.all([
    findTakings(db, { bulkId, personIds: ids }),
    entra.findPeopleByIds(ids),
  ]);
  const sorted = rows.map((row) => {
    const id = row.deed?.personId;
    const taking = takings.get(id ?? '');
    return { row, unfit: taking ? leftOut(row, taking) : failed(row, findPerson(people, id)) };
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
 * By object id: the last taking since the plan of the bulk was made. What was begun before and retried after counts: so the
 * time of its last change is asked for.
 */
export async function findTakings(
  db: Executor,
  { bulkId, personIds }: { bulkId: string; personIds: readonly string[] },
): Promise<ReadonlyMap<string, Taking>> {
  if (personIds.length === 0) return new Map();
  const personId = sql<string>`coalesce(input ->> 'personId', input -> 'principal' ->> 'id')`;
  const runs = await db
    .selectFrom('run')
    .select([personId.as('person'), sql<string>`actor ->> 'name'`.as('by'), 'kind'])
    .where('kind', 'in', [...TAKING_KINDS, ...GIVING_KINDS])
    .where('changed_at', '>=', (open) => open.selectFrom('bulk').select('made_at').where('id', '=', bulkId))
    .where(personId, 'in', personIds)
    .orderBy('changed_at')
    .execute();
  const takings = new Map<string, Taking>();
  for (const { person, by, kind } of runs) {
    const before = takings.get(person);
    const isGiving = GIVING_KINDS.some((giving) => giving === kind);
    if (!isGiving) takings.set(person, { by, isInGenesys: kind !== 'unassign-person', isGivenSince: false });
    else if (before) takings.set(person, { ...before, isGivenSince: true });
  }
  return takings;
}

export function leftOut(row: BulkRow, { by }: Taking): BulkRow {
  const why = `Access was taken away meanwhile by ${by}: give it again by hand if that is wanted.`;
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
