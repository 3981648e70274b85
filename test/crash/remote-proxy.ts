import { once } from 'node:events';
import { createServer, request as send, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What happens around an effect: a request that changes something on the remote side. */
export interface Watcher {
  /** Before it is forwarded. Resolves `false`: it never is, and nobody answers. */
  before(effect: string): Promise<boolean>;
  /** Whether the remote side refuses the effect that was just announced: it is not forwarded, and answered with 403. */
  refuses(): boolean;
  /** After the remote side has done it, before the answer goes back. `false`: nobody answers. */
  after(effect: string): Promise<boolean>;
  /** Before anything else is forwarded, a question. */
  asks?(): Promise<void>;
}

/** Stands between the bot and one sandbox server and tells the watcher of every effect. */
export class RemoteProxy {
  readonly #server: Server;
  readonly #target: string;
  readonly #watcher: Watcher;

  private constructor(target: string, watcher: Watcher) {
    this.#target = target;
    this.#watcher = watcher;
    this.#server = createServer((request, response) => {
      this.#pass(request, response).catch(() => response.destroy());
    });
  }

  static async open(target: string, watcher: Watcher): Promise<RemoteProxy> {
    const proxy = new RemoteProxy(target, watcher);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await once(this.#server.close(), 'close');
  }

  async #pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await read(request);
    const effect = effectOf(request, body);
    if (effect === undefined) await this.#watcher.asks?.();
    if (effect !== undefined && !(await this.#watcher.before(effect))) return;
    if (effect !== undefined && this.#watcher.refuses()) {
      response.writeHead(403, { 'Content-Type': 'application/json' });
      response.end(REFUSED);
      return;
    }
    const answer = await this.#forward(request, body);
    const answerBody = await read(answer);
    if (effect !== undefined && !(await this.#watcher.after(effect))) return;
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    response.end(answerBody);
  }

  async #forward(request: IncomingMessage, body: Buffer): Promise<IncomingMessage> {
    const { method, headers, url = '/' } = request;
    // Not the connection's own: the answer is read whole and sent on with its length.
    const forwarded = send(new URL(url, this.#target), {
      ...{ method, agent: false },
      headers: { ...headers, connection: 'close' },
    });
    forwarded.end(body);
    const [answer] = (await once(forwarded, 'response')) as [IncomingMessage];
    return answer;
  }
}

/** Graph's body; Genesys's client reads the status alone. */
const REFUSED = JSON.stringify({ error: { code: 'Authorization_RequestDenied', message: 'Insufficient privileges.' } });

/** Tokens, searches and batches of reads are asked for with POST too, and change nothing. */
function effectOf({ method = 'GET', url = '/' }: IncomingMessage, body: Buffer): string | undefined {
  const path = url.split('?')[0] ?? '';
  if (method === 'GET' || /\/oauth2?\/|\/search$/.test(path)) return undefined;
  if (path.endsWith('/$batch') && !/"method":"(POST|PATCH|PUT|DELETE)"/.test(body.toString('utf8'))) return undefined;
  return `${method} ${path.replace(/[0-9a-f]{8}-[0-9a-f-]{27}|(?<=appRoleAssignedTo\/)[^/]+/g, '…')}`;
}

async function read(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
