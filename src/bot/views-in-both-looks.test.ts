import fc from 'fast-check';
import { readBlocks } from '../../sandbox/slack/block-kit.js';
import { questionView } from '../dialogs/forms/form.js';
import { setUpSsoForm } from '../dialogs/forms/set-up-sso.form.js';
import { GENESYS_REGIONS } from '../services/index.js';
import type { Element, StepState, Tone, View } from '../dialogs/views/view.js';
import { toHome, toMessage } from './slack/block-kit.js';
import { toAdaptiveCard } from './teams/adaptive-card.js';
import { wordsIn, wordsOf } from './testing/shown-words.js';

const word = fc.stringMatching(/^[A-Za-zäéß0-9][A-Za-z0-9 .@<&>-]{0,25}[A-Za-z0-9]$/);
const words = fc.array(word, { minLength: 1, maxLength: 4 });
const facts = fc.array(fc.record({ label: word, value: word }), { minLength: 1, maxLength: 7 });
const states: readonly StepState[] = ['ahead', 'working', 'waiting', 'done', 'failed'];
const tones: readonly Tone[] = ['neutral', 'working', 'good', 'warning', 'problem'];
const id = fc.stringMatching(/^[a-z]{3,9}$/);
const choices = fc.uniqueArray(fc.record({ title: word, value: fc.uuid() }), {
  ...{ minLength: 1, maxLength: 8 },
  selector: ({ value }) => value,
});

/** One of each kind; a new kind does not compile without. */
const KINDS: { readonly [Kind in Element['kind']]: fc.Arbitrary<Extract<Element, { kind: Kind }>> } = {
  text: fc.record({ kind: fc.constant('text'), text: word, style: fc.constantFrom('normal', 'subtle', 'strong') }),
  facts: fc.record({ kind: fc.constant('facts'), facts }),
  changes: fc.record({
    kind: fc.constant('changes'),
    heading: word,
    rows: fc.array(fc.record({ field: word, before: word, after: word }), { minLength: 1, maxLength: 6 }),
  }),
  steps: fc.record({
    kind: fc.constant('steps'),
    steps: fc.array(fc.record({ name: word, state: fc.constantFrom(...states), note: word }), { maxLength: 8 }),
  }),
  notice: fc.record({
    kind: fc.constant('notice'),
    tone: fc.constantFrom('good', 'warning', 'problem', 'neutral'),
    text: word,
  }),
  progress: fc.record({ kind: fc.constant('progress'), done: fc.nat(99), total: fc.nat(99) }),
  list: fc.record({ kind: fc.constant('list'), heading: word, items: words }),
  details: fc.record({ kind: fc.constant('details'), title: fc.constant('What was done'), facts }),
  choose: fc.record({ kind: fc.constant('choose'), id, label: word, choices }),
  chooseMany: fc.record({ kind: fc.constant('chooseMany'), id, label: word, choices, values: fc.constant([]) }),
  person: fc.record({ kind: fc.constant('person'), id, label: word, placeholder: word }),
  write: fc.record({ kind: fc.constant('write'), id, label: word, value: word, maxLength: fc.constant(60) }),
};

function expectTheSameInBoth(view: View): void {
  const slack = toMessage(view);
  const looks = [wordsOf(toAdaptiveCard(view)), wordsOf(slack.blocks)];
  for (const text of wordsIn(view)) for (const look of looks) expect(look).toContain(text);
  expect(() => readBlocks(slack.blocks, 'message')).not.toThrow();
  expect(() => readBlocks(toHome(view).blocks, 'view')).not.toThrow();
}

test('whatever a view says, it says in both looks', () => {
  const some = fc.record({
    ...{ title: word, tone: fc.constantFrom(...tones), fallback: word },
    elements: fc.array(fc.oneof(...Object.values(KINDS)), { maxLength: 5 }),
    actions: fc.array(
      fc.record({
        kind: fc.constant('verb' as const),
        label: word,
        verb: id,
        reference: fc.uuid(),
        revision: fc.nat(),
      }),
      { maxLength: 6 },
    ),
  });

  fc.assert(
    fc.property(some, (generated) => {
      const view = generated as View;
      // What is too large for a card is cut, and counts what it leaves out.
      fc.pre(!wordsOf(toAdaptiveCard(view)).includes('… and '));
      expectTheSameInBoth(view);
    }),
    { numRuns: 150 },
  );
});

test.each(['choose', 'chooseMany'] as const)(
  'a list that is too long (%s) counts the rest, and sends nobody to a box',
  (kind) => {
    const many = Array.from({ length: 200 }, (_, at) => ({ title: `Division ${at}`, value: `d${at}` }));
    const list = { id: 'division', label: 'Division', choices: many };
    const element: Element = kind === 'choose' ? { ...list, kind, required: 'Choose.' } : { ...list, kind, values: [] };
    const view: View = {
      title: 'Provision',
      tone: 'neutral',
      elements: [element],
      actions: [],
      fallback: 'Which one?',
    };

    for (const look of [toMessage(view), toAdaptiveCard(view)]) {
      expect(wordsOf(look)).toMatch(/… and 1\d\d more that do not fit here\./);
      expect(wordsOf(look)).not.toMatch(/write|type/i);
    }
  },
);

test('the question for the region asks for a choice, as a menu takes nothing else', () => {
  const [region] = GENESYS_REGIONS;
  if (!region) throw new Error('There is no region.');
  const view = questionView(setUpSsoForm(region), 0, { answers: {}, reference: 'f1', revision: 1 });

  expectTheSameInBoth(view);
  expect(wordsOf(toMessage(view))).not.toMatch(/\b(type|write)\b/i);
});
