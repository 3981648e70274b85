import { BOT } from '../credentials.js';
import type { Reply, SandboxRequest, SandboxServer } from '../kit/server.js';
import { GRAPH_AUDIENCE, TOKEN_LIFETIME_SECONDS, type AccessTokens } from './access-tokens.js';
import { botToken } from './token-endpoint.js';

/** What `IDENTITY_HEADER` says on an App Service of the sandbox: whoever knows it is a process of that service. */
export const IDENTITY_HEADER = 'sandbox-identity-header';

/**
 * The two endpoints at which Azure gives the code on one of its resources a token for its managed identity: App Service
 * (`IDENTITY_ENDPOINT`) and virtual machine (IMDS). The identity is the bot's, by the system or by its client id.
 */
export function managedIdentityRoutes(server: SandboxServer, tokens: AccessTokens): void {
  server.route('GET', '/msi/token', (request) => {
    if (request.headers['x-identity-header'] !== IDENTITY_HEADER) {
      return { status: 401, body: { statusCode: 401, message: 'The X-IDENTITY-HEADER is missing or wrong.' } };
    }
    return answer(request, server, tokens);
  });
  const ofMachine = (request: SandboxRequest): Reply => {
    if (request.headers['metadata'] !== 'true')
      return refusal('bad_request_102', 'Required metadata header not specified');
    return answer(request, server, tokens);
  };
  // With the slash where AZURE_POD_IDENTITY_AUTHORITY_HOST names the machine (measured, MSAL of @azure/identity 4.14).
  for (const end of ['', '/']) server.route('GET', `/metadata/identity/oauth2/token${end}`, ofMachine);
}

function answer(request: SandboxRequest, server: SandboxServer, tokens: AccessTokens): Reply {
  const resource = request.query.get('resource')?.replace(/\/$/, '');
  const clientId = request.query.get('client_id') ?? BOT.clientId;
  if (resource !== GRAPH_AUDIENCE) return refusal('invalid_resource', `The resource ${resource ?? ''} was not found.`);
  if (clientId.toLowerCase() !== BOT.clientId) return refusal('invalid_request', 'Identity not found');
  const expiresOn = Math.floor(server.options.clock.wall().getTime() / 1_000) + TOKEN_LIFETIME_SECONDS;
  const token = botToken(server, tokens);
  return {
    status: 200,
    body: { access_token: token, expires_on: String(expiresOn), resource, token_type: 'Bearer', client_id: clientId },
  };
}

function refusal(error: string, description: string): Reply {
  return { status: 400, body: { error, error_description: description, statusCode: 400, message: description } };
}
