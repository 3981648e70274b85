import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from './clock.js';
import type { Log } from './log.js';
import type { RemoteSystem } from './problem.js';
import { beginRemoteCall } from './remote-calls.js';
import { askedForPause, asksAgain, stillTakes, whileWaiting } from './step-waits.js';

/** What is wrong with the proof by TLS that the other side is who it should be. The request was not sent. */
export type Distrust = 'unknown-authority' | 'expired-certificate' | 'other-host' | 'no-tls';

/**
 * Why no answer came. `refused`: nobody took the request, so it did nothing. `timeout` and `lost`: it may have been done.
 */
export type Silence = 'refused' | 'timeout' | 'lost' | Distrust;

/** The remote side gave no answer at all. Carries no header, body or address. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
  readonly silence: Silence;

  constructor(silence: Silence, options?: { cause?: unknown }) {
    super(`No answer (${silence}).`, options);
    this.silence = silence;
  }
}

/** A whole answer: status, headers, body as text. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/**
 * One request, with its body, within `timeoutMs`. Any status is an answer; redirects are not followed, so that a token
 * never leaves for another host. Throws `NoAnswer`. @param init.system whose call it is, for the figures of operation.
 */
export async function fetchWithin(
  url: string,
  init: RequestInit & { timeoutMs: number; system: RemoteSystem },
): Promise<HttpAnswer> {
  const { timeoutMs, system, ...request } = init;
  const ended = beginRemoteCall(system, { method: request.method, url });
  try {
    const response = await fetch(url, { ...request, redirect: 'manual', signal: AbortSignal.timeout(timeoutMs) });
    const text = await response.text();
    ended(response.status, response.headers);
    return { status: response.status, headers: response.headers, text };
  } catch (error) {
    const silence = silenceOf(error);
    ended(silence);
    throw new NoAnswer(silence);
  }
}

const NEVER_CONNECTED = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

function silenceOf(error: unknown): Silence {
  // By name: the abort is a DOMException, which is no `Error` of this realm under every runner.
  const { name } = (error ?? {}) as { name?: unknown };
  if (name === 'TimeoutError' || name === 'AbortError') return 'timeout';
  const codes = codesOf(error);
  const distrust = DISTRUST.find(([named]) => codes.some((code) => named.test(code)));
  if (distrust) return distrust[1];
  return codes.some((code) => NEVER_CONNECTED.has(code)) ? 'refused' : 'lost';
}

/** Codes of Node and OpenSSL. */
const DISTRUST: readonly (readonly [RegExp, Distrust])[] = [
  [/^CERT_(HAS_EXPIRED|NOT_YET_VALID)$/, 'expired-certificate'],
  [/^(ERR_TLS_CERT_ALTNAME_INVALID|HOSTNAME_MISMATCH)$/, 'other-host'],
  [/^(ERR_SSL_WRONG_VERSION_NUMBER|ERR_SSL_PACKET_LENGTH_TOO_LONG|EPROTO)$/, 'no-tls'],
  [/SELF_SIGNED_CERT|^UNABLE_TO_(GET_ISSUER|VERIFY)|^CERT_|^INVALID_(CA|PURPOSE)$/, 'unknown-authority'],
];

/** Whether the other side did not prove who it is: asking again does not help, and nothing was done. */
export function isDistrust(silence: Silence | undefined): silence is Distrust {
  return silence !== undefined && DISTRUST.some(([, distrust]) => distrust === silence);
}

/** The `code`s of an error, its causes and, where several addresses were tried, of each try. */
function codesOf(error: unknown, depth = 0): string[] {
  if (typeof error !== 'object' || error === null || depth > 3) return [];
  const { code, cause, errors } = error as { code?: unknown; cause?: unknown; errors?: unknown };
  const inner = [cause, ...(Array.isArray(errors) ? (errors as unknown[]) : [])];
  return [...(typeof code === 'string' ? [code] : []), ...inner.flatMap((one) => codesOf(one, depth + 1))];
}

const LONGEST_RETRY_AFTER_MS = 180_000;

/** Milliseconds that a `Retry-After` header (whole seconds or an HTTP date) asks for, at most three minutes. */
export function parseRetryAfter(header: string | null | undefined, now: Date): number | undefined {
  const text = header?.trim();
  if (!text) return undefined;
  if (/^\d{1,9}$/.test(text)) return Math.min(Number(text) * 1000, LONGEST_RETRY_AFTER_MS);
  if (!/^[A-Za-z]{3,9},? /.test(text)) return undefined;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : Math.min(Math.max(0, at - now.getTime()), LONGEST_RETRY_AFTER_MS);
}

/** Statuses after which a repeatable call is sent again. */
const PASSING = new Set([408, 429, 500, 502, 503, 504]);

