import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { Reply, SandboxRequest } from './server.js';

export const TOKEN_HEADER = 'x-sandbox-token';

const LOOPBACK_NAME = /^(127\.0\.0\.1|localhost|[a-z0-9-]+\.localhost|\[::1\])$/i;

/**
 * Keeps other web sites from playing a persona through the visitor's browser: loopback `Host` and `Origin` only, JSON
 * only, and a token that is new at every start and that another origin cannot read.
 */
export class PageGuard {
  readonly token = randomBytes(24).toString('base64url');

  /** A refusal of a request that reads, or `undefined`. */
  refuseRead(request: SandboxRequest): Reply | undefined {
    const { headers } = request;
    const hosts = [headers['host'], headers['x-forwarded-host']].filter((host) => host !== undefined);
    if (!hosts.every((host) => isLoopback(`http://${host}`))) return refusal(403, 'NotLoopback', 'Loopback only.');
    const origin = headers['origin'];
    if (origin !== undefined && !isLoopback(origin)) {
      return refusal(403, 'ForeignOrigin', 'The sandbox answers only its own page.');
    }
    if (headers['sec-fetch-site'] === 'cross-site') {
      return refusal(403, 'ForeignOrigin', 'The sandbox answers only its own page.');
    }
    return undefined;
  }

  /** A refusal of a request that acts, or `undefined`. */
  refuseAct(request: SandboxRequest): Reply | undefined {
    const refused = this.refuseRead(request);
    if (refused) return refused;
    if (!/^application\/json\s*(;|$)/i.test(request.headers['content-type'] ?? '')) {
      return refusal(415, 'JsonOnly', 'Send application/json.');
    }
    if (!this.#isToken(request.headers[TOKEN_HEADER] ?? '')) {
      return refusal(403, 'StaleToken', `The header ${TOKEN_HEADER} must hold the token of this start.`);
    }
    return undefined;
  }

  #isToken(given: string): boolean {
    const [a, b] = [Buffer.from(given), Buffer.from(this.token)];
    return a.length === b.length && timingSafeEqual(a, b);
  }
}

/** An error of the page's own API. */
export function refusal(status: number, code: string, message: string): Reply {
  return { status, body: { error: { code, message } } };
}

function isLoopback(origin: string): boolean {
  return URL.canParse(origin) && LOOPBACK_NAME.test(new URL(origin).hostname);
}
