import { z } from 'zod';
import type { Assignment } from './entra.js';
import { isAlreadyAssigned, refusedByRule, type Attempt } from './entra-problems.js';
import { assignmentWire, servicePrincipalWire, type AssignmentWire, type ServicePrincipalWire } from './entra-wire.js';
import type { Graph } from './graph-http.js';
import { NEEDS } from './graph-permissions.js';
import { bareGuid, graphFilter, graphPath } from './graph-query.js';
import type { OneAtATime, Replication } from './replication.js';

interface Parts {
  readonly graph: Graph;
  readonly replication: Replication;
  readonly oneAtATime: OneAtATime;
}

export interface AssignmentWish {
  readonly personId: string;
  readonly servicePrincipalId: string;
  readonly appRoleId: string;
  readonly templateId: string;
}

/** Graph takes no more conditions in one filter. */
const IDS_IN_A_FILTER = 15;
/** A plan waits for this count: twenty requests at once are enough. */
const MOST_COMPARED = 20 * IDS_IN_A_FILTER;

const addressesWire = z.object({ userPrincipalName: z.string(), mail: z.string().nullish() });

const readAssignments: Attempt = { to: 'read who is assigned', needs: NEEDS.readAssignments };

export function createAssignments({ graph, replication, oneAtATime }: Parts): {
  countAssignments(servicePrincipalId: string): Promise<number>;
  countAddressMismatches(servicePrincipalId: string): Promise<number | undefined>;
  findAssignments(personId: string, servicePrincipalId: string): Promise<readonly Assignment[]>;
  ensureAssignment(wish: AssignmentWish): Promise<{ assignment: Assignment; isNew: boolean }>;
} {
  async function countAssignments(servicePrincipalId: string): Promise<number> {
    return new Set((await assignedTo(servicePrincipalId)).map((assignment) => assignment.principalId)).size;
  }

  function assignedTo(servicePrincipalId: string): Promise<AssignmentWire[]> {
    const path = graphPath`/servicePrincipals/${servicePrincipalId}/appRoleAssignedTo`;
    return graph.list({ path, query: { $top: '999' }, attempt: readAssignments }, assignmentWire);
  }

  async function countAddressMismatches(servicePrincipalId: string): Promise<number | undefined> {
    const people = (await assignedTo(servicePrincipalId)).filter((one) => one.principalType !== 'Group');
    const ids = [...new Set(people.map((one) => one.principalId))];
    if (ids.length > MOST_COMPARED) return undefined;
    const pages = await Promise.all(chunks(ids, IDS_IN_A_FILTER).map(readAddresses));
    return pages.flat().filter(({ mail, userPrincipalName }) => !isSameAddress(mail, userPrincipalName)).length;
  }

  function readAddresses(ids: readonly string[]): Promise<z.infer<typeof addressesWire>[]> {
    const $filter = ids.map((id) => graphFilter`id eq ${id}`).join(' or ');
    const query = { $filter, $select: 'id,userPrincipalName,mail' };
    const attempt = { to: 'read the addresses of who is assigned', needs: NEEDS.readPeople };
    return graph.list({ path: '/users', query, attempt }, addressesWire);
  }

  async function findAssignments(personId: string, servicePrincipalId: string): Promise<readonly Assignment[]> {
    const found = await graph.list(
      {
        path: graphPath`/users/${personId}/appRoleAssignments`,
        query: { $filter: graphFilter`resourceId eq ${bareGuid(servicePrincipalId)}` },
        attempt: { to: 'read what a person is assigned to', needs: NEEDS.readOwnAssignments },
      },
      assignmentWire,
    );
    return found.filter((one) => one.resourceId === servicePrincipalId).map(toAssignment);
  }

  async function ensureAssignment(wish: AssignmentWish): Promise<{ assignment: Assignment; isNew: boolean }> {
    const [principal, before] = await Promise.all([
      readPrincipal(wish.servicePrincipalId),
      replication.shown('the user', () => find(wish).then((found) => ({ found }))),
    ]);
    refuseForeign(principal, wish);
    if (before.found) return { assignment: before.found, isNew: false };
    return oneAtATime(wish.personId, async () => {
      const isNew = await assign(wish);
      return { assignment: await replication.shown('the assignment', () => find(wish)), isNew };
    });
  }

  async function find(wish: AssignmentWish): Promise<Assignment | undefined> {
    const all = await findAssignments(wish.personId, wish.servicePrincipalId);
    return all.find((assignment) => assignment.appRoleId === wish.appRoleId);
  }

  function readPrincipal(id: string): Promise<ServicePrincipalWire> {
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
  async function assign({ personId, servicePrincipalId, appRoleId }: AssignmentWish): Promise<boolean> {
    let mayBeOurs = false;
    const post = (): Promise<void> =>
      graph.send({
        method: 'POST',
        path: graphPath`/users/${personId}/appRoleAssignments`,
        body: { principalId: personId, resourceId: servicePrincipalId, appRoleId },
        attempt: { to: 'assign the person to Genesys Cloud', needs: NEEDS.writeAssignments },
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

  return { countAssignments, countAddressMismatches, findAssignments, ensureAssignment };
}

/** The bot's permission would let it assign anybody to anything; this is where it may not. */
function refuseForeign(principal: ServicePrincipalWire, wish: AssignmentWish): void {
  if (principal.applicationTemplateId !== wish.templateId) {
    throw refusedByRule('foreign-application', {
      what: 'Latchkey does not assign people to this application.',
      why: 'It is not an instance of Genesys Cloud from the gallery.',
      remedy: 'Assign the person in the Entra admin center, if that is what you want.',
    });
  }
  const role = principal.appRoles.find((one) => one.id === wish.appRoleId);
  if (role?.isEnabled === true && role.allowedMemberTypes.includes('User')) return;
  throw refusedByRule('unknown-app-role', {
    what: 'The application does not offer the chosen role to people.',
    why: role ? 'The role is disabled, or not meant for people.' : 'It has no role of that id.',
    remedy: 'Choose one of the roles that the application offers.',
  });
}

function toAssignment(wire: AssignmentWire): Assignment {
  return {
    id: wire.id,
    personId: wire.principalId,
    appRoleId: wire.appRoleId,
    principalType: wire.principalType ?? 'User',
  };
}

function chunks<T>(all: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, index) =>
    all.slice(index * size, (index + 1) * size),
  );
}

/** Addresses tell no upper from lower case. Without a mailbox there is nothing to differ. */
function isSameAddress(mail: string | null | undefined, userPrincipalName: string): boolean {
  return !mail || mail.toLowerCase() === userPrincipalName.toLowerCase();
}
