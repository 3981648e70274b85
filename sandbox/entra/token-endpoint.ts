import { randomUUID } from 'node:crypto';
import { reach, type SandboxAddresses } from '../addresses.js';
import { BOT, BOT_PERMISSIONS, TENANT_ID, VERIFIED_DOMAIN } from '../credentials.js';
import type { Reply, SandboxRequest, SandboxServer } from '../kit/server.js';
import { AadstsError, type AadstsCode } from './aadsts.js';
import { TOKEN_LIFETIME_SECONDS, type AccessTokens } from './access-tokens.js';
import { required, type AuthorizationCodes } from './authorization.js';
import type { Directory } from './directory.js';
import type { RegisteredCredentials } from './registered-credentials.js';

/** A secret of the bot that ran out long ago: for the answer that tells a wrong secret from an expired one. */
export const EXPIRED_BOT_SECRET = 'sandbox-entra-expired-secret';

export function isTenant(name: string): boolean {
  return [TENANT_ID, VERIFIED_DOMAIN].includes(name.toLowerCase());
}

/** The permissions that the bot has now: those of the seed and of a fault, without the ones that a fault took away. */
export function grantedPermissions(server: SandboxServer): string[] {
  const named = (fault: string): string[] =>
    server.faults.allActive(fault).flatMap(({ permission }) => (permission === undefined ? [] : [String(permission)]));
  const removed = new Set(named('permission-removed'));
  return [...BOT_PERMISSIONS, ...named('permission-added')].filter((permission) => !removed.has(permission));
}

interface TokenParts {
  readonly tokens: AccessTokens;
  readonly directory: Directory;
  readonly addresses: SandboxAddresses;
  readonly registered: RegisteredCredentials;
  readonly codes: AuthorizationCodes;
}

/** Token endpoint (client credentials and authorization code, with a secret or a client assertion), discovery document and keys, with and without the host segment. */
export function tokenRoutes(
  server: SandboxServer,
  { tokens, directory, addresses, registered, codes }: TokenParts,
): void {
  const token = (request: SandboxRequest): Reply =>
    answered(request, directory, () => issue(request, { server, tokens, registered, codes }));
  const discovery = (request: SandboxRequest): Reply =>
    answered(request, directory, () => discoveryDocument(request, addresses));
  const keys = (): Reply => ({ status: 200, body: { keys: tokens.publicKeys() } });
  for (const host of ['', '/login.microsoftonline.com']) {
    server.route('POST', `${host}/:tenant/oauth2/v2.0/token`, token);
    server.route('GET', `${host}/:tenant/v2.0/.well-known/openid-configuration`, discovery);
    server.route('GET', `${host}/:tenant/discovery/v2.0/keys`, keys);
  }
}

interface OAuthRefusal {
  readonly status: number;
  readonly error: string;
}

const REFUSALS: Partial<Record<AadstsCode, OAuthRefusal>> = {
  50057: { status: 400, error: 'invalid_grant' },
  50148: { status: 400, error: 'invalid_grant' },
  54005: { status: 400, error: 'invalid_grant' },
  70008: { status: 400, error: 'invalid_grant' },
  500112: { status: 400, error: 'invalid_grant' },
  9002313: { status: 400, error: 'invalid_grant' },
  70003: { status: 400, error: 'unsupported_grant_type' },
  70011: { status: 400, error: 'invalid_scope' },
  500011: { status: 400, error: 'invalid_resource' },
  700016: { status: 400, error: 'unauthorized_client' },
  50013: { status: 401, error: 'invalid_client' },
  50027: { status: 401, error: 'invalid_client' },
  700021: { status: 401, error: 'invalid_client' },
  700023: { status: 401, error: 'invalid_client' },
  700024: { status: 401, error: 'invalid_client' },
  700027: { status: 401, error: 'invalid_client' },
  700211: { status: 401, error: 'invalid_client' },
  700212: { status: 401, error: 'invalid_client' },
  700213: { status: 401, error: 'invalid_client' },
  7000215: { status: 401, error: 'invalid_client' },
  7000218: { status: 401, error: 'invalid_client' },
  7000222: { status: 401, error: 'invalid_client' },
};

function answered(request: SandboxRequest, directory: Directory, work: () => object): Reply {
  try {
    requireTenant(request);
    return { status: 200, body: work() };
  } catch (error) {
    if (error instanceof AadstsError) return refusal(error, directory);
    throw error;
  }
}

