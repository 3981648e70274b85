import { z } from 'zod';
import { isDistrust, NoAnswer, parseRetryAfter, withRetries, type Pace, type RemoteLog } from '../platform/http.js';
import { createWindow, type RequestBudget } from '../platform/request-budget.js';
import type { GenesysRegion } from '../sso/genesys-region.js';
import { GenesysProblem, loginProblem, notUnderstood, type GenesysFailure } from './genesys-problems.js';
import { loadApis, RefusedAnswer, type GenesysApis } from './genesys-sdk.js';

export interface GenesysCall<T> {
  /** What it is for, in words that follow "Genesys Cloud did not let Latchkey …". */
  readonly to: string;
  readonly send: (apis: GenesysApis) => Promise<unknown>;
  readonly body: z.ZodType<T>;
  /** Whether sending it twice does no more than sending it once; true unless said. */
  readonly isRepeatable?: boolean;
}

/** Calls Genesys and parses the body. Throws `GenesysProblem`, or a `Problem` about the credential. */
export type AskGenesys = <T>(call: GenesysCall<T>) => Promise<T>;

export interface GenesysCallOptions {
  readonly region: GenesysRegion;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly gatewayUrl?: string | undefined;
  readonly timeoutMs: number;
  /** How long one call may be repeated. */
  readonly retryBudgetMs: number;
  readonly pace: Pace;
  readonly log?: RemoteLog | undefined;
}

const RENEW_BEFORE_MS = 60_000;

/** The platform's published default for a token of client credentials (`client.credentials.token.rate.per.minute`). */
const REQUESTS_A_MINUTE = 300;
/** Genesys's minute begins when a request arrives, ours when it leaves. */
const REQUESTS_OF_A_TOKEN = { of: 'Genesys Cloud', requests: REQUESTS_A_MINUTE, windowMs: 61_000, reserve: 15 };

interface Token {
  readonly value: string;
  readonly endsAt: number;
  readonly budget: RequestBudget;
}

/**
 * The one adapter around the SDK: turns each of its failure shapes into a Problem without headers, renews a refused
 * token once, and repeats what may be repeated. The JavaScript SDK does none of that (measured, version 262).
 */
export function createAskGenesys(options: GenesysCallOptions): AskGenesys {
  const { pace, log } = options;
  let apis: Promise<GenesysApis> | undefined;
  let token: Promise<Token> | undefined;

  function loaded(): Promise<GenesysApis> {
    apis ??= loadApis(options);
    return apis;
  }

  async function signedIn(): Promise<Token> {
    const kept = token;
    const known = await kept;
    const isEnding = known !== undefined && known.endsAt - pace.wall().getTime() <= RENEW_BEFORE_MS;
    if (isEnding && token === kept) token = undefined;
    token ??= signIn().catch((error: unknown) => {
      token = undefined;
      throw error;
    });
    return token;
  }

  async function signIn(): Promise<Token> {
    const { client } = await loaded();
    try {
      const { accessToken, tokenExpiryTime } = await client.loginClientCredentialsGrant(
        options.clientId,
        options.clientSecret,
      );
      return { value: accessToken, endsAt: tokenExpiryTime, budget: createWindow(REQUESTS_OF_A_TOKEN, pace) };
    } catch (caught) {
      throw signInError(caught, options.region.name, pace.wall());
    }
  }

  async function forget(refused: Token): Promise<void> {
    const known = await token?.catch(() => undefined);
    if (known?.value === refused.value) token = undefined;
  }

  /** A token that Genesys refuses is renewed once; a second refusal is the answer. */
  async function sendOnce<T>(call: GenesysCall<T>): Promise<T> {
    const current = await signedIn();
    try {
      await current.budget.take();
      return await exchange(call);
    } catch (error) {
      if (!(error instanceof GenesysProblem) || error.failure.status !== 401) throw error;
      await forget(current);
      await (await signedIn()).budget.take();
      return exchange(call);
    }
  }

  async function exchange<T>(call: GenesysCall<T>): Promise<T> {
    const startedAt = pace.wall().getTime();
    const ms = (): number => pace.wall().getTime() - startedAt;
    const answer = await call.send(await loaded()).catch((caught: unknown) => {
      const failure = failureFrom(caught, pace.wall());
      const { status, silence, code, correlationId } = failure;
      // "Not found" is an answer like another: an empty slot, a user who does not exist yet.
      const level = status === 404 ? 'debug' : 'warn';
      log?.[level](
        { call: call.to, status, silence, code, correlationId, ms: ms() },
        'Genesys refused or gave no answer.',
      );
      throw new GenesysProblem(failure, call.to);
    });
    const { status, headers, body } = succeeded.parse(answer);
    const correlationId = headers['inin-correlation-id'];
    log?.debug({ call: call.to, status, correlationId, ms: ms() }, 'Genesys answered.');
    const parsed = call.body.safeParse(body);
    if (parsed.success) return parsed.data;
    throw notUnderstood(call.to, correlationId, parsed.error);
  }

  return (call) =>
    withRetries(() => sendOnce(call), {
      pace,
      from: 'Genesys Cloud',
      budgetMs: options.retryBudgetMs,
      judge: (error) => {
        if (!(error instanceof GenesysProblem)) return 'give-up';
        const { status, silence, retryAfterMs } = error.failure;
        if (isDistrust(silence)) return 'give-up';
        const neverTaken = status === 429 || silence === 'refused';
        const isPassing = neverTaken || silence !== undefined || [502, 503, 504].includes(status ?? 0);
        const again = (call.isRepeatable ?? true) ? isPassing : neverTaken;
        return again ? { againAfterMs: retryAfterMs } : 'give-up';
      },
    });
}

