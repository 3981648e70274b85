import type { Element, View } from '../../dialogs/views/view.js';
import { partsOf } from '../testing/card-judge.js';
import { toAdaptiveCard, type CardPart } from './adaptive-card.js';

function viewOf(element?: Element, actions: View['actions'] = []): View {
  return { title: 'Plan', tone: 'neutral', elements: element ? [element] : [], actions, fallback: 'A plan.' };
}

function wordsOf(node: unknown): string[] {
  if (Array.isArray(node)) return node.flatMap(wordsOf);
  if (typeof node !== 'object' || node === null) return [];
  return Object.entries(node).flatMap(([name, value]) =>
    name === 'text' && typeof value === 'string' ? [value.trim()] : wordsOf(value),
  );
}

test('where everything is new, the heading says so and no row repeats it', () => {
  const rows = [
    { field: 'Identifier', after: 'https://new' },
    { field: 'Reply URL', before: '', after: 'https://reply' },
  ];

  const words = wordsOf(toAdaptiveCard(viewOf({ kind: 'changes', heading: 'Genesys Cloud', rows })).body);

  expect(words).toContain('Genesys Cloud: all new');
  expect(words).not.toContain('new:');
  expect(words).toEqual(expect.arrayContaining(['Identifier', 'https://new']));
});

test('a notice with a label is introduced by it instead of a word for its tone', () => {
  const notice = { kind: 'notice', tone: 'neutral', label: 'What to do', text: 'Press Retry.' } as const;

  const words = wordsOf(toAdaptiveCard(viewOf(notice)).body);

  expect(words).toEqual(['Plan', 'What to do:', 'Press Retry.']);
});

test('a list that fills itself shows who is chosen, and begins with that row alone', () => {
  const person = { kind: 'person', id: 'person', label: 'Person' } as const;
  const value = { title: 'Ana Agent (ana@x)', value: 'id-1' };
  const inputOf = (element: Element): CardPart | undefined =>
    partsOf(toAdaptiveCard(viewOf(element))).find(({ type }) => type === 'Input.ChoiceSet');

  expect(inputOf({ ...person, value })).toMatchObject({ value: 'id-1', choices: [value], style: 'filtered' });
  expect(inputOf(person)).toMatchObject({ choices: [] });
});

test('a link can be the primary act', () => {
  const url = 'https://login.example/';
  const card = toAdaptiveCard(
    viewOf(undefined, [
      { kind: 'link', label: 'Test', url, style: 'primary' },
      { kind: 'link', label: 'Other', url },
    ]),
  );

  const [test, other] = card.actions as readonly [CardPart, CardPart];

  expect(test).toMatchObject({ type: 'Action.OpenUrl', style: 'positive' });
  expect(other).not.toHaveProperty('style');
});

test.each([
  [0, 5_000, '░'.repeat(20), '0 % (0 of 5,000)'],
  [2_500, 5_000, '█'.repeat(10) + '░'.repeat(10), '50 % (2,500 of 5,000)'],
  [4_999, 5_000, `${'█'.repeat(19)}░`, '99 % (4,999 of 5,000)'],
  [5_000, 5_000, '█'.repeat(20), '100 % (5,000 of 5,000)'],
  [0, 0, '█'.repeat(20), '100 % (0 of 0)'],
])('%d of %d is drawn, and said in numbers', (done, total, bar, words) => {
  const shown = wordsOf(toAdaptiveCard(viewOf({ kind: 'progress', done, total })).body);

  expect(shown).toContain(`${bar} ${words}`);
});
