import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import restify from 'restify';
import { Problem, type Log } from '../services/index.js';
import { mountFilePage, type FileLinks } from './file-page.js';
import { guardedRoutes, sendText } from './guarded-routes.js';
import { mountLinkPage, type LinkPages } from './link-page.js';
import { isFromThisMachine } from './loopback.js';
import { mountMetricsPage, type MetricsPage } from './metrics-page.js';
import type { RateLimit } from './rate-limiter.js';
import type { Handler, Routes } from './routes.js';
import { mountSandboxPage, type SandboxPage } from './sandbox-page.js';
import { mountSecretPage, type OneTimeSecrets } from './secret-page.js';
import { answerOf, SIGN_IN_LIMIT } from './sign-in-pages.js';
import { mountStepUpPage, type StepUpPages } from './step-up-page.js';

/** What `GET /readyz` says: one entry per thing that must work. */
export interface Readiness {
  readonly ok: boolean;
  readonly checks: Readonly<Record<string, string>>;
}

export interface HttpServerOptions {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** Absent: Teams is off. */
  readonly teams?: { receive(request: IncomingMessage, response: ServerResponse): Promise<void> } | undefined;
  /** Absent: Slack is off, or comes through a socket. */
  readonly slack?: ((request: IncomingMessage, response: ServerResponse) => Promise<void>) | undefined;
  readonly ready: () => Promise<Readiness>;
  readonly secrets: OneTimeSecrets;
  /** Absent: no files come or go. */
  readonly files?: FileLinks;
  /** Absent: no account of a chat can be linked. */
  readonly links?: LinkPages;
  /** Absent: no approval needs a sign-in. */
  readonly approvals?: StepUpPages;
  /** Absent: there are no figures. */
  readonly metrics?: MetricsPage;
  /** How long a whole request may take to come in; default 30 s. */
  readonly requestTimeoutMs?: number;
  /** In front of a sandbox only: its page. Every request must then come from this machine. */
  readonly page?: SandboxPage;
  readonly log: Log;
}

export interface HttpServer {
  readonly port: number;
  /** Says from now on that it is not ready, and still takes what comes: whoever spreads requests looks elsewhere. */
  announceStop(): void;
  /** Takes no new requests, lets the running ones end within the grace period, then cuts the rest. */
  close(graceMs?: number): Promise<void>;
}

const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cache-Control': 'no-store',
};
/** With its body, so that one that trickles in is cut off. */
const REQUEST_TIMEOUT_MS = 30_000;

/** Teams and Slack send from a few addresses each, and people are limited one by one: this keeps a flood from the doors. */
const MESSAGES: RateLimit = { burst: 600, perSecond: 200 };
const HEALTH: RateLimit = { burst: 200, perSecond: 100 };

/** Starts the one HTTP server. Each route reads its own body; no route ever answers with an exception's text. */
export async function startHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const state = { isStopping: false };
  const server = createServer(options, state);
  const routes = guardedRoutes(server, options.log);
  const { teams, slack } = options;
  if (teams)
    routes.post('/api/messages', (request, response) => teams.receive(request, response), {
      ...{ limit: MESSAGES, readsBody: true },
    });
  if (slack)
    routes.post('/slack/events', (request, response) => slack(request, response), { limit: MESSAGES, readsBody: true });
  routes.get('/healthz', async (_request, response) => sendJson(response, 200, { ok: true }), { limit: HEALTH });
  const tellReadiness: Handler = async (_request, response) => {
    const { ok, checks } = await options.ready();
    const isReady = ok && !state.isStopping;
    const door = state.isStopping ? 'closing' : 'open';
    sendJson(response, isReady ? 200 : 503, { ok: isReady, checks: { ...checks, door } });
  };
  routes.get('/readyz', tellReadiness, { limit: HEALTH });
  if (options.metrics) mountMetricsPage(routes, options.metrics, { isOpen: options.page !== undefined });
  mountSecretPage(routes, options.secrets);
  if (options.files) mountFilePage(routes, options.files);
  mountSignIns(routes, options);
  const endStreams = options.page ? mountSandboxPage(routes, options.page) : () => undefined;
  await listen(server, options);
  return {
    port: (server.address() as AddressInfo).port,
    announceStop: () => void (state.isStopping = true),
    close: (graceMs) => close(server, endStreams, graceMs),
  };
}

