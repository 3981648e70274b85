import type { Clock } from '../platform/clock.js';
import { paceOf, type RemoteLog } from '../platform/http.js';
import type { CredentialProof } from './bot-credential.js';
import { createGraphTokens } from './credential.js';
import type { Entra } from './entra.js';
import { createAccounts } from './entra-accounts.js';
import { createAssignments } from './entra-assignments.js';
import { createBulk } from './entra-bulk.js';
import { createCertificates } from './entra-certificates.js';
import { createClaims } from './entra-claims.js';
import { createGallery } from './entra-gallery.js';
import { createGroups } from './entra-groups.js';
import { createMembership } from './entra-members.js';
import { createInstances } from './entra-instance.js';
import { createSessions } from './entra-sessions.js';
import { createPeople } from './entra-people.js';
import { createRegistrations } from './entra-registration.js';
import { createRestore } from './entra-restore.js';
import { createSearch } from './entra-search.js';
import { createTenant } from './entra-tenant.js';
import { createFederationMetadata } from './federation-metadata.js';
import { createGraph } from './graph-http.js';
import type { MicrosoftCloud } from './microsoft-clouds.js';
import { createOneAtATime, createReplication } from './replication.js';

export interface EntraOptions {
  readonly tenantId: string;
  readonly cloud: MicrosoftCloud;
  /** Absent: the managed identity that the system assigned. */
  readonly clientId?: string | undefined;
  readonly credential: CredentialProof;
  /** `GRAPH_BASE_URL`; none: the real Graph. */
  readonly graphBaseUrl?: string | undefined;
  /** `ENTRA_LOGIN_URL`; none: the real sign-in. */
  readonly loginUrl?: string | undefined;
  /** Makes Microsoft's login host reachable, see `test-links.ts`. */
  readonly reachable: (url: string) => string;
  readonly clock: Clock;
  /** How long a change that Entra has accepted may stay invisible (`REPLICATION_BUDGET_S`), in milliseconds. */
  readonly budgetMs: number;
  readonly log?: RemoteLog | undefined;
  readonly sleep?: ((ms: number) => Promise<void>) | undefined;
  readonly random?: (() => number) | undefined;
  /** How long one request may take; default 30 s. */
  readonly timeoutMs?: number | undefined;
  /** How long one call may be repeated while Entra is busy or away; default 60 s, or `budgetMs` if that is less. */
  readonly retryBudgetMs?: number | undefined;
}

/** Microsoft Entra ID through Graph. Nothing is contacted before the first call. */
export function createEntra(options: EntraOptions): Entra {
  const { tenantId, cloud, clientId, credential, loginUrl, log, timeoutMs = 30_000 } = options;
  const { retryBudgetMs = Math.min(60_000, options.budgetMs) } = options;
  const pace = paceOf(options.clock, options);
  const tokens = createGraphTokens({ tenantId, cloud, clientId, proof: credential, loginUrl, timeoutMs, pace });
  const graph = createGraph({ tokens, cloud, baseUrl: options.graphBaseUrl, timeoutMs, retryBudgetMs, pace, log });
  const shared = {
    graph,
    tokens,
    log,
    replication: createReplication({ budgetMs: options.budgetMs, pace }),
    oneAtATime: createOneAtATime(),
    now: () => options.clock.now(),
  };
  const people = createPeople(shared);
  const groups = createGroups(shared);
  const claims = createClaims(shared);
  const instances = createInstances({ ...shared, claims });
  const { getInstance, getSettings, getAppRoles, setSingleSignOn, setIdentifierAndReplyUrl } = instances;
  return {
    grantedPermissions: async () => (await tokens.claims()).roles,
    ...people,
    ...createSearch({ graph, findPerson: people.findPerson }),
    ...createAccounts(shared),
    ...{ getInstance, getSettings, getAppRoles, setSingleSignOn, setIdentifierAndReplyUrl },
    ...createGallery({ ...shared, instances }),
    findClaims: claims.findClaims,
    setClaims: claims.setClaims,
    putBackClaims: claims.putBackClaims,
    ...createCertificates(shared),
    ...createRestore(shared),
    getFederationMetadata: createFederationMetadata({
      tenantId,
      cloud,
      reachable: options.reachable,
      timeoutMs,
      retryBudgetMs,
      pace,
      replication: shared.replication,
    }),
    ...createTenant(shared),
    ...createRegistrations(shared),
    ...createAssignments(shared),
    ...createBulk({ ...shared, pace }),
    ...groups,
    ...createMembership({ ...shared, listGroupsOf: groups.listGroupsOf }),
    ...createSessions(shared),
  };
}
