import type { SendAnswer } from './api.js';
import { CardView } from './card-view.js';
import { avatar, make, timeElement } from './dom.js';
import { renderMarkdown, renderPlain, webAddress } from './markdown.js';
import type { ListQuery } from './typeahead.js';
import {
  ADAPTIVE_CARD,
  type Attachment,
  type CardAction,
  type FoundChoice,
  type Message,
  type Persona,
} from './wire.js';

export interface MessageViewOptions {
  readonly reader: Persona;
  readonly botId: string;
  readonly press: (action: CardAction) => Promise<SendAnswer>;
  readonly search: (query: ListQuery & { readonly activityId: string }) => Promise<readonly FoundChoice[]>;
}

/** One message in the log: who, when, text, cards. `update` changes it in place. */
export class MessageView {
  readonly element: HTMLElement;
  readonly #content = make('div', { class: 'message-content' });
  readonly #options: MessageViewOptions;
  #message: Message;
  #cards: CardView[] = [];

  constructor(message: Message, options: MessageViewOptions) {
    this.#message = message;
    this.#options = options;
    const { from } = message.activity;
    const isFromBot = from?.id === options.botId;
    const isOwn = from?.aadObjectId === options.reader.id;
    const name = from?.name ?? 'Somebody';
    const kind = isFromBot ? 'from-bot' : isOwn ? 'from-me' : 'from-other';
    const face = avatar(name, from?.aadObjectId ?? name);
    face.classList.toggle('avatar-bot', isFromBot);
    const body = make('div', { class: 'message-body' }, this.#header(isOwn ? 'You' : name), this.#content);
    this.element = make('article', { class: `message ${kind}`, 'data-activity': message.activityId }, face, body);
    this.#fill();
  }

  get message(): Message {
    return this.#message;
  }

  update(message: Message): void {
    this.#message = message;
    this.element.classList.add('is-edited');
    this.#fill();
  }

  /** Called when the message is on the screen, at first and after each change. */
  onShown(): void {
    for (const card of this.#cards) void card.refreshIfAsked();
  }

  #header(name: string): HTMLElement {
    return make(
      'header',
      { class: 'message-header' },
      make('span', { class: 'author' }, name),
      timeElement(this.#message.activity.timestamp),
      make('span', { class: 'edited' }, 'Edited'),
    );
  }

  #fill(): void {
    const { activity, revision } = this.#message;
    this.element.classList.toggle('is-edited', this.#message.edited);
    const attachments = (activity.attachments ?? []).filter(({ contentType }) => contentType !== 'text/html');
    const cards = attachments.filter(({ contentType }) => contentType === ADAPTIVE_CARD);
    this.#keepCards(cards.length);
    cards.forEach((attachment, index) => this.#cards[index]?.show(attachment.content, revision));
    const others = attachments.filter(({ contentType }) => contentType !== ADAPTIVE_CARD);
    const text = activity.text ? [this.#text(activity.text)] : [];
    this.#place([...text, ...this.#cards.map((card) => this.#cardElement(card)), ...others.map(attachmentElement)]);
  }

  /** Cards that stay keep their element, and with it their focus. */
  #keepCards(count: number): void {
    const { reader, press, search } = this.#options;
    this.#cards = Array.from({ length: count }, (_, index) => {
      const toActivity = { activityId: this.#message.activityId };
      const options = {
        readerId: reader.teamsId,
        press: (action: object) => press({ ...action, ...toActivity } as CardAction),
        search: (query: ListQuery) => search({ ...query, ...toActivity }),
      };
      return this.#cards[index] ?? new CardView(options);
    });
  }

  #place(wanted: readonly HTMLElement[]): void {
    for (const old of [...this.#content.children]) {
      if (!wanted.some((element) => element === old)) old.remove();
    }
    wanted.forEach((element, index) => {
      if (this.#content.children[index] !== element)
        this.#content.insertBefore(element, this.#content.children[index] ?? null);
    });
  }

  #cardElement(card: CardView): HTMLElement {
    if (card.canRefresh && !card.element.querySelector('.refresh-card')) {
      const label = { class: 'refresh-card', type: 'button', title: 'Refresh card', 'aria-label': 'Refresh card' };
      const button = make('button', label, '↻');
      button.addEventListener('click', () => void card.refresh('manual'));
      card.element.append(button);
    }
    return card.element;
  }

  #text(text: string): HTMLElement {
    const { from, textFormat } = this.#message.activity;
    const isPlain = textFormat === 'plain' || from?.id !== this.#options.botId;
    const element = make('div', { class: 'message-text' });
    // Both renderers emit no tag of the text's own.
    element.innerHTML = isPlain ? renderPlain(text) : renderMarkdown(text);
    return element;
  }
}

function attachmentElement(attachment: Attachment): HTMLElement {
  const name = attachment.name ?? attachment.contentType;
  const url = webAddress(attachment.contentUrl ?? '');
  const label = url
    ? make('a', { href: url.href, target: '_blank', rel: 'noopener noreferrer', title: url.host }, name)
    : make('span', {}, name);
  return make('div', { class: 'attachment' }, 'Attachment: ', label);
}
