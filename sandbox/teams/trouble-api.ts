import { z } from 'zod';
import type { SandboxAddresses } from '../addresses.js';
import type { Reply, SandboxRequest, SandboxServer } from '../kit/server.js';
import { refusal, type PageGuard } from '../kit/page-guard.js';

/** Teams comes last: its reset empties the page, which then shows how the others went. */
const SERVERS = ['entra', 'genesys', 'slack', 'teams'] as const;
type ServerName = (typeof SERVERS)[number];

const ANSWER_WITHIN_MS = 5_000;

const faultWish = z.looseObject({ server: z.enum(SERVERS), fault: z.string(), on: z.boolean() });
const clockWish = z.object({ advance: z.string() });

/** What one server says of its faults, or why it cannot be asked. */
type ServerTrouble =
  { readonly server: ServerName; readonly faults: unknown } | { readonly server: ServerName; readonly error: string };

/**
 * Faults, clock and reset of all servers for the page. The page may talk to its own origin only, so this server asks
 * the others' `/_sandbox` routes for it; their refusals come back as they are worded.
 */
export class TroubleApi {
  readonly #guard: PageGuard;
  readonly #addresses: SandboxAddresses;

  constructor(guard: PageGuard, addresses: SandboxAddresses) {
    this.#guard = guard;
    this.#addresses = addresses;
  }

  mount(server: SandboxServer): void {
    const guard = this.#guard;
    const path = '/sandbox/api/trouble';
    const act = (name: string, handler: (request: SandboxRequest) => Promise<Reply>): void =>
      server.route('POST', `${path}/${name}`, (request) => guard.refuseAct(request) ?? handler(request));
    server.route('GET', path, (request) => guard.refuseRead(request) ?? this.#overview());
    act('faults', (request) => this.#switch(request));
    act('clock', (request) => this.#advance(request));
    act('reset', () => this.#startOver());
  }

  /** Those that there are: Slack may be absent. */
  get #servers(): readonly ServerName[] {
    return SERVERS.filter((server) => this.#addresses[server] !== undefined);
  }

  async #overview(): Promise<Reply> {
    const servers = await Promise.all(this.#servers.map((server) => this.#faultsOf(server)));
    const clock = await this.#ask('entra', 'clock').catch(() => undefined);
    const body = { servers, ...(clock?.ok ? { clock: clock.body } : {}) };
    return { status: 200, headers: { 'Cross-Origin-Resource-Policy': 'same-origin' }, body };
  }

  async #faultsOf(server: ServerName): Promise<ServerTrouble> {
    try {
      const { ok, body, message } = await this.#ask(server, 'faults');
      return ok ? { server, faults: (body as { faults?: unknown }).faults } : { server, error: message };
    } catch (error) {
      return { server, error: noAnswer(error) };
    }
  }

  async #switch(request: SandboxRequest): Promise<Reply> {
    const wish = faultWish.safeParse(readJson(request));
    if (!wish.success) return refusal(400, 'BadRequest', z.prettifyError(wish.error));
    const { server, ...setting } = wish.data;
    return this.#passOn(server, 'faults', setting);
  }

  /** The servers share one clock: whichever is asked moves it for all. */
  async #advance(request: SandboxRequest): Promise<Reply> {
    const wish = clockWish.safeParse(readJson(request));
    if (!wish.success) return refusal(400, 'BadRequest', z.prettifyError(wish.error));
    return this.#passOn('entra', 'clock', wish.data);
  }

  async #startOver(): Promise<Reply> {
    const replies = [];
    for (const server of this.#servers) replies.push({ server, reply: await this.#passOn(server, 'reset', {}) });
    const failed = replies.filter(({ reply }) => reply.status !== 200).map(({ server }) => server);
    if (failed.length === 0) return { status: 200, body: { reset: this.#servers } };
    return refusal(502, 'NotReset', `Not started over: ${failed.join(', ')}. The others were.`);
  }

  async #passOn(server: ServerName, what: string, order: object): Promise<Reply> {
    try {
      const { ok, status, body, message } = await this.#ask(server, what, order);
      return ok ? { status: 200, body } : refusal(status, 'Refused', message);
    } catch (error) {
      return refusal(502, 'NoAnswer', noAnswer(error));
    }
  }

  async #ask(server: ServerName, what: string, order?: object): Promise<ControlAnswer> {
    const response = await fetch(`${this.#addresses[server]}/_sandbox/${what}`, {
      redirect: 'error',
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
      ...(order ? { method: 'POST', body: JSON.stringify(order) } : {}),
    });
    const body = (await response.json()) as unknown;
    const said = (body as { error?: unknown } | null)?.error;
    const message = typeof said === 'string' ? said : `The server answered with HTTP status ${response.status}.`;
    return { ok: response.ok, status: response.status, body, message };
  }
}

interface ControlAnswer {
  readonly ok: boolean;
  readonly status: number;
  readonly body: unknown;
  /** What the server said was wrong, when it was. */
  readonly message: string;
}

function noAnswer(error: unknown): string {
  const isLate = error instanceof Error && error.name === 'TimeoutError';
  return isLate ? 'The server did not answer in time.' : 'The server does not answer.';
}

function readJson(request: SandboxRequest): unknown {
  try {
    return request.json();
  } catch {
    return undefined;
  }
}
