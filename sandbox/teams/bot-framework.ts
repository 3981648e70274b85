import {
  createPrivateKey,
  createPublicKey,
  createSign,
  createVerify,
  generateKeyPairSync,
  randomUUID,
  type JsonWebKey,
} from 'node:crypto';
import { TEAMS_APP, TENANT_ID } from '../credentials.js';
import type { SandboxClock } from '../kit/clock.js';
import type { Faults } from '../kit/faults.js';
import type { Reply, SandboxRequest, SandboxServer } from '../kit/server.js';
import type { Collection, SandboxStore } from '../kit/store.js';
import { connectorError } from './connector-errors.js';

/** What a bot's own token is for. */
const CONNECTOR = 'https://api.botframework.com';
const DELIVERY_LIFETIME_S = 3_600;
const TOKEN_LIFETIME_S = 86_399;

interface Key {
  readonly kid: string;
  readonly privateKeyPem: string;
}

/** Switches of authentication, for the sandbox's page and for tests. */
export const AUTHENTICATION_FAULTS = {
  'token-required': { describe: 'The connector takes only calls with a token that it has issued to the bot.' },
  'new-signing-key': { describe: 'From the next message on, messages are signed with a new key.', once: true },
  'bot-secret-expired': { describe: 'The client secret of the bot has run out: it gets no token any more.' },
} as const;

/**
 * The part of Bot Framework behind Teams: it signs what the bot is sent, publishes its keys, and gives the registered
 * bot the token with which it writes. Tokens age in wall time. A bot that is not registered takes no notice of it.
 */
export class BotFramework {
  readonly #keys: Collection<Key>;
  readonly #clock: SandboxClock;
  /** Base address of the server: issuer of every token. */
  readonly #address: () => string;
  readonly #faults: () => Faults | undefined;

  constructor(parts: {
    store: SandboxStore;
    clock: SandboxClock;
    address: () => string;
    faults?: () => Faults | undefined;
  }) {
    this.#keys = parts.store.collection('botFrameworkKeys');
    this.#clock = parts.clock;
    this.#address = parts.address;
    this.#faults = parts.faults ?? (() => undefined);
  }

  /** The `Authorization` header of a delivery whose `serviceUrl` is this. */
  authorize(serviceUrl: string): string {
    if (this.#faults()?.strikes('new-signing-key')) this.#keys.clear();
    return `Bearer ${this.#sign({ aud: TEAMS_APP.appId, serviceurl: serviceUrl }, DELIVERY_LIFETIME_S)}`;
  }

  mount(server: SandboxServer): void {
    const base = (): string => this.#address();
    server.route('GET', '/v1/.well-known/openidconfiguration', () => ({
      status: 200,
      body: {
        issuer: base(),
        authorization_endpoint: 'https://invalid.botframework.com',
        jwks_uri: `${base()}/v1/.well-known/keys`,
        id_token_signing_alg_values_supported: ['RS256'],
        token_endpoint_auth_methods_supported: ['private_key_jwt'],
      },
    }));
    server.route('GET', '/v1/.well-known/keys', () => ({ status: 200, body: { keys: this.#publicKeys() } }));
    server.route('POST', '/:tenant/oauth2/v2.0/token', (request) => this.#issue(request));
  }

  /** A refusal of a call to the connector, or `undefined`: a token must be good, and may be absent unless it is required. */
  refuse(request: SandboxRequest): Reply | undefined {
    const { authorization } = request.headers;
    const isRequired = this.#faults()?.active('token-required') !== undefined;
    const isGood = authorization === undefined ? !isRequired : this.#isOwn(authorization);
    return isGood ? undefined : connectorError(401, 'Unauthorized', 'Authorization has been denied for this request.');
  }

  #issue(request: SandboxRequest): Reply {
    const form = request.form();
    if (request.params['tenant'] !== TENANT_ID) return refusal(400, 'invalid_request', 90002, 'Tenant not found.');
    if (form.get('grant_type') !== 'client_credentials') {
      return refusal(400, 'unsupported_grant_type', 70003, 'The app requested an unsupported grant type.');
    }
    if (form.get('client_id') !== TEAMS_APP.appId) {
      return refusal(400, 'unauthorized_client', 700016, 'Application was not found in the directory.');
    }
    if (this.#faults()?.active('bot-secret-expired')) {
      return refusal(401, 'invalid_client', 7000222, 'The provided client secret keys for the app are expired.');
    }
    if (form.get('client_secret') !== TEAMS_APP.password) {
      return refusal(401, 'invalid_client', 7000215, 'Invalid client secret provided.');
    }
    if (form.get('scope') !== `${CONNECTOR}/.default`) {
      return refusal(400, 'invalid_scope', 70011, 'The provided value for scope is not valid.');
    }
    const access_token = this.#sign({ aud: CONNECTOR, appid: TEAMS_APP.appId, tid: TENANT_ID }, TOKEN_LIFETIME_S);
    const expires_in = TOKEN_LIFETIME_S;
    return { status: 200, body: { token_type: 'Bearer', expires_in, ext_expires_in: expires_in, access_token } };
  }

  #sign(claims: object, lifetimeS: number): string {
    const key = this.#key();
    const now = Math.floor(this.#clock.wall().getTime() / 1_000);
    const header = { typ: 'JWT', alg: 'RS256', kid: key.kid, x5t: key.kid };
    const payload = { iss: this.#address(), nbf: now, exp: now + lifetimeS, jti: randomUUID(), ...claims };
    const text = `${encode(header)}.${encode(payload)}`;
    return `${text}.${createSign('sha256').update(text).sign(key.privateKeyPem, 'base64url')}`;
  }

  #isOwn(authorization: string): boolean {
    const [header = '', payload = '', signature = ''] = authorization.replace(/^Bearer /, '').split('.');
    const isSigned = createVerify('sha256')
      .update(`${header}.${payload}`)
      .verify(createPublicKey(this.#key().privateKeyPem), signature, 'base64url');
    if (!isSigned) return false;
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as { aud: string; exp: number };
    return claims.aud === CONNECTOR && claims.exp * 1_000 > this.#clock.wall().getTime();
  }

  #publicKeys(): JsonWebKey[] {
    const { kid, privateKeyPem } = this.#key();
    const jwk = createPublicKey(createPrivateKey(privateKeyPem)).export({ format: 'jwk' });
    return [{ ...jwk, use: 'sig', kid, x5t: kid, endorsements: ['msteams'] }];
  }

  #key(): Key {
    const known = this.#keys.get('key');
    if (known) return known;
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const privateKeyPem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    return this.#keys.put('key', { kid: randomUUID().replaceAll('-', ''), privateKeyPem });
  }
}

/** The token endpoint's refusal, as Entra words it. */
function refusal(status: number, error: string, code: number, text: string): Reply {
  return { status, body: { error, error_description: `AADSTS${code}: ${text}`, error_codes: [code] } };
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
