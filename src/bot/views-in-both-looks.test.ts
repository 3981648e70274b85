import fc from 'fast-check';
import { readBlocks } from '../../sandbox/slack/block-kit.js';
import { questionView } from '../dialogs/forms/form.js';
import { setUpSsoForm } from '../dialogs/forms/set-up-sso.form.js';
import { helpView, channelGreetingView, unknownView } from '../dialogs/views/help.view.js';
import { INTENTS } from '../dialogs/intents.js';
import { problemView } from '../dialogs/views/problem.view.js';
import { askPersonView, choosePersonView } from '../dialogs/views/person-question.js';
import { GENESYS_REGIONS } from '../services/index.js';
import type { Element, StepState, Tone, View } from '../dialogs/views/view.js';
import { toHome, toMessage } from './slack/block-kit.js';
import { toAdaptiveCard } from './teams/adaptive-card.js';

/** Every text that a look shows to somebody, and nothing that only programs read. */
const SHOWN = new Set(['text', 'title', 'value', 'label', 'placeholder', 'hint']);

function textsOf(part: unknown): string[] {
  if (Array.isArray(part)) return part.flatMap(textsOf);
  if (typeof part !== 'object' || part === null) return [];
  return Object.entries(part).flatMap(([name, value]) =>
    SHOWN.has(name) && typeof value === 'string' ? [value] : textsOf(value),
  );
}

/** Without what each look needs to keep a text harmless, and without its own spacing. */
function wordsOf(look: unknown): string {
  const text = textsOf(look)
    .join(' ')
    .replace(/[\\\u200B*]/g, '');
  return text
    .replace(/&(amp|lt|gt);/g, (_all, name: string) => ({ amp: '&', lt: '<', gt: '>' })[name] ?? '')
    .replace(/\s+/g, ' ');
}

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

/** What a reader must find of it, in whatever look. */
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
      return [`(${element.done} of ${element.total})`];
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

function expectTheSameInBoth(view: View): void {
  const slack = toMessage(view);
  const looks = [wordsOf(toAdaptiveCard(view)), wordsOf(slack.blocks)];
  for (const text of [view.title, ...view.elements.flatMap(saidBy), ...view.actions.map(({ label }) => label)]) {
    for (const look of looks) expect(look).toContain(text.replace(/\s+/g, ' ').trim());
  }
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
    fc.property(some, (view) => expectTheSameInBoth(view as View)),
    { numRuns: 150 },
  );
});

const refused = {
  kind: 'remote',
  system: 'entra',
  what: 'Entra refused.',
  remedy: 'Ask an admin.',
  requestId: 'r-1',
} as const;
const question = {
  title: 'Assign',
  reference: 'assign',
  verb: 'search-person',
  by: 'name',
  words: '',
  fallback: 'Whom?',
};
const person = { id: 'p', name: 'Ana Agent', userPrincipalName: 'ana.agent@contoso.example' };

/** Views as the conversations make them. */
const VIEWS: Readonly<Record<string, () => View>> = {
  help: () => helpView({ name: 'Ada Admin', intents: INTENTS, isStranger: false }),
  'help for a stranger': () => helpView({ name: 'Gus', intents: [], isStranger: true, note: 'Entra is away.' }),
  'the greeting in a channel': () => channelGreetingView(),
  'words that nobody understands': () => unknownView('statsu', INTENTS.slice(0, 2)),
  'a refusal': () => problemView({ ...refused, answer: 'denied', missing: ['User.Read.All', 'Domain.Read.All'] }),
  'a system that is away': () => problemView({ ...refused, answer: 'unavailable', said: '<b>gone</b>' }),
  'the question for a person': () => askPersonView(question),
  'several people': () =>
    choosePersonView('ana', [person, { ...person, id: 'q' }] as unknown as Parameters<typeof choosePersonView>[1], {
      ...{ title: 'Which person?', verb: 'choose-person', reference: 'assign' },
    }),
};

test.each(Object.entries(VIEWS))('%s says the same in both looks', (_name, make) => {
  expectTheSameInBoth(make());
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
