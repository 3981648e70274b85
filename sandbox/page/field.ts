import { make } from './dom.js';

/** A labelled text field with its meaning below, and room for an error. */
export class Field {
  readonly element: HTMLElement;
  readonly #input: HTMLInputElement;
  readonly #error: HTMLElement;
  readonly #hintId: string;

  /** @param id unique on the page */
  constructor(id: string, label: string, hint: string) {
    this.#hintId = `${id}-hint`;
    this.#input = make('input', {
      id,
      type: 'text',
      autocomplete: 'off',
      spellcheck: 'false',
      autocapitalize: 'none',
      'aria-describedby': this.#hintId,
    });
    this.#error = make('p', { id: `${id}-error`, class: 'field-error', role: 'alert', hidden: '' });
    this.element = make(
      'div',
      { class: 'field' },
      make('label', { for: id }, label),
      this.#input,
      this.#error,
      make('p', { id: this.#hintId, class: 'field-hint' }, hint),
    );
    this.#input.addEventListener('input', () => this.clearError());
  }

  get value(): string {
    return this.#input.value.trim();
  }

  showError(text: string): void {
    this.#error.textContent = text;
    this.#error.hidden = false;
    this.#input.setAttribute('aria-invalid', 'true');
    this.#input.setAttribute('aria-describedby', `${this.#error.id} ${this.#hintId}`);
    this.#input.focus();
  }

  clearError(): void {
    this.#error.hidden = true;
    this.#error.textContent = '';
    this.#input.removeAttribute('aria-invalid');
    this.#input.setAttribute('aria-describedby', this.#hintId);
  }
}
