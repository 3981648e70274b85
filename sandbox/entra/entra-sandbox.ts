import type { SandboxAddresses } from '../addresses.js';
import { TENANT_ID } from '../credentials.js';
import { clockFaults, type SandboxClock } from '../kit/clock.js';
import type { Faults } from '../kit/faults.js';
import { SandboxServer, type Reply, type SandboxRequest } from '../kit/server.js';
import type { SandboxStore } from '../kit/store.js';
import { AccessTokens } from './access-tokens.js';
import { ACCOUNT_FAULTS, AccountRules } from './account-rules.js';
import { ageActiveCertificates } from './aged-certificates.js';
import { appRoleAssignmentRoutes } from './app-role-assignments.js';
import { applicationTemplateRoutes } from './application-templates.js';
import { applicationRoutes } from './applications.js';
import { AUTHORIZATION_FAULTS, AuthorizationCodes } from './authorization.js';
import { batchRoutes } from './batch.js';
import { claimsMappingPolicyRoutes } from './claims-mapping-policies.js';
import { claimsPolicyRoutes } from './claims-policy.js';
import { deletionRoutes } from './deleted-item-routes.js';
import { Directory } from './directory.js';
import { viewState } from './directory-state.js';
import { ENTRA_FAULTS, certificateFaults } from './entra-faults.js';
import { federationMetadataRoutes } from './federation-metadata.js';
import { GraphGateway } from './graph-gateway.js';
import { GraphLayers } from './graph-layers.js';
import { groupMemberRoutes } from './group-members.js';
import { groupRoutes } from './groups.js';
import { managedIdentityRoutes } from './managed-identity.js';
import { RegisteredCredentials } from './registered-credentials.js';
import { Replication } from './replication.js';
import { seedDirectory } from './seed.js';
import { servicePrincipalRoutes } from './service-principals.js';
import { Sessions } from './sessions.js';
import { signInRoutes } from './sign-in-routes.js';
import { signInSessionRoutes } from './sign-in-session-routes.js';
import { SigningCertificates } from './signing-certificates.js';
import { TENANT_FAULTS, tenantPolicyRoutes } from './tenant-policies.js';
import { tenantRoutes } from './tenant.js';
import { tokenRoutes } from './token-endpoint.js';
import { tokenSigningCertificateRoutes } from './token-signing-certificates.js';
import { userRoutes } from './users.js';

export interface EntraSandboxOptions {
  readonly store: SandboxStore;
  readonly clock: SandboxClock;
  /** Read when a request arrives: the caller fills it in once the ports are known. */
  readonly addresses: SandboxAddresses;
}

/** Microsoft Graph, the token endpoint and Entra's SAML sign-in on one loopback server. State is kept in the store. */
export function createEntraSandbox({ store, clock, addresses }: EntraSandboxOptions): SandboxServer {
  const faults = (): Faults => server.faults;
  const replication = new Replication(faults, clock);
  const directory = new Directory(store, clock, replication);
  const tokens = new AccessTokens(store, clock);
  const layers = new GraphLayers({ faults, clock, replication, isGraph });
  const server: SandboxServer = new SandboxServer({
    name: 'entra',
    store,
    clock,
    state: () => viewState(directory),
    seed: () => seedDirectory(directory),
    notFound: (request) => (isGraph(request) ? graph.unknown(request) : { status: 404, body: 'Not found.' }),
    failed: (_error, request) =>
      isGraph(request) ? graph.failed(request) : { status: 500, body: 'The sandbox failed.' },
    before: (request) => unavailableOnce(server, request),
    around: (request, work) => layers.around(request, work),
  });
  server.faults.define({
    ...ENTRA_FAULTS,
    ...AUTHORIZATION_FAULTS,
    ...certificateFaults(() => ageActiveCertificates(directory)),
    ...TENANT_FAULTS,
    ...ACCOUNT_FAULTS,
    ...layers.faults,
    ...clockFaults(clock),
  });
  const graph = new GraphGateway(server, tokens);
  const certificates = new SigningCertificates(directory, { faults: server.faults, store });
  const sessions = new Sessions(store, directory);
  const rules = new AccountRules(server.faults);
  const codes = new AuthorizationCodes(store, { directory, tokens, clock });

  tokenRoutes(server, { tokens, directory, addresses, registered: new RegisteredCredentials(server), codes });
  managedIdentityRoutes(server, tokens);
  applicationTemplateRoutes(graph, directory, server);
  applicationRoutes(graph, directory, server.faults);
  servicePrincipalRoutes(graph, directory);
  tokenSigningCertificateRoutes(graph, directory, server);
  claimsPolicyRoutes(graph, directory, server.faults);
  claimsMappingPolicyRoutes(graph, directory);
  userRoutes(graph, directory, rules);
  signInSessionRoutes(graph, directory, sessions);
  groupRoutes(graph, directory);
  groupMemberRoutes(graph, directory);
  appRoleAssignmentRoutes(graph, directory, server.faults);
  deletionRoutes(graph, directory, server.faults);
  tenantRoutes(graph, directory, { faults: server.faults, rules });
  tenantPolicyRoutes(graph, server.faults, TENANT_ID);
  batchRoutes(graph, server);
  federationMetadataRoutes(server, { directory, certificates });
  signInRoutes(server, { directory, certificates, sessions, codes, addresses });
  return server;
}

function isGraph(request: SandboxRequest): boolean {
  return /^\/(v1\.0|beta)\//.test(request.path);
}

function unavailableOnce(server: SandboxServer, request: SandboxRequest): Reply | undefined {
  const where = `${request.path}?${request.query.toString()}`;
  const strikes = server.faults.strikes(
    'unavailable-once',
    ({ path, method }) =>
      (path === undefined || where.includes(path)) && (method === undefined || method.toUpperCase() === request.method),
  );
  return strikes ? { status: 503 } : undefined;
}
