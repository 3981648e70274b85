import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { problemFacts, sentencesOf, type Log, type OperatorAudit } from '../../services/index.js';
import { answer, COMMANDS, type Command } from './replies.js';
import { claimSocketPath, releaseSocketPath, withOwnerOnly } from './socket-path.js';

export interface CliSocket {
  close(): Promise<void>;
}

export interface CliSocketParts {
  readonly dataDir: string;
  readonly audit: OperatorAudit;
  readonly log: Log;
}

/** Names the account at the terminal, percent-encoded. Whoever can open the socket could read the database as well. */
export const USER_HEADER = 'x-latchkey-user';
/** So often an answer shows that it is being worked on, so that the other side can tell a long one from none. */
const BEAT_MS = 1_000;

/**
 * Answers commands of the account that Latchkey runs under while it holds the database: HTTP over a Unix socket of mode
 * 0600, `GET /audit/verify`, each answer one JSON object per line. Without a socket Latchkey runs all the same.
 */
export async function openCliSocket(parts: CliSocketParts): Promise<CliSocket> {
  const { dataDir, log } = parts;
  const server = createServer((request, response) => void serve(request, response, parts));
  try {
    await listen(server, claimSocketPath(dataDir));
  } catch (error) {
    log.warn({ error }, 'Commands from a terminal cannot be answered while Latchkey runs');
    return { close: async () => undefined };
  }
  return { close: () => close(server, dataDir) };
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    withOwnerOnly(path, () => server.listen(path, resolve));
  });
}

async function close(server: Server, dataDir: string): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  await closed;
  releaseSocketPath(dataDir);
}

async function serve(request: IncomingMessage, response: ServerResponse, parts: CliSocketParts): Promise<void> {
  const command = commandAt(request.url);
  if (request.method !== 'GET' || !command) {
    // Not one after the other: restify makes `writeHead` return nothing, in every server of the process.
    response.writeHead(404);
    response.end();
    return;
  }
  response.writeHead(200, { 'Content-Type': 'application/x-ndjson; charset=utf-8' });
  response.flushHeaders();
  const beat = setInterval(() => {
    if (!response.writableNeedDrain && !response.writableEnded) response.write('\n');
  }, BEAT_MS);
  try {
    await pipeline(Readable.from(lines(command, userOf(request), parts)), response);
  } catch (error) {
    parts.log.info({ error, command }, 'A command did not wait for its whole answer');
  } finally {
    clearInterval(beat);
  }
}

async function* lines(command: Command, user: string, { audit, log }: CliSocketParts): AsyncGenerator<string> {
  try {
    for await (const reply of answer(command, user, audit)) yield `${JSON.stringify(reply)}\n`;
  } catch (error) {
    log.error({ error, command }, 'A command could not be answered');
    yield `${JSON.stringify({ kind: 'failed', text: sentencesOf(problemFacts(error)) })}\n`;
  }
}

function commandAt(url: string | undefined): Command | undefined {
  return COMMANDS.find((command) => pathOf(command) === url);
}

export function pathOf(command: Command): string {
  return `/${command.replaceAll(' ', '/')}`;
}

function userOf(request: IncomingMessage): string {
  const given = request.headers[USER_HEADER];
  try {
    return typeof given === 'string' ? decodeURIComponent(given) : '';
  } catch {
    return '';
  }
}