/** An extended answer of the SDK. */
const succeeded = z.object({
  status: z.number(),
  headers: z.record(z.string(), z.string()).default({}),
  body: z.unknown().optional(),
});

const errorBody = z.object({
  message: z.string().optional().catch(undefined),
  code: z.string().optional().catch(undefined),
  contextId: z.string().optional().catch(undefined),
});

/**
 * What the SDK rejected with: an extended answer, our own `NoAnswer`, or nothing. A text is the SDK's complaint about a
 * missing argument, so a mistake of ours.
 */
function failureFrom(caught: unknown, now: Date): GenesysFailure {
  if (caught instanceof NoAnswer) return { silence: caught.silence };
  const refused = succeeded.safeParse(caught instanceof RefusedAnswer ? caught.response : caught);
  if (!refused.success) {
    if (caught === undefined) return { silence: 'lost' };
    throw caught instanceof Error ? caught : new TypeError('The Genesys SDK refused the arguments of a call.');
  }
  const { status, headers, body } = refused.data;
  const said = errorBody.safeParse(body);
  const error = said.success ? said.data : {};
  return {
    status,
    code: error.code,
    message: error.message,
    correlationId: headers['inin-correlation-id'] ?? error.contextId,
    retryAfterMs: retryAfter(status, headers, now),
  };
}

function retryAfter(status: number, headers: Readonly<Record<string, string>>, now: Date): number | undefined {
  const told = parseRetryAfter(headers['retry-after'], now);
  if (told !== undefined || status !== 429) return told;
  const reset = parseRetryAfter(headers['inin-ratelimit-reset'], now);
  return reset === undefined ? undefined : reset + 1_000;
}

const oauthError = z.object({
  error: z.string().optional(),
  description: z.string().optional(),
  error_description: z.string().optional(),
});

/** The token endpoint speaks OAuth, and says "slow down" with a 400 (seen in Genesys's own Terraform provider). */
function signInError(caught: unknown, place: string, now: Date): Error {
  const to = 'sign in';
  if (caught instanceof NoAnswer) return new GenesysProblem({ silence: caught.silence }, to);
  if (!(caught instanceof RefusedAnswer)) return caught instanceof Error ? caught : new TypeError('The login failed.');
  const { status, headers, data } = caught.response;
  const parsed = oauthError.safeParse(data);
  const said = parsed.success ? parsed.data : {};
  const message = said.description ?? said.error_description ?? '';
  const failure = { status, code: said.error, message, correlationId: headers['inin-correlation-id'] };
  const isThrottled = status === 400 && /^rate limit exceeded/i.test(message);
  if (isThrottled) return new GenesysProblem({ ...failure, status: 429 }, to);
  if (status === 429 || status >= 500) {
    return new GenesysProblem({ ...failure, retryAfterMs: retryAfter(status, headers, now) }, to);
  }
  return loginProblem(failure, place);
}
