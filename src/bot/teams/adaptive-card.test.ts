import fc from 'fast-check';
import type { Action, Element, View } from '../../dialogs/views/view.js';
import { isInput } from '../view-cuts.js';
import { ELEMENTS, RUN_BUTTON } from '../../dialogs/views/testing/element.examples.js';
import { complaintsAbout, liveInCard, partsOf } from '../testing/card-judge.js';
import { hostileView } from '../testing/hostile-views.js';
import { type AdaptiveCard, toAdaptiveCard } from './adaptive-card.js';
import { MAX_ACTIVITY_BYTES, sizeInTeams } from './card-limits.js';
import { cardActivity } from './teams-channel.js';

function viewOf(...elements: Element[]): View {
  return { title: 'Set up SSO', tone: 'neutral', elements, actions: [], fallback: 'SSO can be set up.' };
}

function wordsOf(card: AdaptiveCard): string {
  return partsOf(card)
    .flatMap((part) => (typeof part['text'] === 'string' ? [part['text']] : []))
    .join('\n');
}

describe('a card for every kind of element and action', () => {
  test.each(Object.entries(ELEMENTS))(
    '%s is a card that the official parser takes without a word',
    (_kind, element) => {
      const card = toAdaptiveCard({ ...viewOf(element), actions: [RUN_BUTTON] });

      expect(complaintsAbout(card)).toEqual([]);
      expect(JSON.stringify(card)).not.toContain('${');
    },
  );

  test('a list that fills itself asks the bot for people, and says what is wrong with other words', () => {
    const card = toAdaptiveCard(viewOf({ kind: 'person', id: 'who', label: 'Person', placeholder: 'Type a name' }));

    expect(partsOf(card)).toContainEqual({
      ...{ type: 'Input.ChoiceSet', id: 'who', label: 'Person', placeholder: 'Type a name', style: 'filtered' },
      ...{ choices: [], 'choices.data': { type: 'Data.Query', dataset: 'people' } },
      errorMessage: 'Choose somebody from the list, or empty this box.',
    });
  });

  test.each(['neutral', 'working', 'good', 'warning', 'problem'] as const)(
    'a view in the tone %s is one too',
    (tone) => {
      expect(complaintsAbout(toAdaptiveCard({ ...viewOf(), tone }))).toEqual([]);
    },
  );

  test.each([
    ['working', 'In progress'],
    ['good', 'All good'],
    ['warning', 'Needs attention'],
    ['problem', 'Problem'],
  ] as const)('the tone %s is said in words, not by colour alone', (tone, words) => {
    expect(wordsOf(toAdaptiveCard({ ...viewOf(), tone }))).toContain(words);
  });

  test('a notice that weighs like a problem is seen to without its colour, whatever it is called', () => {
    const words = wordsOf(toAdaptiveCard(viewOf({ ...ELEMENTS.notice, tone: 'problem', label: 'In the way' })));

    expect(words).toContain('✕ In the way:');
  });

  test('the title is a heading, and the outcome is there for clients without cards', () => {
    const card = toAdaptiveCard(viewOf());

    expect(partsOf(card)).toContainEqual(expect.objectContaining({ text: 'Set up SSO', style: 'heading', wrap: true }));
    expect(card).toMatchObject({ version: '1.5', lang: 'en', fallbackText: 'SSO can be set up.' });
    expect(cardActivity(viewOf())).toMatchObject({ type: 'message', summary: 'SSO can be set up.' });
  });

  test('several can be chosen at once, some of them beforehand', () => {
    const many = { ...ELEMENTS.chooseMany, values: ['r1', 'r3'] } as Element;

    const [shown] = partsOf(toAdaptiveCard(viewOf(many))).filter(({ type }) => type === 'Input.ChoiceSet');

    expect(shown).toMatchObject({ isMultiSelect: true, value: 'r1,r3', style: 'expanded' });
    expect(shown?.['choices']).toHaveLength(3);
    expect(JSON.stringify(toAdaptiveCard(viewOf(ELEMENTS.choose)))).not.toContain('isMultiSelect');
  });

  test('what is chosen beforehand is never cut from a long list', () => {
    const choices = Array.from({ length: 200 }, (_, at) => ({ title: `Role ${String(at)}`, value: `r${String(at)}` }));
    const many: Element = { kind: 'chooseMany', id: 'roles', label: 'Roles', choices, values: ['r150', 'r199'] };

    const [shown] = partsOf(toAdaptiveCard(viewOf(many))).filter(({ type }) => type === 'Input.ChoiceSet');

    expect(JSON.stringify(shown?.['choices'])).toMatch(/"r150".*"r199"/);
    expect(shown).toMatchObject({ value: 'r150,r199', style: 'compact' });
  });

  test('a step says its state in words, for those who hear the card', () => {
    const states = ['ahead', 'working', 'waiting', 'done', 'failed'] as const;
    const words = wordsOf(
      toAdaptiveCard(viewOf({ kind: 'steps', steps: states.map((state) => ({ name: 'x', state })) })),
    );

    for (const word of ['○', '(not yet)', '●', '(in progress)', '◐', '(waiting)', '✓', '(done)', '✕', '(failed)'])
      expect(words).toContain(word);
  });

  test('a change shows what was and what comes; what stays is said to stay', () => {
    const rows = [
      { field: 'Identifier', after: 'https://new' },
      { field: 'Reply URL', before: 'https://old', after: 'https://new' },
      { field: 'Name', before: 'same', after: 'same' },
    ];
    const words = wordsOf(toAdaptiveCard(viewOf({ kind: 'changes', heading: 'Entra', rows })));

    expect(words).toContain('Identifier\nnew: \nhttps://new');
    expect(words).toContain('Reply URL\nhttps://old\n→\u00A0\nhttps://new');
    expect(words).toContain('Name\nstays \nsame');
  });

  test('details are hidden until one button shows them, and another hides them again', () => {
    const parts = partsOf(toAdaptiveCard(viewOf(ELEMENTS.details)));
    const toggles = parts.filter((part) => part.type === 'Action.ToggleVisibility');

    expect(toggles.map((part) => part['title'])).toEqual(['Show what was done', 'Hide what was done']);
    expect(parts.filter((part) => part['isVisible'] === false)).toHaveLength(2);
  });

  test('up to five choices are open, more are a drop-down', () => {
    const choices = Array.from({ length: 6 }, (_, number) => ({ title: `Region ${number}`, value: `r${number}` }));
    const choose = (count: number): Element => ({
      kind: 'choose',
      id: 'r',
      label: 'Region',
      choices: choices.slice(0, count),
    });

    expect(partsOf(toAdaptiveCard(viewOf(choose(5))))).toContainEqual(expect.objectContaining({ style: 'expanded' }));
    expect(partsOf(toAdaptiveCard(viewOf(choose(6))))).toContainEqual(expect.objectContaining({ style: 'compact' }));
  });

  test('a value that is no choice is not preselected, and a choice of nothing stays a choice', () => {
    const card = toAdaptiveCard(
      viewOf({ kind: 'choose', id: 'r', label: 'R', choices: [{ title: 'None', value: '' }], value: 'gone' }),
    );

    const input = partsOf(card).find((part) => part.type === 'Input.ChoiceSet');
    expect(input).not.toHaveProperty('value');
    expect(input).toMatchObject({ choices: [{ title: 'None', value: '' }] });
  });

  test('a required input has a label and the words that say what is missing', () => {
    const parts = partsOf(toAdaptiveCard(viewOf(ELEMENTS.choose, ELEMENTS.write)));

    expect(parts).toContainEqual(expect.objectContaining({ label: 'Region', isRequired: true, errorMessage: 'Pick' }));
    expect(parts).toContainEqual(
      expect.objectContaining({ label: 'Short name', isRequired: true, errorMessage: 'Write it' }),
    );
  });

  test('a button carries verb, reference and revision, for old clients too', () => {
    const { actions } = toAdaptiveCard({ ...viewOf(), actions: [RUN_BUTTON] });

    const data = { verb: 'run', reference: 'plan:1', revision: 3 };
    expect(actions).toEqual([
      {
        type: 'Action.Execute',
        title: 'Run',
        verb: 'run',
        data,
        style: 'positive',
        fallback: { type: 'Action.Submit', title: 'Run', data, style: 'positive' },
      },
    ]);
  });

  test('a reference of nothing reaches the bot as nothing, not as missing', () => {
    const { actions } = toAdaptiveCard({ ...viewOf(), actions: [{ ...RUN_BUTTON, reference: '' }] });

    expect(actions[0]).toHaveProperty('data.reference', '');
  });

  test('Back does not ask for valid inputs', () => {
    const { actions } = toAdaptiveCard({ ...viewOf(), actions: [{ ...RUN_BUTTON, ignoresInputs: true }] });

    expect(actions[0]).toMatchObject({ associatedInputs: 'none', fallback: { associatedInputs: 'none' } });
  });

  test('six buttons are seen, the others are in the menu, in the same order', () => {
    const actions = Array.from({ length: 8 }, (_, number): Action => ({ ...RUN_BUTTON, label: `Button ${number}` }));
    const card = toAdaptiveCard({ ...viewOf(), actions });

    expect(card.actions.map((action) => action['title'])).toEqual(actions.map((action) => action.label));
    expect(card.actions.map((action) => action['mode'])).toEqual([...Array<undefined>(6), 'secondary', 'secondary']);
    expect(complaintsAbout(card)).toEqual([]);
  });

  test.each(['javascript:alert(1)', 'http://attacker.example/', 'not a link', 'data:text/html,x'])(
    'a button never opens %s',
    (url) => {
      expect(() => toAdaptiveCard({ ...viewOf(), actions: [{ kind: 'link', label: 'Open', url }] })).toThrow(TypeError);
    },
  );
});

