import {
  AuthenticationHandler,
  Client,
  GraphClientError,
  ResponseType,
  TelemetryHandler,
  type Context,
  type GraphRequest,
  type Middleware,
} from '@microsoft/microsoft-graph-client';
import { z } from 'zod';
import { beforeEffect } from '../platform/effect-guard.js';
import { fetchWithin, NoAnswer, parseRetryAfter, withRetries, type Pace, type RemoteLog } from '../platform/http.js';
import { Problem } from '../platform/problem.js';
import type { GraphTokens } from './credential.js';
import {
  GraphProblem,
  isOverlapRefused,
  isUncertain,
  isWorthRepeating,
  notUnderstood,
  type Attempt,
  type GraphFailure,
} from './entra-problems.js';
import { createGraphBudgets } from './graph-budgets.js';
import { graphQuery } from './graph-query.js';
import { graphUrl, type MicrosoftCloud } from './microsoft-clouds.js';

export interface GraphCall {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  /** From `graphPath`, or a whole next link of Graph. */
  readonly path: string;
  readonly version?: 'beta';
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: object;
  readonly attempt: Attempt;
  /** Asks the index, which lags: what `$search` and counts take. */
  readonly isEventual?: boolean;
  /** Whether sending it twice does no more than sending it once. A POST is not, unless it says so. */
  readonly isRepeatable?: boolean;
  /** Told before a repetition whose predecessor may have been carried out. */
  readonly onUncertain?: () => void;
  /** Of a `$batch`: the calls in it, which count against Graph's limits. */
  readonly items?: readonly Pick<GraphCall, 'method' | 'path' | 'query'>[];
}

/** Graph, call by call. Throws `GraphProblem`, or the `Problem` of the credential. */
export interface Graph {
  /** The address by which a body refers to an object, whatever stands in for Graph. @param path from `graphPath`. */
  reference(path: string): string;
  /** Sends a call whose answer's body does not matter. */
  send(call: GraphCall): Promise<void>;
  /** Sends a call and parses the body of its answer; an empty body is `undefined`. */
  ask<T>(call: GraphCall, body: z.ZodType<T>): Promise<T>;
  /** `value` of every page, or of the first `mostPages`. */
  list<T>(call: Omit<GraphCall, 'method'>, item: z.ZodType<T>, mostPages?: number): Promise<T[]>;
}

interface Answer {
  readonly body: unknown;
  readonly requestId: string | undefined;
}

export interface GraphOptions {
  readonly tokens: GraphTokens;
  readonly cloud: MicrosoftCloud;
  /** `GRAPH_BASE_URL`; none: the cloud's own. */
  readonly baseUrl?: string | undefined;
  readonly timeoutMs: number;
  /** How long one call may be retried. */
  readonly retryBudgetMs: number;
  readonly pace: Pace;
  readonly log?: RemoteLog | undefined;
}

const MOST_PAGES = 1_000;

