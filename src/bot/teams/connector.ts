import {
  type Activity,
  CloudAdapter,
  ConfigurationBotFrameworkAuthentication,
  type ConversationReference,
  type TurnContext,
} from 'botbuilder';
import { ClaimsIdentity, ServiceClientCredentialsFactory } from 'botframework-connector';
import { type BotTokens, connectorHttpClient, type ConnectorHttpOptions } from './connector-http.js';
import { checkDeliveryToken, type DeliveryToken } from './delivery-token.js';
import type { FileDomain } from './sent-file.js';
import { isServiceUrl, type ServiceHosts } from './service-url.js';
import { SigningKeys, type SigningKeysOptions } from './signing-keys.js';

/** How incoming messages are proven genuine and outgoing ones signed. */
export type TeamsCredentials =
  | {
      readonly kind: 'registered';
      readonly appId: string;
      readonly cloud: {
        readonly openIdUrl: string;
        readonly tokenIssuer: string;
        readonly serviceHosts: ServiceHosts;
        readonly fileDomain: FileDomain;
      };
      readonly tokens: BotTokens;
    }
  /** Nothing is proven: the door then takes traffic of this machine only, and writes to this machine only. */
  | { readonly kind: 'loopback-only' };

/** Limits of the calls to Teams and to those who sign for it. */
export interface ConnectorLimits {
  readonly timeoutMs?: number;
  readonly keys?: Omit<SigningKeysOptions, 'openIdUrl'>;
}

type Logic = (context: TurnContext) => Promise<void>;

/** The Bot Framework adapter behind a check of our own: it is only ever given what that check has let through. */
export interface TeamsConnector {
  /** Nothing is authenticated; whoever asks must be this machine. */
  readonly isLoopbackOnly: boolean;
  /** Under which a file that somebody sends may be fetched. */
  readonly fileDomain: FileDomain;
  /** Whether a delivery with that `Authorization` header is genuine. Never rejects. */
  authenticate(authorization: string | undefined): Promise<DeliveryToken>;
  isServiceUrl(text: string): boolean;
  /** Runs a turn for an activity that was authenticated. */
  takeIn(activity: Activity, logic: Logic): Promise<void>;
  /** Runs a turn in a conversation that is known from before. */
  reach(reference: Partial<ConversationReference>, logic: Logic): Promise<void>;
}

/** Throws a TypeError when what authentication needs is empty. */
export function createTeamsConnector(credentials: TeamsCredentials, limits: ConnectorLimits = {}): TeamsConnector {
  const { appId, serviceHosts, fileDomain, tokens, authenticate } = accessOf(credentials, limits);
  const mayReach = (url: string): boolean => isServiceUrl(url, serviceHosts);
  const http: ConnectorHttpOptions = { timeoutMs: limits.timeoutMs ?? 10_000, mayReach, tokens };
  const authentication = new ConfigurationBotFrameworkAuthentication(
    {},
    new NoCredentials(appId),
    undefined,
    undefined,
    { httpClient: connectorHttpClient(http) },
  );
  const adapter = new CloudAdapter(authentication);
  const identity = new ClaimsIdentity([{ type: 'aud', value: appId }], true);
  return {
    isLoopbackOnly: credentials.kind === 'loopback-only',
    fileDomain,
    authenticate,
    isServiceUrl: mayReach,
    takeIn: (activity, logic) => {
      const connectorFactory = authentication.createConnectorFactory(identity);
      // Not `process`: that one writes the SDK's error texts into the answer and onto the console.
      const authenticated = { claimsIdentity: identity, connectorFactory, audience: '' };
      return adapter.processActivityDirect(authenticated, activity, logic);
    },
    reach: (reference, logic) => adapter.continueConversationAsync(appId, reference, logic),
  };
}

interface Access {
  readonly appId: string;
  readonly serviceHosts: ServiceHosts;
  readonly fileDomain: FileDomain;
  readonly tokens?: BotTokens;
  readonly authenticate: TeamsConnector['authenticate'];
}

function accessOf(credentials: TeamsCredentials, limits: ConnectorLimits): Access {
  if (credentials.kind === 'loopback-only') {
    const hosts = { serviceHosts: 'loopback', fileDomain: 'loopback' } as const;
    return { appId: '', ...hosts, authenticate: async () => ({ ok: true, serviceUrl: undefined }) };
  }
  const { appId, tokens, cloud } = credentials;
  if (appId === '' || cloud.openIdUrl === '' || cloud.tokenIssuer === '') {
    throw new TypeError('Teams authentication needs an app id, an issuer and the address of its signing keys.');
  }
  const keys = new SigningKeys({ openIdUrl: cloud.openIdUrl, ...limits.keys });
  const authenticate: Access['authenticate'] = (authorization) =>
    checkDeliveryToken(authorization, { appId, issuer: cloud.tokenIssuer, keys });
  const { serviceHosts, fileDomain } = cloud;
  return { appId, serviceHosts, fileDomain, tokens, authenticate };
}

/**
 * What the SDK gets for credentials: none, as `connector-http` puts the token on. Authentication is never off for it: if
 * anything were to ask the SDK to authenticate, it would refuse.
 */
class NoCredentials extends ServiceClientCredentialsFactory {
  readonly #appId: string;

  constructor(appId: string) {
    super();
    this.#appId = appId;
  }

  async isValidAppId(appId: string): Promise<boolean> {
    return this.#appId !== '' && appId === this.#appId;
  }

  async isAuthenticationDisabled(): Promise<boolean> {
    return false;
  }

  async createCredentials(): ReturnType<ServiceClientCredentialsFactory['createCredentials']> {
    return { signRequest: async (request) => request };
  }
}
