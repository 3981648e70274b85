import { ApiProblem } from './api-problem.js';

/** Requests per minute that one client-credentials token may make: the platform's published default. */
export const REQUESTS_PER_MINUTE = 300;
const WINDOW_MS = 60_000;

interface Window {
  readonly endsAt: number;
  count: number;
}

/** Counts requests per token in windows of one minute of wall time. */
export class RateLimit {
  readonly #windows = new Map<string, Window>();

  /** Counts one request. @returns the headers that tell the client where it stands. Throws the 429 beyond the limit. */
  count(tokenId: string, nowMs: number): Record<string, string> {
    const window = this.#windowOf(tokenId, nowMs);
    window.count += 1;
    const seconds = Math.max(1, Math.ceil((window.endsAt - nowMs) / 1000));
    const headers = {
      'inin-ratelimit-count': String(window.count),
      'inin-ratelimit-allowed': String(REQUESTS_PER_MINUTE),
      'inin-ratelimit-reset': String(seconds),
    };
    if (window.count > REQUESTS_PER_MINUTE) throw tooManyRequests(seconds, headers);
    return headers;
  }

  #windowOf(tokenId: string, nowMs: number): Window {
    for (const [id, window] of this.#windows) if (window.endsAt <= nowMs) this.#windows.delete(id);
    const current = this.#windows.get(tokenId) ?? { endsAt: nowMs + WINDOW_MS, count: 0 };
    this.#windows.set(tokenId, current);
    return current;
  }
}

function tooManyRequests(seconds: number, headers: Record<string, string>): ApiProblem {
  const text = 'Rate limit exceeded the maximum. Retry the request in [';
  return new ApiProblem(429, 'too.many.requests.retry.after', `${text}${seconds}] seconds`, {
    messageWithParams: `${text}{seconds}] seconds`,
    params: { seconds: String(seconds) },
    limit: {
      key: 'client.credentials.token.rate.per.minute',
      namespace: 'platform.api',
      value: REQUESTS_PER_MINUTE,
    },
    headers: { ...headers, 'Retry-After': String(seconds) },
  });
}
