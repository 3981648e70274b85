import { createHmac } from 'node:crypto';
import { SLACK } from '../credentials.js';
import type { SandboxClock } from '../kit/clock.js';
import type { Faults } from '../kit/faults.js';
import type { Json } from './slack-wire.js';
import type { Envelope, SocketMode } from './socket-mode.js';

/** What the bot answered, or why nothing came that Slack would take for an answer. */
export type BotAnswer =
  | { readonly kind: 'answered'; readonly status: number; readonly body: unknown; readonly headers: Headers }
  | { readonly kind: 'late' | 'unreachable' };

/** Slack's limit for every acknowledgement. */
const ANSWER_WITHIN_MS = 3_000;
const HOUR_S = 3_600;
/** Interactions that what acknowledges them may answer. */
const ANSWERABLE = new Set(['view_submission', 'block_suggestion']);

interface BotClientOptions {
  readonly botUrl: () => string;
  readonly clock: SandboxClock;
  readonly faults: () => Faults;
  readonly sockets: SocketMode;
}

/** What is delivered: as a request, and, where Socket Mode knows such a thing, as an envelope. */
interface Message {
  readonly body: string;
  readonly type: 'application/json' | 'application/x-www-form-urlencoded';
  readonly envelope?: Envelope;
}

interface Retry {
  readonly number: number;
  readonly reason: string;
}

/**
 * Brings what people do to the bot: through its socket while one is open, else to its `/slack/events`, signed in wall
 * time as Slack signs.
 */
export class BotClient {
  readonly #botUrl: () => string;
  readonly #clock: SandboxClock;
  readonly #faults: () => Faults;
  readonly #sockets: SocketMode;

  constructor({ botUrl, clock, faults, sockets }: BotClientOptions) {
    this.#botUrl = botUrl;
    this.#clock = clock;
    this.#faults = faults;
    this.#sockets = sockets;
  }

