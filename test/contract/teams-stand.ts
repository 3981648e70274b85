import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { PlaceStore, StoredPlace } from '../../src/bot/places.js';
import type { View } from '../../src/dialogs/views/view.js';

export const TENANT = '6f3b9c52-1d2e-4a7f-9c1b-0a8d5e4c7b21';
export const ADA = '0e0b1ec7-0000-4000-8000-000000000001';
export const card: View = { title: 'Hello', tone: 'neutral', elements: [], actions: [], fallback: 'Hello.' };

/** `hang`: never answers; `lost`: does what it was asked, and the answer is lost; `retryAfter`: in seconds. */
export type ConnectorFailure = number | 'hang' | 'lost' | { readonly status: number; readonly retryAfter: string };

/** The Teams connector, as little as the door needs: it notes what it is sent, and may be told to fail. */
export class ConnectorStub {
  readonly calls: { method: string; path: string; body: Record<string, unknown>; authorization?: string }[] = [];
  /** Answers for the next calls, before it says 200 again. */
  failures: ConnectorFailure[] = [];
  /** Conversations whose calls are never answered. */
  readonly stuck = new Set<string>();
  readonly #server: Server = createServer((request, response) => {
    void read(request).then((text) => this.#answer(request, response, text));
  });

  #answer(request: IncomingMessage, response: ServerResponse, text: string): void {
    const path = request.url ?? '';
    // A port is used again: what somebody sends to its former owner is none of the bot's calls.
    if (!path.startsWith('/v3/')) return void response.end();
    const body = JSON.parse(text || '{}') as Record<string, unknown>;
    const { authorization } = request.headers;
    this.calls.push({ method: request.method ?? '', path, body, ...(authorization ? { authorization } : {}) });
    if (this.stuck.has(decodeURIComponent(path.split('/')[3] ?? ''))) return;
    const failure = this.failures.shift();
    if (failure === 'hang') return;
    if (failure === 'lost') return void request.socket.destroy();
    const isTimed = typeof failure === 'object';
    const headers = { 'Content-Type': 'application/json', ...(isTimed ? { 'Retry-After': failure.retryAfter } : {}) };
    response.writeHead(isTimed ? failure.status : (failure ?? 200), headers);
    response.end(JSON.stringify(failure ? { error: { code: 'ServiceError' } } : { id: `out-${this.calls.length}` }));
  }

  /** @param port 0: any free one. */
  async listen(port = 0): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(port, '127.0.0.1', resolve));
    return this.url;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  bodies(): Record<string, unknown>[] {
    return this.calls.map((call) => call.body);
  }
}

export async function read(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of message as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

export class MapStore implements PlaceStore {
  readonly places = new Map<string, StoredPlace>();
  isAway = false;

  async save(place: StoredPlace): Promise<void> {
    if (this.isAway) throw new Error('the database is away');
    this.places.set(place.conversation, place);
  }

  async find(conversation: string): ReturnType<PlaceStore['find']> {
    return this.places.get(conversation);
  }

  async findPersonal(personId: string): ReturnType<PlaceStore['findPersonal']> {
    return [...this.places.values()].find((place) => place.person === personId);
  }
}

/** A message of Ada's in her personal chat, as Teams delivers it. */
export function messageOfAda(to: { serviceUrl: string; botId: string }, changes: object = {}): Record<string, unknown> {
  return {
    type: 'message',
    id: '1',
    channelId: 'msteams',
    serviceUrl: to.serviceUrl,
    from: { id: '29:ada', name: 'Ada Admin', aadObjectId: ADA },
    recipient: { id: `28:${to.botId}`, name: 'Latchkey' },
    conversation: { id: 'a:ada', conversationType: 'personal', tenantId: TENANT },
    channelData: { tenant: { id: TENANT } },
    text: 'help',
    ...changes,
  };
}
