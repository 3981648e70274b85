import { generateKeyPairSync, sign } from 'node:crypto';
import { createServer, type Server as HttpServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import type { SandboxAddresses } from '../../sandbox/addresses.js';
import { createEntraSandbox } from '../../sandbox/entra/entra-sandbox.js';
import { createGenesysSandbox } from '../../sandbox/genesys/genesys-sandbox.js';
import { SandboxClock } from '../../sandbox/kit/clock.js';
import type { SandboxServer, TlsIdentity } from '../../sandbox/kit/server.js';
import { SandboxStore } from '../../sandbox/kit/store.js';
import { TestAuthority } from '../support/test-authority.js';

/** Lets this process trust the authority, as `NODE_EXTRA_CA_CERTS` does for one that is started. @returns ends that. */
export function trust(authority: TestAuthority): () => void {
  const before = getCACertificates('default');
  setDefaultCACertificates([...before, authority.cert]);
  return () => setDefaultCACertificates(before);
}

/** The sandboxes of Entra and Genesys on this machine, over https with the authority's certificate, or over http. */
export class RemoteStand {
  readonly authority = new TestAuthority();
  readonly entraUrl: string;
  readonly genesysUrl: string;
  readonly #closing: readonly (() => Promise<void>)[];

  private constructor(
    parts: Pick<RemoteStand, 'authority' | 'entraUrl' | 'genesysUrl'> & { closing: (() => Promise<void>)[] },
  ) {
    ({ authority: this.authority, entraUrl: this.entraUrl, genesysUrl: this.genesysUrl } = parts);
    this.#closing = parts.closing;
  }

  static async start(scheme: 'http' | 'https'): Promise<RemoteStand> {
    const authority = new TestAuthority();
    const issued = authority.issue({ commonName: 'sandbox', hosts: ['127.0.0.1', 'localhost'] });
    const tls = scheme === 'https' ? issued : undefined;
    const addresses: SandboxAddresses = { entra: '', genesys: '', teams: '' };
    const closing: (() => Promise<void>)[] = [];
    const start = async (
      create: (parts: Parameters<typeof createEntraSandbox>[0]) => SandboxServer,
    ): Promise<string> => {
      const store = new SandboxStore(':memory:');
      const server = create({ store, clock: new SandboxClock(store), addresses });
      const port = await server.listen(0, tls);
      closing.push(async () => {
        await server.close();
        store.close();
      });
      return `${scheme}://127.0.0.1:${port}`;
    };
    addresses.entra = await start(createEntraSandbox);
    addresses.genesys = await start(createGenesysSandbox);
    return new RemoteStand({ authority, entraUrl: addresses.entra, genesysUrl: addresses.genesys, closing });
  }

  /** What an administrator does in the portal. */
  async register(credential: object): Promise<void> {
    const body = JSON.stringify(credential);
    const answer = await fetch(`${this.entraUrl}/_sandbox/bot-credentials`, { method: 'POST', body });
    if (!answer.ok) throw new Error(await answer.text());
  }

  /** Requests that Entra and its Graph have seen, `METHOD /path`. */
  async seenByEntra(): Promise<string[]> {
    const { requests } = (await (await fetch(`${this.entraUrl}/_sandbox/requests`)).json()) as {
      requests: { method: string; path: string }[];
    };
    return requests.map(({ method, path }) => `${method} ${path.split('?')[0] ?? ''}`);
  }

  async close(): Promise<void> {
    for (const close of this.#closing) await close();
  }
}

/** A server that is nobody: it answers everything alike and writes down what it was sent. */
export class Stranger {
  readonly seen: string[] = [];
  readonly #server: HttpServer;
  readonly #scheme: string;

  private constructor(server: HttpServer, scheme: string) {
    this.#server = server;
    this.#scheme = scheme;
  }

  static async listen(
    answer: { status: number; headers?: Record<string, string>; body?: string },
    tls?: TlsIdentity,
  ): Promise<Stranger> {
    const server = tls ? createTlsServer(tls) : createServer();
    const stranger = new Stranger(server, tls ? 'https' : 'http');
    server.on('request', (request, response) => {
      stranger.seen.push(`${request.method} ${request.url}`);
      request.resume();
      response.writeHead(answer.status, answer.headers);
      response.end(answer.body);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return stranger;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `${this.#scheme}://127.0.0.1:${this.port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}

/** Another identity provider, whose tokens the app registration of the bot trusts. */
export class TokenIssuer {
  readonly #keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
  /** What an administrator registers, see `RegisteredCredentials`. */
  readonly credential = {
    issuer: 'https://oidc.example/cluster',
    subject: 'system:serviceaccount:latchkey:bot',
    audience: 'api://AzureADTokenExchange',
    keys: [{ ...this.#keys.publicKey.export({ format: 'jwk' }), kid: 'one' }],
  };

  /** A token for ten minutes. @param own claims that differ. */
  token(own: Record<string, unknown> = {}): string {
    const { issuer: iss, subject: sub, audience: aud } = this.credential;
    const claims = { iss, sub, aud, exp: Math.floor(Date.now() / 1_000) + 600, ...own };
    const body = [{ alg: 'RS256', kid: 'one' }, claims]
      .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
      .join('.');
    return `${body}.${sign('sha256', Buffer.from(body), this.#keys.privateKey).toString('base64url')}`;
  }
}
