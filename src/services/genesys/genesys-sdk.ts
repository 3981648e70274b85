import { beforeEffect } from '../platform/effect-guard.js';
import { fetchWithin, isLoopbackUrl } from '../platform/http.js';
import { apiHost, loginHost, type GenesysRegion } from '../sso/genesys-region.js';

export interface SdkOptions {
  readonly region: GenesysRegion;
  /** `GENESYS_GATEWAY_URL`, on this machine only; none: the real cloud. */
  readonly gatewayUrl?: string | undefined;
  readonly timeoutMs: number;
}

/** The SDK's API classes that Latchkey uses, over one client of its own. */
export type GenesysApis = Awaited<ReturnType<typeof loadApis>>;

/** Throws a RangeError unless the gateway is on this machine: the client secret goes there. */
export function refuseForeignGateway(gatewayUrl: string | undefined): void {
  if (gatewayUrl !== undefined && !isLoopbackUrl(gatewayUrl)) {
    throw new RangeError('GENESYS_GATEWAY_URL may point at this machine only.');
  }
}

/**
 * Loads the SDK (25 MB, 0.2 s, so only at the first call) and points a client of our own at the region or the gateway.
 * The SDK watches a configuration file in the home directory, whose first change would undo the gateway: that is off.
 */
export async function loadApis(options: SdkOptions) {
  const sdk = await importSdk();
  sdk.ApiClient.config.live_reload_config = false;
  const client = new sdk.ApiClientClass();
  client.config.live_reload_config = false;
  client.setEnvironment(options.region.domain);
  // A gateway from that file would be in force by now.
  Object.assign(client.config, { gateway: undefined });
  if (options.gatewayUrl !== undefined) client.setGateway(gatewayOf(options.gatewayUrl, options.region));
  client.setReturnExtendedResponses(true);
  client.setHttpClient(createHttpClient(sdk, options));
  return {
    client,
    organization: new sdk.OrganizationApi(client),
    identityProvider: new sdk.IdentityProviderApi(client),
    users: new sdk.UsersApi(client),
    authorization: new sdk.AuthorizationApi(client),
    tokens: new sdk.TokensApi(client),
    license: new sdk.LicenseApi(client),
  };
}

/** The segments tell the gateway which region is meant. */
function gatewayOf(gatewayUrl: string, region: GenesysRegion) {
  const url = new URL(gatewayUrl);
  const prefix = url.pathname.replace(/^\/+|\/+$/g, '');
  const under = (host: string): string => (prefix === '' ? host : `${prefix}/${host}`);
  return {
    protocol: url.protocol.replace(':', ''),
    host: url.hostname,
    ...(url.port ? { port: Number(url.port) } : {}),
    path_params_login: under(loginHost(region)),
    path_params_api: under(apiHost(region)),
  };
}

async function importSdk() {
  return (await import('purecloud-platform-client-v2')).default;
}
type Sdk = Awaited<ReturnType<typeof importSdk>>;

/** An answer in the shape that the SDK expects of an HTTP client. */
interface SdkAnswer {
  readonly status: number;
  readonly statusText: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly data: unknown;
  readonly text: string;
}

/** A status outside 2xx. Unlike the SDK's own error it holds no request, so no credential can leak through it. */
export class RefusedAnswer extends Error {
  constructor(readonly response: SdkAnswer) {
    super(`Genesys Cloud answered ${response.status}.`);
  }
}

/**
 * The SDK's requests over `fetch`: proxies of the environment stay out of it, redirects are not followed with a token,
 * and no request leaves for a host other than the region's own or the gateway.
 */
function createHttpClient(sdk: Sdk, options: SdkOptions) {
  class FetchHttpClient extends sdk.AbstractHttpClient {
    override async request(request: SdkRequest): Promise<SdkAnswer> {
      const url = urlOf(request);
      refuseForeignUrl(url, options);
      // A token is asked for on behalf of everybody, so not under one run's guard.
      if (request.method !== 'GET' && !url.pathname.endsWith('/oauth/token')) await beforeEffect();
      const headers = new Headers(request.headers ?? {});
      const { data } = request;
      // The SDK's login sends its form as text and leaves the content type to the client.
      if (typeof data === 'string') headers.set('Content-Type', 'application/x-www-form-urlencoded');
      const answer = await fetchWithin(url.href, {
        method: request.method,
        headers,
        timeoutMs: options.timeoutMs,
        system: 'genesys',
        ...(data ? { body: typeof data === 'string' ? data : JSON.stringify(data) } : {}),
      });
      const response: SdkAnswer = {
        status: answer.status,
        statusText: '',
        headers: Object.fromEntries(answer.headers),
        data: parseJson(answer.text),
        text: answer.text,
      };
      if (answer.status < 200 || answer.status > 299) throw new RefusedAnswer(response);
      return response;
    }

    override enableHooks(): void {
      // There are no hooks; the base class wants the method.
    }
  }
  return new FetchHttpClient();
}

interface SdkRequest {
  readonly url: string;
  readonly method: string;
  readonly headers?: Record<string, string>;
  readonly params?: Record<string, string>;
  readonly data?: unknown;
}

function urlOf({ url, params = {} }: SdkRequest): URL {
  const whole = new URL(url);
  for (const [name, value] of Object.entries(params ?? {})) whole.searchParams.append(name, value);
  return whole;
}

function refuseForeignUrl(url: URL, { region, gatewayUrl }: SdkOptions): void {
  const isOurs =
    gatewayUrl === undefined
      ? url.protocol === 'https:' && [loginHost(region), apiHost(region)].includes(url.host)
      : url.origin === new URL(gatewayUrl).origin && isLoopbackUrl(url.href);
  if (!isOurs) throw new RangeError(`Refused to call ${url.host}, which is not the configured Genesys Cloud.`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
