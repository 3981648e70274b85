import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { GENESYS } from '../credentials.js';
import type { Faults } from '../kit/faults.js';
import type { Reply, SandboxRequest, SandboxServer } from '../kit/server.js';
import { withCorrelation } from './api.js';
import { hashSecret, type GenesysData } from './genesys-data.js';

/** How long a token lives: the default of an OAuth client. */
const TOKEN_LIFETIME_S = 86_400;

/** `POST /oauth/token`, at the root and under `login.<region>`: client credentials, HTTP Basic. */
export function addOauthRoutes(server: SandboxServer, data: GenesysData): void {
  const answer = (request: SandboxRequest): Reply =>
    withCorrelation({}, () => tokenReply(request, data, server.faults));
  server.route('POST', '/oauth/token', answer);
  server.route('POST', '/login.:region/oauth/token', answer);
}

function tokenReply(request: SandboxRequest, data: GenesysData, faults: Faults): Reply {
  // The token endpoint says "slow down" with a 400, as Genesys's own Terraform provider had to learn.
  if (faults.strikes('token-throttled')) return refused(400, 'invalid_request', 'rate limit exceeded; retry later');
  const { clientId, secret } = basicCredentials(request.headers['authorization']);
  const isForeignRegion = (request.params['region'] ?? GENESYS.region) !== GENESYS.region;
  if (isForeignRegion || clientId !== GENESYS.clientId) return refused(400, 'invalid_client', 'client not found');
  if (!isSameSecret(secret, GENESYS.clientSecret)) return refused(401, 'invalid_client', 'authentication failed');
  const grantType = request.form().get('grant_type');
  if (grantType !== 'client_credentials') return refused(400, 'unsupported_grant_type', 'grant type is not supported');
  return { status: 200, body: issueToken(data) };
}

function issueToken(data: GenesysData): object {
  const now = data.clock.wall().getTime();
  for (const token of data.tokens.filter((known) => known.expiresAt <= now)) data.tokens.delete(token.id);
  const value = randomBytes(48).toString('base64url');
  const id = hashSecret(value);
  data.tokens.put(id, { id, expiresAt: now + TOKEN_LIFETIME_S * 1000 });
  return { access_token: value, token_type: 'bearer', expires_in: TOKEN_LIFETIME_S };
}

function basicCredentials(header: string | undefined): { clientId: string; secret: string } {
  const encoded = /^basic ([A-Za-z0-9+/=]+)$/i.exec(header ?? '')?.[1] ?? '';
  const [clientId = '', ...secret] = Buffer.from(encoded, 'base64').toString('utf8').split(':');
  return { clientId, secret: secret.join(':') };
}

function isSameSecret(given: string, wanted: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(wanted));
}

function refused(status: number, error: string, description: string): Reply {
  return { status, body: { error, description, error_description: description } };
}
