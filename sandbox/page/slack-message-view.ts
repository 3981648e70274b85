import { avatar, make, timeElement } from './dom.js';
import { renderBlocks } from './slack-blocks.js';
import { renderMrkdwn } from './slack-mrkdwn.js';
import { Surface, type SurfaceOptions } from './slack-surface.js';
import type { SlackMessage } from './slack-wire.js';

export interface SlackMessageOptions extends SurfaceOptions {
  readonly reader: string;
  readonly botId: string;
  /** Name of the app's shortcut in the menu of a message. */
  readonly shortcut: string;
}

/** One message in Slack: who, when, text or blocks, files. `update` changes it in place. */
export class SlackMessageView {
  readonly element: HTMLElement;
  readonly #content = make('div', { class: 'slack-content' });
  readonly #options: SlackMessageOptions;
  readonly #surface: Surface;
  #revision = -1;

  constructor(message: SlackMessage, options: SlackMessageOptions) {
    this.#options = options;
    this.#surface = new Surface({ channel: message.channel, ts: message.ts }, options);
    const isApp = message.bot_id !== undefined;
    const name = isApp ? 'Latchkey' : (options.names.user(message.user) ?? message.user);
    const face = avatar(name, message.user);
    face.classList.toggle('avatar-bot', isApp);
    const body = make('div', { class: 'slack-body' }, this.#header(message, name, isApp), this.#content);
    const kind = message.visible_to === undefined ? '' : ' is-ephemeral';
    this.element = make('article', { class: `slack-message${kind}`, 'data-ts': message.ts }, face, body);
    this.update(message);
  }

  update(message: SlackMessage): void {
    if (message.revision <= this.#revision) return;
    this.#revision = message.revision;
    this.element.classList.toggle('is-edited', message.edited !== undefined);
    const { blocks = [], text, files = [] } = message;
    const { names } = this.#options;
    const words = blocks.length === 0 && text !== '' ? [make('p', {}, ...renderMrkdwn(text, names))] : [];
    const attached = files.map(({ name, size }) => make('p', { class: 'attachment' }, `📄 ${name} (${size} bytes)`));
    const focused = this.#focusedAction();
    this.#content.replaceChildren(...words, ...renderBlocks(blocks, this.#surface), ...attached);
    if (focused !== undefined) this.#focusAction(focused);
  }

  #header(message: SlackMessage, name: string, isApp: boolean): HTMLElement {
    const when = new Date(Number(message.ts) * 1_000).toISOString();
    return make(
      'header',
      { class: 'message-header' },
      make('span', { class: 'author' }, name),
      ...(isApp ? [make('span', { class: 'slack-app-badge' }, 'APP')] : []),
      timeElement(when),
      make('span', { class: 'edited' }, '(edited)'),
      ...(message.visible_to === undefined ? [] : [make('span', { class: 'slack-only' }, 'Only visible to you')]),
      ...(message.visible_to === undefined ? [this.#menu(message)] : []),
    );
  }

  /** The menu of a message has the app's shortcut alone. */
  #menu({ channel, ts }: SlackMessage): HTMLElement {
    const label = this.#options.shortcut;
    const button = make('button', { class: 'slack-shortcut', type: 'button', title: label, 'aria-label': label }, '⋮');
    button.addEventListener('click', () => void this.#options.do({ deed: 'shortcut', channel, ts }));
    return button;
  }

  #focusedAction(): number | undefined {
    const index = this.#controls().findIndex((control) => control === document.activeElement);
    return index < 0 ? undefined : index;
  }

  #focusAction(index: number): void {
    this.#controls()[index]?.focus();
  }

  #controls(): HTMLElement[] {
    return [...this.#content.querySelectorAll<HTMLElement>('button, select, input, textarea, a')];
  }
}
