import { chunks, mapAtOnce } from '../platform/at-once.js';
import type { Assignment, EntraAccess, PersonAccess, Principal, RoleWish } from './entra-access.js';
import { GraphProblem, isAlreadyAssigned, type Attempt } from './entra-problems.js';
import type { EntraPerson } from './entra.js';
import {
  assignmentWire,
  servicePrincipalWire,
  toPerson,
  USER_SELECT,
  userWire,
  type AssignmentWire,
  type ServicePrincipalWire,
} from './entra-wire.js';
import { refuseForeign, refuseOtherRole } from './genesys-application-guard.js';
import type { Graph } from './graph-http.js';
import { NEEDS } from './graph-permissions.js';
import { bareGuid, graphFilter, graphPath, MOST_CONDITIONS } from './graph-query.js';
import type { OneAtATime, Replication } from './replication.js';

interface Parts {
  readonly graph: Graph;
  readonly replication: Replication;
  readonly oneAtATime: OneAtATime;
}

/** A plan waits for this count: twenty requests at once are enough. */
const MOST_COMPARED = 20 * MOST_CONDITIONS;
const CALLS_AT_ONCE = 20;

const readAssignments: Attempt = { to: 'read who is assigned', needs: NEEDS.readAssignments };

type Wish = RoleWish & { readonly principal: Principal };

