import { byId, make } from './dom.js';
import { MessageView, type MessageViewOptions } from './message-view.js';
import type { Message, Place } from './wire.js';

const NEAR_END_PX = 96;
const TYPING_MS = 12_000;

export interface LogViewOptions extends MessageViewOptions {
  readonly place: Place;
  /** Shown while there is no message. */
  readonly empty: HTMLElement;
  readonly answerThread: (activityId: string, author: string) => void;
}

/** One conversation as one reader sees it: a live log, threads in the channel, the typing line. */
export class LogView {
  readonly element = make('div', { class: 'log', tabindex: '0' });
  readonly #options: LogViewOptions;
  readonly #list = make('div', { class: 'log-list' });
  readonly #typing = make('p', { class: 'typing', role: 'status' });
  readonly #views = new Map<string, MessageView>();
  readonly #threads = new Map<string, HTMLElement>();
  #typingTimer: number | undefined;
  /** The reader is at the end and wants to stay there when something grows or arrives. */
  #staysAtEnd = true;

  constructor(label: string, options: LogViewOptions) {
    this.#options = options;
    const described = { role: 'log', 'aria-live': 'polite', 'aria-relevant': 'additions text', 'aria-label': label };
    for (const [name, value] of Object.entries(described)) this.#list.setAttribute(name, value);
    this.element.setAttribute('aria-label', `${label}, scrollable`);
    this.element.append(options.empty, this.#list, this.#typing);
    this.element.addEventListener('scroll', () => this.#noteScroll());
    new ResizeObserver(() => this.#keepEnd()).observe(this.#list);
    this.clear();
  }

  /** While history loads nothing is announced. */
  clear(): void {
    this.#views.clear();
    this.#threads.clear();
    this.#list.replaceChildren();
    this.#list.setAttribute('aria-busy', 'true');
    this.#showEmpty();
  }

  /** History is complete: from now on news is announced. */
  ready(): void {
    // After a short loss of the connection the log still stands as the reader left it.
    if (this.#isLive) return;
    this.#list.setAttribute('aria-busy', 'false');
    this.#showEmpty();
    this.scrollToEnd();
    this.#refreshCards();
  }

  /** Called when the reader turns to this conversation. */
  onShown(): void {
    this.scrollToEnd();
    this.#refreshCards();
  }

  /** @returns whether the message is new here. */
  add(message: Message): boolean {
    if (this.#views.has(message.activityId)) {
      this.update(message);
      return false;
    }
    const view = new MessageView(message, this.#options);
    this.#views.set(message.activityId, view);
    this.#place(view);
    if (message.activity.from?.id === this.#options.botId) this.#stopTyping();
    this.#showEmpty();
    const isOwn = message.activity.from?.aadObjectId === this.#options.reader.id;
    if (this.#isLive) {
      if (this.#staysAtEnd || isOwn) this.#scrollTo(view);
      else this.#announceNews();
      if (this.#isVisible) view.onShown();
    }
    return this.#isLive && !isOwn;
  }

  update(message: Message): void {
    const view = this.#views.get(message.activityId);
    if (!view) return void this.add(message);
    if (view.message.revision >= message.revision) return;
    view.update(message);
    if (message.activity.from?.id === this.#options.botId) this.#stopTyping();
    if (this.#isLive && this.#isVisible) view.onShown();
  }

  remove(activityId: string): void {
    this.#views.get(activityId)?.element.remove();
    this.#views.delete(activityId);
    this.#showEmpty();
  }

  showTyping(name: string): void {
    window.clearTimeout(this.#typingTimer);
    const dots = make('span', { class: 'dots', 'aria-hidden': 'true' }, make('i'), make('i'), make('i'));
    this.#typing.replaceChildren(dots, `${name} is typing`);
    this.#keepEnd();
    this.#typingTimer = window.setTimeout(() => this.#stopTyping(), TYPING_MS);
  }

  scrollToEnd(): void {
    this.#staysAtEnd = true;
    this.element.scrollTop = this.element.scrollHeight;
    byId('news', HTMLButtonElement).hidden = true;
  }

  get #isLive(): boolean {
    return this.#list.getAttribute('aria-busy') === 'false';
  }

  get #isVisible(): boolean {
    return !this.element.hidden;
  }

  #noteScroll(): void {
    const { scrollTop, scrollHeight, clientHeight } = this.element;
    this.#staysAtEnd = scrollHeight - scrollTop - clientHeight < NEAR_END_PX;
    if (this.#staysAtEnd && this.#isVisible) byId('news', HTMLButtonElement).hidden = true;
  }

  #keepEnd(): void {
    if (this.#staysAtEnd && this.#isVisible) this.element.scrollTop = this.element.scrollHeight;
  }

  /** To the end; a message that is taller than the window is shown from its beginning. */
  #scrollTo(view: MessageView): void {
    this.scrollToEnd();
    if (view.element.offsetHeight <= this.element.clientHeight) return;
    this.#staysAtEnd = false;
    view.element.scrollIntoView({ block: 'start' });
  }

  #announceNews(): void {
    if (this.#isVisible) byId('news', HTMLButtonElement).hidden = false;
  }

  #refreshCards(): void {
    if (!this.#isLive || !this.#isVisible) return;
    for (const view of this.#views.values()) view.onShown();
  }

  #stopTyping(): void {
    window.clearTimeout(this.#typingTimer);
    this.#typing.replaceChildren();
  }

  #showEmpty(): void {
    this.#options.empty.hidden = this.#views.size > 0 || !this.#isLive;
  }

  #place(view: MessageView): void {
    const { threadId } = view.message;
    if (this.#options.place === 'personal' || threadId === undefined) return this.#list.append(view.element);
    this.#thread(view, threadId).append(view.element);
  }

  #thread(view: MessageView, threadId: string): HTMLElement {
    const known = this.#threads.get(threadId);
    if (known) return known;
    const messages = make('div', { class: 'thread-messages' });
    const answer = make('button', { class: 'answer-thread', type: 'button' }, 'Reply');
    const author = view.message.activity.from?.name ?? 'somebody';
    answer.addEventListener('click', () => this.#options.answerThread(threadId, author));
    this.#list.append(make('section', { class: 'thread', 'aria-label': `Thread by ${author}` }, messages, answer));
    this.#threads.set(threadId, messages);
    return messages;
  }
}