describe('whatever stands in a name, a reason or an answer', () => {
  test('the card stays under 25 KB with its activity, and no button and no input is lost', () => {
    fc.assert(
      fc.property(hostileView, (view) => {
        const activity = cardActivity(view);
        const card = activity.attachments?.[0]?.content as AdaptiveCard;
        const inputs = view.elements.filter(isInput);

        expect(sizeInTeams(activity)).toBeLessThan(MAX_ACTIVITY_BYTES - 2_048);
        expect(card.actions).toHaveLength(view.actions.length);
        expect(partsOf(card).filter((part) => part.type.startsWith('Input.'))).toHaveLength(inputs.length);
      }),
      { numRuns: 50 },
    );
  });

  test('the official parser takes it, and nothing in it is live', () => {
    fc.assert(
      fc.property(hostileView, (view) => {
        const card = toAdaptiveCard(view);

        expect(complaintsAbout(card)).toEqual([]);
        expect(liveInCard(card)).toEqual([]);
      }),
      { numRuns: 50 },
    );
  });

  test('what was cut is counted', () => {
    const items = Array.from({ length: 200 }, (_, number) => `Person ${number} `.repeat(20));
    const words = wordsOf(toAdaptiveCard(viewOf({ kind: 'list', items })));

    expect(words).toMatch(/… and 1\d\d more/);
  });
});
