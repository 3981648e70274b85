import type { OffBoardCard, OffBoardOutcome, RunRecord } from '../../services/index.js';
import { confirmOffBoardView, offBoardedView, offBoardView } from './off-board.view.js';
import type { View } from './view.js';

const HOSTILE = '**B** <at>all</at> ${secret} {{DATE(x)}}';
const roles = [{ roleId: 'r', roleName: 'Agent', divisionId: 'd', divisionName: 'Home' }];
const user = { id: 'u', name: 'B', email: 'b@x.example', state: 'active', divisionName: 'Home', roles } as const;
const refused = {
  state: 'refused',
  problem: { what: 'Genesys said no.', why: '', remedy: 'Ask an admin.', requestId: 'req-1' },
} as const;

function card(changes: Partial<OffBoardCard> = {}): OffBoardCard {
  return {
    person: { id: 'p', name: 'B.Simon', userPrincipalName: 'b@x.example', isEnabled: true, isGuest: false },
    entra: { roles: ['User'], groups: [] },
    holdsDirectoryRole: false,
    genesys: { user, other: null },
    seal: 's',
    ...changes,
  };
}

function outcome(changes: Partial<OffBoardOutcome> = {}): OffBoardOutcome {
  return {
    ...{ personId: 'p', personName: 'B.Simon', userPrincipalName: 'b@x.example' },
    assignments: { state: 'done', value: ['User'] },
    groups: { state: 'done', value: [] },
    entraSessions: { state: 'done', value: true },
    genesys: { state: 'done', value: { user, other: null } },
    deactivated: { state: 'done', value: true },
    genesysSessions: { state: 'done', value: true },
    ...{ genesysUserId: 'u', genesysRoles: roles },
    ...changes,
  };
}

const run = {
  ...{ id: 'r', kind: 'off-board', state: 'done', revision: 1, steps: [], actor: { name: 'Ada Admin' } },
  startedAt: new Date('2026-11-24T12:00:00Z'),
} as unknown as RunRecord;

const textsOf = ({ elements }: View): string[] =>
  elements.flatMap((element) => ('text' in element ? [element.text] : element.kind === 'list' ? element.items : []));
const factOf = ({ elements }: View, label: string): string | undefined =>
  elements.flatMap((element) => (element.kind === 'facts' ? element.facts : [])).find((fact) => fact.label === label)
    ?.value;

test('only what there is to do is announced', () => {
  const everything = textsOf(confirmOffBoardView(card(), { reference: 'p:1' }));
  const nothing = confirmOffBoardView(
    card({ entra: { roles: [], groups: [] }, genesys: { user: null, other: null } }),
    {
      reference: 'p:1',
    },
  );

  expect(everything).toContain('Take away the assignment in Entra: User.');
  expect(everything).toContain('Make the Genesys user inactive.');
  expect(nothing.elements.find(({ kind }) => kind === 'list')).toMatchObject({
    items: ['End the sessions in Entra: every browser and app has to sign in again.'],
  });
});

test('the first card changes nothing yet, and only the second one has the button that acts', () => {
  const verbs = (view: View): string[] => view.actions.flatMap((action) => (action.kind === 'verb' ? action.verb : []));

  expect(verbs(offBoardView(card(), { reference: 'p:1' }))).toEqual(['ask-off-board', 'dismiss']);
  expect(verbs(confirmOffBoardView(card(), { reference: 'p:1' }))).toEqual(['off-board', 'look-off-board', 'dismiss']);
});

test.each([
  ['an administrator', card({ holdsDirectoryRole: true }), 'Entra admin center, Users, Revoke sessions.'],
  [
    'a group',
    card({ entra: { roles: [], groups: ['Agents'] } }),
    'B.Simon keeps access through the group Agents: take B.Simon out of it in Entra.',
  ],
  [
    'another address',
    card({ genesys: { user: null, other: 'other@x.example' } }),
    'active user with other@x.example, the person’s other address',
  ],
])('%s is warned about before anything is done', (_, held, words) => {
  expect(textsOf(offBoardView(held, { reference: 'p:1' })).join(' ')).toContain(words);
});

test('all done is good, with a result for each system', () => {
  const view = offBoardedView(run, outcome());

  expect(view).toMatchObject({ title: 'Off-boarded', tone: 'good', fallback: 'B.Simon is off-boarded.', actions: [] });
  expect(factOf(view, 'Entra, assignment')).toBe('taken away (User)');
  expect(factOf(view, 'Genesys, user')).toBe('made inactive');
  expect(factOf(view, 'Genesys roles, noted')).toBe('Agent in Home');
});

test('what was refused is said once, with what to do, and the fallback does not call it done', () => {
  const view = offBoardedView(run, outcome({ genesys: refused, deactivated: refused, genesysSessions: refused }));

  expect(view.tone).toBe('warning');
  expect(view.fallback).toContain('only in part');
  expect(textsOf(view).filter((text) => text.includes('Ask an admin. (Request id req-1)'))).toHaveLength(1);
  expect(factOf(view, 'Genesys, user')).toBe('refused');
});

test('a group that still gives access keeps the card from saying that all is well', () => {
  const view = offBoardedView(run, outcome({ groups: { state: 'done', value: ['Agents'] } }));

  expect(view.tone).toBe('warning');
  expect(view.fallback).toContain('still has access');
  expect(textsOf(view).join(' ')).toContain('B.Simon still has access through the group Agents.');
});

test('a Genesys user of another name is shown with it, and asked about on both cards', () => {
  const other = card({ genesys: { user: { ...user, name: 'Bernd Berger', state: 'inactive' }, other: null } });
  const same = card({ genesys: { user: { ...user, name: 'Simon, B' }, other: null } });

  expect(factOf(offBoardView(other, { reference: 'p:1' }), 'Genesys user')).toBe('Bernd Berger, inactive');
  for (const view of [offBoardView, confirmOffBoardView]) {
    expect(textsOf(view(other, { reference: 'p:1' })).join(' ')).toContain('is named Bernd Berger there');
    expect(textsOf(view(same, { reference: 'p:1' })).join(' ')).not.toContain('is named');
  }
});

test('names from outside stay the literal text they are', () => {
  const person = { ...card().person, name: HOSTILE };

  const view = offBoardView(card({ person, entra: { roles: [HOSTILE], groups: [HOSTILE] } }), { reference: 'p:1' });

  expect(factOf(view, 'Assigned in Entra')).toBe(`as ${HOSTILE}`);
  expect(view.title).toBe(`Off-board ${HOSTILE}`);
});
