import { sql } from 'kysely';
import { z } from 'zod';
import type { Genesys, GenesysGrant } from '../genesys/genesys.js';
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

/** The outcomes that say which roles a Genesys user held when the run ended. */
export const KINDS_WITH_ROLES = ['off-board', 'provision-person'] as const;

const kept = z.object({ genesysRoles: z.array(heldRole) });

/**
 * The roles that the user held when Latchkey last had to do with them; `undefined`: it never had. Genesys forgets the roles
 * of whom it deletes, so they are read from the outcomes that the ledger keeps anyway.
 */
export async function rolesLastSeen({ db }: Pick<Database, 'db'>, userId: string): Promise<HeldRole[] | undefined> {
  const row = await db
    .selectFrom('run')
    .select('outcome')
    .where('kind', 'in', KINDS_WITH_ROLES)
    .where('state', '=', 'done')
    .where(sql<boolean>`outcome ->> 'genesysUserId' = ${userId}`)
    .orderBy('changed_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  const parsed = kept.safeParse(row?.outcome);
  return parsed.success ? parsed.data.genesysRoles : undefined;
}