export function isPassing(status: number): boolean {
  return PASSING.has(status);
}

/** What waiting needs, so that tests and simulations can bring their own. `wall` is the time of this moment. */
export interface Pace {
  readonly sleep: (ms: number) => Promise<void>;
  readonly random: () => number;
  readonly wall: () => Date;
}

/** A pace over the given wall time; waiting and chance are the system's unless given. */
export function paceOf(
  clock: Pick<Clock, 'wall'>,
  own: { sleep?: ((ms: number) => Promise<void>) | undefined; random?: (() => number) | undefined } = {},
): Pace {
  return {
    wall: () => clock.wall(),
    sleep: own.sleep ?? ((ms) => delay(ms)),
    random: own.random ?? Math.random,
  };
}

/** Whether to try again after this error, and when, if the remote side said so. */
export type Judgement = 'give-up' | { readonly againAfterMs: number | undefined };

export interface RetryPolicy {
  readonly judge: (error: unknown) => Judgement;
  /** No new try begins after this much time. */
  readonly budgetMs: number;
  readonly pace: Pace;
  /** Who is asked, such as "Genesys Cloud", for what the card of a step says while it waits. */
  readonly from: string;
  readonly firstWaitMs?: number;
  readonly longestWaitMs?: number;
}

/**
 * Runs `attempt` until it succeeds, `judge` gives up, or the next wait would pass the budget; then the last error is
 * thrown. Waits as told, else 1, 2, 4 … 30 s, each between half and the whole, so that many callers spread out.
 */
export async function withRetries<T>(attempt: () => Promise<T>, policy: RetryPolicy): Promise<T> {
  const { pace, from, firstWaitMs = 1_000, longestWaitMs = 30_000 } = policy;
  const start = pace.wall().getTime();
  return whileWaiting(pace, async (pause) => {
    for (let tries = 0; ; tries += 1) {
      try {
        return await attempt();
      } catch (error) {
        const judgement = policy.judge(error);
        if (judgement === 'give-up') throw error;
        const { againAfterMs } = judgement;
        const full = Math.min(firstWaitMs * 2 ** tries, longestWaitMs);
        const wait = againAfterMs ?? full / 2 + (full / 2) * pace.random();
        const leftMs = start + policy.budgetMs - pace.wall().getTime();
        if (wait > leftMs) throw error;
        await pause(wait, againAfterMs === undefined ? asksAgain(from, leftMs) : askedForPause(from, wait));
      }
    }
  });
}

const FIRST_LOOK_MS = 50;
const LONGEST_LOOK_MS = 5_000;
const LOOK_GROWTH = 1.25;

/**
 * Looks again and again until `look` finds something: after 50 ms (or `firstWaitMs`) at first, then ever more slowly up to
 * every 5 s. `undefined` once the budget has passed without.
 * @param looking.because for the card of a step that waits: "Entra does not show the new application everywhere yet".
 */
export async function lookUntil<T>(
  look: () => Promise<T | undefined>,
  looking: { because: string; budgetMs: number; pace: Pace; firstWaitMs?: number },
): Promise<T | undefined> {
  const { because, budgetMs, pace, firstWaitMs = FIRST_LOOK_MS } = looking;
  const start = pace.wall().getTime();
  return whileWaiting(pace, async (pause) => {
    for (let wait = firstWaitMs; ; wait = Math.min(wait * LOOK_GROWTH, LONGEST_LOOK_MS)) {
      const found = await look();
      if (found !== undefined) return found;
      const leftMs = start + budgetMs - pace.wall().getTime();
      if (wait > leftMs) return undefined;
      await pause(wait, stillTakes(because, leftMs));
    }
  });
}

/** Whether a URL stays on this machine: http or https to localhost, `*.localhost`, 127.0.0.0/8 or ::1. */
export function isLoopbackUrl(url: string): boolean {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (!parsed || !/^https?:$/.test(parsed.protocol)) return false;
  return /^(localhost|.+\.localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(parsed.hostname);
}

const SECRET = /\b(Bearer|Basic)\s+[\w.~+/=-]+|\beyJ[\w-]+\.[\w-]+\.[\w-]*/gi;
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+/g;
const LONGEST_SAYING = 500;

/** The remote side's own words for showing: without tokens, control and direction characters, at most 500 characters. */
export function redactSaying(text: string): string {
  const plain = text.slice(0, 4 * LONGEST_SAYING).replace(CONTROLS, ' ');
  const clean = plain.replace(SECRET, '***').replace(/\s+/g, ' ').trim();
  return clean.length > LONGEST_SAYING ? `${clean.slice(0, LONGEST_SAYING - 1)}…` : clean;
}

/** What a client tells the log of each remote call: a fixed message and fields, never text from people. */
export type RemoteLog = Pick<Log, 'debug' | 'warn'>;
