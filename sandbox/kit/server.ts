import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import findMyWay from 'find-my-way';
import type { SandboxClock } from './clock.js';
import { Faults } from './faults.js';
import { RequestLog, redactBody, redactHeaders } from './request-log.js';
import type { SandboxStore } from './store.js';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** A request as a route sees it: nothing is parsed until the route asks. */
export interface SandboxRequest {
  readonly method: Method;
  readonly path: string;
  /** Path parameters, decoded once. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly rawBody: Buffer;
  /** The body as JSON. Throws a SyntaxError when it is not; `undefined` when it is empty. */
  json(): unknown;
  form(): URLSearchParams;
  cookie(name: string): string | undefined;
}

/** An answer: an object body is sent as JSON, text and bytes as they are. */
export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string | string[]>>;
  readonly body?: unknown;
}

export type Handler = (request: SandboxRequest) => Reply | Promise<Reply>;
/** Takes over a request that asks for another protocol. */
export type UpgradeHandler = (request: IncomingMessage, socket: Duplex) => void;
export type StreamHandler = (request: SandboxRequest, response: ServerResponse) => void;

export interface SandboxServerOptions {
  readonly name: 'entra' | 'genesys' | 'teams' | 'slack';
  readonly store: SandboxStore;
  readonly clock: SandboxClock;
  /** What `GET /_sandbox/state` shows, in the vendor's own property names, without secrets. */
  readonly state: () => object;
  /** Puts the first people and settings into an empty store; called at the start and after a reset. */
  readonly seed: () => void;
  /** What the vendor says to a path it does not know. */
  readonly notFound: Handler;
  /** What the vendor says when a route threw. */
  readonly failed: (error: unknown, request: SandboxRequest) => Reply;
  /** Runs before each vendor route (not the control routes): a reply given here is the answer, as faults want it. */
  readonly before?: (request: SandboxRequest) => Reply | undefined | Promise<Reply | undefined>;
  /** Wraps each vendor route, `before` included: it may refuse, delay, or lose the answer of `work`, which never rejects. */
  readonly around?: (request: SandboxRequest, work: () => Promise<Reply>) => Promise<Reply>;
  /** Headers that the vendor puts on every answer. */
  readonly everyReply?: (request: SandboxRequest) => Readonly<Record<string, string>>;
}

/** PEM: the certificate, with its chain where it has one, and its key. */
export interface TlsIdentity {
  readonly cert: string;
  readonly key: string;
}

const MAX_BODY_BYTES = 4 * 1024 * 1024;
const LOOPBACK_HOST = /^(127\.0\.0\.1|localhost|[a-z0-9-]+\.localhost|\[::1\])(:\d+)?$/i;

/** One sandbox server: routes, control routes under `/_sandbox`, request log, faults. Listens on 127.0.0.1 only. */
export class SandboxServer {
  readonly faults: Faults;
  readonly requests = new RequestLog();
  readonly options: SandboxServerOptions;
  readonly #router = findMyWay({ ignoreTrailingSlash: false, maxParamLength: 2_000 });
  readonly #routes: string[] = [];
  readonly #upgrades = new Map<string, UpgradeHandler>();
  readonly #upgraded = new Set<Duplex>();
  #server: Server | undefined;

  constructor(options: SandboxServerOptions) {
    this.options = options;
    this.faults = new Faults(options.store);
    this.#controlRoutes();
  }

  /** Adds a vendor route, `/v1.0/users/:id`. Parameters match one segment; `*` at the end matches the rest. */
  route(method: Method, path: string, handler: Handler): void {
    this.#routes.push(`${method} ${path}`);
    this.#router.on(method, path, () => undefined, handler);
  }

  /** Adds a route that writes its own answer over time, as server-sent events do. */
  stream(path: string, handler: StreamHandler): void {
    this.#routes.push(`GET ${path}`);
    this.#router.on('GET', path, () => undefined, { stream: handler });
  }

  /** Adds a route for requests that ask for another protocol, such as a WebSocket. */
  upgrade(path: string, handler: UpgradeHandler): void {
    this.#routes.push(`GET ${path}`);
    this.#upgrades.set(path, handler);
  }

  /** Every vendor route, `METHOD /path`, in the order of definition: `sandbox/COVERAGE.md` is compared with it. */
  get routes(): readonly string[] {
    return this.#routes;
  }

  /** Answers a request without the network, as a `$batch` needs. Faults and headers apply as on the wire. */
  async dispatch(request: SandboxRequest): Promise<Reply> {
    const found = this.#router.find(request.method, request.path);
    const routed = { ...request, params: found ? decodeParams(found.params) : {} };
    const work = (): Promise<Reply> => this.#carryOut(routed, found?.store as Handler | undefined);
    const around = isControl(request.path) ? undefined : this.options.around;
    if (!around) return work();
    return around(routed, async () => {
      const reply = await work();
      // Before the answer is delayed or lost: what was done must outlive the process.
      this.options.store.flush();
      return reply;
    });
  }

