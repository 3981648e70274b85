import { MILLISECONDS, RETRY_AFTER, SOME_TEXT, TIMES } from './fault-options.js';
import type { FaultKind, FaultSetting, Faults } from './faults.js';
import type { Reply, SandboxRequest } from './server.js';

const MATCH =
  'only requests whose method, path and query contain this, such as "POST /v1.0/users"; percent-decoded; any when left out';
const TIMES_MEANING = 'how many requests it strikes before it is off again, or "always"; 1 when left out';

/** The troubles of any HTTP service. May be on several times with other matches. */
export const TROUBLE_FAULTS = {
  throttled: {
    describe: 'The next requests that fit are answered with 429 and do nothing.',
    options: {
      retryAfter: 'seconds in the Retry-After header, or "none" for an answer without it; 1 when left out',
      times: TIMES_MEANING,
      match: MATCH,
    },
    forms: { retryAfter: RETRY_AFTER, times: TIMES, match: SOME_TEXT },
    counted: true,
  },
  unavailable: {
    describe: 'The next requests that fit are answered with 503 and an empty body, and do nothing.',
    options: { times: TIMES_MEANING, match: MATCH },
    forms: { times: TIMES, match: SOME_TEXT },
    counted: true,
  },
  'gateway-timeout-after-commit': {
    describe:
      'The next writes that fit are carried out, and answered with 504 and an empty body. A refused write is not struck.',
    options: { times: TIMES_MEANING, match: MATCH },
    forms: { times: TIMES, match: SOME_TEXT },
    counted: true,
  },
  'slow-replies': {
    describe: 'Requests that fit are carried out at once, and answered later (wall time).',
    options: { ms: 'milliseconds until the answer; 2000 when left out', match: MATCH },
    forms: { ms: MILLISECONDS, match: SOME_TEXT },
  },
} as const satisfies Readonly<Record<string, FaultKind>>;

export type TroubleFault = keyof typeof TROUBLE_FAULTS;

/** How a vendor words these answers. */
export interface TroubleReplies {
  /** The body and headers of a 429; `Retry-After` is added here when `retryAfterSeconds` is a number. */
  readonly throttled: (request: SandboxRequest, retryAfterSeconds: number | undefined) => Reply;
  /** 503 with nothing when left out. */
  readonly unavailable?: (request: SandboxRequest) => Reply;
  /** 504 with nothing when left out. */
  readonly gatewayTimeout?: (request: SandboxRequest) => Reply;
  /** Whether an answer is a refusal that its status does not show. */
  readonly isRefused?: (reply: Reply) => boolean;
  /** Requests that a fault never strikes, whatever its match, such as pages that people see. None when left out. */
  readonly spares?: (fault: TroubleFault, request: SandboxRequest) => boolean;
}

/**
 * A layer around all routes of a server that answers 429, 503, 504 after the work, or late. Use:
 *
 *     const trouble: Trouble = new Trouble(() => server.faults, {
 *       throttled: (request, seconds) => ({ status: 429, body: { code: 'too.many.requests', … } }),
 *     });
 *     const server = new SandboxServer({ …, around: (request, work) => trouble.around(request, work) });
 *     server.faults.define({ ...OWN_FAULTS, ...TROUBLE_FAULTS });
 *
 * then `POST /_sandbox/faults { "fault": "throttled", "retryAfter": "none", "times": "3", "match": "/users" }`.
 */
export class Trouble {
  readonly #faults: () => Faults;
  readonly #replies: TroubleReplies;
  readonly #wait: (ms: number) => Promise<void>;

  /** @param wait how `slow-replies` waits; a test may pass its own. */
  constructor(faults: () => Faults, replies: TroubleReplies, wait: (ms: number) => Promise<void> = waitUnref) {
    this.#faults = faults;
    this.#replies = replies;
    this.#wait = wait;
  }

  /** Answers the request in the way that the faults want. @param work carries it out, and never rejects. */
  async around(request: SandboxRequest, work: () => Promise<Reply>): Promise<Reply> {
    const delay = this.#find('slow-replies', request);
    const reply = this.#refusal(request) ?? this.#lost(request, await work());
    if (delay) await this.#wait(Number(delay['ms'] ?? 2_000));
    return reply;
  }

  #refusal(request: SandboxRequest): Reply | undefined {
    const throttled = this.#strike('throttled', request);
    if (throttled) return this.#throttle(request, throttled['retryAfter'] ?? '1');
    if (this.#strike('unavailable', request)) return this.#replies.unavailable?.(request) ?? { status: 503 };
    return undefined;
  }

  #throttle(request: SandboxRequest, retryAfter: string): Reply {
    if (retryAfter === 'none') return this.#replies.throttled(request, undefined);
    const reply = this.#replies.throttled(request, Number(retryAfter));
    return { ...reply, headers: { ...reply.headers, 'Retry-After': retryAfter } };
  }

  /** The answer of a write that was carried out, unless it gets lost on the way back. */
  #lost(request: SandboxRequest, reply: Reply): Reply {
    if (request.method === 'GET' || reply.status >= 400 || this.#replies.isRefused?.(reply)) return reply;
    if (!this.#strike('gateway-timeout-after-commit', request)) return reply;
    return this.#replies.gatewayTimeout?.(request) ?? { status: 504 };
  }

  #strike(fault: TroubleFault, request: SandboxRequest): FaultSetting | undefined {
    if (this.#replies.spares?.(fault, request)) return undefined;
    return this.#faults().strike(fault, (setting) => fits(setting, request));
  }

  #find(fault: TroubleFault, request: SandboxRequest): FaultSetting | undefined {
    if (this.#replies.spares?.(fault, request)) return undefined;
    return this.#faults()
      .allActive(fault)
      .find((setting) => fits(setting, request));
  }
}

function fits({ match }: FaultSetting, request: SandboxRequest): boolean {
  return match === undefined || requestLine(request).includes(match);
}

/** `POST /v1.0/users?$select=id`, percent-decoded. */
export function requestLine(request: SandboxRequest): string {
  const query = [...request.query].map(([name, value]) => `${name}=${value}`).join('&');
  return `${request.method} ${decode(request.path)}${query === '' ? '' : `?${query}`}`;
}

function decode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** Does not keep the process alive: a stopped sandbox owes nobody an answer. */
function waitUnref(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}
