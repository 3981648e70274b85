import fc from 'fast-check';
import { hashNumber, isSameHash, judgePerson, newNumber, parseNumber } from './link-rules.js';

const person = { id: 'p', name: 'Ana', userPrincipalName: 'ana@contoso.example', isEnabled: true, isGuest: false };
const key = Buffer.alloc(32, 1);

test.each([
  ['a member', person, 'fit'],
  ['nobody of the tenant', undefined, 'not-in-tenant'],
  ['a guest', { ...person, isGuest: true }, 'guest'],
  ['somebody disabled', { ...person, isEnabled: false }, 'disabled'],
  ['a guest who is disabled', { ...person, isGuest: true, isEnabled: false }, 'guest'],
])('%s', (_who, who, verdict) => {
  expect(judgePerson(who)).toBe(verdict);
});

test.each([
  ['123456', '123456'],
  [' 123 456 ', '123456'],
  ['123-456', '123456'],
  ['012345', '012345'],
  ['12345', undefined],
  ['1234567', undefined],
  ['１２３４５６', undefined],
  ['12345a', undefined],
  ['', undefined],
  ['1'.repeat(100_000), undefined],
])('%p is read as the number %p', (typed, number) => {
  expect(parseNumber(typed)).toBe(number);
});

test('a new number is six digits', () => {
  expect(Array.from({ length: 200 }, newNumber).every((number) => parseNumber(number) === number)).toBe(true);
});

test('hashes are the same for one number, key and attempt, and for nothing else', () => {
  const digits = fc.integer({ min: 0, max: 999_999 }).map((number) => String(number).padStart(6, '0'));
  fc.assert(
    fc.property(digits, digits, fc.uuid(), fc.uuid(), (one, other, attempt, another) => {
      const hash = hashNumber(one, { key, attempt });
      expect(isSameHash(hash, hashNumber(one, { key, attempt }))).toBe(true);
      expect(isSameHash(hash, hashNumber(other, { key, attempt }))).toBe(one === other);
      expect(isSameHash(hash, hashNumber(one, { key, attempt: another }))).toBe(attempt === another);
      expect(isSameHash(hash, hashNumber(one, { key: Buffer.alloc(32, 2), attempt }))).toBe(false);
    }),
  );
});
