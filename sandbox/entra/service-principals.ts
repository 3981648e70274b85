import { badRequest } from './graph-problem.js';
import type { GraphCall, GraphGateway } from './graph-gateway.js';
import type { Directory } from './directory.js';
import type { ServicePrincipal } from './directory-objects.js';
import { BY_APP_ID, BY_ID, OWNERS, READ_APPLICATIONS, WRITE_APPLICATIONS } from './applications.js';
import { retainedKeyCredentials, retainedPasswordCredentials, refuseTornCredentials } from './credential-rules.js';
import { entityReply, listReply, readSelect } from './odata-query.js';
import { complex, flag, listOf, nullable, oneOf, refuseUnwritable, text, textUpTo, type Fits } from './payload.js';
import {
  SERVICE_PRINCIPAL,
  addressedServicePrincipal,
  requireOwnership,
  viewOwner,
  viewServicePrincipal,
} from './service-principal-view.js';

/** `/servicePrincipals`: read, filter, change, owners. */
export function servicePrincipalRoutes(graph: GraphGateway, directory: Directory): void {
  graph.on('GET', '/v1.0/servicePrincipals', READ_APPLICATIONS, ({ request }) =>
    listReply(
      request,
      SERVICE_PRINCIPAL,
      directory.servicePrincipals.list().map((principal) => viewServicePrincipal(principal, directory)),
    ),
  );
  for (const key of [BY_ID, BY_APP_ID]) {
    graph.on('GET', `/v1.0/servicePrincipals${key}`, READ_APPLICATIONS, (call) => {
      const principal = addressedServicePrincipal(call, directory);
      const withKeys = readSelect(call.request, SERVICE_PRINCIPAL)?.includes('keyCredentials') ?? false;
      return entityReply(call.request, SERVICE_PRINCIPAL, viewServicePrincipal(principal, directory, { withKeys }));
    });
    graph.on('GET', `/v1.0/servicePrincipals${key}/owners`, READ_APPLICATIONS, (call) => {
      const owners = directory.ownersOf(addressedServicePrincipal(call, directory).id);
      return listReply(
        call.request,
        OWNERS,
        owners.flatMap((id) => viewOwner(id, directory)),
      );
    });
    graph.on('PATCH', `/v1.0/servicePrincipals${key}`, WRITE_APPLICATIONS, (call) => patch(call, directory));
  }
}

const MOST_NOTIFICATION_ADDRESSES = 5;
const webAddress: Fits = (value) => typeof value === 'string' && /^https?:\/\//i.test(value) && URL.canParse(value);
const mailAddress: Fits = (value) => typeof value === 'string' && /^[^\s@]+@[^\s@]+$/.test(value);

const WRITABLE: Readonly<Record<string, Fits>> = {
  displayName: textUpTo(256),
  description: nullable(textUpTo(1024)),
  notes: nullable(textUpTo(1024)),
  accountEnabled: flag,
  appRoleAssignmentRequired: flag,
  preferredSingleSignOnMode: nullable(oneOf('password', 'saml', 'notSupported', 'oidc')),
  preferredTokenSigningKeyThumbprint: nullable(text),
  loginUrl: nullable(webAddress),
  notificationEmailAddresses: (value) =>
    listOf(mailAddress)(value) && (value as string[]).length <= MOST_NOTIFICATION_ADDRESSES,
  samlSingleSignOnSettings: nullable(complex({ relayState: nullable(text) })),
  tags: listOf(textUpTo(256)),
  keyCredentials: listOf((value) => typeof value === 'object' && value !== null),
  passwordCredentials: listOf((value) => typeof value === 'object' && value !== null),
};

function patch(call: GraphCall, directory: Directory): { status: number } {
  const principal = addressedServicePrincipal(call, directory);
  requireOwnership(call, directory, principal.appId);
  const body = call.body();
  refuseUnwritable(body, { type: 'servicePrincipal', writable: WRITABLE, properties: SERVICE_PRINCIPAL.properties });
  const changes: Record<string, unknown> = Object.fromEntries(
    Object.entries(body).filter(([name]) => !name.startsWith('@odata.')),
  );
  const { preferredTokenSigningKeyThumbprint: thumbprint } = changes;
  // Any text is taken, whether a certificate has this thumbprint or not, and kept in lower case.
  if (typeof thumbprint === 'string') changes['preferredTokenSigningKeyThumbprint'] = thumbprint.toLowerCase();
  if ('displayName' in changes && changes['displayName'] === '') {
    throw badRequest("Invalid value specified for property 'displayName' of resource 'ServicePrincipal'.");
  }
  const changed: ServicePrincipal = { ...principal, ...changes, ...credentialChanges(principal, changes) };
  refuseTornCredentials(changed);
  directory.servicePrincipals.put(principal.id, changed);
  forgetRemovedKeys(changed, directory);
  if ('preferredTokenSigningKeyThumbprint' in changes) noteSigningChoice(principal.id, thumbprint, directory);
  return { status: 204 };
}

function credentialChanges(
  principal: ServicePrincipal,
  changes: Readonly<Record<string, unknown>>,
): Partial<ServicePrincipal> {
  const keys = changes['keyCredentials'] as Record<string, unknown>[] | undefined;
  const passwords = changes['passwordCredentials'] as Record<string, unknown>[] | undefined;
  return {
    ...(keys ? { keyCredentials: retainedKeyCredentials(principal, keys) } : {}),
    ...(passwords ? { passwordCredentials: retainedPasswordCredentials(principal, passwords) } : {}),
  };
}

/** A signing key leaves with the entries of its certificate. */
function forgetRemovedKeys(principal: ServicePrincipal, directory: Directory): void {
  const kept = new Set(principal.keyCredentials.map((entry) => entry.customKeyIdentifier));
  for (const key of directory.signingKeys.filter((entry) => entry.servicePrincipalId === principal.id)) {
    if (!kept.has(key.customKeyIdentifier)) directory.signingKeys.delete(`${principal.id}/${key.customKeyIdentifier}`);
  }
}

/** Cleared on purpose, Entra chooses a key itself; a thumbprint that was never set chooses nothing. */
function noteSigningChoice(principalId: string, thumbprint: unknown, directory: Directory): void {
  if (thumbprint === null) directory.automaticSigning.put(principalId, { since: directory.now() });
  else directory.automaticSigning.delete(principalId);
}
