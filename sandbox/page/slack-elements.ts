import { make, wordsOf } from './dom.js';
import { webAddress } from './markdown.js';
import { askFirst } from './slack-confirm.js';
import { externalMenu } from './slack-external-menu.js';
import type { Surface } from './slack-surface.js';
import type { Entry, SlackElement, SlackOption } from './slack-wire.js';

/** An element on the page. `field` is what a label may name; a group of choices has none. */
export interface ElementView {
  readonly element: HTMLElement;
  readonly field?: HTMLElement;
}

/** What an element needs of its place. `tell` lets the bot know at once, where it wants to. */
export interface ElementPlace {
  readonly known: Entry | undefined;
  readonly change: (value: Entry) => void;
  readonly suggest: (words: string) => Promise<readonly SlackOption[]>;
}

/** @param dispatches whether an input tells the bot of each change, as elements outside inputs always do. */
export function elementView(
  element: SlackElement,
  blockId: string,
  surface: Surface,
  dispatches: boolean | undefined = undefined,
): ElementView {
  const notice = make('span', { class: 'slack-notice', role: 'alert' });
  const press = async (value?: Entry): Promise<void> => {
    notice.textContent = '';
    if (element.confirm && !(await askFirst(element.confirm, surface.options.names))) return;
    await surface.press(blockId, element, value).then(
      (outcome) => (notice.textContent = outcome.notice ?? ''),
      (error: unknown) => (notice.textContent = wordsOf(error)),
    );
  };
  if (element.type === 'button')
    return { element: make('span', { class: 'slack-act' }, button(element, press), notice) };
  const place: ElementPlace = {
    known: surface.entry(blockId, element.action_id),
    change: (value) => {
      surface.enter(blockId, element.action_id, value);
      if (dispatches ?? true) void press(value);
    },
    suggest: (words) => surface.suggest(blockId, element, words),
  };
  const view = inputView(element, place, surface);
  return { ...view, element: make('span', { class: 'slack-act' }, view.element, notice) };
}

function button(element: SlackElement, press: () => Promise<void>): HTMLElement {
  const label = element.text?.text ?? '';
  const look: Record<string, string> = { class: `slack-button ${element.style ?? ''}`.trim() };
  if (element.accessibility_label !== undefined) look['aria-label'] = element.accessibility_label;
  const url = element.url === undefined ? undefined : webAddress(element.url);
  if (url) {
    const link = make('a', { ...look, href: url.href, target: '_blank', rel: 'noopener noreferrer' }, label);
    // Slack tells the bot of a link that was followed as well.
    link.addEventListener('click', () => void press());
    return link;
  }
  const made = make('button', { ...look, type: 'button' }, label);
  made.addEventListener('click', () => {
    if (made.ariaDisabled === 'true') return;
    // Not `disabled`: the button would lose the keyboard, and a dialog that it opens could not give it back.
    made.ariaDisabled = made.ariaBusy = 'true';
    void press().finally(() => (made.ariaDisabled = made.ariaBusy = null));
  });
  return made;
}

function inputView(element: SlackElement, place: ElementPlace, surface: Surface): ElementView {
  switch (element.type) {
    case 'static_select':
      return alone(menu(element, groupsOf(element), place));
    case 'overflow':
      return alone(menu({ ...element, placeholder: { type: 'plain_text', text: '⋯' } }, groupsOf(element), place));
    case 'users_select': {
      const options = surface.options.people.map(({ id, name }) => option(id, name));
      return alone(menu(element, [{ label: '', options }], place));
    }
    case 'multi_static_select':
    case 'checkboxes':
      return { element: choices(element, 'checkbox', place) };
    case 'radio_buttons':
      return { element: choices(element, 'radio', place) };
    case 'external_select':
    case 'multi_external_select':
      return externalMenu(element, place);
    default:
      return alone(textField(element, place));
  }
}

function alone(field: HTMLElement): ElementView {
  return { element: field, field };
}

function option(value: string, text: string): SlackOption {
  return { value, text: { type: 'plain_text', text } };
}

interface Group {
  readonly label: string;
  readonly options: readonly SlackOption[];
}

function groupsOf({ options = [], option_groups = [] }: SlackElement): Group[] {
  return [
    { label: '', options },
    ...option_groups.map(({ label, options: some }) => ({ label: label.text, options: some })),
  ];
}

function menu(element: SlackElement, groups: readonly Group[], place: ElementPlace): HTMLSelectElement {
  const words = element.placeholder?.text ?? 'Choose an option';
  const select = make('select', { class: 'slack-field', 'aria-label': words }, make('option', { value: '' }, words));
  for (const { label, options } of groups) {
    const items = options.map(({ value, text }) => make('option', { value }, text.text));
    if (label === '') select.append(...items);
    else select.append(make('optgroup', { label }, ...items));
  }
  const known = typeof place.known === 'string' ? place.known : undefined;
  select.value = known ?? element.initial_option?.value ?? element.initial_user ?? '';
  select.addEventListener('change', () => {
    const { value } = select;
    place.change(value === '' ? null : value);
    // An overflow menu holds nothing: it is a list of deeds.
    if (element.type === 'overflow') select.value = '';
  });
  return select;
}

let groupCount = 0;

function choices(element: SlackElement, type: 'checkbox' | 'radio', place: ElementPlace): HTMLElement {
  const name = `slack-choice-${++groupCount}`;
  const initial = element.initial_options ?? (element.initial_option ? [element.initial_option] : []);
  const known = place.known === undefined ? initial.map(({ value }) => value) : [place.known].flat();
  const group = make('div', { class: 'slack-choices' });
  for (const { label, options } of groupsOf(element)) {
    if (label !== '') group.append(make('p', { class: 'block-hint' }, label));
    for (const { value, text, description } of options) {
      const input = make('input', { type, name, value });
      input.checked = known.includes(value);
      const more = description ? [make('span', { class: 'block-hint' }, description.text)] : [];
      group.append(make('label', {}, input, make('span', {}, text.text, ...more)));
    }
  }
  group.addEventListener('change', () => {
    const chosen = [...group.querySelectorAll('input')].filter(({ checked }) => checked).map(({ value }) => value);
    place.change(type === 'radio' ? (chosen[0] ?? null) : chosen);
  });
  return group;
}

const INPUT_TYPES: Readonly<Record<string, string>> = {
  email_text_input: 'email',
  url_text_input: 'url',
  number_input: 'number',
  datepicker: 'date',
};

function textField(element: SlackElement, place: ElementPlace): HTMLInputElement | HTMLTextAreaElement {
  const looks = {
    class: 'slack-field',
    autocomplete: 'off',
    ...(element.placeholder ? { placeholder: element.placeholder.text } : {}),
    ...(element.max_length === undefined ? {} : { maxlength: String(element.max_length) }),
  };
  const field = element.multiline
    ? make('textarea', { ...looks, rows: '3' })
    : make('input', { ...looks, type: INPUT_TYPES[element.type] ?? 'text' });
  field.value = String(place.known ?? element.initial_value ?? element.initial_date ?? '');
  field.addEventListener('input', () => place.change(field.value));
  return field;
}
