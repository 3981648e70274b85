import { avatar, byId, make } from './dom.js';
import type { ConversationInfo, Persona, Place } from './wire.js';

/** The list of people, as radio buttons and, on narrow screens, as a select; both say the same. */
export class PersonaChooser {
  readonly #list = byId('personas', HTMLDivElement);
  readonly #select = byId('persona-select', HTMLSelectElement);

  constructor(personas: readonly Persona[], choose: (persona: Persona) => void) {
    this.#list.replaceChildren(...personas.map((persona) => personaItem(persona, choose)));
    this.#select.replaceChildren(
      ...personas.map(({ id, name, jobTitle }) => make('option', { value: id }, `${name} · ${jobTitle}`)),
    );
    this.#select.addEventListener('change', () => {
      const chosen = personas.find(({ id }) => id === this.#select.value);
      if (chosen) choose(chosen);
    });
  }

  show(persona: Persona): void {
    this.#select.value = persona.id;
    for (const input of this.#list.querySelectorAll('input')) input.checked = input.value === persona.id;
    byId('who', HTMLDivElement).replaceChildren(
      avatar(persona.name, persona.id),
      make('div', { class: 'who-text' }, make('strong', {}, persona.name), make('span', {}, persona.userPrincipalName)),
    );
  }
}

function personaItem(persona: Persona, choose: (persona: Persona) => void): HTMLElement {
  const input = make('input', { type: 'radio', name: 'persona', value: persona.id, class: 'visually-hidden' });
  input.addEventListener('change', () => choose(persona));
  const hints = persona.hints.map((hint) => make('span', { class: 'hint' }, hint));
  const text = make(
    'span',
    { class: 'persona-text' },
    make('span', { class: 'persona-name' }, persona.name),
    make('span', { class: 'persona-job' }, persona.jobTitle),
    make('span', { class: 'hints' }, ...hints),
  );
  return make(
    'label',
    { class: 'persona', title: persona.userPrincipalName },
    input,
    avatar(persona.name, persona.id),
    text,
  );
}

/** The conversations of the person: the chat with the bot, the channel; with a count of what is unread. */
export class ConversationChooser {
  readonly #inputs = new Map<Place, HTMLInputElement>();
  readonly #badges = new Map<Place, HTMLElement>();

  constructor(conversations: readonly ConversationInfo[], choose: (place: Place) => void) {
    const items = conversations.map((conversation) => this.#item(conversation, choose));
    byId('conversations', HTMLDivElement).replaceChildren(...items);
  }

  show(place: Place): void {
    for (const [key, input] of this.#inputs) input.checked = key === place;
    this.unread(place, 0);
  }

  unread(place: Place, count: number): void {
    const badge = this.#badges.get(place);
    if (!badge) return;
    badge.hidden = count === 0;
    badge.replaceChildren(String(count), make('span', { class: 'visually-hidden' }, ' unread'));
  }

  #item({ key, name, team }: ConversationInfo, choose: (place: Place) => void): HTMLElement {
    const input = make('input', { type: 'radio', name: 'conversation', value: key, class: 'visually-hidden' });
    input.addEventListener('change', () => choose(key));
    const badge = make('span', { class: 'badge', hidden: '' });
    this.#inputs.set(key, input);
    this.#badges.set(key, badge);
    const sign = make('span', { class: 'conversation-sign', 'aria-hidden': 'true' }, key === 'channel' ? '#' : '@');
    const where = make('span', { class: 'conversation-where' }, team ?? 'Personal chat');
    const text = make(
      'span',
      { class: 'conversation-text' },
      make('span', { class: 'conversation-name' }, name),
      where,
    );
    return make('label', { class: 'conversation' }, input, sign, text, badge);
  }
}
