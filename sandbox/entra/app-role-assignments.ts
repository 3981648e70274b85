import { randomBytes } from 'node:crypto';
import type { Faults } from '../kit/faults.js';
import type { GraphProblem } from './graph-problem.js';
import { badRequest } from './graph-problem.js';
import { allOf, anyOf, type GraphCall, type GraphGateway } from './graph-gateway.js';
import type { Directory } from './directory.js';
import type { AppRoleAssignment, ServicePrincipal } from './directory-objects.js';
import { addressedGroup } from './groups.js';
import { listReply, type EntityShape } from './odata-query.js';
import { refuseUnwritable, type Fits } from './payload.js';
import { addressedServicePrincipal } from './service-principal-view.js';
import { requirePremium } from './tenant-policies.js';
import { addressedUser } from './users.js';

const ASSIGNMENT: EntityShape = {
  type: 'appRoleAssignment',
  set: 'appRoleAssignments',
  properties: [
    'id',
    'appRoleId',
    'createdDateTime',
    'deletedDateTime',
    'principalDisplayName',
    'principalId',
    'principalType',
    'resourceDisplayName',
    'resourceId',
  ],
  filters: { principalDisplayName: ['eq', 'startswith'], resourceId: ['eq'] },
  guids: ['resourceId'],
};

const NO_ROLE = '00000000-0000-0000-0000-000000000000';

/** Reading alone does not do for writing: Graph wants both halves. */
const WRITE = allOf(
  anyOf('AppRoleAssignment.ReadWrite.All'),
  anyOf('Application.Read.All', 'Application.ReadWrite.All'),
);
const READ_OF_APP = anyOf('Application.Read.All', 'Application.ReadWrite.All', 'Directory.Read.All');
const READ_OF_PRINCIPAL = anyOf('Directory.Read.All', 'AppRoleAssignment.ReadWrite.All');

type Principal = Pick<AppRoleAssignment, 'principalId' | 'principalType' | 'principalDisplayName'>;

type Assign = (principal: Principal, resource: ServicePrincipal, appRoleId: string) => AppRoleAssignment;

/** App role assignments, seen and written from the app's side and from the person's or group's. */
export function appRoleAssignmentRoutes(graph: GraphGateway, directory: Directory, faults: Faults): void {
  const assign: Assign = (principal, resource, appRoleId) => {
    if (principal.principalType === 'Group') requirePremium(faults);
    return assignRole(principal, resource, appRoleId, directory);
  };
  fromTheApp(graph, directory, assign);
  fromThePrincipal(graph, directory, 'users', {
    assign,
    addressed: (call) => principalOf(addressedUser(call, directory), 'User'),
    // A person's list holds what was given to their groups as well, and is no place to delete that.
    alsoListed: (id) => directory.directGroupsOf(id).map((group) => group.id),
  });
  fromThePrincipal(graph, directory, 'groups', {
    assign,
    addressed: (call) => principalOf(addressedGroup(call, directory), 'Group'),
    alsoListed: () => [],
  });
}

function fromTheApp(graph: GraphGateway, directory: Directory, assign: Assign): void {
  const path = '/v1.0/servicePrincipals/:id/appRoleAssignedTo';
  const ofApp = (call: GraphCall): AppRoleAssignment[] => {
    const { id } = addressedServicePrincipal(call, directory);
    return directory.assignments.filter((entry) => entry.resourceId === id);
  };
  graph.on('GET', path, READ_OF_APP, (call) => listReply(call.request, ASSIGNMENT, ofApp(call)));
  graph.on('POST', path, WRITE, (call) => {
    const resource = addressedServicePrincipal(call, directory);
    const wish = readWish(call);
    if (wish.resourceId !== resource.id) throw invalidReference();
    return created(assign(findPrincipal(wish.principalId, directory), resource, wish.appRoleId));
  });
  graph.on('DELETE', `${path}/:assignmentId`, WRITE, (call) => remove(call, ofApp(call), directory));
}

function fromThePrincipal(
  graph: GraphGateway,
  directory: Directory,
  kind: 'users' | 'groups',
  {
    assign,
    addressed,
    alsoListed,
  }: { assign: Assign; addressed: (call: GraphCall) => Principal; alsoListed: (id: string) => readonly string[] },
): void {
  const path = `/v1.0/${kind}/:id/appRoleAssignments`;
  const ofPrincipal = (call: GraphCall): AppRoleAssignment[] => {
    const { principalId } = addressed(call);
    return directory.assignments.filter((entry) => entry.principalId === principalId);
  };
  graph.on('GET', path, READ_OF_PRINCIPAL, (call) => {
    const groups = alsoListed(addressed(call).principalId);
    const throughGroups = directory.assignments.filter((entry) => groups.includes(entry.principalId));
    return listReply(call.request, ASSIGNMENT, [...ofPrincipal(call), ...throughGroups]);
  });
  graph.on('POST', path, WRITE, (call) => {
    const principal = addressed(call);
    const wish = readWish(call);
    const resource = directory.servicePrincipals.get(wish.resourceId);
    if (wish.principalId !== principal.principalId || !resource) throw invalidReference();
    return created(assign(principal, resource, wish.appRoleId));
  });
  graph.on('DELETE', `${path}/:assignmentId`, WRITE, (call) => remove(call, ofPrincipal(call), directory));
}