function refusal(error: AadstsError, directory: Directory): Reply {
  const { status, error: name } = REFUSALS[error.code] ?? { status: 400, error: 'invalid_request' };
  const traceId = randomUUID();
  const correlationId = randomUUID();
  const timestamp = directory.clock.wall().toISOString().slice(0, 19).replace('T', ' ') + 'Z';
  return {
    status,
    body: {
      error: name,
      error_description: `${error.text} Trace ID: ${traceId} Correlation ID: ${correlationId} Timestamp: ${timestamp}`,
      error_codes: [error.code],
      timestamp,
      trace_id: traceId,
      correlation_id: correlationId,
      error_uri: `https://login.microsoftonline.com/error?code=${error.code}`,
    },
  };
}

function requireTenant(request: SandboxRequest): void {
  const tenant = request.params['tenant'] ?? '';
  if (!isTenant(tenant)) throw new AadstsError(90002, { tenant });
}

function issue(
  request: SandboxRequest,
  parts: { server: SandboxServer } & Pick<TokenParts, 'tokens' | 'registered' | 'codes'>,
): object {
  const { server, tokens, registered, codes } = parts;
  if (server.faults.strikes('token-throttled')) throw new AadstsError(90055);
  const form = request.form();
  const grant = required(form, 'grant_type');
  if (!GRANTS.includes(grant)) throw new AadstsError(70003, { value: grant });
  const clientId = required(form, 'client_id').toLowerCase();
  const scope = grant === 'client_credentials' ? required(form, 'scope') : '';
  if (clientId !== BOT.clientId) throw new AadstsError(700016, { value: clientId, tenant: TENANT_ID });
  requireProof(form, server, registered);
  if (grant === 'authorization_code') return codes.redeem(form, server.faults);
  requireGraphScope(scope);
  tokens.expireAllIf(server.faults);
  return {
    token_type: 'Bearer',
    expires_in: TOKEN_LIFETIME_SECONDS,
    ext_expires_in: TOKEN_LIFETIME_SECONDS,
    access_token: botToken(server, tokens),
  };
}

const GRANTS = ['client_credentials', 'authorization_code'];
const JWT_BEARER = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** A client assertion where there is one, else the secret. */
function requireProof(form: URLSearchParams, server: SandboxServer, registered: RegisteredCredentials): void {
  const assertion = form.get('client_assertion');
  if (!assertion) return requireSecret(form.get('client_secret'));
  const type = form.get('client_assertion_type') ?? '';
  if (type !== JWT_BEARER) throw new AadstsError(90023, { value: 'client_assertion_type' });
  registered.verify(assertion, server.options.clock.wall());
}

function requireSecret(secret: string | null): void {
  if (!secret) throw new AadstsError(7000218);
  if (secret === EXPIRED_BOT_SECRET) throw new AadstsError(7000222, { appId: BOT.clientId });
  if (secret !== BOT.clientSecret) throw new AadstsError(7000215, { appId: BOT.clientId });
}

/** A token for the bot with what it may do now. */
export function botToken(server: SandboxServer, tokens: AccessTokens): string {
  const { clientId, servicePrincipalId } = BOT;
  return tokens.issue({ appId: clientId, servicePrincipalId, roles: grantedPermissions(server) });
}

function requireGraphScope(scope: string): void {
  if (!scope.endsWith('/.default')) throw new AadstsError(70011, { value: scope });
  const resource = scope.slice(0, -'/.default'.length);
  const known = ['https://graph.microsoft.com', '00000003-0000-0000-c000-000000000000'];
  if (!known.includes(resource)) throw new AadstsError(500011, { value: resource, tenant: TENANT_ID });
}

/**
 * Addresses in it are reachable ones, under the host segment only when it was asked for there: MSAL takes the first
 * segment of the path for the tenant. The issuer stays what tokens and libraries expect.
 */
function discoveryDocument(request: SandboxRequest, addresses: SandboxAddresses): object {
  const tenant = request.params['tenant'] ?? '';
  const hasHost = request.path.startsWith('/login.microsoftonline.com/');
  const login = hasHost
    ? reach(addresses, `https://login.microsoftonline.com/${tenant}`)
    : `${addresses.entra}/${tenant}`;
  return {
    token_endpoint: `${login}/oauth2/v2.0/token`,
    token_endpoint_auth_methods_supported: ['client_secret_post', 'private_key_jwt'],
    jwks_uri: `${login}/discovery/v2.0/keys`,
    response_modes_supported: ['query', 'fragment', 'form_post'],
    subject_types_supported: ['pairwise'],
    id_token_signing_alg_values_supported: ['RS256'],
    response_types_supported: ['code'],
    scopes_supported: ['openid', 'profile', 'email', 'offline_access'],
    issuer: `https://login.microsoftonline.com/${TENANT_ID}/v2.0`,
    authorization_endpoint: `${login}/oauth2/v2.0/authorize`,
    end_session_endpoint: `${login}/oauth2/v2.0/logout`,
    tenant_region_scope: 'EU',
    cloud_instance_name: 'microsoftonline.com',
  };
}
