import { sql } from 'kysely';
import { z } from 'zod';
import type { Assignment } from '../entra/entra-access.js';
import type { Entra } from '../entra/entra.js';
import type { Executor } from '../platform/schema.js';
import { entraItemOf, itemsOf, keyOfItem } from './gift.js';
import { givenForGood } from './gifts-for-good.js';
import type { Lease, LeaseState } from './lease.js';
import { leaseOf } from './lease-store.js';

/**
 * What Entra says beside what the leases say. `still-there`: it was taken, and is there all the same; Latchkey takes it
 * again · `given-again`: somebody has given it outside of Latchkey since · `gone`: somebody has taken what a lease still gives
 */
export interface AccessFinding {
  readonly kind: 'still-there' | 'given-again' | 'gone';
  readonly lease: Lease;
}

const LOOKED_BACK_DAYS = 30;
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

/** What is older than the end was not given since: the removal has not held, or the directory has brought it back. */
async function judgeEnded(db: Executor, lease: Lease, assignment: Assignment | undefined): Promise<AccessFinding[]> {
  if (!assignment) return [];
  const { since } = assignment;
  const givenAt = lease.beginsAt ?? lease.endsAt;
  const item = { key: keyOfItem(entraItemOf(lease.gift)), leaseId: lease.id, givenAt };
  if ((await givenForGood(db, lease.person.id, [item])).size > 0) return [];
  const isOlder = since !== undefined && lease.endedAt !== undefined && since < lease.endedAt;
  return [{ kind: isOlder ? 'still-there' : 'given-again', lease }];
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
    .orderBy('access_lease.ended_at')
    .execute();
  const taken = rows.filter(({ take, ...row }) => keys.parse(take).includes(keyOfItem(entraItemOf(leaseOf(row).gift))));
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
    .selectAll()
    .where('state', '=', 'ended')
    .where('id', 'in', (open) => open.selectFrom('access_item').select('lease'))
    .execute();
  const outlived: Lease[] = [];
  for (const lease of rows.map(leaseOf)) {
    const others = await db
      .selectFrom('access_lease')
      .selectAll()
      .where('person', '=', lease.person.id)
      .where('state', 'in', GIVING)
      .execute();
    const needed = new Set(others.flatMap((row) => itemsOf(leaseOf(row).gift)).map(keyOfItem));
    const items = await db.selectFrom('access_item').select('item').where('lease', '=', lease.id).execute();
    if (items.some(({ item }) => !needed.has(item))) outlived.push(lease);
  }
  return outlived;
}
