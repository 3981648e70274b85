import { isSameName } from './same-name.js';

test.each([
  ['Bernd Simon', 'Bernd Simon', true],
  ['Bernd Simon', 'Simon, Bernd', true],
  ['Bernd Simon', ' bernd  SIMON ', true],
  ['Zoe\u0308', 'Zoë', true],
  ['Bernd Simon', 'Berta Simon', false],
  ['B.Simon', 'Bernd Simon', false],
  ['Bernd Simon', '', false],
])('%j and %j are one name: %p', (one, other, isSame) => {
  expect(isSameName(one, other)).toBe(isSame);
});
