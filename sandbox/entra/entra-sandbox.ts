import type { SandboxAddresses } from '../addresses.js';
import type { SandboxClock } from '../kit/clock.js';
import type { FaultKind } from '../kit/faults.js';
import { SandboxServer, type Reply, type SandboxRequest } from '../kit/server.js';
import type { SandboxStore } from '../kit/store.js';
import { AccessTokens } from './access-tokens.js';
import { appRoleAssignmentRoutes } from './app-role-assignments.js';
import { applicationTemplateRoutes } from './application-templates.js';
import { applicationRoutes } from './applications.js';
import { batchRoutes } from './batch.js';
import { claimsPolicyRoutes } from './claims-policy.js';
import { Directory } from './directory.js';
import { viewState } from './directory-state.js';
import { federationMetadataRoutes } from './federation-metadata.js';
import { GraphGateway } from './graph-gateway.js';
import { groupRoutes } from './groups.js';
import { seedDirectory } from './seed.js';
import { servicePrincipalRoutes } from './service-principals.js';
import { Sessions } from './sessions.js';
import { signInRoutes } from './sign-in-routes.js';
import { SigningCertificates } from './signing-certificates.js';
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

const FAULTS: Readonly<Record<string, FaultKind>> = {
  'permission-removed': {
    describe: 'The bot has lost an application permission; may be on for several.',
    options: { permission: 'name of the permission, such as User.ReadWrite.All' },
  },
  'unavailable-once': {
    describe: 'The next request that fits is answered with 503 and nothing else, and does nothing.',
    options: { path: 'part of the path and query', method: 'HTTP method; any when left out' },
    once: true,
  },
  'certificate-foreign': { describe: 'Assertions are signed with a key that the app does not have.' },
  'certificate-expired': {
    describe: 'The active signing certificate counts as expired, and new ones are made as if they ran out yesterday.',
  },
  'token-expired-now': { describe: 'Every access token issued so far is refused.', once: true },
  'not-owned': { describe: 'Applications made from the gallery belong to nobody.' },
};

/** Microsoft Graph, the token endpoint and Entra's SAML sign-in on one loopback server. State is kept in the store. */
export function createEntraSandbox({ store, clock, addresses }: EntraSandboxOptions): SandboxServer {
  const directory = new Directory(store, clock);
  const tokens = new AccessTokens(store, clock);
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
  });
  server.faults.define(FAULTS);
  const graph = new GraphGateway(server, tokens);
  const certificates = new SigningCertificates(directory, { faults: server.faults, store });
  const sessions = new Sessions(store, directory);

  tokenRoutes(server, { tokens, directory, addresses });
  applicationTemplateRoutes(graph, directory, server);
  applicationRoutes(graph, directory);
  servicePrincipalRoutes(graph, directory);
  tokenSigningCertificateRoutes(graph, directory, server);
  claimsPolicyRoutes(graph, directory);
  userRoutes(graph, directory);
  groupRoutes(graph, directory);
  appRoleAssignmentRoutes(graph, directory);
  tenantRoutes(graph, directory);
  batchRoutes(graph, server);
  federationMetadataRoutes(server, { directory, certificates });
  signInRoutes(server, { directory, certificates, sessions, addresses });
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
