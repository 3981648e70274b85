import { setTimeout as wait } from 'node:timers/promises';
import type { ConfigurationBotFrameworkAuthentication } from 'botbuilder';
import { isLoopbackUrl } from '../loopback.js';

type ClientOptions = NonNullable<ConstructorParameters<typeof ConfigurationBotFrameworkAuthentication>[4]>;
type HttpClient = NonNullable<ClientOptions['httpClient']>;
type HttpRequest = Parameters<HttpClient['sendRequest']>[0];
type HttpResponse = Awaited<ReturnType<HttpClient['sendRequest']>>;

export interface ConnectorHttpOptions {
  /** For one call, connection included. */
  readonly timeoutMs: number;
  /** Refuse every address that is not this machine's. */
  readonly isLoopbackOnly: boolean;
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

const MAX_TRIES = 3;
const MAX_WAIT_MS = 5_000;

/**
 * The HTTP client under the SDK. The SDK's own has no time-out, and its retries post a message a second time when only
 * the answer was lost; so every failure becomes a `ConnectorError`, which it does not retry. Here a call is repeated only
 * when Teams surely did nothing (412 and 429) or when doing it twice is doing it once (PUT and DELETE).
 */
export function connectorHttpClient(options: ConnectorHttpOptions): HttpClient {
  return {
    async sendRequest(request) {
      if (options.isLoopbackOnly && !isLoopbackUrl(request.url)) {
        throw new ConnectorError({ code: 'NotLoopback' });
      }
      for (let attempt = 1; ; attempt++) {
        const response = await send(request, options.timeoutMs);
        if (response.ok) return toSdk(request, response);
        const pause = pauseBefore(request.method, response, attempt);
        if (pause === undefined) throw await toError(response);
        await response.body?.cancel();
        await wait(pause);
      }
    },
  };
}

async function send(request: HttpRequest, timeoutMs: number): Promise<Response> {
  try {
    return await fetch(request.url, {
      method: request.method,
      headers: request.headers.headersArray().map(({ name, value }): [string, string] => [name, value]),
      body: bodyOf(request),
      // A redirect would carry the token to wherever the answer says.
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    });
  } catch (cause) {
    throw new ConnectorError({ isTimeout: isTimeout(cause), cause });
  }
}

/** By name: the signal's reason is a DOMException. */
function isTimeout(cause: unknown): boolean {
  return typeof cause === 'object' && cause !== null && 'name' in cause && cause.name === 'TimeoutError';
}

function bodyOf(request: HttpRequest): string | undefined {
  const body: unknown = request.body;
  if (body === undefined || body === null) return undefined;
  return typeof body === 'string' ? body : JSON.stringify(body);
}

/** Milliseconds to wait before another try; `undefined`: there must be none. */
function pauseBefore(method: string, response: Response, attempt: number): number | undefined {
  const surelyDidNothing = response.status === 412 || response.status === 429;
  const mayBeRepeated = ['PUT', 'DELETE', 'GET'].includes(method) && response.status >= 500;
  if (attempt >= MAX_TRIES || !(surelyDidNothing || mayBeRepeated)) return undefined;
  const asked = Number(response.headers.get('retry-after') ?? Number.NaN) * 1_000;
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

async function toError(response: Response): Promise<ConnectorError> {
  const text = await response.text().catch(() => '');
  const code = /"code"\s*:\s*"([A-Za-z0-9]{1,60})"/.exec(text.slice(0, 4_000))?.[1];
  return new ConnectorError({ status: response.status, code });
}
