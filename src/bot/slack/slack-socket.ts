import { setTimeout as wait } from 'node:timers/promises';
import type { SocketModeReceiver } from '@slack/bolt';
import type { Log } from '../../services/index.js';
import { toSlackApiError } from './slack-api.js';

/** How long until the socket is opened again, in milliseconds: doubled each time, until one has lasted. */
const OPENED_AFTER_MS = { first: 1_000, most: 60_000 };
const LASTS_MS = 60_000;
/** Slack greets a socket at once. */
const GREETED_WITHIN_MS = 10_000;

/** What Bolt's client asks Slack for the address of a socket with: one try, as the next one is ours to time. */
export const ASKED_ONCE = { retryConfig: { retries: 0 }, timeout: 5_000, rejectRateLimitedCalls: true } as const;

/**
 * The socket that the bot opens to Slack, opened again whenever it ends. Bolt's client must not do that by itself: it lets
 * nobody catch a refusal, which would end the process, and Teams with it.
 */
export class SlackSocket {
  readonly #client: SocketModeReceiver['client'];
  readonly #log: Log;
  readonly #closing = new AbortController();
  #running: Promise<void> | undefined;
  #state = 'not open yet';

  /** @param client with its own reconnecting switched off. */
  constructor(client: SocketModeReceiver['client'], log: Log) {
    this.#client = client;
    this.#log = log;
  }

  /** As `/readyz` says it. */
  get state(): string {
    return this.#state;
  }

  /** Settles when it was closed. Never rejects. */
  open(): Promise<void> {
    this.#running ??= this.#keepOpen();
    return this.#running;
  }

  /** Never rejects. */
  async close(): Promise<void> {
    this.#closing.abort();
    void this.#client.disconnect();
    await this.#running;
  }

  async #keepOpen(): Promise<void> {
    const { signal } = this.#closing;
    let pause = OPENED_AFTER_MS.first;
    while (!signal.aborted) {
      const from = performance.now();
      const asksForMs = await this.#once();
      if (performance.now() - from > LASTS_MS) pause = OPENED_AFTER_MS.first;
      await wait(Math.max(pause, asksForMs), undefined, { ref: false, signal }).catch(() => undefined);
      pause = Math.min(pause * 2, OPENED_AFTER_MS.most);
    }
  }

  /** From asking for its address until it has ended. @returns how long Slack asks to wait, in milliseconds. */
  async #once(): Promise<number> {
    const client = this.#client;
    // Before the socket is there: what greets and closes in one breath has ended, too.
    let onEnd = (): void => undefined;
    const ended = new Promise<void>((resolve) => (onEnd = resolve));
    client.once('disconnected', onEnd);
    const late = setTimeout(() => void client.disconnect(), GREETED_WITHIN_MS);
    try {
      await client.start();
      clearTimeout(late);
      this.#state = 'open';
      // It was closed while its address was asked for.
      if (this.#closing.signal.aborted) void client.disconnect();
      await ended;
      this.#state = 'closed, and opened again soon';
      return 0;
    } catch (caught) {
      const error = toSlackApiError(caught);
      this.#state = `not open: ${error.code === undefined ? 'Slack does not answer' : error.message}`;
      this.#log.warn({ error }, 'The socket to Slack could not be opened');
      return (error.retryAfterS ?? 0) * 1_000;
    } finally {
      clearTimeout(late);
      client.off('disconnected', onEnd);
    }
  }
}
