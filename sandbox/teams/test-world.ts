import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SandboxAddresses } from '../addresses.js';
import { PEOPLE, type SandboxPerson } from '../credentials.js';
import { SandboxClock } from '../kit/clock.js';
import type { SandboxServer } from '../kit/server.js';
import { SandboxStore } from '../kit/store.js';
import type { Activity } from './activity.js';
import { createTeamsSandbox, watchForBot } from './teams-sandbox.js';

/** A bot small enough to see through: it keeps what it hears and answers invokes as told. */
export class TestBot {
  readonly heard: Activity[] = [];
  /** The `Authorization` header of each activity. */
  readonly authorizations: string[] = [];
  status = 200;
  invokeAnswer: unknown = { statusCode: 200, type: 'application/vnd.microsoft.activity.message', value: 'Done.' };
  isReady = true;
  /** How often it was asked whether it is ready. */
  probes = 0;
  readonly #server: Server;
  readonly #waiting = new Set<() => void>();

  constructor() {
    this.#server = createServer((request, response) => {
      if (request.url === '/readyz') {
        this.probes++;
        response.writeHead(this.isReady ? 200 : 503);
        response.end();
        return;
      }
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const activity = JSON.parse(Buffer.concat(chunks).toString('utf8')) as Activity;
        this.heard.push(activity);
        this.authorizations.push(request.headers.authorization ?? '');
        const body = activity.type === 'invoke' ? JSON.stringify(this.invokeAnswer) : '';
        response.writeHead(this.status, { 'Content-Type': 'application/json' });
        response.end(body);
        for (const look of this.#waiting) look();
      });
    });
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo | null)?.port ?? 9}`;
  }

  heardOf(type: string): Activity[] {
    return this.heard.filter((activity) => activity.type === type);
  }

  /** Resolves when the bot has heard that many activities. */
  async hears(count: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const look = (): void => {
        if (this.heard.length < count) return;
        this.#waiting.delete(look);
        resolve();
      };
      this.#waiting.add(look);
      look();
    });
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
}

export interface ServerSentEvent {
  readonly id?: string;
  readonly event: string;
  readonly data: Record<string, unknown>;
}

/** The Teams sandbox on a port, a bot on another, and a page's hands. */
export class TestWorld {
  readonly bot = new TestBot();
  readonly addresses: SandboxAddresses = { entra: 'http://127.0.0.1:1', genesys: 'http://127.0.0.1:2', teams: '' };
  readonly #folder = mkdtempSync(join(tmpdir(), 'teams-sandbox-'));
  readonly pageFolder = mkdtempSync(join(tmpdir(), 'teams-page-'));
  #store = this.#openStore();
  server: SandboxServer = this.#create();
  token = '';

  static async start(): Promise<TestWorld> {
    const world = new TestWorld();
    writeFileSync(join(world.pageFolder, 'index.html'), '<!doctype html><title>Latchkey sandbox</title>');
    await world.bot.listen();
    await world.#listen();
    return world;
  }

  /** The process dies and comes back over the same file. */
  async restart(): Promise<void> {
    await this.server.close();
    this.#store.close();
    this.#store = this.#openStore();
    this.server = this.#create();
    await this.#listen();
  }

  async close(): Promise<void> {
    await this.server.close();
    await this.bot.close();
    this.#store.close();
    for (const folder of [this.#folder, this.pageFolder]) rmSync(folder, { recursive: true, force: true });
  }

  watchForBot(): { stop(): Promise<void> } {
    return watchForBot({ ...this.#options, everyMs: 10 });
  }

  async call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    const response = await fetch(this.addresses.teams + path, {
      method,
      headers: { ...(body === undefined ? {} : { 'Content-Type': 'application/json' }), ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json');
    const parsed = (isJson ? JSON.parse(text) : { text }) as Record<string, unknown>;
    return { status: response.status, headers: response.headers, body: parsed };
  }

  async send(wish: object): Promise<Answer> {
    return this.call('POST', '/sandbox/api/send', wish, { 'X-Sandbox-Token': this.token });
  }

  /** What the bot does through the connector. */
  async post(conversationId: string, activity: object): Promise<Answer> {
    return this.call('POST', `/v3/conversations/${encodeURIComponent(conversationId)}/activities`, activity);
  }

  async state(): Promise<{ conversations: Activity['conversation'][]; activities: Activity[] }> {
    return (await this.call('GET', '/_sandbox/state')).body as never;
  }

  /** Opens a person's events; `until` reads on until an event is wanted and returns all so far. */
  async events(person: string, since?: string) {
    const leaving = new AbortController();
    const query = new URLSearchParams({ persona: person, ...(since ? { since } : {}) });
    const response = await fetch(`${this.addresses.teams}/sandbox/api/events?${query.toString()}`, {
      signal: leaving.signal,
    });
    const events = eventsOf(response);
    const seen: ServerSentEvent[] = [];
    return {
      seen,
      close: () => leaving.abort(),
      until: async (isWanted: (event: ServerSentEvent) => boolean): Promise<ServerSentEvent[]> => {
        for (;;) {
          const { value } = await events.next();
          if (!value) throw new Error('The stream ended.');
          seen.push(value);
          if (isWanted(value)) return seen;
        }
      },
    };
  }

  get #options() {
    return {
      store: this.#store,
      clock: new SandboxClock(this.#store),
      addresses: this.addresses,
      botUrl: () => this.bot.url,
    };
  }

  #openStore(): SandboxStore {
    return new SandboxStore(join(this.#folder, 'teams.sqlite'));
  }

  #create(): SandboxServer {
    return createTeamsSandbox({ ...this.#options, pageFolders: [this.pageFolder] });
  }

  async #listen(): Promise<void> {
    this.addresses.teams = `http://127.0.0.1:${await this.server.listen(0)}`;
    this.token = String((await this.call('GET', '/sandbox/api/personas')).body['token']);
  }
}

export function person(firstName: string): SandboxPerson {
  const found = PEOPLE.find(({ displayName }) => displayName.startsWith(firstName));
  if (!found) throw new Error(`Nobody is called ${firstName}.`);
  return found;
}

async function* eventsOf(response: Response): AsyncGenerator<ServerSentEvent, undefined> {
  let rest = '';
  const decoder = new TextDecoder();
  if (!response.body) return undefined;
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
    const blocks = (rest + decoder.decode(chunk, { stream: true })).split('\n\n');
    rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const field = (name: string): string | undefined => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1];
      const [id, event, data] = [field('id'), field('event'), field('data')];
      if (event && data) yield { ...(id ? { id } : {}), event, data: JSON.parse(data) as Record<string, unknown> };
    }
  }
  return undefined;
}
