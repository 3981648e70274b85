import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK } from 'jose';
import { read as readText, TENANT } from './teams-stand.js';

export const APP_ID = 'b07c1e7a-5a1e-4c0d-9e51-1a7c4e7b0003';
export const PASSWORD = 'the-secret-of-the-bot';

export interface StubKey {
  readonly kid: string;
  readonly privateKey: CryptoKey;
  readonly jwk: JWK & { readonly endorsements?: readonly string[] };
}

/** A key of its own, published nowhere yet. */
export async function makeKey(kid: string, endorsements?: readonly string[]): Promise<StubKey> {
  const { publicKey, privateKey } = await generateKeyPair('RS256', { extractable: true });
  const jwk = { ...(await exportJWK(publicKey)), kid, use: 'sig', ...(endorsements ? { endorsements } : {}) };
  return { kid, privateKey, jwk };
}

/** Who signs for Teams, on this machine: OpenID document, keys, and the token endpoint for the bot. */
export class BotFrameworkStub {
  /** What is published. */
  keys: StubKey[] = [];
  /** Where the OpenID document says the keys are; absent: here. */
  keysUrl: string | undefined;
  /** Every path that was asked for. */
  readonly asked: string[] = [];
  /** The forms that the token endpoint was sent. */
  readonly forms: URLSearchParams[] = [];
  /** What the token endpoint says instead of giving a token. */
  refusal: { status: number; error_description: string } | undefined;
  /** `away`: 503; `hang`: no answer. */
  state: 'well' | 'away' | 'hang' = 'well';
  readonly #server: Server = createServer((request, response) => void this.#answer(request, response));
  #tokens = 0;

  static async start(): Promise<BotFrameworkStub> {
    const stub = new BotFrameworkStub();
    await new Promise<void>((resolve) => stub.#server.listen(0, '127.0.0.1', resolve));
    stub.keys = [await makeKey('current', ['msteams'])];
    return stub;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get openIdUrl(): string {
    return `${this.url}/v1/.well-known/openidconfiguration`;
  }

  get current(): StubKey {
    const [key] = this.keys;
    if (!key) throw new Error('There is no key.');
    return key;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** A token for a delivery, as it should be but for the changes. A claim that is `undefined` is left out. */
  async token(
    serviceUrl: string,
    changes: { key?: StubKey; header?: object; claims?: Record<string, unknown> } = {},
  ): Promise<string> {
    const { kid, privateKey } = changes.key ?? this.current;
    const claims = { ...this.claims(serviceUrl), ...changes.claims };
    return new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid, ...changes.header }).sign(privateKey);
  }

  claims(serviceUrl: string): Record<string, unknown> {
    const now = Math.floor(Date.now() / 1_000);
    return { iss: this.url, aud: APP_ID, serviceurl: serviceUrl, nbf: now - 5, exp: now + 3_600 };
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readText(request);
    const path = request.url ?? '';
    this.asked.push(path);
    if (this.state === 'hang') return;
    const [status, answer] = this.state === 'away' ? [503, {}] : this.#reply(path, body);
    // Not chained: restify gives every response of the process another `writeHead`.
    response.writeHead(status, { 'Content-Type': 'application/json' });
    response.end(JSON.stringify(answer));
  }

  #reply(path: string, body: string): [number, object] {
    if (path === '/v1/.well-known/openidconfiguration') {
      return [200, { issuer: this.url, jwks_uri: this.keysUrl ?? `${this.url}/v1/.well-known/keys` }];
    }
    if (path === '/v1/.well-known/keys') return [200, { keys: this.keys.map(({ jwk }) => jwk) }];
    if (path === `/${TENANT}/oauth2/v2.0/token`) {
      this.forms.push(new URLSearchParams(body));
      if (this.refusal) return [this.refusal.status, { error: 'invalid_client', ...this.refusal }];
      return [200, { token_type: 'Bearer', expires_in: 3_599, access_token: `bot-token-${++this.#tokens}` }];
    }
    return [404, {}];
  }
}
