import type { Element, View } from '../../dialogs/views/view.js';

/** What a reader finds in a view, in whatever look. */

/** Every text that a look shows to somebody, and nothing that only programs read. */
const SHOWN = new Set(['text', 'title', 'value', 'label', 'placeholder', 'hint']);

function textsOf(part: unknown): string[] {
  if (Array.isArray(part)) return part.flatMap(textsOf);
  if (typeof part !== 'object' || part === null) return [];
  return Object.entries(part).flatMap(([name, value]) =>
    SHOWN.has(name) && typeof value === 'string' ? [value] : textsOf(value),
  );
}

/** The words of a card or of blocks, without what each look needs to keep a text harmless, and without its spacing. */
export function wordsOf(look: unknown): string {
  const text = textsOf(look)
    .join(' ')
    .replace(/[\\\u200B*]/g, '');
  return text
    .replace(/&(amp|lt|gt);/g, (_all, name: string) => ({ amp: '&', lt: '<', gt: '>' })[name] ?? '')
    .replace(/\s+/g, ' ');
}

/** What a reader must find of the view. */
export function wordsIn(view: View): string[] {
  const said = [view.title, ...view.elements.flatMap(saidBy), ...view.actions.map(({ label }) => label)];
  return said.map((text) => text.replace(/\s+/g, ' ').trim());
}

function saidBy(element: Element): string[] {
  switch (element.kind) {
    case 'text':
    case 'notice':
      return [element.text];
    case 'facts':
    case 'details':
      return element.facts.flatMap(({ label, value }) => [label, value]);
    case 'changes':
      return element.rows.flatMap(({ field, before, after }) => [
        field,
        after,
        ...(before === after ? [] : [before ?? '']),
      ]);
    case 'steps':
      return element.steps.flatMap(({ name, note }) => [name, note ?? '']);
    case 'progress':
      return [`(${element.done.toLocaleString('en')} of ${element.total.toLocaleString('en')})`];
    case 'list':
      return [element.heading ?? '', ...element.items];
    case 'choose':
    case 'chooseMany':
      return [
        element.label,
        ...element.choices.flatMap(({ title, parts }) => (parts ? [parts.name, parts.detail] : [title])),
      ];
    case 'person':
      return [element.label, element.placeholder ?? ''];
    case 'write':
      return [element.label];
  }
}
