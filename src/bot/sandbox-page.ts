import { readFile } from 'node:fs/promises';
import { request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { extname, join } from 'node:path';
import type { Handler, Routes } from './routes.js';

/** The sandbox's browser page: its files, and where its API is. */
export interface SandboxPage {
  /** Folders that hold the files, flat; the first that has a name wins. */
  readonly folders: readonly string[];
  /** Files from elsewhere, by the name under which the page asks for them. */
  readonly files: Readonly<Record<string, string>>;
  /** Base URL of the server behind `/sandbox/api/`, without a trailing slash. */
  readonly proxyTo: string;
  /** Told when *Start over* has emptied the servers, so that the bot forgets as well. */
  readonly onReset?: () => void;
}

const PAGE_HEADERS: Readonly<Record<string, string>> = {
  'Content-Security-Policy':
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cache-Control': 'no-cache',
};

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** Names that may be served: one flat level, so that no path leads out of the folders; never TypeScript sources. */
const FILE_NAME = /^[a-z0-9-]+\.(?:html|css|js|svg)$/;

/** Where the Teams sandbox takes *Start over*, after it has seen that its own page asks. */
const RESET_PATH = '/sandbox/api/trouble/reset';
/** Tells the page that the bot behind it begins anew as well. */
const FORGETS_HEADER = 'X-Bot-Starts-Over';

/** Mounts `/`, `/sandbox/<file>` and `/sandbox/api/*`. @returns ends the open event streams, which never end by themselves. */
export function mountSandboxPage(routes: Routes, page: SandboxPage): () => void {
  const streams = new Set<ServerResponse>();
  routes.get('/', (_request, response) => sendFile(page, 'index.html', response));
  routes.get('/sandbox/:file', (_request, response, { file = '' }) => sendFile(page, file, response));
  const pass: Handler = (request, response) => passOn(request, response, { base: page.proxyTo, streams });
  const reset: Handler = async (request, response) => {
    if (page.onReset) response.setHeader(FORGETS_HEADER, '1');
    await passOn(request, response, { base: page.proxyTo, streams });
    if (response.statusCode === 200) page.onReset?.();
  };
  routes.get('/sandbox/api/*', pass);
  routes.post(RESET_PATH, reset, { readsBody: true });
  routes.post('/sandbox/api/*', pass, { readsBody: true });
  return () => streams.forEach((stream) => stream.destroy());
}

async function sendFile(page: SandboxPage, name: string, response: ServerResponse): Promise<void> {
  const content = FILE_NAME.test(name) ? await findFile(page, name) : undefined;
  if (!content) {
    response.writeHead(404, { 'Content-Type': 'text/plain; charset=utf-8' });
    response.end('The page has no such file.');
    return;
  }
  response.writeHead(200, { ...PAGE_HEADERS, 'Content-Type': CONTENT_TYPES[extname(name)] ?? 'text/plain' });
  response.end(content);
}

async function findFile({ folders, files }: SandboxPage, name: string): Promise<Buffer | undefined> {
  const given = Object.hasOwn(files, name) ? files[name] : undefined;
  const candidates = given === undefined ? folders.map((folder) => join(folder, name)) : [given];
  for (const file of candidates) {
    const content = await readFile(file).catch(() => undefined);
    if (content) return content;
  }
  return undefined;
}

const HOP_BY_HOP = new Set(['connection', 'keep-alive', 'transfer-encoding', 'upgrade', 'te', 'trailer']);

/**
 * Passes a request on unread and its answer back as it comes, so that server-sent events flow. Settles when the answer
 * is over, as restify would otherwise answer itself. `Host` stays: the page's own guard compares it with `Origin`.
 */
async function passOn(
  request: IncomingMessage,
  response: ServerResponse,
  { base, streams }: { base: string; streams: Set<ServerResponse> },
): Promise<void> {
  const upstream = httpRequest(new URL(request.url ?? '/', base), {
    method: request.method,
    headers: withoutHopByHop(request.headers),
  });
  await new Promise<void>((resolve) => {
    response.once('close', () => {
      streams.delete(response);
      upstream.destroy();
      resolve();
    });
    upstream.once('error', () => {
      if (!response.headersSent) response.writeHead(502, { 'Content-Type': 'text/plain; charset=utf-8' });
      response.end('The sandbox does not answer.');
    });
    upstream.once('response', (answer) => {
      response.writeHead(answer.statusCode ?? 502, withoutHopByHop(answer.headers));
      // Without this the browser would not see that the stream is open until its first event.
      response.flushHeaders();
      if (answer.headers['content-type']?.startsWith('text/event-stream')) streams.add(response);
      answer.once('error', () => response.destroy());
      answer.pipe(response);
    });
    request.pipe(upstream);
  });
}

function withoutHopByHop(headers: IncomingMessage['headers']): Record<string, string | string[]> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]): [string, string | string[]][] =>
      value === undefined || HOP_BY_HOP.has(name) ? [] : [[name, value]],
    ),
  );
}
