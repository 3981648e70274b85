import { setTimeout as wait } from 'node:timers/promises';
import type { ConfigurationBotFrameworkAuthentication } from 'botbuilder';
import { beginRemoteCall } from '../../services/index.js';

type ClientOptions = NonNullable<ConstructorParameters<typeof ConfigurationBotFrameworkAuthentication>[4]>;
type HttpClient = NonNullable<ClientOptions['httpClient']>;
type HttpRequest = Parameters<HttpClient['sendRequest']>[0];
type HttpResponse = Awaited<ReturnType<HttpClient['sendRequest']>>;

/** The token with which the bot writes. `renew` forgets one that was refused. */
export interface BotTokens {
  get(): Promise<string>;
  renew(refused: string): void;
}

export interface ConnectorHttpOptions {
  /** For one call, connection included. */
  readonly timeoutMs: number;
  /** Whether a message, and with it the token, may be sent there. */
  readonly mayReach: (url: string) => boolean;
  /** Absent: calls carry no token. */
  readonly tokens?: BotTokens | undefined;
}

/** What Teams answered, or that it did not: `status` is absent then. */
export class ConnectorError extends Error {
  override readonly name = 'ConnectorError';
  readonly status?: number;
  readonly isTimeout: boolean;
  /** Machine code of the answer, such as `MessageSizeTooBig`. */
  readonly code?: string;

  constructor(what: { status?: number; isTimeout?: boolean; code?: string; cause?: unknown }) {
    super(what.status === undefined ? 'Teams did not answer' : `Teams answered ${what.status}`, { cause: what.cause });
    this.status = what.status;
    this.isTimeout = what.isTimeout ?? false;
    this.code = what.code;
  }
}

/** Nobody took the request: it did nothing. */
class NeverConnected extends ConnectorError {}

const MAX_TRIES = 3;
const MAX_WAIT_MS = 5_000;

/**
 * The HTTP client under the SDK. The SDK's own has no time-out, and its retries post a message a second time when only
 * the answer was lost; so every failure becomes a `ConnectorError`, which it does not retry. Here a call is repeated only
 * when Teams surely did nothing (never connected, 412, 429, a refused token) or when twice is once (PUT and DELETE).
 */
export function connectorHttpClient(options: ConnectorHttpOptions): HttpClient {
  return {
    async sendRequest(request) {
      if (!options.mayReach(request.url)) throw new ConnectorError({ code: 'ServiceUrlNotAllowed' });
      const call = new Call(request, options);
      for (let attempt = 1; ; attempt++) {
        const outcome = await call.attempt();
        if (outcome instanceof Response && outcome.ok) return toSdk(request, outcome);
        const pause = attempt < MAX_TRIES ? pauseBefore(request.method, outcome, attempt) : undefined;
        if (pause === undefined && !call.mayRenew(outcome)) throw await toError(outcome);
        if (outcome instanceof Response) await outcome.body?.cancel();
        if (pause !== undefined) await wait(pause);
      }
    },
  };
}

/** One call with its tries; the token is put on here and nowhere else, so it goes to no other address. */
class Call {
  readonly #request: HttpRequest;
  readonly #options: ConnectorHttpOptions;
  #token: string | undefined;
  #isRenewed = false;

  constructor(request: HttpRequest, options: ConnectorHttpOptions) {
    this.#request = request;
    this.#options = options;
  }

  async attempt(): Promise<Response | ConnectorError> {
    this.#token = await this.#options.tokens?.get();
    const headers = this.#request.headers.headersArray().map(({ name, value }): [string, string] => [name, value]);
    const ended = beginRemoteCall('teams', this.#request);
    try {
      const response = await fetch(this.#request.url, {
        method: this.#request.method,
        headers: this.#token === undefined ? headers : [...headers, ['Authorization', `Bearer ${this.#token}`]],
        body: bodyOf(this.#request),
        // A redirect would carry the token to wherever the answer says.
        redirect: 'error',
        signal: AbortSignal.timeout(this.#options.timeoutMs),
      });
      ended(response.status, response.headers);
      return response;
    } catch (cause) {
      ended(isTimeout(cause) ? 'timeout' : hasNeverConnected(cause) ? 'refused' : 'lost');
      if (isTimeout(cause)) return new ConnectorError({ isTimeout: true, cause });
      return hasNeverConnected(cause) ? new NeverConnected({ cause }) : new ConnectorError({ cause });
    }
  }

  /** A refused token is renewed once: it may have been withdrawn. */
  mayRenew(outcome: Response | ConnectorError): boolean {
    if (outcome.status !== 401 || this.#token === undefined || this.#isRenewed) return false;
    this.#options.tokens?.renew(this.#token);
    return (this.#isRenewed = true);
  }
}

/** By name: the signal's reason is a DOMException. */
function isTimeout(cause: unknown): boolean {
  return typeof cause === 'object' && cause !== null && 'name' in cause && cause.name === 'TimeoutError';
}

const NEVER_CONNECTED = /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT)$/;

/** `fetch` names the reason in the cause of its error. */
function hasNeverConnected(error: unknown): boolean {
  const { cause } = (error ?? {}) as { cause?: unknown };
  const { code } = (cause ?? {}) as { code?: unknown };
  return typeof code === 'string' && NEVER_CONNECTED.test(code);
}

function bodyOf(request: HttpRequest): string | undefined {
  const body: unknown = request.body;
  if (body === undefined || body === null) return undefined;
  return typeof body === 'string' ? body : JSON.stringify(body);
}

/** Milliseconds to wait before another try; `undefined`: there must be none. */
function pauseBefore(method: string, outcome: Response | ConnectorError, attempt: number): number | undefined {
  const { status } = outcome;
  const surelyDidNothing = status === 412 || status === 429 || outcome instanceof NeverConnected;
  const isAway = status === undefined ? outcome instanceof ConnectorError && !outcome.isTimeout : status >= 500;
  const mayBeRepeated = ['PUT', 'DELETE', 'GET'].includes(method) && isAway;
  if (!surelyDidNothing && !mayBeRepeated) return undefined;
  const header = outcome instanceof Response ? outcome.headers.get('retry-after') : null;
  const asked = Number(header ?? Number.NaN) * 1_000;
  const pause = Number.isFinite(asked) ? asked : 250 * 2 ** attempt * (0.75 + Math.random() / 2);
  return pause > MAX_WAIT_MS ? undefined : pause;
}

async function toSdk(request: HttpRequest, response: Response): Promise<HttpResponse> {
  const headers = request.headers.clone();
  for (const name of headers.headerNames()) headers.remove(name);
  response.headers.forEach((value, name) => headers.set(name, value));
  const bodyAsText = await response.text().catch((cause: unknown) => {
    throw new ConnectorError({ cause });
  });
  return { status: response.status, headers, request, bodyAsText };
}

async function toError(outcome: Response | ConnectorError): Promise<ConnectorError> {
  if (outcome instanceof ConnectorError) return outcome;
  const text = await outcome.text().catch(() => '');
  const code = /"code"\s*:\s*"([A-Za-z0-9]{1,60})"/.exec(text.slice(0, 4_000))?.[1];
  return new ConnectorError({ status: outcome.status, code });
}