export function createAssignments({ graph, replication, oneAtATime }: Parts): EntraAccess {
  async function countAssignments(servicePrincipalId: string): Promise<number> {
    return new Set((await assignedTo(servicePrincipalId)).map((assignment) => assignment.principalId)).size;
  }

  function assignedTo(servicePrincipalId: string): Promise<AssignmentWire[]> {
    const path = graphPath`/servicePrincipals/${servicePrincipalId}/appRoleAssignedTo`;
    return graph.list({ path, query: { $top: '999' }, attempt: readAssignments }, assignmentWire);
  }

  async function listAssignments(servicePrincipalId: string): Promise<readonly Assignment[]> {
    return (await assignedTo(servicePrincipalId)).map(toAssignment);
  }

  async function countAddressMismatches(servicePrincipalId: string): Promise<number | undefined> {
    const people = (await assignedTo(servicePrincipalId)).filter((one) => one.principalType !== 'Group');
    const ids = [...new Set(people.map((one) => one.principalId))];
    if (ids.length > MOST_COMPARED) return undefined;
    const found = await findPeopleByIds(ids);
    return found.filter(({ mail, userPrincipalName }) => !isSameAddress(mail, userPrincipalName)).length;
  }

  async function findPeopleByIds(ids: readonly string[]): Promise<readonly EntraPerson[]> {
    const pages = await mapAtOnce(chunks(ids, MOST_CONDITIONS), CALLS_AT_ONCE, (some) => {
      const query = { $filter: some.map((id) => graphFilter`id eq ${id}`).join(' or '), $select: USER_SELECT };
      const attempt = { to: 'read the names and addresses of who is assigned', needs: NEEDS.readPeople };
      return graph.list({ path: '/users', query, attempt }, userWire);
    });
    return pages.flat().map(toPerson);
  }

  /** Of a person, Graph lists what their groups were given as well. Source: Microsoft Graph docs, `user-list-approleassignments`. */
  async function given({ kind, id }: Principal, servicePrincipalId: string): Promise<Assignment[]> {
    const found = await graph.list(
      {
        path:
          kind === 'person' ? graphPath`/users/${id}/appRoleAssignments` : graphPath`/groups/${id}/appRoleAssignments`,
        query: { $filter: graphFilter`resourceId eq ${bareGuid(servicePrincipalId)}` },
        attempt: { to: `read what a ${kind} is assigned to`, needs: NEEDS.readOwnAssignments },
      },
      assignmentWire,
    );
    return found.filter((one) => one.resourceId === servicePrincipalId).map(toAssignment);
  }

  async function findAccess(personId: string, servicePrincipalId: string): Promise<PersonAccess> {
    const all = await given({ kind: 'person', id: personId }, servicePrincipalId);
    return {
      direct: all.filter(({ principalId }) => principalId === personId),
      throughGroups: all.filter(({ kind }) => kind === 'group'),
    };
  }

  async function own(principal: Principal, servicePrincipalId: string): Promise<Assignment[]> {
    const all = await given(principal, servicePrincipalId);
    return all.filter(({ principalId }) => principalId === principal.id);
  }

  async function ensure(wish: Wish): Promise<{ assignment: Assignment; isNew: boolean }> {
    const { principal } = wish;
    const [application, before] = await Promise.all([
      readApplication(wish.servicePrincipalId),
      replication.shown(`the ${principal.kind === 'person' ? 'user' : 'group'}`, () =>
        find(wish).then((found) => ({ found })),
      ),
    ]);
    refuseForeign(application, wish.templateId);
    refuseOtherRole(application, wish.appRoleId);
    if (before.found) return { assignment: before.found, isNew: false };
    return oneAtATime(principal.id, async () => {
      const isNew = await assign(wish);
      return { assignment: await replication.shown('the assignment', () => find(wish)), isNew };
    });
  }

  async function find({ principal, servicePrincipalId, appRoleId }: Wish): Promise<Assignment | undefined> {
    const all = await own(principal, servicePrincipalId);
    return all.find((assignment) => assignment.appRoleId === appRoleId);
  }

  function readApplication(id: string): Promise<ServicePrincipalWire> {
    const call = {
      method: 'GET',
      path: graphPath`/servicePrincipals/${id}`,
      query: { $select: 'id,appId,applicationTemplateId,appRoles' },
      attempt: { to: 'read the enterprise application', needs: NEEDS.readApps },
    } as const;
    return replication.shown('the new application', () => graph.ask(call, servicePrincipalWire));
  }

  /**
   * Posts the assignment; Graph refuses a second one, so it may be repeated. Whether it is ours: a plain "already there"
   * is somebody else's, one that follows an unanswered attempt is our own.
   */
  async function assign({ principal: { kind, id }, servicePrincipalId, appRoleId }: Wish): Promise<boolean> {
    let mayBeOurs = false;
    const post = (): Promise<void> =>
      graph.send({
        method: 'POST',
        path:
          kind === 'person' ? graphPath`/users/${id}/appRoleAssignments` : graphPath`/groups/${id}/appRoleAssignments`,
        body: { principalId: id, resourceId: servicePrincipalId, appRoleId },
        attempt: { to: `assign the ${kind} to Genesys Cloud`, needs: NEEDS.writeAssignments },
        isRepeatable: true,
        onUncertain: () => {
          mayBeOurs = true;
        },
      });
    try {
      await replication.despiteLag('the new application', post);
      return true;
    } catch (error) {
      if (isAlreadyAssigned(error)) return mayBeOurs;
      throw error;
    }
  }

  async function removeAssignments(wish: Parameters<EntraAccess['removeAssignments']>[0]): Promise<number> {
    const { principal, servicePrincipalId, appRoleIds } = wish;
    refuseForeign(await readApplication(servicePrincipalId), wish.templateId);
    const toGo = async (): Promise<Assignment[]> =>
      (await own(principal, servicePrincipalId)).filter(({ appRoleId }) => appRoleIds?.includes(appRoleId) ?? true);
    return oneAtATime(principal.id, async () => {
      const found = await toGo();
      for (const { id } of found) await remove(servicePrincipalId, id);
      await replication.shown('the removal', async () => ((await toGo()).length === 0 ? true : undefined));
      return found.length;
    });
  }

  async function remove(servicePrincipalId: string, assignmentId: string): Promise<void> {
    try {
      await graph.send({
        method: 'DELETE',
        path: graphPath`/servicePrincipals/${servicePrincipalId}/appRoleAssignedTo/${assignmentId}`,
        attempt: { to: 'take the assignment to Genesys Cloud away', needs: NEEDS.writeAssignments },
      });
    } catch (error) {
      // Whether it is gone, the re-read after this tells.
      if (!isGone(error)) throw error;
    }
  }

  return {
    countAssignments,
    countAddressMismatches,
    listAssignments,
    findPeopleByIds,
    findAssignments: async (personId, servicePrincipalId) => (await findAccess(personId, servicePrincipalId)).direct,
    findAccess,
    findGroupAssignments: (groupId, servicePrincipalId) => own({ kind: 'group', id: groupId }, servicePrincipalId),
    ensureAssignment: (wish) => ensure({ ...wish, principal: { kind: 'person', id: wish.personId } }),
    ensureGroupAssignment: (wish) => ensure({ ...wish, principal: { kind: 'group', id: wish.groupId } }),
    removeAssignments,
  };
}

/** What was to be deleted is not there, or not on the replica that answered. Graph has no code for it, only the text. */
function isGone(error: unknown): boolean {
  if (!(error instanceof GraphProblem)) return false;
  const { status, message = '' } = error.failure;
  return status === 404 || (status === 400 && /EntitlementGrant being .* not found/i.test(message));
}

const KINDS: Readonly<Record<string, Assignment['kind']>> = { User: 'person', Group: 'group' };

function toAssignment(wire: AssignmentWire): Assignment {
  const { id, principalId, appRoleId, principalType, principalDisplayName, createdDateTime } = wire;
  const time = Date.parse(createdDateTime ?? '');
  return {
    ...{ id, principalId, appRoleId, principalName: principalDisplayName ?? principalId },
    kind: KINDS[principalType ?? 'User'] ?? 'other',
    ...(Number.isNaN(time) ? {} : { since: new Date(time) }),
  };
}

/** Addresses tell no upper from lower case. Without a mailbox there is nothing to differ. */
function isSameAddress(mail: string | undefined, userPrincipalName: string): boolean {
  return !mail || mail.toLowerCase() === userPrincipalName.toLowerCase();
}
