import { ApiError } from './api.js';
import { Feed, feedAddress } from './feed.js';
import type { Outcome, SlackMessage, SlackView, SlackWorkspace } from './slack-wire.js';

const PATH = 'sandbox/api/slack';

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

/** Follows what one account sees. */
export function followAccount(account: string, handlers: SlackFeedHandlers): Feed {
  return new Feed({
    address: (since) => feedAddress(`${PATH}/events`, { as: account }, since),
    events: {
      reset: () => handlers.reset(),
      message: (message: SlackMessage) => handlers.message(message),
      delete: (at: { channel: string; ts: string }) => handlers.remove(at),
      view: (view: SlackView) => handlers.view(view),
    },
    connection: (isUp) => handlers.connection(isUp),
  });
}
