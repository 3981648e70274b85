import type { AccessToken, TokenCredential, TokenCredentialOptions } from '@azure/identity';
import { fetchWithin, isLoopbackUrl, isPassing, NoAnswer, parseRetryAfter } from '../platform/http.js';
import { Problem } from '../platform/problem.js';
import { TokenEndpointBusy, type BotCredential } from './bot-credential.js';
import { readClientCertificate } from './client-certificate.js';
import { readFederatedToken } from './federated-token.js';
import { graphScope, loginHosts, loginUrl } from './microsoft-clouds.js';
import { managedIdentityProblem, signInProblem } from './sign-in-problems.js';

/**
 * Signs in by `@azure/identity`, with the one class that the settings ask for: no chain that falls back from one to the
 * next. Throws a `Problem`, `NoAnswer` or `TokenEndpointBusy`.
 */
export async function signInBySdk(bot: BotCredential): Promise<AccessToken | null> {
  const wire = new SdkWire(bot);
  const credential = await sdkCredential(bot, wire);
  return credential.getToken(graphScope(bot.cloud)).catch((error: unknown) => {
    // The SDK puts errors of its own in the place of ours, with texts that do not tell why.
    if (wire.trouble) throw wire.trouble;
    const said = error instanceof Error ? error.message : '';
    throw bot.proof.kind === 'managed-identity' ? managedIdentityProblem(said) : signInProblem(said, {});
  });
}

/**
 * The SDK's class, loaded here at the first token. The authority is always given: the SDK would take it from
 * `AZURE_AUTHORITY_HOST` otherwise, and look it up at Microsoft, which our own table makes needless.
 */
export async function sdkCredential(bot: BotCredential, wire: SdkWire): Promise<TokenCredential> {
  const { tenantId, clientId = '', proof } = bot;
  const sdk = await import('@azure/identity');
  const authority = { authorityHost: bot.loginUrl ?? loginUrl(bot.cloud), disableInstanceDiscovery: true };
  const options = { ...wire.options, ...authority };
  switch (proof.kind) {
    case 'secret':
      return new sdk.ClientSecretCredential(tenantId, clientId, proof.secret.reveal(), options);
    case 'certificate': {
      const { pem } = await readClientCertificate(proof, bot.pace.wall());
      return new sdk.ClientCertificateCredential(tenantId, clientId, { certificate: pem }, options);
    }
    case 'federated':
      // The SDK reads the file itself; by ours a missing one is told in words that help.
      await readFederatedToken(proof.tokenFile);
      return new sdk.WorkloadIdentityCredential({ tenantId, clientId, tokenFilePath: proof.tokenFile, ...options });
    case 'managed-identity':
      return new sdk.ManagedIdentityCredential({
        ...wire.options,
        ...(bot.clientId ? { clientId: bot.clientId } : {}),
      });
  }
}

type HttpClient = NonNullable<TokenCredentialOptions['httpClient']>;
type SdkRequest = Parameters<HttpClient['sendRequest']>[0];
type SdkAnswer = Awaited<ReturnType<HttpClient['sendRequest']>>;

/**
 * The SDK's requests over our own `fetch`: proxies of the environment stay out of it, redirects and retries of the SDK are
 * off, and nothing is sent to a host that the settings do not name.
 */
export class SdkWire {
  /** Why the last request had no useful answer. */
  trouble: NoAnswer | TokenEndpointBusy | Problem | undefined;
  readonly #bot: BotCredential;

  constructor(bot: BotCredential) {
    this.#bot = bot;
  }

  get options(): TokenCredentialOptions {
    return {
      httpClient: { sendRequest: (request) => this.#send(request) },
      retryOptions: { maxRetries: 0 },
      redirectOptions: { maxRetries: 0 },
    };
  }

  async #send(request: SdkRequest): Promise<SdkAnswer> {
    this.trouble = undefined;
    try {
      return await this.#exchange(request);
    } catch (error) {
      if (error instanceof NoAnswer || error instanceof TokenEndpointBusy || error instanceof Problem) {
        this.trouble = error;
      }
      throw error;
    }
  }

  async #exchange(request: SdkRequest): Promise<SdkAnswer> {
    if (!this.#isOurs(request.url)) throw foreignHost(new URL(request.url).host);
    const answer = await fetchWithin(request.url, {
      method: request.method,
      headers: new Headers(request.headers.toJSON()),
      ...(typeof request.body === 'string' ? { body: request.body } : {}),
      timeoutMs: this.#bot.timeoutMs,
      system: 'entra',
    });
    if (isPassing(answer.status)) {
      throw new TokenEndpointBusy(parseRetryAfter(answer.headers.get('retry-after'), this.#bot.pace.wall()));
    }
    return { request, status: answer.status, headers: headersOf(answer.headers), bodyAsText: answer.text };
  }

  /** A managed identity is asked for on this machine or its link alone; everything else goes to the configured sign-in. */
  #isOurs(url: string): boolean {
    const { protocol, origin, host, hostname } = new URL(url);
    const { proof, loginUrl: standIn, cloud } = this.#bot;
    if (proof.kind === 'managed-identity') return isLoopbackUrl(url) || /^169\.254\.\d{1,3}\.\d{1,3}$/.test(hostname);
    if (standIn !== undefined) return origin === new URL(standIn).origin;
    return protocol === 'https:' && loginHosts(cloud).includes(host);
  }
}

/** Headers in the shape that the SDK expects. */
function headersOf(headers: Headers): SdkAnswer['headers'] {
  return {
    get: (name) => headers.get(name) ?? undefined,
    set: (name, value) => headers.set(name, String(value)),
    has: (name) => headers.has(name),
    delete: (name) => headers.delete(name),
    toJSON: () => Object.fromEntries(headers),
    [Symbol.iterator]: () => headers.entries(),
  };
}

/** The SDK was sent somewhere else than to Entra's sign-in. */
export function foreignHost(host: string): Problem {
  return new Problem({
    kind: 'remote',
    system: 'entra',
    answer: 'unavailable',
    code: 'foreign-host',
    what: `Latchkey was sent to ${host} to sign in, which is not the configured sign-in of Entra. Nothing was sent there.`,
    remedy: 'Check AZURE_CLOUD and ENTRA_LOGIN_URL, and who answers at that address.',
  });
}
