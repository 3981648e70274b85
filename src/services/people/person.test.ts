import fc from 'fast-check';
import { Problem } from '../platform/problem.js';
import { firstPassword } from './first-password.js';
import { parseNewName, userNameFor } from './person.js';

test.each([
  ['B.Simon', 'b.simon'],
  ['T. Simon', 't.simon'],
  ['Zoë Åberg', 'zoe.aberg'],
  ["Mary O'Neil", "mary.o'neil"],
  ['Groß', 'gross'],
  ['  Ana   Agent ', 'ana.agent'],
  [`${'ß'.repeat(32)}. Agent`, 's'.repeat(64)],
  [`${'x'.repeat(63)}. Agent`, 'x'.repeat(63)],
])('%p gets the user name %p', (name, userName) => {
  expect(userNameFor(name)).toBe(userName);
});

test.each(['', '   ', '東京', '<b>x</b>', '${x}', '[a](https://evil.example)', 'a\u202Eb', 'x'.repeat(65), 'a@b'])(
  '%p cannot be a name, and the answer says what can',
  (name) => {
    expect(() => parseNewName(name)).toThrow(Problem);
  },
);

test('whatever was typed, a name that is accepted makes a user principal name that Entra accepts', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 80 }), (text) => {
      try {
        const { userName, displayName } = parseNewName(text);
        expect(userName).toMatch(/^[a-z0-9'_-](?:[a-z0-9'._-]{0,62}[a-z0-9'_-])?$/);
        expect(displayName).toBe(text.trim());
      } catch (error) {
        expect(error).toBeInstanceOf(Problem);
      }
    }),
  );
});

test('a first password has 20 characters of all four classes and never comes twice', () => {
  const passwords = Array.from({ length: 200 }, firstPassword);
  for (const password of passwords) {
    expect(password).toHaveLength(20);
    expect([/[A-Z]/, /[a-z]/, /[0-9]/, /[^A-Za-z0-9]/].every((kind) => kind.test(password))).toBe(true);
  }
  expect(new Set(passwords).size).toBe(200);
});
