import type { SandboxApi } from './api.js';
import { make, wordsOf } from './dom.js';

export interface StartOverOptions {
  readonly api: SandboxApi;
  /** Called afterwards, with what happened in words. */
  readonly done: (words: string) => Promise<void>;
}

/** *Start over*: asks once, then puts every server, and the bot behind the page, back to how it was at the first start. */
export class StartOverView {
  readonly #options: StartOverOptions;
  readonly #dialog: HTMLDialogElement;
  readonly #error = make('p', { class: 'field-error', role: 'alert', hidden: '' });
  readonly #yes = make('button', { type: 'button', class: 'danger-button' }, 'Start over');

  constructor(section: HTMLElement, options: StartOverOptions) {
    this.#options = options;
    this.#dialog = this.#build();
    const ask = make('button', { type: 'button', class: 'plain-button' }, 'Start over…');
    ask.addEventListener('click', () => {
      this.#error.hidden = true;
      this.#dialog.showModal();
    });
    const what = 'Puts Entra, Genesys Cloud, Teams and Latchkey back to how they were at the first start.';
    section.append(
      make('h3', { id: 'trouble-over-title' }, 'Start over'),
      make('p', { class: 'field-hint' }, what),
      ask,
      this.#dialog,
    );
  }

  #build(): HTMLDialogElement {
    const no = make('button', { type: 'button', class: 'plain-button' }, 'Keep everything');
    const dialog = make(
      'dialog',
      { class: 'ask', 'aria-labelledby': 'ask-title', 'aria-describedby': 'ask-text' },
      make('h2', { id: 'ask-title' }, 'Forget everything and start over?'),
      make(
        'div',
        { id: 'ask-text' },
        make(
          'p',
          {},
          'Everything that was set up in Entra and Genesys Cloud and every message here is deleted, and every fault is switched off. The time stays as it is.',
        ),
        make(
          'p',
          {},
          'Latchkey forgets what it did, its audit included, unless it runs apart from this page or on a database of its own.',
        ),
      ),
      this.#error,
      make('div', { class: 'ask-buttons' }, no, this.#yes),
    );
    no.addEventListener('click', () => dialog.close());
    this.#yes.addEventListener('click', () => void this.#startOver());
    return dialog;
  }

  async #startOver(): Promise<void> {
    this.#yes.disabled = true;
    try {
      const isBotAnew = await this.#options.api.startOver();
      this.#dialog.close();
      await this.#options.done(
        isBotAnew ? 'Started over.' : 'Started over. Latchkey still remembers what it did before.',
      );
    } catch (error) {
      this.#error.textContent = wordsOf(error);
      this.#error.hidden = false;
    } finally {
      this.#yes.disabled = false;
    }
  }
}
