import { randomUUID } from 'node:crypto';
import type { z } from 'zod';
import type { Method, Reply, SandboxRequest, SandboxServer } from '../kit/server.js';
import { ApiProblem, problemReply, problems } from './api-problem.js';
import { CLIENT_PERMISSIONS } from './directory.js';
import { hashSecret, type GenesysData } from './genesys-data.js';
import { RateLimit, USUAL_BUDGET, type RequestBudget } from './rate-limit.js';

/** Which permissions a call wants: one of `any`, every one of `all`, or none at all. */
export type Wanted = 'none' | { readonly any: readonly string[] } | { readonly all: readonly string[] };

export type ApiHandler = (request: SandboxRequest) => Reply;

/** The platform refuses larger bodies (`request.bytes.max`). */
const MAX_BODY_BYTES = 512_000;

/** The road that every `/api/v2` call takes: token, rate limit, permission, then the handler; problems become ErrorBody. */
export class PlatformApi {
  readonly #server: SandboxServer;
  readonly #data: GenesysData;
  readonly #rateLimit = new RateLimit();

  constructor(server: SandboxServer, data: GenesysData) {
    this.#server = server;
    this.#data = data;
  }

  route(method: Method, path: string, wanted: Wanted, handler: ApiHandler): void {
    this.#server.route(method, path, (request) => {
      const headers: Record<string, string> = {};
      return withCorrelation(headers, () => {
        Object.assign(headers, this.#count(this.#authenticate(request)));
        this.#authorize(wanted);
        refuseUnreadableBody(request);
        return this.#answer(request, handler);
      });
    });
  }

  #count(tokenId: string): Record<string, string> {
    return this.#rateLimit.count(tokenId, this.#data.clock.wall().getTime(), this.#budget());
  }

  #budget(): RequestBudget {
    const narrowed = this.#server.faults.active('budgets');
    if (!narrowed) return USUAL_BUDGET;
    const { requests = USUAL_BUDGET.requests, seconds = USUAL_BUDGET.windowMs / 1000 } = narrowed;
    return { requests: Number(requests), windowMs: Number(seconds) * 1000 };
  }

  #answer(request: SandboxRequest, handler: ApiHandler): Reply {
    try {
      return handler(request);
    } catch (error) {
      const isConflict = error instanceof ApiProblem && error.status === 409;
      // The platform itself answers conflicts now with 409, now with 400.
      if (!isConflict || !this.#server.faults.active('conflicts-as-400')) throw error;
      throw new ApiProblem(400, error.code, error.message, error.more);
    }
  }

  /** @returns the id of the token, which is the hash of its value. */
  #authenticate(request: SandboxRequest): string {
    const token = /^bearer (\S+)$/i.exec(request.headers['authorization'] ?? '')?.[1];
    if (!token) throw problems.authenticationRequired();
    const known = this.#data.tokens.get(hashSecret(token));
    if (!known || known.expiresAt <= this.#data.clock.wall().getTime()) throw problems.badCredentials();
    return known.id;
  }

  /** What the role of the OAuth client allows now: that of the seed without what a fault took away. */
  clientPermissions(): string[] {
    const removed = this.#server.faults.allActive('permission-removed').map((setting) => setting['permission']);
    return CLIENT_PERMISSIONS.filter((permission) => !removed.includes(permission));
  }

  #authorize(wanted: Wanted): void {
    if (wanted === 'none') return;
    const held = this.clientPermissions();
    const isHeld = (permission: string): boolean => held.includes(permission);
    if ('all' in wanted) {
      const lacking = wanted.all.filter((permission) => !isHeld(permission));
      if (lacking.length > 0) throw problems.missingPermissions(lacking);
    } else if (!wanted.any.some(isHeld)) {
      throw wanted.any.length === 1
        ? problems.missingPermissions(wanted.any)
        : problems.missingAnyPermissions(wanted.any);
    }
  }
}

/** Runs a handler and puts the correlation id on what comes out, an answer or a problem. */
export function withCorrelation(headers: Record<string, string>, run: () => Reply): Reply {
  const correlationId = randomUUID();
  const reply = answerOrProblem(run, correlationId);
  return { ...reply, headers: { 'inin-correlation-id': correlationId, ...headers, ...reply.headers } };
}

function answerOrProblem(run: () => Reply, correlationId: string): Reply {
  try {
    return run();
  } catch (error) {
    return problemReply(asProblem(error), correlationId);
  }
}

function asProblem(error: unknown): ApiProblem {
  if (error instanceof ApiProblem) return error;
  if (error instanceof SyntaxError) return problems.badRequest();
  const text = 'The server encountered an unexpected condition which prevented it from fulfilling the request.';
  return new ApiProblem(500, 'internal.server.error', text);
}

function refuseUnreadableBody(request: SandboxRequest): void {
  if (request.rawBody.length > MAX_BODY_BYTES) {
    throw new ApiProblem(413, 'request.entity.too.large', 'The request is over the size limit.');
  }
  if (request.rawBody.length > 0 && !/^application\/json\b/i.test(request.headers['content-type'] ?? '')) {
    const text =
      'Unsupported Media Type - Unsupported or incorrect media type, such as an incorrect Content-Type value in the header.';
    throw new ApiProblem(415, 'unsupported.media.type', text);
  }
}

/** The body in the shape of the schema; a 400 that names the first wrong field otherwise. Unknown fields are dropped. */
export function parseBody<T>(request: SandboxRequest, schema: z.ZodType<T>, code = 'bad.request'): T {
  const parsed = schema.safeParse(request.json());
  if (parsed.success) return parsed.data;
  const details = parsed.error.issues.map((issue) => ({ errorCode: code, fieldName: issue.path.join('.') }));
  const first = parsed.error.issues[0];
  throw new ApiProblem(400, code, `${first?.path.join('.') || 'body'}: ${first?.message ?? 'invalid'}`, { details });
}

/** A path parameter that the route's own pattern promises. */
export function param(request: SandboxRequest, name: string): string {
  return request.params[name] ?? '';
}

/** A list of values in the query, comma-joined, repeated, or both. */
export function listParam(request: SandboxRequest, name: string): string[] {
  return request.query
    .getAll(name)
    .flatMap((value) => value.split(','))
    .filter((value) => value !== '');
}

/** The page of `all` that the query asks for, in the platform's list shape. */
export function listing(request: SandboxRequest, all: readonly object[], defaultPageSize = 25): Reply {
  const pageSize = positiveInteger(request, 'pageSize', defaultPageSize, 500);
  const pageNumber = positiveInteger(request, 'pageNumber', 1, 10_000);
  const pageCount = Math.max(1, Math.ceil(all.length / pageSize));
  const uri = (number: number): string => `${request.path}?pageSize=${pageSize}&pageNumber=${number}`;
  return {
    status: 200,
    body: {
      entities: all.slice((pageNumber - 1) * pageSize, pageNumber * pageSize),
      pageSize,
      pageNumber,
      total: all.length,
      pageCount,
      selfUri: uri(pageNumber),
      firstUri: uri(1),
      lastUri: uri(pageCount),
      ...(pageNumber < pageCount ? { nextUri: uri(pageNumber + 1) } : {}),
      ...(pageNumber > 1 ? { previousUri: uri(pageNumber - 1) } : {}),
    },
  };
}

function positiveInteger(request: SandboxRequest, name: string, fallback: number, most: number): number {
  const text = request.query.get(name);
  if (text === null) return fallback;
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= most) return value;
  throw new ApiProblem(400, 'invalid.query.param.value', `The value [${text}] of ${name} is not valid.`);
}
