import { randomUUID } from 'node:crypto';
import type { SandboxAddresses } from '../addresses.js';
import { GENESYS } from '../credentials.js';
import type { SandboxClock } from '../kit/clock.js';
import { SandboxServer, type Reply, type SandboxRequest } from '../kit/server.js';
import type { SandboxStore } from '../kit/store.js';
import { PlatformApi, withCorrelation } from './api.js';
import { ApiProblem, problems } from './api-problem.js';
import { addAuditRoutes } from './audit-routes.js';
import { ORGANIZATION } from './directory.js';
import { GENESYS_FAULTS } from './faults.js';
import type { Lagging } from './former-values.js';
import { GenesysData } from './genesys-data.js';
import { genesysTrouble } from './genesys-trouble.js';
import { addLoginRoutes } from './login-routes.js';
import { addOauthRoutes } from './oauth-routes.js';
import { addOrganizationRoutes } from './organization-routes.js';
import { addProviderRoutes } from './provider-routes.js';
import { providerView } from './provider-settings.js';
import { seedGenesys } from './seed.js';
import { addSignInRoutes } from './sign-in-routes.js';
import { addSubjectRoutes, grantView } from './subject-routes.js';
import { addUserRoutes } from './user-routes.js';
import { addUserSearchRoute } from './user-search.js';
import { userView } from './user-view.js';

export interface GenesysSandboxOptions {
  readonly store: SandboxStore;
  readonly clock: SandboxClock;
  /** Filled in before requests arrive; read only then. */
  readonly addresses: SandboxAddresses;
}

/**
 * Genesys Cloud on the wire: platform API, OAuth, login page and SAML service provider of one organisation in one
 * region. The API is served at the root and under `/api.<region>` and `/login.<region>`.
 */
export function createGenesysSandbox({ store, clock, addresses }: GenesysSandboxOptions): SandboxServer {
  const data = new GenesysData(store, clock, (of) => lagMs(server, of));
  const trouble = genesysTrouble(() => server.faults);
  const server: SandboxServer = new SandboxServer({
    name: 'genesys',
    store,
    clock,
    state: () => publicState(data),
    seed: () => seedGenesys(data),
    notFound: () => refusal(problems.notFound()),
    failed: () =>
      refusal(new ApiProblem(500, 'internal.server.error', 'The server encountered an unexpected condition.')),
    before: (request) => strikeFaults(server, data, request),
    around: trouble,
  });
  server.faults.define(GENESYS_FAULTS);
  addOauthRoutes(server, data);
  addPlatformRoutes(server, data);
  addRegionalApi(server);
  addLoginRoutes(server, data, addresses);
  addSignInRoutes(server, data);
  return server;
}

function addPlatformRoutes(server: SandboxServer, data: GenesysData): void {
  const api = new PlatformApi(server, data);
  addOrganizationRoutes(api, data);
  addSubjectRoutes(api, data, server.faults);
  addUserSearchRoute(api, data);
  addUserRoutes(api, data, server.faults);
  addProviderRoutes(api, data, server.faults);
  addAuditRoutes(api, data, server.faults);
}

const STALE_SECONDS = 5;

/** `/api.<region>/api/v2/x` is `/api/v2/x`; in another region no token of ours is known. */
function addRegionalApi(server: SandboxServer): void {
  const passOn = (request: SandboxRequest): Reply | Promise<Reply> => {
    if (request.params['region'] !== GENESYS.region) return refusal(problems.badCredentials());
    return server.dispatch({ ...request, path: `/${request.params['*'] ?? ''}` });
  };
  for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const) {
    server.route(method, '/api.:region/*', passOn);
  }
}

/** How late changes show, as the fault stale-reads says. */
function lagMs(server: SandboxServer, of: Lagging): number | undefined {
  const fault = server.faults.allActive('stale-reads').find((setting) => (setting['only'] ?? of) === of);
  return fault && Number(fault['seconds'] ?? STALE_SECONDS) * 1000;
}

function strikeFaults(server: SandboxServer, data: GenesysData, request: SandboxRequest): Reply | undefined {
  // Before anything else, so that a token asked for after the switch is a new one and works.
  if (server.faults.strikes('token-expired-now')) data.tokens.clear();
  const isStruck = server.faults.strikes(
    'unavailable-once',
    ({ path = '', method = request.method }) => request.path.includes(path) && method.toUpperCase() === request.method,
  );
  return isStruck ? { status: 503, headers: { 'inin-correlation-id': randomUUID() } } : undefined;
}

function refusal(problem: ApiProblem): Reply {
  return withCorrelation({}, () => {
    throw problem;
  });
}

/** What the control route shows, in the vendor's property names: no tokens, no cookies. */
function publicState(data: GenesysData): object {
  return {
    organization: ORGANIZATION,
    identityProviders: data.providers.list().map(providerView),
    users: data.users.list().map((user) => userView(user, data, ['lasttokenissued'])),
    grants: data.grants.list().map(grantView),
    audits: data.audits.list(),
  };
}