  async #carryOut(request: SandboxRequest, handler: Handler | undefined): Promise<Reply> {
    try {
      const early = isControl(request.path) ? undefined : await this.options.before?.(request);
      if (early) return early;
      return await (handler ?? this.options.notFound)(request);
    } catch (error) {
      return this.options.failed(error, request);
    }
  }

  /** Starts to listen, over https when it has an identity. @param port 0 takes any free one. @returns the port. */
  async listen(port: number, tls?: TlsIdentity): Promise<number> {
    if (this.options.store.collection('seeded').size === 0) this.#seed();
    const answer = (request: IncomingMessage, response: ServerResponse): void => void this.#answer(request, response);
    const server = tls ? createTlsServer(tls, answer) : createServer(answer);
    server.on('upgrade', (request: IncomingMessage, socket: Duplex) => this.#upgrade(request, socket));
    this.#server = server;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', resolve);
    });
    return (server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    const server = this.#server;
    server?.closeAllConnections();
    for (const socket of this.#upgraded) socket.destroy();
    await new Promise<void>((resolve) => (server ? server.close(() => resolve()) : resolve()));
  }

  #seed(): void {
    this.options.seed();
    this.options.store.collection('seeded').put('seeded', { at: this.options.clock.wall().toISOString() });
    this.options.store.flush();
  }

  /** Adds a control route, `/_sandbox/<path>`: what an operator of the vendor would do. */
  control(method: Method, path: string, handler: Handler): void {
    this.#router.on(method, `/_sandbox/${path}`, () => undefined, handler);
  }

  #controlRoutes(): void {
    const on = this.control.bind(this);
    on('GET', 'state', () => ({ status: 200, body: this.options.state() }));
    on('GET', 'requests', () => ({ status: 200, body: { requests: this.requests.list() } }));
    on('GET', 'faults', () => ({ status: 200, body: { faults: this.faults.list() } }));
    on('POST', 'faults', (request) =>
      refusable(
        () => this.faults.set(request.json()),
        () => ({ faults: this.faults.list() }),
      ),
    );
    const clock = this.options.clock;
    const time = (): object => ({ now: clock.now().toISOString(), offsetMs: clock.offsetMs });
    on('GET', 'clock', () => ({ status: 200, body: time() }));
    on('POST', 'clock', (request) =>
      refusable(() => clock.advance(String((request.json() as { advance?: unknown } | undefined)?.advance)), time),
    );
    on('POST', 'reset', () => {
      this.faults.clear();
      this.options.store.reset();
      this.requests.clear();
      this.#seed();
      return { status: 200, body: { reset: this.options.name } };
    });
  }

  #upgrade(request: IncomingMessage, socket: Duplex): void {
    const handler = this.#upgrades.get(new URL(request.url ?? '/', 'http://sandbox').pathname);
    if (!handler || !LOOPBACK_HOST.test(request.headers.host ?? '')) return void socket.destroy();
    this.#upgraded.add(socket);
    socket.on('close', () => this.#upgraded.delete(socket));
    handler(request, socket);
  }

  async #answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(incoming.url ?? '/', 'http://sandbox');
    const rawBody = await readBody(incoming).catch(() => undefined);
    if (!LOOPBACK_HOST.test(incoming.headers.host ?? ''))
      return send(response, { status: 421, body: 'Loopback only.' });
    if (!rawBody) return send(response, { status: 413, body: 'The body is too large.' });
    const request = toRequest(incoming, url, rawBody);
    const logged = {
      time: this.options.clock.wall().toISOString(),
      method: request.method,
      path: url.pathname + url.search,
      headers: redactHeaders(incoming.headers),
      body: redactBody(String(incoming.headers['content-type'] ?? ''), rawBody),
      status: 0,
    };
    const control = isControl(url.pathname);
    if (!control) this.requests.add(logged);
    const stream = (this.#router.find(request.method, request.path)?.store as { stream?: StreamHandler } | undefined)
      ?.stream;
    if (stream) {
      logged.status = 200;
      return stream(request, response);
    }
    const reply = await this.dispatch(request);
    this.options.store.flush();
    logged.status = reply.status;
    const every = control ? {} : (this.options.everyReply?.(request) ?? {});
    send(response, { ...reply, headers: { ...every, ...reply.headers } });
  }
}

function isControl(path: string): boolean {
  return path.startsWith('/_sandbox/');
}

/** What `then` says, or a 400 with the words of what `act` threw. */
export function refusable(act: () => void, then: () => object): Reply {
  try {
    act();
    return { status: 200, body: then() };
  } catch (error) {
    return { status: 400, body: { error: error instanceof Error ? error.message : 'bad request' } };
  }
}

function decodeParams(params: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(Object.entries(params).map(([name, value]) => [name, value ?? '']));
}

async function readBody(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) throw new RangeError('too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function toRequest(incoming: IncomingMessage, url: URL, rawBody: Buffer): SandboxRequest {
  const headers = Object.fromEntries(
    Object.entries(incoming.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
  );
  return {
    method: (incoming.method ?? 'GET') as Method,
    path: url.pathname,
    params: {},
    query: url.searchParams,
    headers,
    rawBody,
    json: () => (rawBody.length === 0 ? undefined : (JSON.parse(rawBody.toString('utf8')) as unknown)),
    form: () => new URLSearchParams(rawBody.toString('utf8')),
    cookie: (name) => cookies(headers['cookie'] ?? '').get(name),
  };
}

function cookies(header: string): Map<string, string> {
  return new Map(
    header
      .split(';')
      .map((pair) => pair.trim().split('='))
      .map(([name = '', ...value]) => [name, value.join('=')]),
  );
}

function send(response: ServerResponse, reply: Reply): void {
  const { body } = reply;
  const asIs = typeof body === 'string' || Buffer.isBuffer(body);
  const type = asIs ? 'text/plain; charset=utf-8' : 'application/json; charset=utf-8';
  const headers = {
    ...(body === undefined ? {} : { 'Content-Type': type }),
    'Cache-Control': 'no-store',
    ...reply.headers,
  };
  response.writeHead(reply.status, headers);
  response.end(body === undefined ? undefined : asIs ? body : JSON.stringify(body));
}