  /** A slash command. Slack never repeats one. */
  command(fields: Readonly<Record<string, string>>): Promise<BotAnswer> {
    return this.#deliver({
      ...form(fields),
      envelope: { type: 'slash_commands', payload: fields, isAnswerable: true },
    });
  }

  /** Slack never repeats one. */
  interaction(payload: Json): Promise<BotAnswer> {
    const isAnswerable = ANSWERABLE.has(String(payload['type']));
    return this.#deliver({
      ...form({ payload: JSON.stringify(payload) }),
      envelope: { type: 'interactive', payload, isAnswerable },
    });
  }

  /** Slack's own questions to the request URL. */
  check(fields: Readonly<Record<string, string>>): Promise<BotAnswer> {
    return this.#deliver(form(fields));
  }

  challenge(body: object): Promise<BotAnswer> {
    return this.#deliver({ body: JSON.stringify(body), type: 'application/json' });
  }

  /**
   * An event. One that is not answered with 2xx within three seconds is repeated at once, after a minute and after five
   * more, unless the answer says `X-Slack-No-Retry`.
   */
  async event(envelope: object): Promise<BotAnswer> {
    const body = JSON.stringify(envelope);
    const message: Message = {
      ...{ body, type: 'application/json' },
      envelope: { type: 'events_api', payload: envelope, isAnswerable: false },
    };
    const first = await this.#deliver(message);
    if (isTaken(first)) {
      if (this.#faults().active('events-retried')) await this.#deliver(message, { number: 1, reason: 'http_timeout' });
      return first;
    }
    if (refusesRetries(first)) return first;
    const reason = reasonOf(first);
    const second = await this.#deliver(message, { number: 1, reason });
    if (!isTaken(second) && !refusesRetries(second)) this.#repeatLater(message, reason);
    return second;
  }

  #repeatLater(message: Message, reason: string): void {
    const [soon, last] = [60_000, 300_000];
    const again = async (number: number): Promise<void> => {
      const answer = await this.#deliver(message, { number, reason });
      if (number === 2 && !isTaken(answer)) setTimeout(() => void again(3), last).unref();
    };
    setTimeout(() => void again(2), soon).unref();
  }

  async #deliver(message: Message, retry?: Retry): Promise<BotAnswer> {
    const late = this.#faults().active('late-delivery');
    if (late) await new Promise((resolve) => setTimeout(resolve, Number(late['ms'] ?? 4_000)).unref());
    const send = this.#way(message, retry);
    const first = send();
    if (this.#faults().active('deliver-twice')) void send();
    return first;
  }

  /** A second delivery is the same bytes, or the same envelope. */
  #way({ body, type, envelope }: Message, retry: Retry | undefined): () => Promise<BotAnswer> {
    if (envelope && this.#sockets.isOpen)
      return () => this.#throughSocket({ ...envelope, ...(retry ? { retry } : {}) });
    const headers = { ...this.#signed(body), 'Content-Type': type, ...(retry ? retryHeaders(retry) : {}) };
    return () => this.#post(body, headers);
  }

  async #throughSocket(envelope: Envelope): Promise<BotAnswer> {
    const answer = await this.#sockets.deliver(envelope, ANSWER_WITHIN_MS);
    return answer.kind === 'answered' ? { ...answer, status: 200, headers: new Headers() } : answer;
  }

  #signed(body: string): Record<string, string> {
    const faults = this.#faults();
    const drift = faults.strikes('old-signature') ? -HOUR_S : faults.strikes('future-signature') ? HOUR_S : 0;
    const timestamp = String(Math.floor(this.#clock.wall().getTime() / 1_000) + drift);
    const secret = faults.strikes('wrong-signature') ? 'another-secret' : SLACK.signingSecret;
    return { 'X-Slack-Request-Timestamp': timestamp, 'X-Slack-Signature': signatureOf(body, timestamp, secret) };
  }

  async #post(body: string, headers: Record<string, string>): Promise<BotAnswer> {
    try {
      const response = await fetch(`${this.#botUrl()}/slack/events`, {
        method: 'POST',
        headers: { 'User-Agent': 'Slackbot 1.0 (+https://api.slack.com/robots)', ...headers },
        body: Buffer.from(body),
        redirect: 'error',
        signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
      });
      const text = await response.text();
      return { kind: 'answered', status: response.status, body: parse(text), headers: response.headers };
    } catch (error) {
      return { kind: error instanceof Error && error.name === 'TimeoutError' ? 'late' : 'unreachable' };
    }
  }
}

/** `v0=` and the HMAC of version, timestamp and raw body, in hex. */
export function signatureOf(body: string, timestamp: string, secret: string): string {
  return `v0=${createHmac('sha256', secret).update(`v0:${timestamp}:${body}`).digest('hex')}`;
}

/** Whether Slack takes that for an acknowledgement. */
export function isTaken(answer: BotAnswer): boolean {
  return answer.kind === 'answered' && answer.status >= 200 && answer.status < 300;
}

/** What an acknowledgement says: JSON where it is JSON, else text; `undefined` when it says nothing. */
export function bodyOf(answer: BotAnswer): unknown {
  return answer.kind === 'answered' ? answer.body : undefined;
}

function reasonOf(answer: BotAnswer): string {
  if (answer.kind === 'late') return 'http_timeout';
  return answer.kind === 'unreachable' ? 'connection_failed' : 'http_error';
}

function refusesRetries(answer: BotAnswer): boolean {
  return answer.kind === 'answered' && answer.headers.get('x-slack-no-retry') === '1';
}

function retryHeaders({ number, reason }: Retry): Record<string, string> {
  return { 'X-Slack-Retry-Num': String(number), 'X-Slack-Retry-Reason': reason };
}

function form(fields: Readonly<Record<string, string>>): Message {
  return { body: new URLSearchParams(fields).toString(), type: 'application/x-www-form-urlencoded' };
}

/** JSON where it is JSON, else the text; `undefined` when there is nothing. */
function parse(text: string): unknown {
  if (text.trim() === '') return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
