import { request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import type { SandboxAddresses } from '../addresses.js';
import { refusal } from '../kit/page-guard.js';
import type { Reply, SandboxRequest, SandboxServer } from '../kit/server.js';

const PATH = '/sandbox/api/slack';
const HOP_BY_HOP = new Set(['connection', 'keep-alive', 'transfer-encoding', 'upgrade', 'te', 'trailer']);

/**
 * The page may talk to its own origin only, which is this server's (or the bot's, which passes on to this one): what it
 * asks of Slack goes on to the Slack sandbox, unread. That one guards itself, so `Host` and `Origin` go along.
 */
export function mountSlackPassage(server: SandboxServer, addresses: SandboxAddresses): void {
  const passOn = (request: SandboxRequest): Promise<Reply> => ask(addresses, request);
  server.route('GET', `${PATH}/workspace`, passOn);
  server.route('POST', `${PATH}/deeds`, passOn);
  server.stream(`${PATH}/events`, (request, response) => pipe(addresses, request, response));
}

async function ask(addresses: SandboxAddresses, request: SandboxRequest): Promise<Reply> {
  try {
    const answer = await send(addresses, request);
    const chunks: Buffer[] = [];
    for await (const chunk of answer as AsyncIterable<Buffer>) chunks.push(chunk);
    return { status: answer.statusCode ?? 502, headers: headersOf(answer.headers), body: Buffer.concat(chunks) };
  } catch {
    return refusal(502, 'NoAnswer', 'The Slack sandbox does not answer.');
  }
}

function pipe(addresses: SandboxAddresses, request: SandboxRequest, response: ServerResponse): void {
  send(addresses, request).then(
    (answer) => {
      response.writeHead(answer.statusCode ?? 502, headersOf(answer.headers));
      response.once('close', () => answer.destroy());
      answer.once('error', () => response.destroy());
      answer.pipe(response);
    },
    () => {
      response.writeHead(502, { 'Content-Type': 'text/plain; charset=utf-8' });
      response.end('The Slack sandbox does not answer.');
    },
  );
}

function send({ slack }: SandboxAddresses, request: SandboxRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const query = request.query.toString();
    const url = new URL(`${request.path}${query === '' ? '' : `?${query}`}`, slack ?? 'http://127.0.0.1:9');
    const onward = httpRequest(url, { method: request.method, headers: headersOf(request.headers) });
    onward.once('response', resolve);
    onward.once('error', reject);
    onward.end(request.rawBody);
  });
}

function headersOf(
  headers: Readonly<Record<string, string | string[] | undefined>>,
): Record<string, string | string[]> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined || HOP_BY_HOP.has(name) ? [] : [[name, value]],
    ),
  );
}
