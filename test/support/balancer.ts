import { once } from 'node:events';
import { createServer, request as send, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

/** Where the next request goes: from one replica to the other, to one of them, or one request to all at once. */
export type Route = 'alternate' | 'all' | number;

/** What stands before several replicas, as an operator's load balancer does: it knows nothing but whether they answer. */
export class Balancer {
  readonly #server: Server;
  readonly #targets: readonly string[];
  /** How many messages each replica has answered. */
  readonly answered: number[];
  route: Route = 'alternate';
  #next = 0;

  private constructor(targets: readonly string[]) {
    this.#targets = targets;
    this.answered = targets.map(() => 0);
    this.#server = createServer((request, response) => {
      this.#pass(request, response).catch((error: unknown) => {
        response.writeHead(502);
        response.end(String(error));
      });
    });
  }

  static async open(port: number, targets: readonly string[]): Promise<Balancer> {
    const balancer = new Balancer(targets);
    balancer.#server.listen(port, '127.0.0.1');
    await once(balancer.#server, 'listening');
    return balancer;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await once(this.#server.close(), 'close');
  }

  async #pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await read(request);
    const answers = this.route === 'all' ? this.#targets.map((_, index) => this.#ask(index, request, body)) : [];
    const answer = answers.length > 0 ? (await Promise.all(answers))[0] : await this.#askAny(request, body);
    response.writeHead(answer?.status ?? 502, answer?.headers);
    response.end(answer?.body);
  }

  /** A replica that does not listen has done nothing, so the next one is asked; one that breaks off may have. */
  async #askAny(request: IncomingMessage, body: Buffer): Promise<Answer> {
    const first = typeof this.route === 'number' ? this.route : this.#next++;
    for (let tries = 0; ; tries += 1) {
      try {
        return await this.#ask((first + tries) % this.#targets.length, request, body);
      } catch (error) {
        // By its code: the error is of another realm than this one's `Error`.
        if ((error as { code?: string }).code !== 'ECONNREFUSED' || tries + 1 === this.#targets.length) throw error;
      }
    }
  }

  async #ask(index: number, { method, headers, url = '/' }: IncomingMessage, body: Buffer): Promise<Answer> {
    const forwarded = send(new URL(url, this.#targets[index]), {
      ...{ method, agent: false },
      headers: { ...headers, connection: 'close' },
    });
    forwarded.end(body);
    const [answer] = (await once(forwarded, 'response')) as [IncomingMessage];
    const whole = { status: answer.statusCode ?? 502, headers: answer.headers, body: await read(answer) };
    if (url.startsWith('/api/messages')) this.answered[index] = (this.answered[index] ?? 0) + 1;
    return whole;
  }
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

async function read(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
