import type { Genesys, GenesysUser } from '../genesys/genesys.js';
import type { Json } from '../platform/json.js';
import { rolesHeld, type HeldRole } from './role-snapshot.js';

export interface GenesysUserWish {
  readonly name: string;
  /** What the sign-in will send, so that Genesys finds the user. */
  readonly email: string;
  readonly divisionId: string;
  /** Asked before a user who is inactive or deleted is made active; throws to leave them so. Absent: any user may. */
  readonly beforeWaking?: (user: GenesysUser) => Promise<void>;
  /** Each added in that division, unless it is there. */
  readonly roles: readonly { readonly roleId: string; readonly roleName: string }[];
  /** Which roles a user gets back; asked for one who was deleted, whose roles Genesys has forgotten. */
  readonly restoresOf: (userId: string) => Promise<readonly HeldRole[]>;
}

/** What Genesys held before; `unknown`: the user was created. */
export type UserWas = 'active' | 'inactive' | 'deleted' | 'unknown';

export type FoundUser = { readonly userId: string; readonly was: UserWas };

/** How the results of the parts are kept: what a repeated attempt is given instead of doing them again. */
export interface Kept {
  /** A repeated attempt finds the user active, so what they were before has to be kept before anything else is done. */
  readonly user: (find: () => Promise<FoundUser>) => Promise<FoundUser>;
  readonly step: <T extends Json>(name: string, deed: () => Promise<T>) => Promise<T>;
}

export interface EnsuredGenesysUser extends FoundUser {
  /** In the order in which they were given. */
  readonly roles: readonly { readonly roleName: string; readonly isNew: boolean }[];
  readonly restored: readonly HeldRole[];
  /** Everything the user held in the end. */
  readonly genesysRoles: readonly HeldRole[];
}

/** A user in Genesys: found, re-activated, restored or created; roles are only ever added, one by one. */
export async function ensureGenesysUser(
  genesys: Genesys,
  wish: GenesysUserWish,
  kept: Kept,
): Promise<EnsuredGenesysUser> {
  const { name, email, divisionId, beforeWaking } = wish;
  const { userId, was } = await kept.user(async () => {
    const ensured = await genesys.ensureActiveUser({ name, email, divisionId, beforeWaking });
    return { userId: ensured.user.id, was: ensured.was };
  });
  const restored = was === 'deleted' ? await wish.restoresOf(userId) : [];
  for (const { roleId, roleName, ...division } of restored) {
    await kept.step(`Give back the role ${roleName} in ${division.divisionName}`, () =>
      genesys.ensureGrant(userId, { roleId, divisionId: division.divisionId }),
    );
  }
  const roles: { roleName: string; isNew: boolean }[] = [];
  for (const { roleId, roleName } of wish.roles) {
    const isNew = await kept.step(`Give the role ${roleName}`, () =>
      genesys.ensureGrant(userId, { roleId, divisionId }),
    );
    roles.push({ roleName, isNew });
  }
  const genesysRoles = await kept.step('Read the roles back', () => rolesHeld(genesys, userId));
  return { userId, was, roles, restored, genesysRoles };
}
