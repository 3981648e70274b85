import fc from 'fast-check';
import { INTENTS, understand } from './intents.js';

test.each([
  ['set up sso', 'set-up-sso', ''],
  ['  Set  up   SSO ', 'set-up-sso', ''],
  ['status', 'status', ''],
  ['hello', 'help', ''],
  ['assign b.simon', 'assign', 'b.simon'],
  ['give access to Ana Agent', 'assign', 'Ana Agent'],
  ['Provision Ana Agent', 'provision', 'Ana Agent'],
  ['off-board b.simon', 'off-board', 'b.simon'],
  ['Remove access of Ana Agent', 'off-board', 'Ana Agent'],
  ['create test user T.Simon', 'create-test-user', 'T.Simon'],
  ['remove test user T.Simon', 'remove-test-user', 'T.Simon'],
  ['assign', 'assign', ''],
  ['assign group Genesys Agents', 'assign-group', 'Genesys Agents'],
  ['unassign b.simon', 'unassign', 'b.simon'],
  ['Take access from Ana Agent', 'unassign', 'Ana Agent'],
  ['unassign group Night Shift', 'unassign-group', 'Night Shift'],
  ['who has access?', 'who-has-access', ''],
  ['audit b.simon', 'audit-person', 'b.simon'],
  ['Audit of Ana Agent', 'audit-person', 'Ana Agent'],
  ['audit me', 'audit-person', 'me'],
])('%p means %s', (text, name, rest) => {
  expect(understand(text)).toMatchObject({
    kind: 'intent',
    intent: { name },
    rest,
  });
});

test.each([
  ['stauts', 'status'],
  ['configure single sign on please', 'set-up-sso'],
  ['new test person', 'create-test-user'],
])('%p is not understood, and %s is among the two nearest', (text, name) => {
  const understood = understand(text);
  expect(understood).toMatchObject({ kind: 'unknown' });
  expect(understood.kind === 'unknown' && understood.nearest.map((intent) => intent.name)).toContain(name);
});

test('any text is understood or gets two suggestions, quickly, however long', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 20_000 }), (text) => {
      const understood = understand(text);
      if (understood.kind === 'unknown') expect(understood.nearest).toHaveLength(2);
    }),
  );
});

test.each([
  'request for @ana',
  'Request access for ana',
  'give Ana Genesys for two weeks',
  'I need access as agent because of the night shift',
])('%p asks for access, and is passed on as a whole', (text) => {
  expect(understand(text)).toMatchObject({
    kind: 'intent',
    intent: { name: 'request-access' },
    rest: text,
  });
});

test.each(['give back my access', 'assign from csv people.csv', 'my access please'])(
  '%p is another phrase with words that it does not take',
  (text) => {
    expect(understand(text).kind).toBe('unknown');
  },
);

test('no phrase belongs to two intents', () => {
  const phrases = INTENTS.flatMap(({ phrases: all }) => all);
  expect(new Set(phrases).size).toBe(phrases.length);
});
