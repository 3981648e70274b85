import { aboutPersonView, unknownAuthorView } from './about-person.view.js';

const ANA = {
  ...{ id: 'ana', name: 'Ana Agent', userPrincipalName: 'ana.agent@contoso.example', jobTitle: 'Agent' },
  ...{ isGuest: false, isEnabled: true },
};

function buttonsOf({ actions }: ReturnType<typeof aboutPersonView>): (string | undefined)[][] {
  return actions.map((action) => (action.kind === 'verb' ? [action.label, action.verb, action.reference] : []));
}

test('whoever wrote a message can be assigned, and looked up in the audit, by a button that names them', () => {
  const view = aboutPersonView(ANA, ['assign', 'audit-person'], { isOneself: false });

  expect(buttonsOf(view)).toEqual([
    ['Assign Ana Agent', 'propose-assign', 'ana'],
    ['Audit of Ana Agent', 'audit-of', 'ana'],
  ]);
});

test('one’s own message says why nothing is offered', () => {
  const view = aboutPersonView(ANA, [], { isOneself: true });

  expect(view.actions).toEqual([]);
  expect(view.fallback).toContain('Nobody changes their own access');
});

test('a disabled author is said to be so', () => {
  const { elements } = aboutPersonView({ ...ANA, isEnabled: false }, ['assign'], { isOneself: false });

  expect(elements).toContainEqual(expect.objectContaining({ kind: 'notice', tone: 'warning' }));
});

test('an author whose account nobody has linked is not guessed: the asker may look for the person', () => {
  const view = unknownAuthorView(['assign']);

  expect(buttonsOf(view)).toEqual([['Assign a person', 'intent', 'assign']]);
  expect(view.fallback).toContain('not linked');
});
