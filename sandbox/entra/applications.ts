import { TENANT_ID } from '../credentials.js';
import type { Faults } from '../kit/faults.js';
import { badRequest } from './graph-problem.js';
import { anyOf, type GraphCall, type GraphGateway } from './graph-gateway.js';
import type { Directory } from './directory.js';
import type { Application, AppRole } from './directory-objects.js';
import { requireIdentifiers } from './identifier-rules.js';
import { entityReply, listReply } from './odata-query.js';
import {
  isRecord,
  anyObject,
  complex,
  flag,
  listOf,
  nullable,
  oneOf,
  refuseUnwritable,
  text,
  textUpTo,
  type Fits,
} from './payload.js';
import {
  APPLICATION,
  addressedApplication,
  requireOwnership,
  viewApplication,
  viewOwner,
} from './service-principal-view.js';

export const BY_ID = '/:id';
/** The alternate key `(appId='…')`. */
export const BY_APP_ID = "(appId=':appId(^[^']+)')";

export const READ_APPLICATIONS = anyOf(
  'Application.Read.All',
  'Application.ReadWrite.OwnedBy',
  'Application.ReadWrite.All',
  'Directory.Read.All',
);
export const WRITE_APPLICATIONS = anyOf('Application.ReadWrite.OwnedBy', 'Application.ReadWrite.All');

/** `/applications`: read, filter, change, owners. */
export function applicationRoutes(graph: GraphGateway, directory: Directory, faults: Faults): void {
  const view = (application: Application): object => viewApplication(application, TENANT_ID);
  graph.on('GET', '/v1.0/applications', READ_APPLICATIONS, ({ request }) =>
    listReply(request, APPLICATION, directory.applications.list().map(view)),
  );
  for (const key of [BY_ID, BY_APP_ID]) {
    graph.on('GET', `/v1.0/applications${key}`, READ_APPLICATIONS, (call) =>
      entityReply(call.request, APPLICATION, view(addressedApplication(call, directory))),
    );
    graph.on('GET', `/v1.0/applications${key}/owners`, READ_APPLICATIONS, (call) => {
      const owners = directory.ownersOf(addressedApplication(call, directory).id);
      return listReply(
        call.request,
        OWNERS,
        owners.flatMap((id) => viewOwner(id, directory)),
      );
    });
    graph.on('PATCH', `/v1.0/applications${key}`, WRITE_APPLICATIONS, (call) => patch(call, directory, faults));
  }
}

export const OWNERS = {
  type: 'directoryObject',
  set: 'directoryObjects',
  properties: ['id', 'displayName', 'appId', 'userPrincipalName', 'servicePrincipalType', 'deletedDateTime'],
  filters: {},
};

const redirectUri: Fits = (value) => {
  if (typeof value !== 'string' || value.includes('*') || !URL.canParse(value)) return false;
  const url = new URL(value);
  return url.hash === '' && (url.protocol === 'https:' || ['localhost', '127.0.0.1'].includes(url.hostname));
};

const appRole: Fits = complex({
  id: text,
  displayName: text,
  description: nullable(text),
  value: nullable(text),
  allowedMemberTypes: listOf(oneOf('User', 'Application')),
  isEnabled: flag,
  origin: text,
});

const WRITABLE: Readonly<Record<string, Fits>> = {
  displayName: textUpTo(256),
  description: nullable(textUpTo(1024)),
  notes: nullable(text),
  identifierUris: listOf((value) => typeof value === 'string' && value !== '' && !/\s/.test(value)),
  tags: listOf(textUpTo(256)),
  defaultRedirectUri: nullable(redirectUri),
  groupMembershipClaims: nullable(text),
  api: complex({
    acceptMappedClaims: nullable(flag),
    requestedAccessTokenVersion: oneOf(null, 1, 2),
    oauth2PermissionScopes: listOf(anyObject),
  }),
  appRoles: listOf(appRole),
  web: complex({
    homePageUrl: nullable(text),
    logoutUrl: nullable(text),
    redirectUris: listOf(redirectUri),
    redirectUriSettings: listOf(complex({ uri: text, index: (value) => value === null || Number.isInteger(value) })),
  }),
  requestSignatureVerification: nullable(
    complex({ isSignedRequestRequired: flag, allowedWeakAlgorithms: nullable(text) }),
  ),
};

function patch(call: GraphCall, directory: Directory, faults: Faults): { status: number } {
  const application = addressedApplication(call, directory);
  requireOwnership(call, directory, application.appId);
  const body = call.body();
  if ('preferredSingleSignOnMode' in body) throw badRequest('preferredSingleSignOnMode is not a valid propertyName.');
  refuseUnwritable(body, { type: 'application', writable: WRITABLE, properties: APPLICATION.properties });
  if (body['identifierUris']) {
    requireIdentifiers(application, body['identifierUris'] as string[], { directory, faults });
  }
  if (body['appRoles']) requireRoles(application, body['appRoles'] as AppRole[]);
  const changed = { ...application } as Record<string, unknown> & Application;
  for (const [name, value] of Object.entries(body)) {
    if (name.startsWith('@odata.')) continue;
    // A complex property keeps the members that the request does not name; a collection is replaced as a whole.
    const before = changed[name];
    changed[name] = isRecord(value) && isRecord(before) ? { ...before, ...value } : value;
  }
  directory.applications.put(application.id, changed);
  return { status: 204 };
}

/** An enabled role may only be disabled, not changed or left out. */
function requireRoles(application: Application, wanted: readonly AppRole[]): void {
  if (new Set(wanted.map((role) => role.id)).size < wanted.length) {
    throw badRequest('Request contains a property with duplicate values.');
  }
  for (const role of application.appRoles.filter((known) => known.isEnabled)) {
    const next = wanted.find((candidate) => candidate.id === role.id);
    const same = next?.displayName === role.displayName && (next.value ?? null) === role.value && sameList(next, role);
    if (same) continue;
    throw badRequest(
      'Permission (scope or role) cannot be deleted or updated unless disabled first.',
      'CannotDeleteOrUpdateEnabledEntitlement',
    );
  }
}

function sameList(left: AppRole, right: AppRole): boolean {
  return left.allowedMemberTypes.join() === right.allowedMemberTypes.join();
}
