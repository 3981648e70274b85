import { isRecord } from './payload.js';
import { randomUUID } from 'node:crypto';
import type { Method, Reply, SandboxRequest, SandboxServer } from '../kit/server.js';
import { TokenRefusal, type AccessTokens, type Caller } from './access-tokens.js';
import {
  GraphProblem,
  badRequest,
  insufficientPrivileges,
  invalidToken,
  methodNotAllowed,
  unknownSegment,
} from './graph-problem.js';
import { grantedPermissions } from './token-endpoint.js';

/** A Graph request of a caller who may make it. */
export interface GraphCall {
  readonly request: SandboxRequest;
  readonly caller: Caller;
  /** A path parameter. Throws when the route has none of that name. */
  param(name: string): string;
  /** The JSON object in the body. Throws Graph's 400 when there is none. */
  body(): Record<string, unknown>;
}

/** Whether the caller's permissions are enough for a route. */
export type Need = (roles: ReadonlySet<string>) => boolean;

export const anyToken: Need = () => true;
export const anyOf =
  (...permissions: string[]): Need =>
  (roles) =>
    permissions.some((permission) => roles.has(permission));
export const allOf =
  (...needs: Need[]): Need =>
  (roles) =>
    needs.every((need) => need(roles));

export type GraphHandler = (call: GraphCall) => Reply | Promise<Reply>;

const JSON_TYPE = 'application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8';

/** The front of Graph: token, permission, envelope and headers, the same for every route. */
export class GraphGateway {
  readonly #server: SandboxServer;
  readonly #tokens: AccessTokens;
  readonly #known: { readonly pattern: RegExp }[] = [];

  constructor(server: SandboxServer, tokens: AccessTokens) {
    this.#server = server;
    this.#tokens = tokens;
  }

  /** Adds a route; `path` begins with the version. */
  on(method: Method, path: string, need: Need, handler: GraphHandler): void {
    const pattern = path
      .replace(/\([^)]*\^[^)]*\)/g, '')
      .replace(/[$()'.]/g, '\\$&')
      .replace(/:\w+/g, '[^/]+');
    this.#known.push({ pattern: new RegExp(`^${pattern}$`) });
    this.#server.route(method, path, (request) =>
      this.#answer(request, async (caller) => {
        if (!need(caller.roles)) throw insufficientPrivileges();
        return handler(toCall(request, caller));
      }),
    );
  }

  /** The answer to a path or method that no route has. */
  unknown(request: SandboxRequest): Promise<Reply> {
    return this.#answer(request, () => {
      if (this.#known.some(({ pattern }) => pattern.test(request.path))) throw methodNotAllowed();
      throw unknownSegment(request.path.split('/').at(-1) ?? '');
    });
  }

  /** The answer when a route broke: a bug of the sandbox, told as Graph tells its own. */
  failed(request: SandboxRequest): Reply {
    return withHeaders(
      request,
      new GraphProblem(500, 'Service_InternalServerError', 'Encountered an internal server error.'),
    );
  }

  async #answer(request: SandboxRequest, work: (caller: Caller) => Reply | Promise<Reply>): Promise<Reply> {
    try {
      return withHeaders(request, await work(this.#authenticate(request)));
    } catch (error) {
      if (error instanceof GraphProblem) return withHeaders(request, error);
      throw error;
    }
  }

  #authenticate(request: SandboxRequest): Caller {
    this.#tokens.expireAllIf(this.#server.faults);
    const token = /^Bearer (.+)$/i.exec(request.headers['authorization'] ?? '')?.[1];
    if (!token) throw invalidToken('Access token is empty.');
    try {
      const caller = this.#tokens.verify(token);
      // A permission that was taken away stops working at once here, so that a test need not wait for the token to age.
      const granted = new Set(grantedPermissions(this.#server));
      return { ...caller, roles: new Set([...caller.roles].filter((role) => granted.has(role))) };
    } catch (error) {
      if (error instanceof TokenRefusal) throw invalidToken(error.message);
      throw error;
    }
  }
}

function toCall(request: SandboxRequest, caller: Caller): GraphCall {
  return {
    request,
    caller,
    param: (name) => {
      const value = request.params[name];
      if (value === undefined) throw new Error(`The route has no parameter ${name}.`);
      return value;
    },
    body: () => readObject(request),
  };
}

function readObject(request: SandboxRequest): Record<string, unknown> {
  const unreadable = (): GraphProblem =>
    badRequest(
      'Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.',
      'BadRequest',
    );
  if (!(request.headers['content-type'] ?? '').toLowerCase().startsWith('application/json')) throw unreadable();
  try {
    const body = request.json();
    if (isRecord(body)) return body;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw unreadable();
}

/** A refusal as it goes over the wire, for layers in front of the routes. */
export function problemReply(request: SandboxRequest, problem: GraphProblem): Reply {
  return withHeaders(request, problem);
}

function withHeaders(request: SandboxRequest, answer: Reply | GraphProblem): Reply {
  const requestId = randomUUID();
  const clientRequestId = request.headers['client-request-id'] ?? requestId;
  const problem = answer instanceof GraphProblem;
  const reply = problem ? { status: answer.status, body: envelope(answer, requestId, clientRequestId) } : answer;
  return {
    ...reply,
    headers: {
      'request-id': requestId,
      'client-request-id': clientRequestId,
      'OData-Version': '4.0',
      'x-ms-ags-diagnostic': '{"ServerInfo":{"DataCenter":"Sandbox","Slice":"E","Ring":"0","ScaleUnit":"000"}}',
      ...(reply.body === undefined ? {} : { 'Content-Type': JSON_TYPE }),
      ...(problem && answer.status === 401 ? { 'WWW-Authenticate': 'Bearer' } : {}),
      ...(problem ? {} : answer.headers),
    },
  };
}

function envelope(problem: GraphProblem, requestId: string, clientRequestId: string): object {
  return {
    error: {
      code: problem.code,
      message: problem.message,
      ...(problem.details ? { details: problem.details } : {}),
      innerError: {
        date: new Date().toISOString().slice(0, 19),
        'request-id': requestId,
        'client-request-id': clientRequestId,
      },
    },
  };
}
