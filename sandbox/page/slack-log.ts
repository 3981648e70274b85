import { make } from './dom.js';
import { SlackMessageView, type SlackMessageOptions } from './slack-message-view.js';
import type { SlackChannel, SlackMessage } from './slack-wire.js';

const NEAR_END_PX = 96;

/** One conversation in Slack as one account sees it; replies stand below the message that they answer. */
export class SlackLog {
  readonly element: HTMLElement;
  readonly #options: SlackMessageOptions;
  readonly #list = make('div', { class: 'log-list' });
  readonly #empty = make('p', { class: 'empty' });
  readonly #views = new Map<string, SlackMessageView>();

  constructor(channel: SlackChannel, options: SlackMessageOptions, emptyWords: string) {
    this.#options = options;
    const label = channel.isDirect ? 'Direct messages with Latchkey' : `Messages in #${channel.name}`;
    const described = { role: 'log', 'aria-live': 'polite', 'aria-label': label, tabindex: '0', hidden: '' };
    this.#empty.textContent = emptyWords;
    this.element = make('div', { class: 'log', ...described }, this.#empty, this.#list);
  }

  /** @returns whether it was new. */
  take(message: SlackMessage): boolean {
    const known = this.#views.get(message.ts);
    const { scrollHeight, scrollTop, clientHeight } = this.element;
    const wasAtEnd = scrollHeight - scrollTop - clientHeight < NEAR_END_PX;
    if (known) known.update(message);
    else this.#add(message);
    if (wasAtEnd) this.scrollToEnd();
    return !known;
  }

  remove(ts: string): void {
    this.#views.get(ts)?.element.remove();
    this.#views.delete(ts);
    this.#empty.hidden = this.#views.size > 0;
  }

  clear(): void {
    this.#views.clear();
    this.#list.replaceChildren();
    this.#empty.hidden = false;
  }

  scrollToEnd(): void {
    this.element.scrollTop = this.element.scrollHeight;
  }

  #add(message: SlackMessage): void {
    const view = new SlackMessageView(message, this.#options);
    this.#views.set(message.ts, view);
    this.#empty.hidden = true;
    const root = message.thread_ts === undefined ? undefined : this.#views.get(message.thread_ts);
    if (!root || root === view) {
      this.#list.append(view.element);
      return;
    }
    view.element.classList.add('is-reply');
    let last = root.element;
    while (last.nextElementSibling?.classList.contains('is-reply')) last = last.nextElementSibling as HTMLElement;
    last.after(view.element);
  }
}
