import { setTimeout as wait } from 'node:timers/promises';
import { webApi } from '@slack/bolt';
import type { z } from 'zod';
import { beginRemoteCall, type Log } from '../../services/index.js';
import { sdkLog } from './sdk-log.js';

export interface SlackApiOptions {
  readonly token: string;
  /** Where Slack is, with a slash at the end; absent: slack.com. */
  readonly apiUrl?: string | undefined;
  readonly log: Log;
  /** For one call, connection included; default 5 s. */
  readonly timeoutMs?: number | undefined;
}

/** What Slack answered, or that it did not: `status` is absent then. */
export class SlackApiError extends Error {
  override readonly name = 'SlackApiError';
  readonly status?: number;
  readonly isTimeout: boolean;
  /** Slack's name of the error, such as `channel_not_found`. */
  readonly code?: string;
  /** A scope that the app was not given, as Slack names it. */
  readonly needed?: string;
  readonly retryAfterS?: number;
  /** Nobody took the request: it did nothing. */
  readonly hasNeverConnected: boolean;

  constructor(
    what: Partial<
      Pick<SlackApiError, 'status' | 'isTimeout' | 'code' | 'needed' | 'retryAfterS' | 'hasNeverConnected' | 'cause'>
    >,
  ) {
    super(what.code === undefined ? 'Slack did not answer' : `Slack answered ${what.code}`, { cause: what.cause });
    this.status = what.status;
    this.isTimeout = what.isTimeout ?? false;
    this.code = what.code;
    this.needed = what.needed;
    this.retryAfterS = what.retryAfterS;
    this.hasNeverConnected = what.hasNeverConnected ?? false;
  }
}

const TIMEOUT_MS = 5_000;
const MAX_TRIES = 3;
const MAX_WAIT_MS = 5_000;
/** Twice is twice: a message would stand there two times, and a trigger opens one dialog only. */
const NEVER_TWICE = new Set(['chat.postMessage', 'chat.postEphemeral', 'views.open']);

/**
 * Slack's Web API through the SDK's client, with limits of ours: it would try again for half an hour. A call is repeated
 * only when Slack surely did nothing (429, never connected) or when twice is once.
 */
export class SlackApi {
  readonly #client: webApi.WebClient;

  constructor({ token, apiUrl, log, timeoutMs = TIMEOUT_MS }: SlackApiOptions) {
    this.#client = new webApi.WebClient(token, {
      ...(apiUrl === undefined ? {} : { slackApiUrl: apiUrl }),
      ...{ logger: sdkLog(log), timeout: timeoutMs, retryConfig: { retries: 0 }, rejectRateLimitedCalls: true },
      ...{ allowAbsoluteUrls: false, fetch: timedFetch },
    });
  }

  /** @param answer what of the answer is read. Throws a `SlackApiError`. */
  async call<T>(method: string, given: Record<string, unknown>, answer: z.ZodType<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      const outcome = await this.#client.apiCall(method, given).catch(toSlackApiError);
      if (!(outcome instanceof SlackApiError)) return answer.parse(outcome);
      const pause = attempt < MAX_TRIES ? pauseBefore(method, outcome, attempt) : undefined;
      if (pause === undefined) throw outcome;
      await wait(pause);
    }
  }
}

/** Counted and timed like every call to a remote system. */
const timedFetch: webApi.WebClientOptions['fetch'] = async (url, init) => {
  const ended = beginRemoteCall('slack', { method: READS.test(String(url)) ? 'GET' : 'POST', url: String(url) });
  try {
    const response = await fetch(url, init);
    ended(response.status, response.headers);
    return response;
  } catch (cause) {
    const error = silenceOf(cause);
    ended(error.isTimeout ? 'timeout' : error.hasNeverConnected ? 'refused' : 'lost');
    throw error;
  }
};

const READS = /\/(?:auth\.test|users\.info)$/;
const NEVER_CONNECTED = /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT)$/;

/** Why no answer came. `fetch` names the reason in the cause of its error; of a time-out the signal's own comes. */
function silenceOf(cause: unknown): SlackApiError {
  const { name, cause: inner } = (cause ?? {}) as { name?: unknown; cause?: unknown };
  const { code } = (inner ?? {}) as { code?: unknown };
  const hasNeverConnected = typeof code === 'string' && NEVER_CONNECTED.test(code);
  return new SlackApiError({ isTimeout: name === 'TimeoutError', hasNeverConnected, cause });
}

/** Whatever the SDK threw. */
export function toSlackApiError(caught: unknown): SlackApiError {
  if (caught instanceof webApi.WebAPIRequestError && caught.original instanceof SlackApiError) return caught.original;
  if (caught instanceof webApi.WebAPIRateLimitedError) {
    return new SlackApiError({ status: 429, code: 'ratelimited', retryAfterS: caught.retryAfter });
  }
  if (caught instanceof webApi.WebAPIHTTPError) return new SlackApiError({ status: caught.statusCode });
  if (caught instanceof webApi.WebAPIPlatformError) {
    const { error, needed } = caught.data as { error: string; needed?: unknown };
    return new SlackApiError({ status: 200, code: error, ...(typeof needed === 'string' ? { needed } : {}) });
  }
  return new SlackApiError({ cause: caught });
}

/** Slack's own words for trouble that passes; its status is 200 all the same. */
const PASSING = new Set(['internal_error', 'fatal_error', 'service_unavailable', 'request_timeout']);

/** Milliseconds to wait before another try; `undefined`: there must be none. */
function pauseBefore(method: string, error: SlackApiError, attempt: number): number | undefined {
  const surelyDidNothing = error.status === 429 || error.code === 'ratelimited' || error.hasNeverConnected;
  const isAway = (error.status === undefined && !error.isTimeout) || (error.status ?? 0) >= 500;
  const isPassing = isAway || PASSING.has(error.code ?? '');
  if (!surelyDidNothing && !(isPassing && !NEVER_TWICE.has(method))) return undefined;
  const pause =
    error.retryAfterS === undefined ? 250 * 2 ** attempt * (0.75 + Math.random() / 2) : error.retryAfterS * 1_000;
  return pause > MAX_WAIT_MS ? undefined : pause;
}
