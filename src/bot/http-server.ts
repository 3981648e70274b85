import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import restify from 'restify';
import type { Log } from '../services/index.js';
import { isFromThisMachine } from './loopback.js';
import type { Handler, Routes } from './routes.js';
import { mountSandboxPage, type SandboxPage } from './sandbox-page.js';
import { mountSecretPage, type OneTimeSecrets } from './secret-page.js';

/** What `GET /readyz` says: one entry per thing that must work. */
export interface Readiness {
  readonly ok: boolean;
  readonly checks: Readonly<Record<string, string>>;
}

export interface HttpServerOptions {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  readonly teams: { receive(request: IncomingMessage, response: ServerResponse): Promise<void> };
  readonly ready: () => Promise<Readiness>;
  readonly secrets: OneTimeSecrets;
  /** In front of a sandbox only: its page. Every request must then come from this machine. */
  readonly page?: SandboxPage;
  readonly log: Log;
}

export interface HttpServer {
  readonly port: number;
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
const REQUEST_TIMEOUT_MS = 30_000;

/** Starts the one HTTP server. Each route reads its own body; no route ever answers with an exception's text. */
export async function startHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const server = createServer(options);
  const routes = guardedRoutes(server, options.log);
  routes.post('/api/messages', (request, response) => options.teams.receive(request, response));
  routes.get('/healthz', async (_request, response) => sendJson(response, 200, { ok: true }));
  routes.get('/readyz', async (_request, response) => {
    const { ok, checks } = await options.ready();
    sendJson(response, ok ? 200 : 503, { ok, checks });
  });
  mountSecretPage(routes, options.secrets);
  const endStreams = options.page ? mountSandboxPage(routes, options.page) : () => undefined;
  await listen(server, options);
  return { port: (server.address() as AddressInfo).port, close: (graceMs) => close(server, endStreams, graceMs) };
}

function createServer({ page }: HttpServerOptions): restify.Server {
  // An empty name: no Server header.
  const server = restify.createServer({ name: '' });
  server.server.requestTimeout = REQUEST_TIMEOUT_MS;
  server.server.headersTimeout = REQUEST_TIMEOUT_MS;
  server.pre(async (request, response) => {
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) response.setHeader(name, value);
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

/** Routes whose handlers may throw: restify would answer with the exception's text, or crash over a half-sent answer. */
function guardedRoutes(server: restify.Server, log: Log): Routes {
  const guarded =
    (path: string, handler: Handler) =>
    async (request: restify.Request, response: restify.Response): Promise<void> => {
      try {
        await handler(request, response, textValues(request.params));
      } catch (error) {
        log.error({ error, path }, 'A route failed');
        if (response.headersSent) response.destroy();
        else sendText(response, 500, 'Latchkey could not answer.');
      }
    };
  return {
    get: (path, handler) => void server.get(path, guarded(path, handler)),
    post: (path, handler) => void server.post(path, guarded(path, handler)),
  };
}

function textValues(params: unknown): Record<string, string> {
  return Object.fromEntries(
    Object.entries(params ?? {}).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

const REFUSALS: Readonly<Record<number, string>> = { 404: 'There is nothing here.', 405: 'Not this way.' };

function statusOf(error: unknown): number {
  const status: unknown = typeof error === 'object' && error !== null && 'statusCode' in error ? error.statusCode : 500;
  return typeof status === 'number' && status >= 400 && status < 600 ? status : 500;
}

function isLocal(request: IncomingMessage): boolean {
  return isFromThisMachine({ remoteAddress: request.socket.remoteAddress, host: request.headers.host });
}

function sendText(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8' });
  response.end(text);
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'Content-Type': 'application/json; charset=utf-8' });
  response.end(JSON.stringify(body));
}

async function listen(server: restify.Server, { host, port }: HttpServerOptions): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.server.once('error', reject);
    server.listen(port, host, resolve);
  });
}

async function close(server: restify.Server, endStreams: () => void, graceMs = 5_000): Promise<void> {
  const closed = new Promise<void>((resolve) => server.server.close(() => resolve()));
  endStreams();
  server.server.closeIdleConnections();
  const cut = setTimeout(() => server.server.closeAllConnections(), graceMs);
  await closed;
  clearTimeout(cut);
}
