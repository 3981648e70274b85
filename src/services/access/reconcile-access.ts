import { sql } from 'kysely';
import { z } from 'zod';
import type { Assignment } from '../entra/entra-access.js';
import type { Entra } from '../entra/entra.js';
import type { Executor } from '../platform/schema.js';
import { entraItemOf, itemsOf, keyOfItem } from './gift.js';
import { givenForGood } from './gifts-for-good.js';
import type { Lease, LeaseState } from './lease.js';
import { endReference } from './lease-ends.js';
import { leaseOf } from './lease-store.js';

/**
 * What Entra says beside what the leases say. `still-there`: it was taken, and is there all the same; Latchkey takes it
 * again · `comes-back`: that was in vain once, so something else gives it · `given-again`: somebody has given it outside of Latchkey since · `gone`: somebody has taken what a lease still gives
 */
export interface AccessFinding {
  readonly kind: 'still-there' | 'comes-back' | 'given-again' | 'gone';
  readonly lease: Lease;
}

/** What the last comparison of Entra with the leases has found. */
export interface DirectoryLook {
  /** Business time; absent: it has not been done since this process began. */
  readonly at?: Date;
  readonly findings: readonly AccessFinding[];
}

const LOOKED_BACK_DAYS = 30;
/** The newest of them. */
const MOST_ENDED = 5_000;
const GIVING: readonly LeaseState[] = ['planned', 'active', 'ending', 'failed'];
const keys = z.array(z.string()).catch([]);

/** Compares roles of the application only: of a membership Entra does not say since when it is. Changes nothing. */
export async function compareWithDirectory(
  { entra, db }: { entra: Pick<Entra, 'listAssignments'>; db: Executor },
  now: Date,
): Promise<AccessFinding[]> {
  const giving = await leasesGiving(db);
  const needed = new Set(giving.map(entraKeyOf));
  const ended = (await leasesEnded(db, now)).filter((lease) => !needed.has(entraKeyOf(lease)));
  const findings: AccessFinding[] = [];
  for (const id of new Set([...giving, ...ended].flatMap(servicePrincipalOf))) {
    const assigned = new Map(
      (await entra.listAssignments(id)).map((one) => [`${one.principalId} ${one.appRoleId}`, one]),
    );
    const assignmentOf = (lease: Lease): Assignment | undefined =>
      assigned.get(`${lease.person.id} ${appRoleOf(lease)}`);
    const isOfIt = (lease: Lease): boolean => servicePrincipalOf(lease).includes(id);
    for (const lease of giving.filter(isOfIt))
      if (lease.state === 'active' && !assignmentOf(lease)) findings.push({ kind: 'gone', lease });
    for (const lease of ended.filter(isOfIt)) findings.push(...(await judgeEnded(db, lease, assignmentOf(lease))));
  }
  return findings;
}

function entraKeyOf({ person, gift }: Pick<Lease, 'person' | 'gift'>): string {
  return `${person.id} ${keyOfItem(entraItemOf(gift))}`;
}

/** What is older than its removal was not given since: the removal has not held, or the directory has brought it back. */
async function judgeEnded(db: Executor, lease: Lease, assignment: Assignment | undefined): Promise<AccessFinding[]> {
  if (!assignment) return [];
  const { since } = assignment;
  const givenAt = lease.beginsAt ?? lease.endsAt;
  const item = { key: keyOfItem(entraItemOf(lease.gift)), leaseId: lease.id, givenAt };
  if ((await givenForGood(db, lease.person.id, [item])).size > 0) return [];
  const takenAt = lease.closedAt ?? lease.endedAt;
  const isOlder = since !== undefined && takenAt !== undefined && since < takenAt;
  if (!isOlder) return [{ kind: 'given-again', lease }];
  return [{ kind: (await timesEnded(db, lease)) > 1 ? 'comes-back' : 'still-there', lease }];
}

async function timesEnded(db: Executor, { id }: Lease): Promise<number> {
  const rows = await db
    .selectFrom('run')
    .select('id')
    .where('reference', '=', endReference(id))
    .where('state', '=', 'done')
    .execute();
  return rows.length;
}

async function leasesGiving(db: Executor): Promise<Lease[]> {
  const rows = await db.selectFrom('access_lease').selectAll().where('state', 'in', GIVING).execute();
  return rows.map(leaseOf);
}

/** Those whose end took the role in Entra; of a person and role the newest. */
async function leasesEnded(db: Executor, now: Date): Promise<Lease[]> {
  const rows = await db
    .selectFrom('access_lease')
    .innerJoin('run', 'run.id', 'access_lease.end_run')
    .selectAll('access_lease')
    .select(sql<unknown>`run.outcome -> 'take'`.as('take'))
    .where('access_lease.state', '=', 'ended')
    .where('access_lease.ended_at', '>=', new Date(now.getTime() - LOOKED_BACK_DAYS * 86_400_000))
    .orderBy('access_lease.ended_at', 'desc')
    .limit(MOST_ENDED)
    .execute();
  const taken = rows
    .reverse()
    .filter(({ take, ...row }) => keys.parse(take).includes(keyOfItem(entraItemOf(leaseOf(row).gift))));
  const leases = taken.map((row) => leaseOf(row));
  return [...new Map(leases.map((lease) => [entraKeyOf(lease), lease])).values()];
}

function servicePrincipalOf({ gift: { entra } }: Lease): string[] {
  return entra.kind === 'app-role' ? [entra.servicePrincipalId] : [];
}

function appRoleOf({ gift: { entra } }: Lease): string {
  return entra.kind === 'app-role' ? entra.appRoleId : '';
}

/** Leases that have ended, of which something is still noted as given by Latchkey that no lease of the person needs. */
export async function leasesOutlived(db: Executor): Promise<Lease[]> {
  const rows = await db
    .selectFrom('access_lease')
    .innerJoin('access_item', 'access_item.lease', 'access_lease.id')
    .selectAll('access_lease')
    .select('access_item.item')
    .where('access_lease.state', '=', 'ended')
    .execute();
  if (rows.length === 0) return [];
  const needed = await itemsNeeded(db, [...new Set(rows.map(({ person }) => person))]);
  const outlived = rows.filter(({ person, item }) => !needed.has(`${person} ${item}`));
  return [...new Map(outlived.map((row) => [row.id, leaseOf(row)])).values()];
}

/** "<person> <key>" of what leases of these people give. */
async function itemsNeeded(db: Executor, people: readonly string[]): Promise<ReadonlySet<string>> {
  const rows = await db
    .selectFrom('access_lease')
    .selectAll()
    .where('person', 'in', people)
    .where('state', 'in', GIVING)
    .execute();
  const keysOf = ({ person, gift }: Lease): string[] => itemsOf(gift).map((item) => `${person.id} ${keyOfItem(item)}`);
  return new Set(rows.map(leaseOf).flatMap(keysOf));
}
