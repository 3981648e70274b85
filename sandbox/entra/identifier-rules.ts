import { TENANT_ID, VERIFIED_DOMAIN } from '../credentials.js';
import type { Faults } from '../kit/faults.js';
import type { Directory } from './directory.js';
import type { Application } from './directory-objects.js';
import { GraphProblem, badRequest, conflict } from './graph-problem.js';
import { identifierPolicy } from './tenant-policies.js';

/**
 * The rules for identifiers: unique in the tenant, the bin included; of a verified domain unless the service principal
 * is already in SAML mode; and what the app management policy of the tenant adds.
 */
export function requireIdentifiers(
  application: Application,
  wanted: readonly string[],
  { directory, faults }: { directory: Directory; faults: Faults },
): void {
  if (new Set(wanted.map((uri) => uri.toLowerCase())).size < wanted.length) {
    throw badRequest('Request contains a property with duplicate values.');
  }
  if (wanted.some((uri) => isTaken(uri, application, directory))) throw conflict('identifierUris');
  const foreign = wanted.find(
    (uri) => !application.identifierUris.includes(uri) && !isOfTenant(uri, application.appId),
  );
  if (foreign === undefined || application.api.requestedAccessTokenVersion === 2) return;
  // The service principal is looked up on any replica: right after its change the old mode may still count.
  const isSaml = directory.elsewhere(
    () => directory.findServicePrincipalByAppId(application.appId)?.preferredSingleSignOnMode === 'saml',
  );
  if (!isSaml) throw unverifiedDomain(foreign);
  const policy = identifierPolicy(faults);
  if (policy.state === 'enabled' && !policy.excludeSaml) throw restrictedByPolicy(foreign);
}

function isTaken(uri: string, application: Application, directory: Directory): boolean {
  const holds = (other: Application): boolean =>
    other.id !== application.id && other.identifierUris.some((known) => known.toLowerCase() === uri.toLowerCase());
  return (
    directory.applications.find(holds) !== undefined ||
    directory.deletedItems.find((item) => item.kind === 'application' && holds(item.object)) !== undefined
  );
}

function isOfTenant(uri: string, appId: string): boolean {
  if (uri === `api://${appId}` || uri.startsWith(`api://${TENANT_ID}/`) || uri.startsWith(`api://${appId}/`))
    return true;
  if (!URL.canParse(uri)) return false;
  const { hostname } = new URL(uri);
  return hostname === VERIFIED_DOMAIN || hostname.endsWith(`.${VERIFIED_DOMAIN}`);
}

function unverifiedDomain(uri: string): GraphProblem {
  return new GraphProblem(
    400,
    'HostNameNotOnVerifiedDomain',
    `Values of identifierUris property must use a verified domain of the organization or its subdomain: '${uri}'`,
  );
}

function restrictedByPolicy(uri: string): GraphProblem {
  return badRequest(
    `Failed to add identifier URI ${uri}. All newly added URIs must contain a tenant verified domain, tenant ID, or app ID, as per the default tenant policy of your organization.`,
  );
}
