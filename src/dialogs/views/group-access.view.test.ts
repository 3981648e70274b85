import type { AccessPage, GroupProposal, UnassignOutcome } from '../../services/index.js';
import type { RunRecord } from '../../services/index.js';
import { unassignedView } from './access-done.view.js';
import { accessListView } from './access-list.view.js';
import { assignView, changeRoleView, unassignView } from './assignment.view.js';
import { assignGroupView, chooseGroupView, unassignGroupView } from './group-access.view.js';
import type { View } from './view.js';

const HOSTILE = '**[click](https://evil.example)** ${x}';
const ROLE = { id: 'r', displayName: 'User', isEnabled: true, allowsUsers: true };

function proposal(
  changes: { group?: object; makeUp?: object; holds?: { id: string; name: string }[] } = {},
): GroupProposal {
  const group = { isSecurityEnabled: true, isDynamic: false, isRoleAssignable: false, ...changes.group };
  return {
    group: { id: 'g', name: 'Agents', ...group },
    detail: 'id …000abc',
    makeUp: { people: 3, nested: [], ...changes.makeUp },
    holds: changes.holds ?? [],
    roles: [ROLE],
    role: ROLE,
  };
}

const warningsOf = ({ elements }: View): string[] =>
  elements.flatMap((element) => (element.kind === 'notice' && element.tone === 'warning' ? [element.text] : []));
const buttonsOf = ({ actions }: View): string[] => actions.map(({ label }) => label);

describe('Before a group is assigned, the card', () => {
  test.each([
    ['nothing where nothing is special', {}, []],
    [
      'that nobody is in it',
      { makeUp: { people: 0 } },
      ['Nobody is directly in Agents, so nobody gets access by this.'],
    ],
    [
      'which group is in it',
      { makeUp: { nested: ['Night'] } },
      ['The group Night is in it. Entra does not look into it: its members get no access.'],
    ],
    [
      'of many groups in it the first three',
      { makeUp: { nested: ['A', 'B', 'C', 'D', 'E'] } },
      ['5 groups are in it: A, B, C and 2 more. Entra does not look into them: their members get no access.'],
    ],
    ['that there are many', { makeUp: { people: 1_234 } }, ['1,234 people get access at once.']],
    [
      'that there are more than were read',
      { makeUp: { people: 998, isMore: true } },
      ['998 people or more get access at once.'],
    ],
    [
      'that nobody knows of people behind so many devices',
      { makeUp: { people: 0, isMore: true } },
      ['0 people or more get access at once.'],
    ],
    [
      'that others may come in',
      { group: { isDynamic: true } },
      ['Its members follow a rule: whoever fits it later gets access too.'],
    ],
    [
      'that administrators may be in it',
      { group: { isRoleAssignable: true } },
      ['Agents can hold directory roles in Entra; its members may be administrators.'],
    ],
  ])('says %s', (_what, changes, warnings) => {
    expect(warningsOf(assignGroupView(proposal(changes), { reference: 'g:1' }))).toEqual(warnings);
  });

  test('names the group on its button, and says what it holds', () => {
    const view = assignGroupView(proposal({ holds: [{ id: 'r', name: 'User' }] }), { reference: 'g:1' });

    expect(buttonsOf(view)).toEqual(['Assign Agents', 'Cancel']);
    expect(JSON.stringify(view.elements)).toContain('already assigned with the role User');
  });
});

test.each([
  [1, 'Agents loses the role User. Directly in it: 1 person. Who has no other way loses access.'],
  [1_234, 'Agents loses the role User. Directly in it: 1,234 people. Who has no other way loses access.'],
])('taking it from a group of %i says who is hit', (people, words) => {
  const view = unassignGroupView(proposal({ makeUp: { people }, holds: [{ id: 'r', name: 'User' }] }), {
    reference: 'g:1',
  });

  expect(view.elements[1]).toEqual({ kind: 'text', text: words });
});

test('a group that is not assigned offers nothing to take away', () => {
  const view = unassignGroupView(proposal(), { reference: 'g:1' });

  expect([view.actions, view.fallback]).toEqual([[], 'Agents is not assigned.']);
});

