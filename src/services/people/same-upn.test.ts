import { isSameUpn } from './same-upn.js';

test.each([
  ['the same', 'omar.owner@contoso.example', 'omar.owner@contoso.example', true],
  ['other case', 'omar.owner@contoso.example', 'Omar.Owner@CONTOSO.example', true],
  ['spaces around it, as in a file', ' omar.owner@contoso.example ', 'omar.owner@contoso.example', true],
  ['another domain', 'omar.owner@contoso.example', 'omar.owner@fabrikam.example', false],
  ['a Cyrillic letter', 'omar.owner@contoso.example', 'оmar.owner@contoso.example', false],
  ['a Kelvin sign, whose small letter is a k', 'kim@contoso.example', '\u212Aim@contoso.example', false],
  ['a dotted capital I', 'ivan@contoso.example', '\u0130van@contoso.example', false],
  ['a wide letter', 'omar@contoso.example', 'ｏmar@contoso.example', false],
])('%s (G6)', (_what, one, other, isSame) => {
  expect(isSameUpn(one, other)).toBe(isSame);
});