interface Wish {
  readonly principalId: string;
  readonly resourceId: string;
  readonly appRoleId: string;
}

const guid: Fits = (value) => typeof value === 'string' && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value);
const WRITABLE = { principalId: guid, resourceId: guid, appRoleId: guid };

function readWish(call: GraphCall): Wish {
  const body = call.body();
  refuseUnwritable(body, { type: 'appRoleAssignment', writable: WRITABLE, properties: ASSIGNMENT.properties });
  const member = (name: keyof Wish): string => {
    const value = body[name];
    if (typeof value === 'string') return value.toLowerCase();
    throw badRequest(`A value is required for property '${name}' of resource 'AppRoleAssignment'.`);
  };
  return {
    principalId: member('principalId'),
    resourceId: member('resourceId'),
    appRoleId: body['appRoleId'] === undefined ? NO_ROLE : member('appRoleId'),
  };
}

function findPrincipal(id: string, directory: Directory): Principal {
  const user = directory.users.get(id);
  if (user) return principalOf(user, 'User');
  const group = directory.groups.get(id);
  if (group) return principalOf(group, 'Group');
  throw invalidReference();
}

function principalOf(object: { id: string; displayName: string }, type: Principal['principalType']): Principal {
  return { principalId: object.id, principalDisplayName: object.displayName, principalType: type };
}

function assignRole(
  principal: Principal,
  resource: ServicePrincipal,
  appRoleId: string,
  directory: Directory,
): AppRoleAssignment {
  requireRole(resource, appRoleId, directory);
  if (principal.principalType === 'Group' && directory.groups.get(principal.principalId)?.securityEnabled === false) {
    throw badRequest('Not a valid principal: only security groups can be assigned to an application.');
  }
  const twin = directory.assignments.find(
    (entry) =>
      entry.principalId === principal.principalId && entry.resourceId === resource.id && entry.appRoleId === appRoleId,
  );
  if (twin) throw badRequest('Permission being assigned already exists on the object');
  const assignment: AppRoleAssignment = {
    id: assignmentId(principal.principalId),
    appRoleId,
    createdDateTime: directory.now(),
    deletedDateTime: null,
    ...principal,
    resourceDisplayName: resource.displayName,
    resourceId: resource.id,
  };
  return directory.assignments.put(assignment.id, assignment);
}

/** The all-zero role exists only where an app declares no enabled role of its own. */
function requireRole(resource: ServicePrincipal, appRoleId: string, directory: Directory): void {
  const roles = directory
    .getApplicationOf(resource)
    .appRoles.filter((role) => role.isEnabled && role.allowedMemberTypes.includes('User'));
  const fits = appRoleId === NO_ROLE ? roles.length === 0 : roles.some((role) => role.id === appRoleId);
  if (!fits) throw badRequest('Permission being assigned was not found on application');
}

/** 32 bytes in base64url: the principal's GUID as .NET orders its bytes, and 16 random ones. */
function assignmentId(principalId: string): string {
  const [a = '', b = '', c = '', d = '', e = ''] = principalId.split('-');
  const reversed = [a, b, c].map((part) => Buffer.from(part, 'hex').reverse());
  return Buffer.concat([...reversed, Buffer.from(d + e, 'hex'), randomBytes(16)]).toString('base64url');
}

function created(assignment: AppRoleAssignment): { status: number; body: object } {
  const context = 'https://graph.microsoft.com/v1.0/$metadata#appRoleAssignments/$entity';
  return { status: 201, body: { '@odata.context': context, ...assignment } };
}

function remove(call: GraphCall, among: readonly AppRoleAssignment[], directory: Directory): { status: number } {
  const wanted = call.param('assignmentId');
  if (!among.some((entry) => entry.id === wanted)) {
    throw badRequest('EntitlementGrant being updated or deleted is not found.');
  }
  directory.assignments.delete(wanted);
  return { status: 204 };
}

function invalidReference(): GraphProblem {
  return badRequest('Not a valid reference update.');
}