describe('A person', () => {
  const person = { id: 'p', name: 'Omar Owner', userPrincipalName: 'omar@x.example', isEnabled: true, isGuest: false };
  const held = { person, holds: [{ id: 'r', name: 'User' }], throughGroups: [{ group: 'Leads', role: 'User' }] };

  test('keeps what a group gives, and the card says so before and after', () => {
    const outcome: UnassignOutcome = {
      principal: { kind: 'person', id: 'p', name: 'Omar Owner', detail: 'omar@x.example' },
      ...{ roles: held.holds, throughGroups: ['Leads', 'Agents'] },
    };
    const run = { steps: [], startedAt: new Date(0), actor: { name: 'Ada' } } as unknown as RunRecord;

    expect(warningsOf(unassignView(held, { reference: 'p:1' }))[0]).toContain('through the group Leads (User)');
    expect(warningsOf(unassignedView(run, outcome))[0]).toContain('still has access through the groups Leads, Agents');
  });

  test('in several assigned groups keeps access until the last of them', () => {
    const throughGroups = ['Leads', 'Agents'].map((group) => ({ group, role: 'User' }));

    expect(warningsOf(unassignView({ ...held, throughGroups }, { reference: 'p:1' }))).toEqual([
      'Omar Owner has access through the groups Leads (User), Agents (User), whatever is assigned directly. That ends only when Omar Owner leaves all of them, or they are unassigned.',
    ]);
  });

  test('who is disabled in Entra cannot be assigned, so the card has no button for it', () => {
    const disabled = { ...person, isEnabled: false };
    const shown = [held.holds, []].map((holds) =>
      assignView({ ...held, person: disabled, holds, roles: [ROLE], role: ROLE }, { reference: 'p:1' }),
    );

    expect(shown.map(buttonsOf)).toEqual([['Cancel'], ['Cancel']]);
    expect(shown.map((view) => view.elements.some(({ kind }) => kind === 'choose'))).toEqual([false, false]);
    expect(shown.map((view) => view.fallback)).toEqual([
      'Omar Owner is disabled in Entra and cannot be assigned.',
      'Omar Owner is disabled in Entra and cannot be assigned.',
    ]);
    expect(warningsOf(shown[1] as View)[0]).toContain('until a user administrator enables the account');
  });

  test('who holds nothing directly has no button, and the sentence says why', () => {
    const view = unassignView({ ...held, holds: [] }, { reference: 'p:1' });

    expect([view.actions, view.fallback]).toEqual([[], 'Omar Owner is not assigned directly.']);
  });

  test('with a role gets another one only after a question that names both', () => {
    const lead = { ...ROLE, id: 'l', displayName: 'Lead' };
    const card = assignView({ ...held, roles: [ROLE, lead], role: ROLE }, { reference: 'p:1' });
    const question = changeRoleView(
      { person, from: held.holds, to: { id: 'l', name: 'Lead' } },
      { reference: 'p:l:1' },
    );

    expect(card.actions.find((action) => action.kind === 'verb' && action.verb === 'assign')).toMatchObject({
      reference: 'p:1:holds',
    });
    expect(JSON.stringify(question.elements)).toContain('it adds Lead, then removes User');
    expect(buttonsOf(question)).toEqual(['Change role of Omar Owner', 'Cancel']);
  });
});

describe('The list of who has access', () => {
  const page = (changes: Partial<AccessPage> = {}): AccessPage => ({
    rows: [{ personId: 'p', name: 'Omar', userPrincipalName: 'o@x', isGuest: true, isEnabled: false, ways: [] }],
    ...{ people: 1, page: 0, pages: 1, groups: [], applications: 0, isAssignmentRequired: true },
    ...changes,
  });

  test('marks guests and disabled accounts, and says when the list is not all', () => {
    const view = accessListView(page({ isAssignmentRequired: false }));

    expect(JSON.stringify(view.elements)).toContain('Omar · o@x · guest · disabled');
    expect(warningsOf(view)[0]).toContain('“Assignment required” is off');
  });

  test.each([
    [0, ['Next']],
    [1, ['Previous', 'Next']],
    [2, ['Previous']],
  ])('page %i of three has the buttons %j', (at, buttons) => {
    expect(
      buttonsOf(accessListView(page({ page: at, pages: 3 }))).filter((label) => label !== 'Export as CSV'),
    ).toEqual(buttons);
  });

  test('names some of many groups, and says of them what does not count', () => {
    const group = (name: string): AccessPage['groups'][number] => ({ name, people: 1, nested: ['Night'] });
    const groups = ['A', 'B', 'C', 'D', 'E', 'F', 'G'].map(group);

    const lists = accessListView(page({ groups, applications: 1 })).elements.filter(({ kind }) => kind === 'list');

    expect(lists[1]).toMatchObject({
      items: [
        'A: 1 person directly in it; groups in it give nothing: Night',
        ...['B', 'C', 'D', 'E'].map((name) => expect.stringMatching(`^${name}: `) as string),
        'and 2 more',
        '1 application',
      ],
    });
  });
});

test('what people and groups are called is passed on as it is, for the renderer to escape', () => {
  const group = { id: 'g', name: HOSTILE, detail: HOSTILE };

  expect(JSON.stringify(chooseGroupView(HOSTILE, [group], { title: '', reference: 'give' }))).toContain(HOSTILE);
});
