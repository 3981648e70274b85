import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Arrival {
  readonly activityId: string;
  /** `performance.now()` of this process when the last byte had arrived. */
  readonly at: number;
  readonly activity: Readonly<Record<string, unknown>>;
}

type Watcher = (arrival: Arrival) => boolean;

/** The least that a bot needs of the Teams connector: it takes messages and edits, and says when each one came. */
export class ConnectorStub {
  readonly url: string;
  readonly #watchers = new Map<string, Set<Watcher>>();
  readonly #close: () => Promise<void>;
  #count = 0;

  private constructor(port: number, close: () => Promise<void>) {
    this.url = `http://127.0.0.1:${port}`;
    this.#close = close;
  }

  static async listen(): Promise<ConnectorStub> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const stub = new ConnectorStub((server.address() as AddressInfo).port, async () => {
      server.closeAllConnections();
      await once(server.close(), 'close');
    });
    server.on('request', (request, response) => {
      const answer = (text: string): void => {
        const id = stub.#take(request.method ?? '', request.url ?? '', text, performance.now());
        response.writeHead(200, { 'Content-Type': 'application/json' });
        response.end(JSON.stringify({ id }));
      };
      // A bot that is stopped breaks off what it was saying.
      read(request).then(answer, () => response.destroy());
    });
    return stub;
  }

  /** The next message or edit in that conversation that is the one looked for. Rejects after 30 s. */
  next(conversation: string, isIt: (arrival: Arrival) => boolean = () => true): Promise<Arrival> {
    return new Promise((resolve, reject) => {
      const watchers = this.#watchers.get(conversation) ?? new Set();
      this.#watchers.set(conversation, watchers);
      const timer = setTimeout(() => {
        watchers.delete(watcher);
        reject(new Error(`Nothing was answered in ${conversation} within 30 s.`));
      }, 30_000);
      const watcher: Watcher = (arrival) => {
        if (!isIt(arrival)) return false;
        clearTimeout(timer);
        watchers.delete(watcher);
        resolve(arrival);
        return true;
      };
      watchers.add(watcher);
    });
  }

  close(): Promise<void> {
    return this.#close();
  }

  /** @returns the id of the message. The last part of a POST's path is what it replies to, of a PUT's what it edits. */
  #take(method: string, path: string, text: string, at: number): string {
    const [, conversation = '', edited] = /^\/v3\/conversations\/([^/]+)\/activities(?:\/([^/?]+))?/.exec(path) ?? [];
    const activity = JSON.parse(text || '{}') as Record<string, unknown>;
    const activityId = method === 'PUT' && edited ? decodeURIComponent(edited) : `out-${(this.#count += 1)}`;
    if (activity['type'] === 'message') {
      const watchers = this.#watchers.get(decodeURIComponent(conversation)) ?? [];
      for (const watcher of [...watchers]) watcher({ activityId, at, activity });
    }
    return activityId;
  }
}

async function read(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of message as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}
