import { make, wordsOf } from './dom.js';
import type { ElementPlace, ElementView } from './slack-elements.js';
import type { Entry, SlackElement, SlackOption } from './slack-wire.js';

const PAUSE_MS = 250;

/** A list that the bot fills while somebody types: a text field, and below it what was found. */
export function externalMenu(element: SlackElement, place: ElementPlace): ElementView {
  const words = element.placeholder?.text ?? 'Type to search';
  const field = make('input', {
    ...{ class: 'slack-field', type: 'search', autocomplete: 'off', role: 'combobox' },
    ...{ placeholder: words, 'aria-label': words, 'aria-expanded': 'false', 'aria-autocomplete': 'list' },
  });
  field.value = labelOf(place.known) ?? element.initial_option?.text.text ?? '';
  const list = make('div', { class: 'slack-offers', role: 'listbox', 'aria-label': words, hidden: '' });
  const status = make('p', { class: 'block-hint', role: 'status' });
  let timer: number | undefined;
  let asked = 0;

  const show = (options: readonly SlackOption[]): void => {
    list.replaceChildren(...options.map((one) => offer(one, choose)));
    list.hidden = options.length === 0;
    field.setAttribute('aria-expanded', String(!list.hidden));
    status.textContent = options.length === 0 ? 'Nothing found.' : `${options.length} found.`;
  };
  const choose = ({ value, text }: SlackOption): void => {
    field.value = text.text;
    list.hidden = true;
    field.setAttribute('aria-expanded', 'false');
    status.textContent = '';
    place.change({ value, text: text.text });
    field.focus();
  };
  const ask = (): void => {
    const number = ++asked;
    place.suggest(field.value).then(
      (options) => number === asked && show(options),
      (error: unknown) => number === asked && (status.textContent = wordsOf(error)),
    );
  };

  field.addEventListener('input', () => {
    window.clearTimeout(timer);
    list.hidden = true;
    if (field.value.length >= (element.min_query_length ?? 3)) timer = window.setTimeout(ask, PAUSE_MS);
  });
  field.addEventListener('keydown', (event) => {
    if (event.key !== 'ArrowDown' || list.hidden) return;
    event.preventDefault();
    list.querySelector('button')?.focus();
  });
  list.addEventListener('keydown', (event) => moveAmong(event, list, field));
  return { element: make('div', { class: 'slack-external' }, field, list, status), field };
}

function offer(one: SlackOption, choose: (one: SlackOption) => void): HTMLElement {
  const button = make('button', { type: 'button', role: 'option', 'aria-selected': 'false' }, one.text.text);
  if (one.description) button.append(make('span', { class: 'block-hint' }, one.description.text));
  button.addEventListener('click', () => choose(one));
  return button;
}

function moveAmong(event: KeyboardEvent, list: HTMLElement, field: HTMLElement): void {
  if (event.key === 'Escape') {
    event.stopPropagation();
    event.preventDefault();
    list.hidden = true;
    field.focus();
    return;
  }
  const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
  if (step === 0) return;
  event.preventDefault();
  const buttons = [...list.querySelectorAll('button')];
  const now = buttons.findIndex((button) => button === document.activeElement);
  (buttons[now + step] ?? field).focus();
}

function labelOf(entry: Entry | undefined): string | undefined {
  return typeof entry === 'object' && entry !== null && 'text' in entry ? entry.text : undefined;
}
