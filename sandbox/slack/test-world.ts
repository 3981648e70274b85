import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { LogLevel, WebClient, type Logger } from '@slack/web-api';
import type { SandboxAddresses } from '../addresses.js';
import { SLACK } from '../credentials.js';
import { SandboxClock } from '../kit/clock.js';
import type { SandboxServer } from '../kit/server.js';
import { SandboxStore } from '../kit/store.js';
import type { Deed, Outcome } from './deed-schema.js';
import { createSlackSandbox } from './slack-sandbox.js';
import type { Json } from './slack-wire.js';

export interface Delivery {
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** A bot small enough to see through: it keeps what reaches it, and answers as told. */
export class TestBot {
  readonly heard: Delivery[] = [];
  /** What it answers; may do something first. */
  answers: (delivery: Delivery) => { status?: number; body?: unknown } | Promise<{ status?: number; body?: unknown }> =
    () => ({});
  readonly #server: Server = createServer((request, response) => void this.#take(request, response));

  async listen(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo | null)?.port ?? 9}`;
  }

  /** The interactions, newest last. */
  payloads(): Json[] {
    return this.heard.flatMap(({ body }) => {
      const payload = new URLSearchParams(body).get('payload');
      return payload === null ? [] : [JSON.parse(payload) as Json];
    });
  }

  events(): Json[] {
    return this.heard.flatMap(({ body }) =>
      body.startsWith('{') ? [(JSON.parse(body) as { event: Json }).event] : [],
    );
  }

  commands(): URLSearchParams[] {
    return this.heard.map(({ body }) => new URLSearchParams(body)).filter((form) => form.has('command'));
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const delivery = { headers: request.headers, body: Buffer.concat(chunks).toString('utf8') };
    this.heard.push(delivery);
    const { status = 200, body } = await this.answers(delivery);
    response.writeHead(status, { 'Content-Type': 'application/json' });
    response.end(body === undefined ? '' : JSON.stringify(body));
  }
}

/** Refusals are what the tests look at; the client need not print them. */
export const SILENT: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  setLevel: () => undefined,
  getLevel: () => LogLevel.ERROR,
  setName: () => undefined,
};

/** The Slack sandbox on a port, a bot on another, Slack's own client as the bot's hands, and the page's hands. */
export class SlackWorld {
  readonly bot = new TestBot();
  readonly addresses: SandboxAddresses = { entra: '', genesys: '', teams: '' };
  /** What the sandbox takes for the time of the machine. */
  wall = Date.now();
  readonly #store = new SandboxStore(':memory:');
  readonly server: SandboxServer = createSlackSandbox({
    store: this.#store,
    clock: new SandboxClock(this.#store, () => new Date(this.wall)),
    addresses: this.addresses,
    botUrl: () => this.bot.url,
  });
  #token = '';

  static async start(): Promise<SlackWorld> {
    const world = new SlackWorld();
    await world.bot.listen();
    world.addresses.slack = `http://127.0.0.1:${await world.server.listen(0)}`;
    const answer = await fetch(`${world.url}/sandbox/api/slack/workspace`);
    world.#token = ((await answer.json()) as { token: string }).token;
    return world;
  }

  get url(): string {
    return this.addresses.slack ?? '';
  }

  client(token: string = SLACK.botToken): WebClient {
    return new WebClient(token, {
      slackApiUrl: `${this.url}/api/`,
      retryConfig: { retries: 0 },
      rejectRateLimitedCalls: true,
      logger: SILENT,
    });
  }

  async do(deed: Deed | Json): Promise<Outcome> {
    const response = await fetch(`${this.url}/sandbox/api/slack/deeds`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'X-Sandbox-Token': this.#token },
      body: JSON.stringify(deed),
    });
    if (!response.ok) throw new Error(await response.text());
    return (await response.json()) as Outcome;
  }

  fault(fault: string, options: Readonly<Record<string, string>> = {}): void {
    this.server.faults.set({ fault, on: true, ...options });
  }

  state(): State {
    return this.server.options.state() as State;
  }

  async close(): Promise<void> {
    await this.server.close();
    await this.bot.close();
    this.#store.close();
  }
}

export interface State {
  readonly users: { id: string; real_name: string; is_restricted: boolean; is_stranger: boolean; is_bot: boolean }[];
  readonly channels: { id: string; name: string; is_member: boolean }[];
  readonly messages: {
    channel: string;
    ts: string;
    text: string;
    user: string;
    visible_to?: string;
    blocks?: Json[];
  }[];
  readonly views: { id: string; type: string; user: string; hash: string; is_open: boolean; blocks: Json[] }[];
}

/** What a call of Slack's client was refused with. */
export async function refusalOf(call: Promise<unknown>): Promise<{ error?: string; messages?: string[] }> {
  try {
    await call;
    return {};
  } catch (error) {
    const { data } = error as { data?: { error?: string; response_metadata?: { messages?: string[] } } };
    if (!data) throw error;
    const messages = data.response_metadata?.messages;
    return { error: data.error ?? '', ...(messages ? { messages } : {}) };
  }
}
