import type { RemovalPlan, RemoveTestUserOutcome, RunRecord } from '../../services/index.js';
import { removalView, removedView } from './remove-test-user.view.js';
import type { View } from './view.js';

const person = {
  ...{ id: 'p1', name: 'T.Simon', userPrincipalName: 't.simon@contoso.example', isEnabled: true, isGuest: false },
};
const plan = (changes: Partial<RemovalPlan> = {}): RemovalPlan => ({ person, assignments: 1, mark: 'm', ...changes });
const words = (view: View): string => JSON.stringify(view.elements);

describe('The plan of a removal', () => {
  test.each([
    ['nothing in Genesys', plan(), 'Genesys Cloud has no user with this address'],
    [
      'a Genesys user of ours',
      plan({ genesysUser: { id: 'g', email: 'x@y.example' } }),
      'the user x@y.example, whom Latchkey created',
    ],
    ['one of somebody else', plan({ genesysStays: 'x@y.example' }), 'x@y.example in Genesys Cloud stays'],
    ['several roles', plan({ assignments: 3 }), 'the access to Genesys Cloud (3 roles)'],
  ])('with %s says so', (_what, shown, said) => {
    expect(words(removalView(shown, { reference: 'r' }))).toContain(said);
  });

  test('asks about Genesys Cloud only where something goes there', () => {
    const genesysUser = { id: 'g', email: 'x@y.example' };
    const titles = [plan(), plan({ genesysStays: 'x@y.example' }), plan({ genesysUser })].map(
      (shown) => removalView(shown, { reference: 'r' }).title,
    );

    expect(titles).toEqual([
      ...['Remove T.Simon from Entra?', 'Remove T.Simon from Entra?'],
      'Remove T.Simon from Entra and Genesys Cloud?',
    ]);
  });

  test('lists no access where there is none', () => {
    expect(words(removalView(plan({ assignments: 0 }), { reference: 'r' }))).not.toContain('the access');
  });

  test('has a button that names the person and is marked as dangerous', () => {
    const { actions } = removalView(plan(), { reference: 'p1:n:m' });

    expect(actions[0]).toMatchObject({ label: 'Remove T.Simon', reference: 'p1:n:m', style: 'danger' });
    expect(actions[1]).toMatchObject({ label: 'Cancel' });
  });
});

const run = {
  ...{ id: 'r', kind: 'remove-test-user', state: 'done', revision: 2, steps: [] },
  ...{ actor: { name: 'Ada Admin' }, startedAt: new Date('2026-11-24T12:00:00Z') },
} as unknown as RunRecord;
const outcome: RemoveTestUserOutcome = {
  ...{ personId: 'p1', displayName: 'T.Simon', userPrincipalName: 't.simon@contoso.example' },
  ...{ assignments: 1, genesys: 'deleted', genesysEmail: 'x@y.example', entra: 'deleted' },
};

test.each([
  [outcome, 'T.Simon is removed from Entra and Genesys Cloud.'],
  [{ ...outcome, genesys: 'was-gone' } as const, 'T.Simon is removed from Entra and Genesys Cloud.'],
  [{ ...outcome, genesys: 'stays' } as const, 'T.Simon is removed from Entra.'],
  [{ ...outcome, genesys: 'none', genesysEmail: null } as const, 'T.Simon is removed from Entra.'],
])('the record of a removal says in one sentence from where', (done, sentence) => {
  expect(removedView(run, done).fallback).toBe(sentence);
});