export function createGraph(options: GraphOptions): Graph {
  const root = `${graphUrl(options.cloud)}/`;
  const client = createClient(options, root);
  const paced = createGraphBudgets(options.pace);

  function deliverAnswer(call: GraphCall): Promise<Answer> {
    const isRepeatable = call.isRepeatable ?? call.method !== 'POST';
    return withRetries(() => sendOnce(call), {
      pace: options.pace,
      from: 'Entra',
      budgetMs: options.retryBudgetMs,
      judge: (error) => {
        if (!(error instanceof GraphProblem)) return 'give-up';
        const { failure } = error;
        const neverTaken = failure.status === 429 || failure.silence === 'refused' || isOverlapRefused(failure);
        if (isUncertain(error)) call.onUncertain?.();
        const again = isRepeatable ? isWorthRepeating(failure, call.method !== 'GET') : neverTaken;
        return again ? { againAfterMs: failure.retryAfterMs } : 'give-up';
      },
    });
  }

  /** A token that Graph refuses is renewed once, and one to which permissions have been added since. */
  async function sendOnce(call: GraphCall): Promise<Answer> {
    const token = await options.tokens.get();
    const { roles } = await options.tokens.claims();
    try {
      return await exchange(call);
    } catch (error) {
      if (!(error instanceof GraphProblem) || !isTokenToBlame(error, token, roles)) throw error;
      return exchange(call);
    }
  }

  function isTokenToBlame({ failure, granted }: GraphProblem, token: string, roles: readonly string[]): boolean {
    if (failure.status === 401) options.tokens.renew(token);
    // An admin who has just consented must not wait an hour for the old token to end.
    return failure.status === 401 || granted.some((role) => !roles.includes(role));
  }

  async function exchange(call: GraphCall): Promise<Answer> {
    await paced(call);
    if (call.method !== 'GET') await beforeEffect();
    const startedAt = options.pace.wall().getTime();
    const answer = await raw(client, call);
    const ms = options.pace.wall().getTime() - startedAt;
    if (answer instanceof NoAnswer) return fail(call, { silence: answer.silence }, ms);
    const text = await answer.text();
    const requestId = answer.headers.get('request-id') ?? undefined;
    if (!answer.ok) return fail(call, failureFrom(answer, text, options.pace.wall()), ms);
    options.log?.debug({ ...logged(call), status: answer.status, requestId, ms }, 'Graph answered.');
    return { body: text === '' ? undefined : parseBody(text), requestId };
  }

  async function fail(call: GraphCall, failure: GraphFailure, ms: number): Promise<never> {
    const { status, silence, code, requestId } = failure;
    // "Not found" is an answer like another: no claims policy, a person who does not exist yet.
    const level = status === 404 ? 'debug' : 'warn';
    options.log?.[level]({ ...logged(call), status, silence, code, requestId, ms }, 'Graph refused or gave no answer.');
    const granted = failure.status === 403 ? await permissionsNow() : [];
    throw new GraphProblem(failure, call.attempt, granted);
  }

  /** By a new token: the one that was refused may still name a permission that was taken away since. */
  async function permissionsNow(): Promise<readonly string[]> {
    options.tokens.renew(await options.tokens.get());
    return (await options.tokens.claims()).roles;
  }

  async function ask<T>(call: GraphCall, body: z.ZodType<T>): Promise<T> {
    const answer = await deliverAnswer(call);
    const parsed = body.safeParse(answer.body);
    if (parsed.success) return parsed.data;
    throw notUnderstood(call.attempt.to, answer.requestId, parsed.error);
  }

  async function list<T>(call: Omit<GraphCall, 'method'>, item: z.ZodType<T>, mostPages = MOST_PAGES): Promise<T[]> {
    const pages = pagesOf(item);
    const items: T[] = [];
    let next: Omit<GraphCall, 'method'> | undefined = call;
    for (let count = 0; next && count < mostPages; count += 1) {
      const page: Page<T> = await ask({ ...next, method: 'GET' }, pages);
      items.push(...page.value);
      const link = page['@odata.nextLink'];
      // The token goes where the link leads.
      if (link?.startsWith(root) === false) throw notUnderstood(call.attempt.to, undefined, undefined);
      next = link === undefined ? undefined : { path: link, attempt: call.attempt };
    }
    return items;
  }

  return {
    reference: (path) => `${root}v1.0${path}`,
    send: async (call) => {
      await deliverAnswer(call);
    },
    ask,
    list,
  };
}

interface Page<T> {
  readonly value: T[];
  readonly '@odata.nextLink'?: string | undefined;
}

/** One schema for each kind of item: zod compiles a schema on its first use, which costs more than the parsing. */
const pageSchemas = new WeakMap<z.ZodType, z.ZodType>();

function pagesOf<T>(item: z.ZodType<T>): z.ZodType<Page<T>> {
  // What is stored under an item's schema was made from it.
  const known = pageSchemas.get(item) as z.ZodType<Page<T>> | undefined;
  if (known) return known;
  const pages = z.object({ value: z.array(item), '@odata.nextLink': z.string().optional() });
  pageSchemas.set(item, pages);
  return pages;
}

