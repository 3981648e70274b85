import type { Clock } from '../platform/clock.js';
import { paceOf, type RemoteLog } from '../platform/http.js';
import type { GenesysRegion } from '../sso/genesys-region.js';
import { createAuthorization } from './genesys-authorization.js';
import { createAskGenesys } from './genesys-call.js';
import { refuseForeignGateway } from './genesys-sdk.js';
import { createRemoval } from './genesys-removal.js';
import { createLicences } from './genesys-licences.js';
import { createUsers } from './genesys-users.js';
import { organizationWire } from './genesys-wire.js';
import type { Genesys } from './genesys.js';
import { createIdentityProvider } from './identity-provider.js';
import { createOwnClient } from './own-client.js';
import { createPasswordLogin } from './password-login.js';

export interface GenesysOptions {
  readonly region: GenesysRegion;
  readonly clientId: string;
  readonly clientSecret: string;
  /** `GENESYS_GATEWAY_URL`, on this machine only; none: the real cloud. */
  readonly gatewayUrl?: string | undefined;
  readonly clock: Clock;
  /** How long a change that Genesys has accepted may stay invisible (`REPLICATION_BUDGET_S`), in milliseconds. */
  readonly budgetMs: number;
  readonly log?: RemoteLog | undefined;
  readonly sleep?: ((ms: number) => Promise<void>) | undefined;
  readonly random?: (() => number) | undefined;
  /** How long one request may take; default 16 s, the SDK's own. */
  readonly timeoutMs?: number | undefined;
  /** How long one call may be repeated while Genesys is busy or away; default 60 s, or `budgetMs` if that is less. */
  readonly retryBudgetMs?: number | undefined;
}

/** Genesys Cloud. Nothing is loaded or contacted before the first call. Throws a RangeError for a foreign gateway. */
export function createGenesys(options: GenesysOptions): Genesys {
  refuseForeignGateway(options.gatewayUrl);
  const { region, clientId, clientSecret, gatewayUrl, log, timeoutMs = 16_000 } = options;
  const { retryBudgetMs = Math.min(60_000, options.budgetMs) } = options;
  const pace = paceOf(options.clock, options);
  const ask = createAskGenesys({ region, clientId, clientSecret, gatewayUrl, timeoutMs, retryBudgetMs, pace, log });
  const parts = { ask, budgetMs: options.budgetMs, pace };
  return {
    getOrganization: async () => {
      const { id, name, thirdPartyOrgName } = await ask({
        to: 'read the organisation',
        send: ({ organization }) => organization.getOrganizationsMe(),
        body: organizationWire,
      });
      return { id, name, shortName: thirdPartyOrgName };
    },
    ...createIdentityProvider(parts),
    ...createPasswordLogin(parts),
    ...createUsers(parts),
    ...createRemoval(parts),
    ...createAuthorization(parts),
    ...createLicences(parts),
    ...createOwnClient(parts),
  };
}
