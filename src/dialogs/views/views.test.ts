import { SET_UP_STEPS, type PlanCard, type RunRecord } from '../../services/index.js';
import { buttonName } from './people.view.js';
import { problemView } from './problem.view.js';
import { progressView, stoppedView, waitingView } from './run.view.js';
import { planView } from './setup.view.js';
import type { View } from './view.js';

function planCard(fields: PlanCard['plan']['fields'], isNew: boolean): PlanCard {
  const instance = { applicationObjectId: 'a', servicePrincipalId: 's', appId: 'app' };
  const plan = {
    ...{ regionKey: 'frankfurt', tenantId: 't', tileMode: 'signs-straight-in', emailFrom: 'userprincipalname' },
    organization: { shortName: 'contoso-gc', name: 'Contoso' },
    ...(isNew ? {} : { instance }),
    ...{ fields, warnings: [], assigned: 0, isNothingToDo: false },
  };
  return { plan, planId: 'plan-1', revision: 1 } as unknown as PlanCard;
}

const where = { regionName: 'EMEA (Frankfurt)', links: undefined };

describe('A plan readable at a glance', () => {
  test('shows only what a run changes; what stays waits behind one button', () => {
    const card = planCard(
      [
        { side: 'Entra', field: 'Sign-on URL', before: 'empty', after: 'https://login.mypurecloud.de' },
        { side: 'Entra', field: 'Reply URL', before: 'https://same', after: 'https://same' },
        { side: 'Genesys', field: 'Issuer URI', before: 'same', after: 'same' },
      ],
      false,
    );

    const { elements } = planView(card, where);

    expect(elements.filter(({ kind }) => kind === 'changes')).toEqual([
      { kind: 'changes', heading: 'Microsoft Entra ID', rows: [card.plan.fields[0]] },
    ]);
    expect(elements).toContainEqual(
      expect.objectContaining({
        title: 'What stays as it is (2)',
        facts: [
          { label: 'Entra, Reply URL', value: 'https://same' },
          { label: 'Genesys, Issuer URI', value: 'same' },
        ],
      }),
    );
  });

  test.each([
    ['a new application', true, 'A run adds the enterprise application'],
    ['an existing one', false, 'A run changes one setting'],
  ])('says in one sentence what a run does with %s', (_what, isNew, sentence) => {
    const { elements } = planView(planCard([{ side: 'Entra', field: 'Reply URL', after: 'https://x' }], isNew), where);

    expect(elements).toContainEqual(expect.objectContaining({ text: expect.stringContaining(sentence) }));
  });
});

test('a run that has just begun shows its first step as being worked on, and only that one', () => {
  const run = {
    ...{ id: 'r', kind: 'set-up-sso', state: 'running', revision: 1, steps: [] },
    ...{ actor: { name: 'Ada Admin' }, startedAt: new Date('2026-11-24T12:00:00Z') },
  } as unknown as RunRecord;

  const steps = progressView(run).elements.find((element) => element.kind === 'steps')?.steps;

  expect(steps?.map(({ state }) => state)).toEqual(['working', ...SET_UP_STEPS.slice(1).map(() => 'ahead')]);
});

describe('A step that waits within its run', () => {
  const note = 'Genesys Cloud asked for a pause of 30 seconds.';
  const waiting = (state: string): RunRecord =>
    ({
      ...{ id: 'r', kind: 'assign-person', state, revision: 3, actor: { name: 'Ada Admin' } },
      startedAt: new Date('2026-11-24T12:00:00Z'),
      steps: [
        { name: 'Look', state: 'done' },
        { name: 'Assign', state: 'started', waitingFor: note },
      ],
    }) as unknown as RunRecord;
  const stepsOf = ({ elements }: View): unknown =>
    elements.flatMap((element) => (element.kind === 'steps' ? element.steps : []));

  test('says what for beside the step, and where there are no cards', () => {
    const view = progressView(waiting('running'));

    expect(stepsOf(view)).toEqual([
      { name: 'Look', state: 'done' },
      { name: 'Assign', state: 'working', note },
    ]);
    expect(view.fallback).toBe(`Assigning: Assign. ${note}`);
  });

  test.each([
    ['waits for longer', 'waiting', waitingView],
    ['was interrupted', 'interrupted', stoppedView],
  ])('says it no more once the run %s, whatever was left behind', (_, state, show) => {
    expect(JSON.stringify(show(waiting(state)))).not.toContain(note);
  });
});

describe('A problem in few words', () => {
  const refused = {
    kind: 'remote',
    system: 'entra',
    answer: 'denied',
    remedy: 'An admin adds User.Read.All.',
  } as const;

  test('what is missing is listed only where no sentence names it', () => {
    const lists = (missing: string[]): unknown[] =>
      problemView({ ...refused, what: 'Entra refused.', missing }).elements.filter(({ kind }) => kind === 'list');

    expect(lists(['User.Read.All'])).toEqual([]);
    expect(lists(['User.Read.All', 'Domain.Read.All'])).toHaveLength(1);
  });

  test('a rule of ours that was explained has no details for support; a remote answer has', () => {
    const kinds = (problem: Parameters<typeof problemView>[0]): string[] =>
      problemView(problem).elements.map(({ kind }) => kind);

    expect(kinds({ kind: 'refused', what: 'No.', remedy: 'Ask.', code: 'guest' })).not.toContain('details');
    expect(kinds({ ...refused, what: 'No.', requestId: 'r-1' })).toContain('details');
  });

  test.each([
    ['denied', 'Microsoft Entra refused'],
    ['unavailable', 'Microsoft Entra is not available now'],
  ] as const)('the title of the answer %s says %s', (answer, title) => {
    expect(problemView({ ...refused, answer, what: 'No.' }).title).toBe(title);
  });
});

test.each([
  ['B.Simon', 'B.Simon'],
  ['Bartholomew Maximilian von und zu Wolkenstein', 'Bartholomew Maximilian von…'],
  ['W'.repeat(60), `${'W'.repeat(30)}…`],
])('a button names %s as %s', (name, shown) => {
  expect(buttonName(name)).toBe(shown);
});