/**
 * The SDK without its retry handler: it repeats POSTs that create, so retries are `withRetries`' alone. The base URL
 * stays Graph's, because the SDK attaches a token to no other; the last handler sends the call where it belongs.
 */
function createClient(options: GraphOptions, root: string): Client {
  const authentication = new AuthenticationHandler({
    getAccessToken: () => options.tokens.get().catch((error: unknown) => Promise.reject(carried(error))),
  });
  const last: Middleware = {
    execute: async (context) => {
      context.response = await deliver(context, options, root).catch((error: unknown) =>
        Promise.reject(carried(error)),
      );
    },
  };
  return Client.initWithMiddleware({ baseUrl: root, middleware: [authentication, new TelemetryHandler(), last] });
}

/** The SDK replaces foreign errors by its own and loses them; its own may carry one. */
function carried(error: unknown): GraphClientError {
  return Object.assign(new GraphClientError('Not delivered.'), { customError: error });
}

async function deliver(context: Context, options: GraphOptions, root: string): Promise<Response> {
  const url = String(context.request);
  const target = options.baseUrl ? url.replace(root, `${options.baseUrl.replace(/\/+$/, '')}/`) : url;
  const { method, headers, body } = context.options ?? {};
  const answer = await fetchWithin(target, {
    timeoutMs: options.timeoutMs,
    system: 'entra',
    headers: new Headers(headers as Record<string, string>),
    ...(method ? { method } : {}),
    ...(typeof body === 'string' ? { body } : {}),
  });
  return new Response(answer.text || null, { status: answer.status, headers: answer.headers });
}

async function raw(client: Client, call: GraphCall): Promise<Response | NoAnswer> {
  const request = client.api(call.path + graphQuery(call.query ?? {})).responseType(ResponseType.RAW);
  if (call.version) request.version(call.version);
  if (call.isEventual === true) request.header('ConsistencyLevel', 'eventual');
  try {
    return (await dispatch(request, call)) as Response;
  } catch (error) {
    const carriedError: unknown = error instanceof GraphClientError ? error.customError : undefined;
    if (carriedError instanceof NoAnswer) return carriedError;
    throw carriedError instanceof Problem ? carriedError : error;
  }
}

function dispatch(request: GraphRequest, call: GraphCall): Promise<unknown> {
  const body = call.body ?? {};
  switch (call.method) {
    case 'GET':
      return request.get();
    case 'POST':
      return request.post(body);
    case 'PATCH':
      return request.patch(body);
    case 'PUT':
      return request.put(body);
    case 'DELETE':
      return request.delete();
  }
}

const errorBody = z.object({
  error: z.object({
    code: z.string().optional().catch(undefined),
    // Graph sends both a text and, in places, an object with the text as its value.
    message: z.union([z.string(), z.object({ value: z.string() }).transform(({ value }) => value)]).catch(''),
    details: z
      .union([z.array(z.object({ code: z.string() })), z.object({ code: z.string() }).transform((one) => [one])])
      .catch([]),
    innerError: z.object({ 'request-id': z.string() }).optional().catch(undefined),
  }),
});

/** What a refusing answer says, be it of its own or within a `$batch`. */
export function failureFrom(answer: Response, text: string, now: Date): GraphFailure {
  const parsed = errorBody.safeParse(parseBody(text));
  const error = parsed.success ? parsed.data.error : undefined;
  return {
    status: answer.status,
    code: error?.code,
    message: error?.message,
    detailCodes: error?.details.map(({ code }) => code),
    requestId: answer.headers.get('request-id') ?? error?.innerError?.['request-id'],
    retryAfterMs: parseRetryAfter(answer.headers.get('retry-after'), now),
  };
}

function parseBody(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** The path without its query: filters hold what people typed. */
function logged(call: GraphCall): { method: string; path: string } {
  return { method: call.method, path: call.path.split('?')[0] ?? '' };
}
