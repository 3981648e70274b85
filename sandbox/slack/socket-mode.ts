import { randomBytes, randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { z } from 'zod';
import { SLACK } from '../credentials.js';
import { refusable, type SandboxServer } from '../kit/server.js';
import { WebSocketEnd } from '../kit/web-socket.js';
import type { Methods } from './web-api.js';

/** What is delivered through a socket, and how often it was tried before. */
export interface Envelope {
  readonly type: 'slash_commands' | 'interactive' | 'events_api';
  readonly payload: object;
  /** Whether what acknowledges it may answer it. */
  readonly isAnswerable: boolean;
  readonly retry?: { readonly number: number; readonly reason: string };
}

/** `late`: nobody acknowledged it in time. `unreachable`: the socket ended before. */
export type Acknowledged =
  { readonly kind: 'answered'; readonly body: unknown } | { readonly kind: 'late' | 'unreachable' };

const LINK_PATH = '/link/';
/** Of the address of a socket, in wall time, and for one socket; unverified. */
const TICKET_MS = 30_000;
const PING_EVERY_MS = 10_000;
/** Said in every greeting: about five hours, after which Slack asks for a new socket. */
const USUAL_LIFE_S = 18_060;

const acknowledgement = z.object({ envelope_id: z.string(), payload: z.record(z.string(), z.unknown()).optional() });
const order = z.object({ disconnect: z.enum(['warning', 'refresh_requested', 'link_disabled']) });

interface Waiting {
  readonly link: WebSocketEnd;
  readonly settle: (answer: Acknowledged) => void;
}

/**
 * Socket Mode: the bot asks for an address (`apps.connections.open`, app-level token), opens a WebSocket there, and gets
 * everything through it, each in an envelope that it acknowledges. As long as a socket is open, nothing goes to the
 * bot's request URL.
 */
export class SocketMode {
  readonly #address: () => string;
  readonly #wall: () => Date;
  readonly #tickets = new Map<string, number>();
  readonly #links: WebSocketEnd[] = [];
  readonly #waiting = new Map<string, Waiting>();
  #next = 0;

  /** @param address of the sandbox, such as `http://127.0.0.1:4040`. */
  constructor(address: () => string, wall: () => Date) {
    this.#address = address;
    this.#wall = wall;
  }

  readonly methods: Methods = {
    'apps.connections.open': { forApp: true, call: () => ({ url: this.#newAddress() }) },
  };

  /** Takes sockets, and orders: `POST /_sandbox/sockets` with `{ "disconnect": "refresh_requested" }` asks for new ones. */
  mount(server: SandboxServer): void {
    server.upgrade(LINK_PATH, (request, socket) => this.#accept(request, socket));
    server.control('POST', 'sockets', (request) =>
      refusable(
        () => this.#disconnect(order.parse(request.json()).disconnect),
        () => ({ open: this.#links.length }),
      ),
    );
    server.control('GET', 'sockets', () => ({ status: 200, body: { open: this.#links.length } }));
  }

  get isOpen(): boolean {
    return this.#links.length > 0;
  }

  /** Through one of the open sockets, in turn. @param withinMs Slack waits no longer. */
  deliver({ type, payload, isAnswerable, retry }: Envelope, withinMs: number): Promise<Acknowledged> {
    const link = this.#links[this.#next++ % this.#links.length];
    if (!link) return Promise.resolve({ kind: 'unreachable' });
    const envelope_id = randomUUID();
    const retried = { retry_attempt: retry?.number ?? 0, retry_reason: retry?.reason ?? '' };
    return new Promise((resolve) => {
      const timer = setTimeout(() => settle({ kind: 'late' }), withinMs);
      const settle = (answer: Acknowledged): void => {
        clearTimeout(timer);
        this.#waiting.delete(envelope_id);
        resolve(answer);
      };
      this.#waiting.set(envelope_id, { link, settle });
      const envelope = { envelope_id, payload, type, accepts_response_payload: isAnswerable };
      link.send(JSON.stringify({ ...envelope, ...(type === 'events_api' ? retried : {}) }));
    });
  }

  #newAddress(): string {
    const ticket = randomBytes(12).toString('hex');
    this.#tickets.set(ticket, this.#wall().getTime() + TICKET_MS);
    return `${this.#address().replace(/^http/, 'ws')}${LINK_PATH}?ticket=${ticket}&app_id=${SLACK.appId}`;
  }

  #accept(request: IncomingMessage, socket: Duplex): void {
    const ticket = new URL(request.url ?? '/', 'http://sandbox').searchParams.get('ticket') ?? '';
    const until = this.#tickets.get(ticket) ?? 0;
    this.#tickets.delete(ticket);
    if (until < this.#wall().getTime()) return void socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n');
    const link: WebSocketEnd | undefined = WebSocketEnd.accept(request, socket, {
      text: (text) => this.#take(text),
      closed: () => link && this.#leave(link, pings),
    });
    const pings = setInterval(() => link?.ping('Ping from the sandbox'), PING_EVERY_MS);
    pings.unref();
    if (!link) return clearInterval(pings);
    this.#links.push(link);
    link.send(JSON.stringify(greeting(this.#links.length)));
  }

  /** What is acknowledged twice, or late, is nobody's any more. */
  #take(text: string): void {
    const parsed = acknowledgement.safeParse(parse(text));
    if (!parsed.success) return;
    const { envelope_id, payload } = parsed.data;
    // Bolt's client acknowledges with `{}` where there is nothing to say.
    const body = payload && Object.keys(payload).length > 0 ? payload : undefined;
    this.#waiting.get(envelope_id)?.settle({ kind: 'answered', body });
  }

  #leave(link: WebSocketEnd, pings: NodeJS.Timeout): void {
    clearInterval(pings);
    const at = this.#links.indexOf(link);
    if (at >= 0) this.#links.splice(at, 1);
    for (const waiting of this.#waiting.values()) if (waiting.link === link) waiting.settle({ kind: 'unreachable' });
  }

  /** A `warning` comes ten seconds before the end; the others are the end. */
  #disconnect(reason: z.infer<typeof order>['disconnect']): void {
    for (const link of [...this.#links]) {
      link.send(JSON.stringify({ type: 'disconnect', reason, debug_info: { host: 'sandbox' } }));
      if (reason !== 'warning') link.close();
    }
  }
}

function greeting(connections: number): object {
  return {
    type: 'hello',
    num_connections: connections,
    connection_info: { app_id: SLACK.appId },
    debug_info: { host: 'sandbox', approximate_connection_time: USUAL_LIFE_S },
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
