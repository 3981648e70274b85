import type { Choice, Element } from '../dialogs/views/view.js';

/** What is left out of a view that is too long for its chat, with the number of what was left out. Never an input. */

export function isInput(element: Element): boolean {
  return (
    element.kind === 'choose' || element.kind === 'chooseMany' || element.kind === 'person' || element.kind === 'write'
  );
}

/** Leaves out the last elements when there are too many, but never an input: a form without it could not be sent. */
export function keepElements(elements: readonly Element[], max: number): { kept: Element[]; left: number } {
  let room = max;
  const kept = elements.filter((element) => isInput(element) || room-- > 0);
  return { kept, left: elements.length - kept.length };
}

export function cutList<T>(list: readonly T[], max: number): { kept: readonly T[]; more: string } {
  if (list.length <= max) return { kept: list, more: '' };
  return { kept: list.slice(0, max), more: `… and ${list.length - max} more` };
}

/** What is chosen is never among what is cut. */
export function cutChoices<T extends { value: string }>(
  choices: readonly T[],
  max: number,
  chosen: string | undefined,
): T[] {
  if (choices.length <= max) return [...choices];
  const first = choices.slice(0, max);
  const picked = choices.find((choice) => choice.value === chosen);
  return picked && !first.includes(picked) ? [...first.slice(0, -1), picked] : first;
}

/** The same where several are chosen. */
export function cutManyChoices(
  { choices, values }: Extract<Element, { kind: 'chooseMany' }>,
  max: number,
): { kept: readonly Choice[]; chosen: readonly Choice[] } {
  const isChosen = ({ value }: Choice): boolean => values.includes(value);
  const chosen = choices.filter(isChosen);
  const room = Math.max(0, max - chosen.length);
  const others = new Set(choices.filter((choice) => !isChosen(choice)).slice(0, room));
  return { kept: choices.filter((choice) => isChosen(choice) || others.has(choice)), chosen };
}
