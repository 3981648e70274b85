import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { BOT, TENANT_ID } from '../../sandbox/credentials.js';
import type { CredentialProof } from '../../src/services/entra/bot-credential.js';
import { GLOBAL_CLOUD } from '../../src/services/entra/microsoft-clouds.js';
import type { Clock } from '../../src/services/platform/clock.js';

export function secretProof(secret: string): CredentialProof {
  return { kind: 'secret', secret: { reveal: () => secret } };
}

/** Who the bot is to the Entra sandbox. */
export const BOT_AT_ENTRA = {
  tenantId: TENANT_ID,
  cloud: GLOBAL_CLOUD,
  clientId: BOT.clientId,
  credential: secretProof(BOT.clientSecret),
};

/** Time that passes only by waiting: `sleep` returns at once and moves the clock, so that budgets end without a wait. */
export class WaitingClock implements Clock {
  #slept = 0;
  readonly waits: number[] = [];

  now = (): Date => this.wall();
  wall = (): Date => new Date(Date.now() + this.#slept);

  sleep = async (ms: number): Promise<void> => {
    this.waits.push(ms);
    this.#slept += ms;
    await turn();
  };
}

export interface Passing {
  readonly method: string;
  readonly path: string;
  readonly body: string;
}

/** An answer in place of the real one; `drop` closes the connection without any. */
export type Instead =
  { readonly status: number; readonly body?: string; readonly headers?: Record<string, string> } | 'drop';

type Rule = {
  readonly matches: (request: Passing) => boolean;
  readonly instead: Instead;
  readonly isForwarded: boolean;
  left: number;
};

/**
 * A wire with faults between a client and a server: it passes everything on and writes it down, except what a rule says.
 * Entirely outside the server, so that "done, but the answer was lost" can be told from "never done".
 */
export class FlakyWire {
  readonly seen: Passing[] = [];
  readonly #rules: Rule[] = [];
  readonly #server: Server;
  readonly #target: string;

  private constructor(target: string) {
    this.#target = target;
    this.#server = createServer((request, response) => {
      // A test may end while calls of a failed attempt are still under way.
      this.#pass(request, response).catch(() => response.destroy());
    });
  }

  static async to(target: string): Promise<FlakyWire> {
    const wire = new FlakyWire(target);
    wire.#server.listen(0, '127.0.0.1');
    await once(wire.#server, 'listening');
    return wire;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** The server carries the request out, but the client gets another answer. */
  losesAnswerTo(matches: (request: Passing) => boolean, instead: Instead, times = 1): void {
    this.#rules.push({ matches, instead, isForwarded: true, left: times });
  }

  /** The server never sees the request. */
  answersFor(matches: (request: Passing) => boolean, instead: Instead, times = 1): void {
    this.#rules.push({ matches, instead, isForwarded: false, left: times });
  }

  /** From now on everything passes. */
  forgetsRules(): void {
    this.#rules.length = 0;
  }

  count(method: string, path: RegExp): number {
    return this.seen.filter((request) => request.method === method && path.test(request.path)).length;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #pass(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk);
    const raw = Buffer.concat(chunks);
    const passing = { method: incoming.method ?? 'GET', path: incoming.url ?? '/', body: raw.toString('utf8') };
    this.seen.push(passing);
    const rule = this.#rules.find((one) => one.left > 0 && one.matches(passing));
    if (rule) rule.left -= 1;
    if (rule && !rule.isForwarded) return answer(response, rule.instead);
    const real = await this.#forward(incoming, passing, raw);
    return answer(response, rule ? rule.instead : real);
  }

  /** Without a pool: a kept connection to the server of the test before would be a fault of its own. */
  async #forward(incoming: IncomingMessage, { method, path }: Passing, raw: Buffer): Promise<Instead> {
    const headers = withoutHopHeaders(incoming);
    const forwarded = request(this.#target + path, { method, headers, agent: false });
    forwarded.end(raw);
    const [reply] = (await once(forwarded, 'response')) as [IncomingMessage];
    const chunks: Buffer[] = [];
    for await (const chunk of reply as AsyncIterable<Buffer>) chunks.push(chunk);
    return {
      status: reply.statusCode ?? 500,
      headers: withoutHopHeaders(reply),
      body: Buffer.concat(chunks).toString('utf8'),
    };
  }
}

const HOP_HEADERS = new Set(['host', 'content-length', 'connection', 'keep-alive', 'transfer-encoding']);

function withoutHopHeaders({ headers }: IncomingMessage): Record<string, string> {
  const kept = Object.entries(headers).filter(([name]) => !HOP_HEADERS.has(name));
  return Object.fromEntries(kept.map(([name, value]) => [name, String(value)]));
}

function answer(response: ServerResponse, instead: Instead): void {
  if (instead === 'drop') {
    response.destroy();
    return;
  }
  response.writeHead(instead.status, instead.headers);
  response.end(instead.status === 204 ? undefined : instead.body);
}
