import { insufficientPrivileges, resourceNotFound } from './graph-problem.js';
import type { GraphCall } from './graph-gateway.js';
import type { Directory } from './directory.js';
import type { Application, ServicePrincipal } from './directory-objects.js';
import type { EntityShape } from './odata-query.js';

export const SERVICE_PRINCIPAL: EntityShape = {
  type: 'servicePrincipal',
  set: 'servicePrincipals',
  properties: [
    'id',
    'appId',
    'applicationTemplateId',
    'createdDateTime',
    'deletedDateTime',
    'displayName',
    'appDisplayName',
    'accountEnabled',
    'appOwnerOrganizationId',
    'appRoleAssignmentRequired',
    'appRoles',
    'description',
    'homepage',
    'keyCredentials',
    'loginUrl',
    'logoutUrl',
    'notes',
    'notificationEmailAddresses',
    'passwordCredentials',
    'preferredSingleSignOnMode',
    'preferredTokenSigningKeyThumbprint',
    'replyUrls',
    'samlSingleSignOnSettings',
    'servicePrincipalNames',
    'servicePrincipalType',
    'signInAudience',
    'tags',
    'tokenEncryptionKeyId',
  ],
  filters: {
    id: ['eq'],
    appId: ['eq'],
    applicationTemplateId: ['eq'],
    displayName: ['eq', 'startswith'],
    accountEnabled: ['eq'],
    servicePrincipalType: ['eq'],
    servicePrincipalNames: ['any'],
    tags: ['any'],
  },
};

export const APPLICATION: EntityShape = {
  type: 'application',
  set: 'applications',
  properties: [
    'id',
    'appId',
    'applicationTemplateId',
    'createdDateTime',
    'deletedDateTime',
    'displayName',
    'description',
    'notes',
    'identifierUris',
    'publisherDomain',
    'signInAudience',
    'tags',
    'defaultRedirectUri',
    'groupMembershipClaims',
    'api',
    'appRoles',
    'web',
    'requestSignatureVerification',
    'optionalClaims',
    'keyCredentials',
    'passwordCredentials',
    'samlMetadataUrl',
    'tokenEncryptionKeyId',
  ],
  filters: {
    id: ['eq'],
    appId: ['eq'],
    applicationTemplateId: ['eq'],
    displayName: ['eq', 'startswith'],
    identifierUris: ['any'],
    tags: ['any'],
  },
};

/** The service principal with that object id. Throws Graph's 404. */
export function getServicePrincipal(directory: Directory, id: string): ServicePrincipal {
  const principal = directory.servicePrincipals.get(id.toLowerCase());
  if (!principal) throw resourceNotFound(id);
  return principal;
}

/** The application with that object id. Throws Graph's 404; an application id does not do. */
export function getApplication(directory: Directory, id: string): Application {
  const application = directory.applications.get(id.toLowerCase());
  if (!application) throw resourceNotFound(id);
  return application;
}

/** The service principal that the path names, by object id or `appId` key. */
export function addressedServicePrincipal(call: GraphCall, directory: Directory): ServicePrincipal {
  const appId = call.request.params['appId'];
  if (appId === undefined) return getServicePrincipal(directory, call.param('id'));
  const principal = directory.findServicePrincipalByAppId(appId);
  if (!principal) throw resourceNotFound(appId);
  return principal;
}

/** The application that the path names, by object id or `appId` key. */
export function addressedApplication(call: GraphCall, directory: Directory): Application {
  const appId = call.request.params['appId'];
  if (appId === undefined) return getApplication(directory, call.param('id'));
  const application = directory.findApplicationByAppId(appId);
  if (!application) throw resourceNotFound(appId);
  return application;
}

/** Refuses a write by a caller who manages owned apps only and does not own every object of this one. */
export function requireOwnership(call: GraphCall, directory: Directory, appId: string): void {
  const { roles, servicePrincipalId } = call.caller;
  if (roles.has('Application.ReadWrite.All')) return;
  const objects = [directory.findApplicationByAppId(appId), directory.findServicePrincipalByAppId(appId)];
  // One of the two may have been deleted on its own.
  const existing = objects.filter((object) => object !== undefined);
  const ownsAll = existing.every((object) => directory.owns(servicePrincipalId, object.id));
  if (existing.length === 0 || !ownsAll) throw insufficientPrivileges();
}

/** A service principal as Graph shows it. Certificates are left out unless asked for; names, URLs and roles come from the application. */
export function viewServicePrincipal(
  principal: ServicePrincipal,
  directory: Directory,
  { withKeys = false } = {},
): Record<string, unknown> {
  const application = directory.getApplicationOf(principal);
  return {
    ...principal,
    deletedDateTime: null,
    appDisplayName: application.displayName,
    appOwnerOrganizationId: null,
    appRoles: application.appRoles,
    homepage: application.web.homePageUrl,
    logoutUrl: application.web.logoutUrl,
    replyUrls: application.web.redirectUris,
    servicePrincipalNames: directory.servicePrincipalNames(principal),
    servicePrincipalType: 'Application',
    signInAudience: application.signInAudience,
    tags: [...new Set([...principal.tags, ...application.tags])],
    tokenEncryptionKeyId: null,
    keyCredentials: principal.keyCredentials.map((entry) => (withKeys ? entry : { ...entry, key: null })),
  };
}

export function viewApplication(application: Application, tenantId: string): Record<string, unknown> {
  return {
    ...application,
    deletedDateTime: null,
    publisherDomain: null,
    tokenEncryptionKeyId: null,
    samlMetadataUrl: `https://login.microsoftonline.com/${tenantId}/federationmetadata/2007-06/federationmetadata.xml?appid=${application.appId}`,
  };
}

/** What an owner looks like in a list of directory objects; nothing when the owner is gone. */
export function viewOwner(ownerId: string, directory: Directory): Record<string, unknown>[] {
  const principal = directory.servicePrincipals.get(ownerId);
  if (principal) {
    return [{ '@odata.type': '#microsoft.graph.servicePrincipal', ...viewServicePrincipal(principal, directory) }];
  }
  const user = directory.users.get(ownerId);
  return user ? [{ '@odata.type': '#microsoft.graph.user', ...user }] : [];
}
