import { SLACK, SLACK_SCOPES } from '../credentials.js';
import type { Reply, SandboxRequest, SandboxServer } from '../kit/server.js';
import { SlackError, type Json } from './slack-wire.js';

/** The arguments of a method call: every form value is text; JSON keeps its types. */
export class Arguments {
  readonly #values: Json;

  constructor(values: Json) {
    this.#values = values;
  }

  /** Text, or `undefined` when it is absent or empty. */
  text(name: string): string | undefined {
    const value = this.#values[name];
    if (typeof value === 'number') return String(value);
    return typeof value === 'string' && value !== '' ? value : undefined;
  }

  required(name: string, error: string): string {
    const value = this.text(name);
    if (value === undefined) throw new SlackError(error);
    return value;
  }

  flag(name: string): boolean {
    const value = this.#values[name];
    return value === true || value === 'true' || value === '1';
  }

  /** A structured value; in a form it is JSON text. Throws `invalid_arguments` (or what `error` says) when it is not. */
  structure(name: string, error = 'invalid_arguments'): unknown {
    const value = this.#values[name];
    if (typeof value !== 'string') return value ?? undefined;
    if (value === '') return undefined;
    try {
      return JSON.parse(value) as unknown;
    } catch {
      throw new SlackError(error);
    }
  }
}

export interface Method {
  /** Any one of these scopes is enough; absent: no scope is needed. */
  readonly scopes?: readonly string[];
  /** Needs the app-level token, not the bot's. */
  readonly forApp?: true;
  /** Changes nothing: a lost answer is no loss. */
  readonly reads?: true;
  readonly call: (given: Arguments) => Json;
}

export type Methods = Readonly<Record<string, Method>>;

/** What takes permissions away from the bot, as faults do. */
export interface Restrictions {
  readonly isRevoked: () => boolean;
  readonly missingScopes: () => readonly string[];
  /** Granted beyond those of the manifest. */
  readonly moreScopes: () => readonly string[];
  /** Seconds until the method may be called again there; `undefined`: it may be now. */
  readonly refusedFor: (method: string, channel: string) => number | undefined;
}

/** `POST /api/<method>` for each method: token, scope, arguments, and the answer in Slack's envelope. */
export function mountWebApi(server: SandboxServer, methods: Methods, restrictions: Restrictions): void {
  for (const [name, method] of Object.entries(methods)) {
    server.route('POST', `/api/${name}`, (request) => answer(request, { name, ...method }, restrictions));
  }
}

function answer(request: SandboxRequest, method: Method & { name: string }, restrictions: Restrictions): Reply {
  const granted: readonly string[] = [...SLACK_SCOPES, ...restrictions.moreScopes()];
  const scopes = granted.filter((scope) => !restrictions.missingScopes().includes(scope));
  const headers = { 'x-oauth-scopes': scopes.join(','), 'x-accepted-oauth-scopes': (method.scopes ?? []).join(',') };
  try {
    const values = readArguments(request);
    requireToken(request, values, method, restrictions);
    requireScope(method, scopes);
    const given = new Arguments(values);
    const wait = restrictions.refusedFor(method.name, given.text('channel') ?? '');
    if (wait !== undefined) return ratelimited(wait);
    return { status: 200, headers, body: { ok: true, ...method.call(given) } };
  } catch (error) {
    if (!(error instanceof SlackError)) throw error;
    return { status: 200, headers, body: { ok: false, error: error.code, ...error.more } };
  }
}

function readArguments(request: SandboxRequest): Json {
  if (/^application\/json\b/i.test(request.headers['content-type'] ?? '')) {
    try {
      const body = request.json() ?? {};
      if (typeof body !== 'object' || Array.isArray(body)) throw new SlackError('json_not_object');
      return body as Json;
    } catch (error) {
      throw error instanceof SlackError ? error : new SlackError('invalid_json');
    }
  }
  return Object.fromEntries(request.form());
}

function requireToken(request: SandboxRequest, values: Json, method: Method, restrictions: Restrictions): void {
  const bearer = /^Bearer +(\S+)$/i.exec(request.headers['authorization'] ?? '')?.[1];
  const token = bearer ?? (typeof values['token'] === 'string' ? values['token'] : undefined);
  if (token === undefined || token === '') throw new SlackError('not_authed');
  if (token !== SLACK.botToken && token !== SLACK.appToken) throw new SlackError('invalid_auth');
  if (restrictions.isRevoked()) throw new SlackError('token_revoked');
  const wanted = method.forApp ? SLACK.appToken : SLACK.botToken;
  if (token !== wanted) throw new SlackError('not_allowed_token_type');
}

function requireScope(method: Method, scopes: readonly string[]): void {
  if (!method.scopes || method.scopes.some((scope) => scopes.includes(scope))) return;
  throw new SlackError('missing_scope', { needed: method.scopes.join(','), provided: scopes.join(',') });
}

/** The one refusal that is no 200. */
export function ratelimited(retryAfterS?: number): Reply {
  const headers = retryAfterS === undefined ? {} : { headers: { 'Retry-After': String(retryAfterS) } };
  return { status: 429, ...headers, body: { ok: false, error: 'ratelimited' } };
}

/** What Slack answers to a method that does not exist. */
export function unknownMethod(request: SandboxRequest): Reply {
  const name = /^\/api\/(.+)$/.exec(request.path)?.[1];
  if (name === undefined) return { status: 404, body: 'Not found.' };
  return { status: 200, body: { ok: false, error: 'unknown_method', req_method: name } };
}
