import { byId } from './dom.js';
import type { SlackChannel } from './slack-wire.js';

/** Something to be done where the person is; the rest of it belongs to the deed. */
export interface SlackDeed {
  readonly deed: string;
  readonly [detail: string]: unknown;
}

const MOST_FILE_BYTES = 2.5 * 1024 * 1024;

/** Slack's message box: text, slash commands, files. */
export class SlackComposer {
  readonly #form = byId('slack-composer', HTMLFormElement);
  readonly #text = byId('slack-text', HTMLTextAreaElement);
  readonly #label = byId('slack-label', HTMLLabelElement);
  readonly #alert = byId('slack-alert', HTMLDivElement);
  readonly #file = byId('slack-file', HTMLInputElement);
  readonly #command: string;

  constructor(command: string, send: (deed: SlackDeed) => Promise<void>) {
    this.#command = command;
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault();
      const text = this.#text.value.trim();
      if (text === '') return;
      this.#text.value = '';
      this.showAlert(undefined);
      void send({ deed: text.startsWith('/') ? 'command' : 'write', text });
    });
    this.#text.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.#form.requestSubmit();
    });
    byId('slack-attach', HTMLButtonElement).addEventListener('click', () => this.#file.click());
    this.#file.addEventListener('change', () => {
      const file = this.#file.files?.[0];
      // The same file may be chosen again.
      this.#file.value = '';
      if (file) void this.#upload(file, send);
    });
  }

  /** @param channel absent on the app's home, where nothing can be written. */
  turnTo(channel: SlackChannel | undefined): void {
    this.#form.hidden = !channel;
    const name = channel?.isDirect ? 'Latchkey' : `#${channel?.name ?? ''}`;
    this.#label.textContent = `Write to ${name} in Slack`;
    this.#text.placeholder = `Write to ${name}, or type ${this.#command}`;
    this.showAlert(undefined);
  }

  showAlert(words: string | undefined): void {
    this.#alert.hidden = words === undefined;
    this.#alert.textContent = words ?? '';
  }

  async #upload(file: File, send: (deed: SlackDeed) => Promise<void>): Promise<void> {
    if (file.size > MOST_FILE_BYTES) return this.showAlert('The sandbox takes files up to 2.5 MB.');
    const bytes = new Uint8Array(await file.arrayBuffer());
    const base64 = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
    await send({ deed: 'upload', name: file.name, base64 });
  }
}
