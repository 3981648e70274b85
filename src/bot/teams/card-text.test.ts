import fc from 'fast-check';
import { oneLine } from '../view-text.js';
import { escapedText, inertText } from './card-text.js';

test.each([
  ['[click](https://x.example)', '\\[click\\]\\(https://x.example\\)'],
  ['{{DATE(x)}}', '\\{\\{DATE\\(x\\)\\}\\}'],
  ['back\\slash', 'back\\\\slash'],
  ['<at>Ada</at>', '\\<at\\>Ada\\</at\\>'],
  ['b.simon@contoso.example', 'b.simon@contoso.example'],
])('in a text block %s stands as it is written', (text, escaped) => {
  expect(escapedText(text, 100)).toBe(escaped);
});

test.each([
  ['{{TIME(x)}}', '{\u200B{TIME(x)}}'],
  ['${secret}', '$\u200B{secret}'],
  ['{{{x', '{\u200B{\u200B{x'],
  ['costs $5 {really}', 'costs $5 {really}'],
])('in a text run only the openings of %s are broken', (text, inert) => {
  expect(inertText(text, 100)).toBe(inert);
});

test.each([
  ['a\r\n\tb\u2028c', 'a b c'],
  ['\u202Eevil\u202C', 'evil'],
  ['in\u200Bvis\u2060ible\uFEFF', 'invisible'],
  ['half \uD83D', 'half'],
  ['family 👩‍👧', 'family 👩‍👧'],
])('%j becomes one clean line', (text, clean) => {
  expect(oneLine(text, 100)).toBe(clean);
});

test('a text that is too long ends with an ellipsis, never within a character', () => {
  expect(oneLine('ab🔑cd', 4)).toBe('ab…');
  expect(oneLine('abcde', 5)).toBe('abcde');
  expect(oneLine('abcdef', 5)).toBe('abcd…');
});

test('no text is longer than it may be, and none is broken', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 1, max: 50 }), (text, max) => {
      const line = oneLine(text, max);

      expect(line.length).toBeLessThanOrEqual(max);
      expect(line).not.toMatch(/\p{Surrogate}|\p{Cc}/u);
    }),
  );
});
