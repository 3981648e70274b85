/** Makes an element: attributes by name, children as nodes or text. Text is never parsed as HTML. */
export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Readonly<Record<string, string>> = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** The element with that id, which index.html must have. */
export function byId<T extends HTMLElement>(id: string, type: new () => T): T {
  const element = document.getElementById(id);
  if (!(element instanceof type)) throw new Error(`The page has no ${type.name} #${id}.`);
  return element;
}

/** A round picture of initials; decoration only. */
export function avatar(name: string, seed = name): HTMLElement {
  const element = make('span', { class: 'avatar', 'aria-hidden': 'true' }, initialsOf(name));
  element.dataset['hue'] = String([...seed].reduce((sum, character) => sum + character.charCodeAt(0), 0) % 8);
  return element;
}

function initialsOf(name: string): string {
  const words = name.split(/[\s.]+/).filter((word) => word !== '');
  return [words.at(0), words.length > 1 ? words.at(-1) : undefined]
    .map((word) => word?.[0] ?? '')
    .join('')
    .toUpperCase();
}

/** A short time of day, with the date when it is another day. */
export function timeElement(timestamp: string | undefined): HTMLTimeElement {
  const at = new Date(timestamp ?? Date.now());
  const isToday = at.toDateString() === new Date().toDateString();
  const time = at.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
  const text = isToday ? time : `${at.toLocaleDateString([], { day: 'numeric', month: 'short' })}, ${time}`;
  return make('time', { datetime: at.toISOString(), title: at.toLocaleString() }, text);
}

/** What went wrong, in words. */
export function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
