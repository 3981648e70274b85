import { make, wordsOf } from './dom.js';
import { renderBlocks } from './slack-blocks.js';
import { Surface, type SurfaceOptions } from './slack-surface.js';
import type { SlackView } from './slack-wire.js';

/**
 * The dialog in front of the Slack pane; the Teams pane beside it stays usable. A view that the bot changes keeps what
 * was entered in the inputs that stay.
 */
export class SlackModal {
  readonly element = make('div', { class: 'slack-scrim', hidden: '' });
  readonly #options: SurfaceOptions;
  readonly #elsewhere: HTMLElement;
  readonly #views = new Map<string, SlackView>();
  #surface: Surface | undefined;
  #shown: SlackView | undefined;
  #cameFrom: Element | null = null;

  /** @param elsewhere what gets the keyboard when what had it before the dialog is gone. */
  constructor(options: SurfaceOptions, elsewhere: HTMLElement) {
    this.#options = options;
    this.#elsewhere = elsewhere;
    this.element.addEventListener('keydown', (event) => {
      if (event.key === 'Escape' && !event.defaultPrevented) void this.#close();
    });
  }

  clear(): void {
    this.#views.clear();
    this.#showTop();
  }

  take(view: SlackView): void {
    if (view.open) this.#views.set(view.id, view);
    else this.#views.delete(view.id);
    this.#showTop();
  }

  #showTop(): void {
    const top = [...this.#views.values()].sort((a, b) => a.createdRevision - b.createdRevision).at(-1);
    if (top && top.id === this.#shown?.id && top.revision === this.#shown.revision) return;
    const wasOpen = this.#shown !== undefined;
    const isSame = top?.id === this.#shown?.id;
    this.#shown = top;
    this.element.hidden = !top;
    if (!top) {
      this.element.replaceChildren();
      this.#surface = undefined;
      if (wasOpen) this.#giveBack();
      return;
    }
    if (!wasOpen) this.#cameFrom = document.activeElement;
    if (!isSame || !this.#surface) this.#surface = new Surface({ view_id: top.id }, this.#options);
    this.#show(top, this.#surface);
  }

  #giveBack(): void {
    const from = this.#cameFrom;
    const isThere = from instanceof HTMLElement && from !== document.body && from.isConnected;
    (isThere ? from : this.#elsewhere).focus();
  }

  #show(view: SlackView, surface: Surface): void {
    const notice = make('p', { class: 'strip strip-error', role: 'alert', hidden: '' });
    const title = view.title?.text ?? '';
    const cross = make(
      'button',
      { class: 'icon-button', type: 'button', 'aria-label': 'Close dialog', title: 'Close' },
      '✕',
    );
    const close = make('button', { class: 'slack-button', type: 'button' }, view.close?.text ?? 'Cancel');
    for (const button of [cross, close]) button.addEventListener('click', () => void this.#close());
    const submit = view.submit
      ? [make('button', { class: 'slack-button primary', type: 'submit' }, view.submit.text)]
      : [];
    const body = make('div', { class: 'slack-dialog-body' }, ...renderBlocks(view.blocks, surface));
    const form = make(
      'form',
      { class: 'slack-dialog', role: 'dialog', 'aria-label': title, tabindex: '-1', novalidate: '' },
      make('header', { class: 'slack-dialog-bar' }, make('h3', {}, title), cross),
      body,
      notice,
      make('footer', { class: 'slack-dialog-buttons' }, close, ...submit),
    );
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      void this.#submit(view, form, notice);
    });
    this.element.replaceChildren(form);
    (form.querySelector<HTMLElement>('.slack-dialog-body :is(input, select, textarea)') ?? form).focus();
  }

  async #submit(view: SlackView, form: HTMLFormElement, notice: HTMLElement): Promise<void> {
    const buttons = form.querySelectorAll('button');
    notice.hidden = true;
    for (const place of form.querySelectorAll<HTMLElement>('[data-error-of]')) place.textContent = '';
    buttons.forEach((button) => (button.disabled = true));
    try {
      const entered = this.#surface?.entered ?? {};
      const outcome = await this.#options.do({ deed: 'submit', view_id: view.id, entered });
      this.#complain(form, outcome.errors ?? {});
      show(notice, outcome.notice);
    } catch (error) {
      show(notice, wordsOf(error));
    } finally {
      buttons.forEach((button) => (button.disabled = false));
    }
  }

  #complain(form: HTMLFormElement, errors: Readonly<Record<string, string>>): void {
    for (const [block, words] of Object.entries(errors)) {
      const place = [...form.querySelectorAll<HTMLElement>('[data-error-of]')].find(
        (one) => one.dataset['errorOf'] === block,
      );
      if (place) place.textContent = words;
    }
    const [first] = Object.keys(errors);
    const block = [...form.querySelectorAll<HTMLElement>('[data-block]')].find((one) => one.dataset['block'] === first);
    block?.querySelector<HTMLElement>('input, select, textarea')?.focus();
  }

  async #close(): Promise<void> {
    const view = this.#shown;
    if (view) await this.#options.do({ deed: 'close', view_id: view.id }).catch(() => undefined);
  }
}

function show(notice: HTMLElement, words: string | undefined): void {
  notice.hidden = words === undefined;
  notice.textContent = words ?? '';
}