/** All sign-ins come back to one address, which is registered in Entra. */
function mountSignIns(routes: Routes, { links, approvals }: HttpServerOptions): void {
  const linked = links && mountLinkPage(routes, links);
  const proven = approvals && mountStepUpPage(routes, approvals);
  const back: Handler = async (request, response, params) => {
    const handler = approvals?.isFor(answerOf(request)) ? proven : linked;
    if (handler) await handler(request, response, params);
    else sendText(response, 404, 'There is nothing here.');
  };
  routes.get('/link/callback', back, { limit: SIGN_IN_LIMIT });
}

function createServer(
  { page, requestTimeoutMs = REQUEST_TIMEOUT_MS }: HttpServerOptions,
  state: { readonly isStopping: boolean },
): restify.Server {
  // An empty name: no Server header.
  const server = restify.createServer({ name: '' });
  server.server.requestTimeout = requestTimeoutMs;
  server.server.headersTimeout = requestTimeoutMs;
  // An option of Node's own constructor, which restify calls without any; it is read when the server begins to listen.
  Object.assign(server.server, { connectionsCheckingInterval: requestTimeoutMs / 6 });
  server.pre(async (request, response) => {
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) response.setHeader(name, value);
    // A connection that stays open would bring the next request to a server that is gone.
    if (state.isStopping) response.setHeader('Connection', 'close');
    // Without live credentials nothing is authenticated; a foreign page must not get in through a name for 127.0.0.1.
    if (page && !isLocal(request)) sendText(response, 421, 'Only this machine may ask here.');
    return response.headersSent ? false : undefined;
  });
  // Only restify's own refusals come here, as our handlers let nothing out: no such path, another method.
  server.on('restifyError', (_request: unknown, response: restify.Response, error: unknown, done: () => void) => {
    const status = statusOf(error);
    const text = REFUSALS[status] ?? 'Latchkey could not answer.';
    response.sendRaw(status, text, { 'Content-Type': 'text/plain; charset=utf-8' });
    done();
  });
  return server;
}

const REFUSALS: Readonly<Record<number, string>> = { 404: 'There is nothing here.', 405: 'Not this way.' };

function statusOf(error: unknown): number {
  const status: unknown = typeof error === 'object' && error !== null && 'statusCode' in error ? error.statusCode : 500;
  return typeof status === 'number' && status >= 400 && status < 600 ? status : 500;
}

function isLocal(request: IncomingMessage): boolean {
  return isFromThisMachine({ remoteAddress: request.socket.remoteAddress, host: request.headers.host });
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'Content-Type': 'application/json; charset=utf-8' });
  response.end(JSON.stringify(body));
}

async function listen(server: restify.Server, { host, port }: HttpServerOptions): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    // Restify passes on what its server emits, and dies of an error that nobody takes from it.
    server.once('error', (error: NodeJS.ErrnoException) => reject(cannotListen(error, { host, port })));
    server.listen(port, host, resolve);
  });
}

function cannotListen(cause: NodeJS.ErrnoException, { host, port }: { host: string; port: number }): Problem {
  const isTaken = cause.code === 'EADDRINUSE';
  return new Problem(
    {
      kind: 'input',
      what: isTaken
        ? `Something else is listening on port ${String(port)} of ${host} already.`
        : `Latchkey cannot listen on port ${String(port)} of ${host} (${cause.code ?? 'no reason given'}).`,
      remedy: isTaken
        ? 'Stop that, which may be another Latchkey, or set PORT to another one.'
        : 'Set HOST to an address of this machine, and PORT to one that Latchkey may use, such as 3978.',
      code: 'cannot-listen',
    },
    { cause },
  );
}

async function close(server: restify.Server, endStreams: () => void, graceMs = 5_000): Promise<void> {
  const closed = new Promise<void>((resolve) => server.server.close(() => resolve()));
  endStreams();
  server.server.closeIdleConnections();
  const cut = setTimeout(() => server.server.closeAllConnections(), graceMs);
  await closed;
  clearTimeout(cut);
}
