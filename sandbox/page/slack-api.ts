import { ApiError } from './api.js';
import type { Outcome, SlackMessage, SlackView, SlackWorkspace } from './slack-wire.js';

const PATH = 'sandbox/api/slack';
const RECONNECT_MS = 1_000;

/** The person's side of the Slack sandbox, by paths relative to the page. */
export class SlackApi {
  #token = '';

  async workspace(): Promise<SlackWorkspace> {
    const response = await fetch(`${PATH}/workspace`);
    if (!response.ok) throw new ApiError(`HTTP ${response.status}`, 'The Slack sandbox does not answer.');
    const workspace = (await response.json()) as SlackWorkspace;
    this.#token = workspace.token;
    return workspace;
  }

  /** Does something as somebody. Throws ApiError when the sandbox refuses; what Slack shows is in the outcome. */
  async do(deed: object, isRetry = false): Promise<Outcome> {
    const response = await fetch(`${PATH}/deeds`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'X-Sandbox-Token': this.#token },
      body: JSON.stringify(deed),
    });
    if (response.ok) return (await response.json()) as Outcome;
    if (response.status === 403 && !isRetry) {
      // The sandbox was started anew and has a new token.
      await this.workspace();
      return this.do(deed, true);
    }
    const body = (await response.json().catch(() => undefined)) as { error?: { message?: string } } | undefined;
    const words = body?.error?.message ?? `The Slack sandbox answered ${response.status}.`;
    throw new ApiError(`HTTP ${response.status}`, words);
  }
}

export interface SlackFeedHandlers {
  reset(): void;
  message(message: SlackMessage): void;
  remove(at: { readonly channel: string; readonly ts: string }): void;
  view(view: SlackView): void;
  connection(isUp: boolean): void;
}

/** Follows what one account sees until `close`; comes back by itself, without doubling anything. */
export class SlackFeed {
  readonly #account: string;
  readonly #handlers: SlackFeedHandlers;
  #source: EventSource | undefined;
  #timer: number | undefined;
  #lastEventId = '';

  constructor(account: string, handlers: SlackFeedHandlers) {
    this.#account = account;
    this.#handlers = handlers;
    this.#open();
  }

  close(): void {
    this.#source?.close();
    window.clearTimeout(this.#timer);
  }

  #open(): void {
    const query = new URLSearchParams({ as: this.#account });
    if (this.#lastEventId) query.set('since', this.#lastEventId);
    const source = new EventSource(`${PATH}/events?${query.toString()}`);
    this.#source = source;
    const on = <T>(name: string, act: (data: T) => void): void =>
      source.addEventListener(name, (event: MessageEvent<string>) => {
        if (event.lastEventId) this.#lastEventId = event.lastEventId;
        act(JSON.parse(event.data) as T);
      });
    source.onopen = () => this.#handlers.connection(true);
    source.onerror = () => this.#comeBack();
    on('reset', () => this.#handlers.reset());
    on<SlackMessage>('message', (message) => this.#handlers.message(message));
    on<{ channel: string; ts: string }>('delete', (at) => this.#handlers.remove(at));
    on<SlackView>('view', (view) => this.#handlers.view(view));
  }

  #comeBack(): void {
    this.close();
    this.#handlers.connection(false);
    this.#timer = window.setTimeout(() => this.#open(), RECONNECT_MS);
  }
}
