import { z } from 'zod';
import type { EntraPerson, NewPerson, RoleHeld, Standing } from './entra.js';
import { failureStatusOf, isNotFound, type Attempt } from './entra-problems.js';
import { domainWire, groupWire, roleWire, USER_SELECT, userWire, type UserWire } from './entra-wire.js';
import { NEEDS } from './graph-permissions.js';
import type { Graph } from './graph-http.js';
import { graphFilter, graphPath, isGuid } from './graph-query.js';
import type { OneAtATime, Replication } from './replication.js';

interface Parts {
  readonly graph: Graph;
  readonly replication: Replication;
  readonly oneAtATime: OneAtATime;
}

const MOST_PEOPLE = 10;
const LONGEST_SEARCH = 256;
const LONE_SURROGATE_OR_CONTROL = /[\p{Cs}\p{Cc}]/u;

const lookUp: Attempt = { to: 'look people up', needs: NEEDS.readPeople };

export function createPeople({ graph, replication, oneAtATime }: Parts): {
  findPeople(text: string): Promise<readonly EntraPerson[]>;
  findPerson(id: string): Promise<EntraPerson | undefined>;
  findStanding(personId: string): Promise<Standing | undefined>;
  managedDomains(): Promise<readonly string[]>;
  createPerson(person: NewPerson): Promise<EntraPerson>;
  resetPassword(personId: string, password: string): Promise<void>;
} {
  async function findPeople(text: string): Promise<readonly EntraPerson[]> {
    const wanted = text.trim();
    if (wanted === '' || wanted.length > LONGEST_SEARCH || LONE_SURROGATE_OR_CONTROL.test(wanted)) return [];
    if (isGuid(wanted)) return [await findPerson(wanted)].filter((person) => person !== undefined);
    const exact = wanted.includes('@')
      ? await search(graphFilter`userPrincipalName eq ${wanted} or mail eq ${wanted}`)
      : [];
    if (exact.length > 0) return exact;
    return search(graphFilter`startsWith(displayName,${wanted}) or startsWith(userPrincipalName,${wanted})`);
  }

  async function search(filter: string): Promise<EntraPerson[]> {
    const { value } = await graph.ask(
      {
        method: 'GET',
        path: '/users',
        query: { $filter: filter, $select: USER_SELECT, $top: String(MOST_PEOPLE) },
        attempt: lookUp,
      },
      z.object({ value: z.array(userWire) }),
    );
    return value.slice(0, MOST_PEOPLE).map(toPerson);
  }

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

  async function managedDomains(): Promise<readonly string[]> {
    const domains = await graph.list(
      {
        path: '/domains',
        query: { $select: 'id,isVerified,isDefault,authenticationType' },
        attempt: { to: 'read the domains of the tenant', needs: NEEDS.readDomains },
      },
      domainWire,
    );
    return domains
      .filter((domain) => domain.isVerified === true && domain.authenticationType === 'Managed')
      .sort((one, other) => Number(other.isDefault === true) - Number(one.isDefault === true))
      .map((domain) => domain.id);
  }

  async function createPerson(person: NewPerson): Promise<EntraPerson> {
    const post = (): Promise<{ id: string }> =>
      graph.ask(
        {
          method: 'POST',
          path: '/users',
          body: {
            accountEnabled: true,
            displayName: person.name,
            mailNickname: person.mailNickname,
            userPrincipalName: person.userPrincipalName,
            passwordProfile: { forceChangePasswordNextSignIn: true, password: person.password },
          },
          attempt: { to: `create the user ${person.userPrincipalName}`, needs: NEEDS.writePeople },
        },
        z.object({ id: z.string() }),
      );
    // The UPN is the mark: it is unique, and a person who had it before would have been a plain conflict.
    const find = async (): Promise<UserWire | undefined> => {
      const found = await readUser(person.userPrincipalName);
      return found?.displayName === person.name ? found : undefined;
    };
    const { made } = await replication.createdOnce({ create: post, find });
    const user = await replication.shown(`the user ${person.userPrincipalName}`, () => readUser(made.id));
    return toPerson(user);
  }

  async function resetPassword(personId: string, password: string): Promise<void> {
    const call = {
      method: 'PATCH',
      path: graphPath`/users/${personId}`,
      body: { passwordProfile: { forceChangePasswordNextSignIn: true, password } },
      attempt: { to: 'set a new password', needs: NEEDS.resetPassword },
    } as const;
    await oneAtATime(personId, () => replication.despiteLag('the user', () => graph.send(call)));
  }

  return { findPeople, findPerson, findStanding, managedDomains, createPerson, resetPassword };
}

function emptyIfMissing<T>(asked: Promise<T[]>): Promise<T[]> {
  return asked.catch((error: unknown) => {
    if (isNotFound(error)) return [];
    throw error;
  });
}

function toPerson(user: UserWire): EntraPerson {
  return {
    id: user.id,
    name: user.displayName ?? user.userPrincipalName,
    userPrincipalName: user.userPrincipalName,
    ...(user.mail ? { mail: user.mail } : {}),
    ...(user.jobTitle ? { jobTitle: user.jobTitle } : {}),
    isEnabled: user.accountEnabled === true,
    ...createdAt(user),
    isGuest: user.userType === 'Guest' || /#EXT#@/i.test(user.userPrincipalName),
  };
}

function createdAt({ createdDateTime }: UserWire): { createdAt?: Date } {
  const time = Date.parse(createdDateTime ?? '');
  return Number.isNaN(time) ? {} : { createdAt: new Date(time) };
}

function toRole(role: z.infer<typeof roleWire>): RoleHeld {
  // An assignment scoped to one app has an appScopeId and no directory scope; it must not pass for the whole tenant.
  return { roleTemplateId: role.roleDefinitionId, scope: role.directoryScopeId ?? 'other' };
}
