import {
  CloudAdapter,
  ConfigurationBotFrameworkAuthentication,
  ConfigurationServiceClientCredentialFactory,
} from 'botbuilder';
import { connectorHttpClient, type ConnectorHttpOptions } from './connector-http.js';

/** How incoming messages are proven genuine and outgoing ones signed. */
export type TeamsCredentials =
  | {
      readonly kind: 'single-tenant';
      readonly appId: string;
      readonly tenantId: string;
      readonly password: { reveal(): string };
    }
  /** Nothing is proven: the door then takes traffic of this machine only, and writes to this machine only. */
  | { readonly kind: 'loopback-only' };

/** The Bot Framework adapter with what it was made for. */
export interface TeamsConnector {
  readonly adapter: CloudAdapter;
  /** Empty while nothing is authenticated. */
  readonly appId: string;
  readonly isLoopbackOnly: boolean;
}

/**
 * Makes the adapter. Throws when an app id is empty: the SDK would take that as "authentication is off".
 * @param http limits of the calls that the SDK makes to Teams.
 */
export function createTeamsConnector(
  credentials: TeamsCredentials,
  http: Partial<ConnectorHttpOptions> = {},
): TeamsConnector {
  const isLoopbackOnly = credentials.kind === 'loopback-only';
  const client = connectorHttpClient({ timeoutMs: 10_000, isLoopbackOnly, ...http });
  const authentication = new ConfigurationBotFrameworkAuthentication(
    {},
    new ConfigurationServiceClientCredentialFactory(sdkCredentials(credentials)),
    undefined,
    undefined,
    { httpClient: client },
  );
  const appId = isLoopbackOnly ? '' : credentials.appId;
  return { adapter: new CloudAdapter(authentication), appId, isLoopbackOnly };
}

function sdkCredentials(credentials: TeamsCredentials): Record<string, string> {
  if (credentials.kind === 'loopback-only') return {};
  const password = credentials.password.reveal();
  if (credentials.appId === '' || credentials.tenantId === '' || password === '') {
    throw new TypeError('Teams authentication needs an app id, a tenant and a password.');
  }
  return {
    MicrosoftAppType: 'SingleTenant',
    MicrosoftAppId: credentials.appId,
    MicrosoftAppTenantId: credentials.tenantId,
    MicrosoftAppPassword: password,
  };
}
