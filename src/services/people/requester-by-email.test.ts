import type { EntraPerson } from '../entra/entra.js';
import { matchByEmail } from './requester-by-email.js';

const ANA = person('ana', { mail: 'ana.agent@contoso.example' });
const MIA = person('mia', { mail: 'mia@mail.contoso.example', userPrincipalName: 'mia.m@contoso.example' });

function person(id: string, more: Partial<EntraPerson> = {}): EntraPerson {
  const userPrincipalName = `${id}@contoso.example`;
  return { id, name: id, userPrincipalName, isEnabled: true, isGuest: false, ...more };
}

test.each([
  ['the mail', 'ana.agent@contoso.example', ANA],
  ['the mail in capitals', 'ANA.Agent@Contoso.Example', ANA],
  ['the user principal name, where the mail is another one', 'mia.m@contoso.example', MIA],
  ['the mail, where the user principal name is another one', 'mia@mail.contoso.example', MIA],
])('%s is that person', (_what, email, expected) => {
  expect(matchByEmail(email, [ANA, MIA])).toBe(expected);
});

test.each([
  ['a Cyrillic letter that looks the same', '\u0430na.agent@contoso.example'],
  ['the long s, which is an s in capitals', 'ana.agent@conto\u017fo.example'],
  ['a letter with its accent beside it', 'a\u0301na.agent@contoso.example'],
  ['letters of full width', '\uff41na.agent@contoso.example'],
  ['an address with a tag', 'ana.agent+1@contoso.example'],
  ['the beginning of an address', 'ana.agent@contoso'],
  ['an address that begins with it', 'ana.agent@contoso.example.org'],
  ['nothing', ''],
])('%s is nobody', (_what, email) => {
  expect(matchByEmail(email, [ANA, MIA])).toBeUndefined();
});

test('the Kelvin sign is no k', () => {
  const kim = person('kim');

  expect(matchByEmail('\u212aim@contoso.example', [kim])).toBeUndefined();
  expect(matchByEmail('KIM@contoso.example', [kim])).toBe(kim);
});

test.each([
  ['a second person with the same mail', person('twin', { mail: 'Ana.Agent@contoso.example' })],
  ['a person whose user principal name it is', person('twin', { userPrincipalName: 'ana.agent@contoso.example' })],
  ['a guest with the same mail', person('twin', { mail: 'ana.agent@contoso.example', isGuest: true })],
  ['a disabled person with the same mail', person('twin', { mail: 'ana.agent@contoso.example', isEnabled: false })],
])('%s makes it nobody', (_what, other) => {
  expect(matchByEmail('ana.agent@contoso.example', [ANA, other])).toBeUndefined();
});

test.each([
  ['a guest', { isGuest: true }],
  ['somebody who is disabled', { isEnabled: false }],
])('%s is nobody', (_what, more) => {
  expect(matchByEmail('ana@contoso.example', [person('ana', more)])).toBeUndefined();
});

test('where the search is full, there may be another one behind it', () => {
  const others = Array.from({ length: 9 }, (_, index) => person(`other${String(index)}`));

  expect(matchByEmail('ana.agent@contoso.example', [ANA, ...others])).toBeUndefined();
});
