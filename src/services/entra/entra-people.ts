import { z } from 'zod';
import type { EntraPerson, RoleHeld, Standing } from './entra.js';
import { failureStatusOf, isNotFound, type Attempt } from './entra-problems.js';
import { groupWire, roleWire, toPerson, USER_SELECT, userWire, type UserWire } from './entra-wire.js';
import { NEEDS } from './graph-permissions.js';
import type { Graph } from './graph-http.js';
import { graphFilter, graphPath, isGuid } from './graph-query.js';

const managerWire = z.looseObject({ '@odata.type': z.string().nullish() });

const lookUp: Attempt = { to: 'look people up', needs: NEEDS.readPeople };

export function createPeople({ graph }: { readonly graph: Graph }): {
  findPerson(id: string): Promise<EntraPerson | undefined>;
  findStanding(personId: string): Promise<Standing | undefined>;
  findManager(personId: string): Promise<EntraPerson | undefined>;
} {
  async function readUser(idOrName: string): Promise<UserWire | undefined> {
    const path = graphPath`/users/${idOrName}`;
    const read = graph.ask({ method: 'GET', path, query: { $select: USER_SELECT }, attempt: lookUp }, userWire);
    return read.catch((error: unknown) => {
      if (isNotFound(error)) return undefined;
      throw error;
    });
  }

  async function findPerson(id: string): Promise<EntraPerson | undefined> {
    // Graph would take a UPN here as well; Latchkey knows people by object id alone.
    const user = isGuid(id) ? await readUser(id) : undefined;
    return user && toPerson(user);
  }

  async function findStanding(personId: string): Promise<Standing | undefined> {
    if (!isGuid(personId)) return undefined;
    const [person, active, eligible, throughGroups] = await Promise.all([
      findPerson(personId),
      activeRoles(personId),
      eligibleRoles(personId),
      rolesThroughGroups(personId),
    ]);
    if (!person) return undefined;
    return {
      person,
      active: [...active, ...throughGroups.active],
      eligible: [...eligible, ...throughGroups.eligible],
    };
  }

  async function findManager(personId: string): Promise<EntraPerson | undefined> {
    if (!isGuid(personId)) return undefined;
    const path = graphPath`/users/${personId}/manager`;
    const read = graph.ask({ method: 'GET', path, query: { $select: USER_SELECT }, attempt: lookUp }, managerWire);
    const manager = await read.catch((error: unknown) => {
      if (isNotFound(error)) return undefined;
      throw error;
    });
    // A contact of the organisation may be somebody's manager as well, and has no account.
    const isUser = manager?.['@odata.type'] === undefined || manager['@odata.type'] === '#microsoft.graph.user';
    const user = isUser ? userWire.safeParse(manager) : undefined;
    return user?.success ? toPerson(user.data) : undefined;
  }

  async function rolesThroughGroups(personId: string): Promise<{ active: RoleHeld[]; eligible: RoleHeld[] }> {
    const groups = await emptyIfMissing(
      graph.list(
        {
          path: graphPath`/users/${personId}/transitiveMemberOf/microsoft.graph.group`,
          query: { $select: 'id,displayName,isAssignableToRole', $top: '999' },
          attempt: { to: 'read the groups of a person', needs: NEEDS.readGroups },
        },
        groupWire,
      ),
    );
    const giving = groups.filter((group) => group.isAssignableToRole === true);
    const through = (name: string) => (role: RoleHeld) => ({ ...role, throughGroup: name });
    const [active, eligible] = await Promise.all([
      Promise.all(
        giving.map(async (group) => (await activeRoles(group.id)).map(through(group.displayName ?? group.id))),
      ),
      Promise.all(
        giving.map(async (group) => (await eligibleRoles(group.id)).map(through(group.displayName ?? group.id))),
      ),
    ]);
    return { active: active.flat(), eligible: eligible.flat() };
  }

  async function activeRoles(principalId: string): Promise<RoleHeld[]> {
    const roles = await graph.list(
      {
        path: '/roleManagement/directory/roleAssignments',
        query: { $filter: graphFilter`principalId eq ${principalId}` },
        attempt: { to: 'read the directory roles of a person', needs: NEEDS.readRoles },
      },
      roleWire,
    );
    return roles.map(toRole);
  }

  /** A tenant without a PIM licence refuses the question (400 or 403); nobody is eligible for anything there. */
  async function eligibleRoles(principalId: string): Promise<RoleHeld[]> {
    const asked = graph.list(
      {
        path: '/roleManagement/directory/roleEligibilityScheduleInstances',
        query: { $filter: graphFilter`principalId eq ${principalId}` },
        attempt: { to: 'read the eligible roles of a person', needs: NEEDS.readEligibility },
      },
      roleWire,
    );
    const roles = await asked.catch((error: unknown) => {
      const status = failureStatusOf(error);
      if (status === 400 || status === 403) return [];
      throw error;
    });
    return roles.map(toRole);
  }

  return { findPerson, findStanding, findManager };
}

function emptyIfMissing<T>(asked: Promise<T[]>): Promise<T[]> {
  return asked.catch((error: unknown) => {
    if (isNotFound(error)) return [];
    throw error;
  });
}

function toRole(role: z.infer<typeof roleWire>): RoleHeld {
  // An assignment scoped to one app has an appScopeId and no directory scope; it must not pass for the whole tenant.
  return { roleTemplateId: role.roleDefinitionId, scope: role.directoryScopeId ?? 'other' };
}
