import { ApiProblem } from './api-problem.js';

/** Requests per minute that one client-credentials token may make: the platform's published default. */
export const REQUESTS_PER_MINUTE = 300;
const WINDOW_MS = 60_000;

/** How many requests one token may make in which time. */
export interface RequestBudget {
  readonly requests: number;
  readonly windowMs: number;
}

export const USUAL_BUDGET: RequestBudget = { requests: REQUESTS_PER_MINUTE, windowMs: WINDOW_MS };

interface Window {
  readonly endsAt: number;
  count: number;
}

/** Counts requests per token in windows of wall time. */
export class RateLimit {
  readonly #windows = new Map<string, Window>();

  /** Counts one request. @returns the headers that tell the client where it stands. Throws the 429 beyond the limit. */
  count(tokenId: string, nowMs: number, budget: RequestBudget = USUAL_BUDGET): Record<string, string> {
    const window = this.#windowOf(tokenId, nowMs, budget.windowMs);
    window.count += 1;
    const seconds = Math.max(1, Math.ceil((window.endsAt - nowMs) / 1000));
    const headers = {
      'inin-ratelimit-count': String(window.count),
      'inin-ratelimit-allowed': String(budget.requests),
      'inin-ratelimit-reset': String(seconds),
    };
    if (window.count > budget.requests) throw tooManyRequests(seconds, { headers, allowed: budget.requests });
    return headers;
  }

  #windowOf(tokenId: string, nowMs: number, windowMs: number): Window {
    for (const [id, window] of this.#windows) if (window.endsAt <= nowMs) this.#windows.delete(id);
    const current = this.#windows.get(tokenId) ?? { endsAt: nowMs + windowMs, count: 0 };
    this.#windows.set(tokenId, current);
    return current;
  }
}

/** The 429 of the platform: code and text name the seconds, the body names the limit. */
export function tooManyRequests(
  seconds: number,
  { headers = {}, allowed = REQUESTS_PER_MINUTE }: { headers?: Record<string, string>; allowed?: number } = {},
): ApiProblem {
  const text = 'Rate limit exceeded the maximum. Retry the request in [';
  return new ApiProblem(429, 'too.many.requests.retry.after', `${text}${seconds}] seconds`, {
    messageWithParams: `${text}{seconds}] seconds`,
    params: { seconds: String(seconds) },
    limit: {
      key: 'client.credentials.token.rate.per.minute',
      namespace: 'platform.api',
      value: allowed,
    },
    headers: { ...headers, 'Retry-After': String(seconds) },
  });
}
