import fc from 'fast-check';
import { readBlocks } from '../../../sandbox/slack/block-kit.js';
import type { Element, View } from '../../dialogs/views/view.js';
import { ELEMENTS, RUN_BUTTON } from '../../dialogs/views/testing/element.examples.js';
import { liveInMessage, textObjects } from '../testing/blocks-judge.js';
import { hostileView } from '../testing/hostile-views.js';
import { isInput } from '../view-cuts.js';
import { textLength, toBlocks, toMessage } from './block-kit.js';
import { SLACK } from './block-kit-limits.js';

function viewOf(...elements: Element[]): View {
  return { title: 'Set up SSO', tone: 'neutral', elements, actions: [], fallback: 'SSO can be set up.' };
}

const wordsOf = (view: View): string =>
  textObjects(toBlocks(view, SLACK.messageBlocks))
    .map(({ text }) => text)
    .join('\n');

const WORDS: Readonly<Record<Element['kind'], string>> = {
  text: '*Which region?*',
  facts: '*Who*\nAna Agent',
  changes: '*Entra*\n*Reply URL*\na →\u00A0b',
  steps: '✓ Add the application (done) found',
  notice: '▲ Warning: People would be locked out.',
  list: '*Created*\n• one\n• two',
  progress: '██████████░░░░░░░░░░ 50 % (2,500 of 5,000)',
  details: 'Details: what was done\nRequest id: 42',
  choose: 'Region\nFrankfurt',
  chooseMany: 'Roles',
  person: 'Person',
  write: 'Short name',
};

test('what tells namesakes apart stands in a line of its own, and is not cut with a long name', () => {
  const name = 'Ana Agent of the very long department of everything that has to do with telephones';
  const parts = { name, detail: 'ana.agent@contoso.example · Agent' };
  const choices = [{ title: `${name} (${parts.detail})`, value: '1', parts }];
  const [, block] = toBlocks(viewOf({ kind: 'choose', id: 'person', label: 'Person', choices }), SLACK.messageBlocks);

  expect(JSON.stringify(block)).toContain(
    '"description":{"type":"plain_text","text":"ana.agent@contoso.example · Agent"',
  );
});

describe('blocks for every kind of element and action', () => {
  test.each(Object.entries(ELEMENTS))('%s is what Slack takes, and says the same as in Teams', (kind, element) => {
    const view = { ...viewOf(element), actions: [RUN_BUTTON] };

    expect(() => readBlocks(toMessage(view).blocks, 'message')).not.toThrow();
    expect(wordsOf(view)).toContain(WORDS[element.kind]);
    expect(kind).toBe(element.kind);
  });

  test.each([
    ['working', 'In progress'],
    ['good', 'All good'],
    ['warning', 'Needs attention'],
    ['problem', 'Problem'],
  ] as const)('the tone %s is said in words', (tone, words) => {
    expect(wordsOf({ ...viewOf(), tone })).toContain(words);
  });

  test('facts of one thing and of the next are kept apart, and nothing else is', () => {
    const types = toBlocks(viewOf(ELEMENTS.facts, ELEMENTS.facts, ELEMENTS.text, ELEMENTS.facts), 50);

    expect(types.map(({ type }) => type)).toEqual([
      ...['header', 'section', 'divider', 'section', 'section', 'section'],
    ]);
  });

  test.each([
    ['problem', '✕ In the way: A policy.'],
    ['warning', '▲ In the way: A policy.'],
    ['neutral', 'In the way: A policy.'],
  ] as const)('a notice that weighs like a %s is seen to, whatever it is called', (tone, words) => {
    const notice = { ...ELEMENTS.notice, tone, label: 'In the way', text: 'A policy.' };

    expect(wordsOf(viewOf(notice)).split('\n')).toContain(words);
  });

  test('details that are called so are not called so twice', () => {
    const words = wordsOf(viewOf({ ...ELEMENTS.details, title: 'Details for support' }));

    expect(words).toContain('Details for support\n');
    expect(words).not.toContain('Details:');
  });

  test('a button carries verb, reference and revision, and each has an id of its own', () => {
    const actions = [RUN_BUTTON, { ...RUN_BUTTON, style: 'danger' as const, ignoresInputs: true }];

    const [block] = toBlocks({ ...viewOf(), actions }, SLACK.messageBlocks).slice(-1);

    const value = { verb: 'run', reference: 'plan:1', revision: 3 };
    expect(block).toMatchObject({
      type: 'actions',
      elements: [
        { action_id: 'verb-0', style: 'primary', value: JSON.stringify(value) },
        { action_id: 'verb-1', style: 'danger', value: JSON.stringify({ ...value, ignoresInputs: true }) },
      ],
    });
  });

  test('more buttons than a block takes stand in the next one', () => {
    const blocks = toBlocks(
      { ...viewOf(), actions: Array.from({ length: 60 }, () => RUN_BUTTON) },
      SLACK.messageBlocks,
    );

    expect(blocks.flatMap((block) => (block.type === 'actions' ? [block.elements.length] : []))).toEqual([25, 25, 10]);
  });

  test.each(['javascript:alert(1)', 'http://attacker.example/', 'not a link'])('a button never opens %s', (url) => {
    const view: View = { ...viewOf(), actions: [{ kind: 'link', label: 'Open', url }] };

    expect(() => toBlocks(view, SLACK.messageBlocks)).toThrow(TypeError);
  });

  test('what is chosen beforehand is there, also far down a long list', () => {
    const choices = Array.from({ length: 200 }, (_, at) => ({ title: `Role ${at}`, value: `r${at}` }));
    const many: Element = { kind: 'chooseMany', id: 'roles', label: 'Roles', choices, values: ['r150', 'r199'] };

    const { blocks } = toMessage(viewOf(many));

    const shown = blocks.find((block) => block.type === 'input');
    expect(shown).toMatchObject({ element: { initial_options: [{ value: 'r150' }, { value: 'r199' }] } });
    expect(wordsOf(viewOf(many))).toContain('… and 100 more that do not fit here.');
    expect(() => readBlocks(blocks, 'message')).not.toThrow();
  });
});

describe('whatever stands in a name, a reason or an answer', () => {
  test('Slack takes it, and no button and no input is lost', () => {
    fc.assert(
      fc.property(hostileView, (view) => {
        const { text, blocks } = toMessage(view);

        expect(() => readBlocks(blocks, 'message')).not.toThrow();
        expect(textLength(blocks)).toBeLessThanOrEqual(SLACK.allText);
        expect(text.length).toBeLessThanOrEqual(SLACK.fallback);
        const buttons = blocks.flatMap((block) => (block.type === 'actions' ? block.elements : []));
        expect(buttons).toHaveLength(view.actions.length);
        const inputs = view.elements.filter(isInput);
        expect(blocks.filter(({ type }) => type === 'input')).toHaveLength(inputs.length);
      }),
      { numRuns: 100 },
    );
  });

  test('nothing in it is live: no mention, no link, no command', () => {
    fc.assert(
      fc.property(hostileView, (view) => {
        expect(liveInMessage(toMessage(view))).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });

  test('what was cut is counted', () => {
    const items = Array.from({ length: 200 }, (_, number) => `Person ${number} `.repeat(20));

    expect(wordsOf(viewOf({ kind: 'list', items }))).toMatch(/… and 1\d\d more/);
  });
});
