import type { IncomingMessage, ServerResponse } from 'node:http';
import type restify from 'restify';
import type { Log } from '../services/index.js';
import { clientAddress } from './client-address.js';
import { RateLimiter } from './rate-limiter.js';
import type { Handler, RouteOptions, Routes } from './routes.js';

/** What may come with a request whose route takes no body: an empty form has none, and a client may be clumsy. */
const UNREAD_BODY_BYTES = 16 * 1024;
/** How much of a body that nobody reads is taken in, so that its sender gets to read the answer. */
const DRAIN_BYTES = 1024 * 1024;

/**
 * Routes that refuse what is too much before their handler sees it (429, 413), and whose handlers may throw: restify would
 * answer with the exception's text, or crash over a half-sent answer.
 */
export function guardedRoutes(server: restify.Server, log: Log): Routes {
  function guarded(path: string, handler: Handler, options: RouteOptions = {}): restify.RequestHandler {
    const limiter = options.limit ? new RateLimiter(options.limit) : undefined;
    return async (request: restify.Request, response: restify.Response): Promise<void> => {
      try {
        if (!isTooMuch(request, response, { limiter, readsBody: options.readsBody ?? false })) {
          await handler(request, response, textValues(request.params));
        }
      } catch (error) {
        log.error({ error, path }, 'A route failed');
        if (response.headersSent) response.destroy();
        else sendText(response, 500, 'Latchkey could not answer.');
      }
      drain(request);
    };
  }
  return {
    get: (path, handler, options) => void server.get(path, guarded(path, handler, options)),
    post: (path, handler, options) => void server.post(path, guarded(path, handler, options)),
  };
}

function isTooMuch(
  request: IncomingMessage,
  response: ServerResponse,
  { limiter, readsBody }: { limiter: RateLimiter | undefined; readsBody: boolean },
): boolean {
  const seconds = limiter?.take(
    clientAddress({ headers: request.headers, remoteAddress: request.socket.remoteAddress }),
  );
  if (seconds) {
    response.setHeader('Retry-After', String(seconds));
    sendText(response, 429, 'That was a lot at once. Wait a moment, then go on.');
    return true;
  }
  if (readsBody || Number(request.headers['content-length'] ?? 0) <= UNREAD_BODY_BYTES) return false;
  response.setHeader('Connection', 'close');
  sendText(response, 413, 'Nothing so large is taken here.');
  return true;
}

/** Nobody reads on; a sender who does not stop is cut off, also one who did not say how much there is. */
function drain(request: IncomingMessage): void {
  if (request.complete || request.destroyed) return;
  let left = DRAIN_BYTES;
  request.on('data', (chunk: Buffer) => {
    left -= chunk.length;
    if (left < 0) request.destroy();
  });
  request.on('error', () => undefined);
}

function textValues(params: unknown): Record<string, string> {
  return Object.fromEntries(
    Object.entries(params ?? {}).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

export function sendText(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8' });
  response.end(text);
}
