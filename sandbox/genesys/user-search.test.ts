import * as fc from 'fast-check';
import type { StoredUser } from './genesys-data.js';
import { searchFilter } from './user-search.js';

function user(change: Partial<StoredUser> = {}): StoredUser {
  return {
    id: 'id',
    name: 'B.Simon',
    email: 'b.simon@contoso.example',
    divisionId: 'home',
    state: 'active',
    version: 1,
    addresses: [],
    ...change,
  };
}

const exactly = (field: string, ...values: string[]): { type: string; fields: string[]; values: string[] } => ({
  type: 'EXACT',
  fields: [field],
  values,
});

test('an exact search for an e-mail finds it in any case, and nobody with another one', () => {
  fc.assert(
    fc.property(fc.emailAddress(), fc.emailAddress(), (email, other) => {
      const isFound = searchFilter([exactly('email', email.toUpperCase())]);

      expect(isFound(user({ email }))).toBe(true);
      expect(isFound(user({ email: other }))).toBe(other.toLowerCase() === email.toLowerCase());
    }),
  );
});

test('deleted people are found only when the search names the state', () => {
  const deleted = user({ state: 'deleted' });

  expect(searchFilter([{ type: 'MATCH_ALL' }])(deleted)).toBe(false);
  expect(searchFilter([exactly('email', deleted.email)])(deleted)).toBe(false);
  expect(searchFilter([exactly('state', 'deleted', 'active')])(deleted)).toBe(true);
  expect(searchFilter([{ type: 'EXACT', group: [exactly('state', 'deleted')] }])(deleted)).toBe(true);
});

test.each([
  ['STARTS_WITH', 'b.s', true],
  ['STARTS_WITH', 'simon', false],
  ['CONTAINS', 'simon@', true],
  ['TERM', 'simon', true],
  ['TERM', 'sim', false],
])('%s %s: %s', (type, value, isFound) => {
  expect(searchFilter([{ type, fields: ['email'], value }])(user())).toBe(isFound);
});

test('criteria are joined by AND, unless they say OR or NOT', () => {
  const name = exactly('name', 'B.Simon');
  const nobody = exactly('name', 'Nobody');

  expect(searchFilter([name, nobody])(user())).toBe(false);
  expect(
    searchFilter([
      { ...name, operator: 'OR' },
      { ...nobody, operator: 'OR' },
    ])(user()),
  ).toBe(true);
  expect(searchFilter([{ ...name, operator: 'NOT' }])(user())).toBe(false);
  expect(searchFilter([{ ...nobody, operator: 'NOT' }])(user())).toBe(true);
});

test('a field or type that does not exist is refused by name', () => {
  expect(() => searchFilter([exactly('shoeSize', '44')])(user())).toThrow('shoeSize');
  expect(() => searchFilter([{ type: 'GUESS', fields: ['name'], value: 'x' }])(user())).toThrow('GUESS');
});
