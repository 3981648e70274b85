import { sql } from 'kysely';
import { z } from 'zod';
import type { Genesys, GenesysDivision, GenesysGrant, GenesysRole } from '../genesys/genesys.js';
import type { Database } from '../platform/database.js';

/** A role of a Genesys user in a division, with the names it had then. */
export const heldRole = z.object({
  roleId: z.string(),
  roleName: z.string(),
  divisionId: z.string(),
  divisionName: z.string(),
});
export type HeldRole = z.infer<typeof heldRole>;

/** What the user holds now, in the shape that a run keeps. */
export async function rolesHeld(genesys: Pick<Genesys, 'findGrants'>, userId: string): Promise<HeldRole[]> {
  return (await genesys.findGrants(userId)).map(toHeldRole);
}

function toHeldRole({ role, divisionId, divisionName }: GenesysGrant): HeldRole {
  return { roleId: role.id, roleName: role.name, divisionId, divisionName };
}

/** Of these roles, those that Genesys still has, in divisions that it still has. */
export function rolesOffered(
  held: readonly HeldRole[],
  { divisions, roles }: { divisions: readonly GenesysDivision[]; roles: readonly GenesysRole[] },
): HeldRole[] {
  return held.filter(
    ({ roleId, divisionId }) => roles.some(({ id }) => id === roleId) && divisions.some(({ id }) => id === divisionId),
  );
}

/** The outcomes that say whose a Genesys user was. Roles that a lease gives for a while are nobody's to give back later. */
const KINDS_WITH_USERS = ['off-board', 'provision-person', 'grant-access', 'end-access'] as const;

/** The outcomes that say which roles a Genesys user held when the run ended. */
export const KINDS_WITH_ROLES = ['off-board', 'provision-person'] as const;

const kept = z.array(heldRole);

/**
 * The roles that the user held when Latchkey last had to do with them; `undefined`: it never had, or they were noted of
 * another person, whose address has been given to this one since. Genesys forgets the roles of whom it deletes, so they are
 * read from the outcomes that the ledger keeps anyway, and from what bulks have noted.
 */
export async function rolesLastSeen(
  { db }: Pick<Database, 'db'>,
  { userId, personId }: { userId: string; personId: string },
): Promise<HeldRole[] | undefined> {
  const byRun = db
    .selectFrom('run')
    .select([
      sql<unknown>`outcome -> 'genesysRoles'`.as('roles'),
      sql<string | null>`outcome ->> 'personId'`.as('person'),
      'changed_at as at',
    ])
    .where('kind', 'in', KINDS_WITH_ROLES)
    .where('state', '=', 'done')
    .where(sql<boolean>`outcome ->> 'genesysUserId' = ${userId}`);
  const byBulk = db
    .selectFrom('bulk_genesys_user')
    .select([sql<unknown>`roles`.as('roles'), sql<string | null>`person_id`.as('person'), 'noted_at as at'])
    .where('genesys_user_id', '=', userId)
    .where('roles', 'is not', null);
  const row = await byRun.unionAll(byBulk).orderBy('at', 'desc').limit(1).executeTakeFirst();
  const parsed = kept.safeParse(row?.roles);
  return row?.person === personId && parsed.success ? parsed.data : undefined;
}

/** Entra object id of whose user it was when Latchkey last had to do with it; `undefined`: it never had. */
export async function personLastSeen({ db }: Pick<Database, 'db'>, userId: string): Promise<string | undefined> {
  const byRun = db
    .selectFrom('run')
    .select([sql<string | null>`outcome ->> 'personId'`.as('person'), 'changed_at as at'])
    .where('kind', 'in', KINDS_WITH_USERS)
    .where('state', '=', 'done')
    .where(sql<boolean>`outcome ->> 'genesysUserId' = ${userId}`);
  const byBulk = db
    .selectFrom('bulk_genesys_user')
    .select([sql<string | null>`person_id`.as('person'), 'noted_at as at'])
    .where('genesys_user_id', '=', userId);
  const row = await byRun.unionAll(byBulk).orderBy('at', 'desc').limit(1).executeTakeFirst();
  return row?.person ?? undefined;
}
