import { byId, make } from './dom.js';
import type { Place } from './wire.js';

export interface Thread {
  readonly activityId: string;
  readonly author: string;
}

/** The message box. Each conversation keeps its own draft and the thread that is being answered. */
export class Composer {
  readonly #text = byId('composer-text', HTMLTextAreaElement);
  readonly #form = byId('composer', HTMLFormElement);
  readonly #label = byId('composer-label', HTMLLabelElement);
  readonly #mention = byId('mention', HTMLButtonElement);
  readonly #attach = byId('attach', HTMLButtonElement);
  readonly #file = byId('attach-file', HTMLInputElement);
  readonly #thread = byId('composer-thread', HTMLDivElement);
  readonly #alert = byId('composer-alert', HTMLDivElement);
  readonly #drafts = new Map<string, string>();
  #place: Place = 'personal';
  #key = '';
  #answered: Thread | undefined;

  constructor(send: (text: string, replyTo: string | undefined) => void, attach: (file: File) => void) {
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault();
      const text = this.#text.value.trim();
      if (text === '') return;
      const replyTo = this.#answered?.activityId;
      this.#text.value = '';
      this.showAlert(undefined);
      this.answer(undefined);
      send(text, replyTo);
    });
    this.#text.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.#form.requestSubmit();
    });
    this.#mention.addEventListener('click', () => this.#insert('@Latchkey '));
    this.#attach.addEventListener('click', () => this.#file.click());
    this.#file.addEventListener('change', () => {
      const file = this.#file.files?.[0];
      // The same file may be chosen again.
      this.#file.value = '';
      this.showAlert(undefined);
      if (file) attach(file);
    });
  }

  /** Turns to another conversation of another or the same person. */
  turnTo(persona: string, place: Place): void {
    const key = `${persona} ${place}`;
    if (key !== this.#key) {
      this.#drafts.set(this.#key, this.#text.value);
      this.#text.value = this.#drafts.get(key) ?? '';
      this.#key = key;
      this.answer(undefined);
      this.showAlert(undefined);
    }
    this.#place = place;
    const isChannel = place === 'channel';
    this.#label.textContent = isChannel ? 'Message to SSO operations' : 'Message to Latchkey';
    this.#text.placeholder = isChannel ? 'Message SSO operations' : 'Message Latchkey';
    this.#mention.hidden = !isChannel;
    // Teams hands files to a bot in personal chats only.
    this.#attach.hidden = isChannel;
  }

  answer(thread: Thread | undefined): void {
    this.#answered = thread;
    this.#thread.hidden = !thread;
    if (!thread) return this.#thread.replaceChildren();
    const stop = make('button', { type: 'button', class: 'link-button' }, 'Cancel');
    stop.addEventListener('click', () => {
      this.answer(undefined);
      this.focus();
    });
    this.#thread.replaceChildren(`Replying in the thread by ${thread.author} `, stop);
    if (this.#place === 'channel' && this.#text.value === '') this.#insert('@Latchkey ');
    this.focus();
  }

  showAlert(text: string | undefined, kind: 'error' | 'warning' = 'error'): void {
    this.#alert.hidden = text === undefined;
    this.#alert.className = `strip strip-${kind}`;
    this.#alert.textContent = text ?? '';
  }

  focus(): void {
    this.#text.focus();
  }

  #insert(text: string): void {
    this.#text.setRangeText(text, this.#text.selectionStart, this.#text.selectionEnd, 'end');
    this.focus();
  }
}
