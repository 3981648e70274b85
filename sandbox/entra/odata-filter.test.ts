import fc from 'fast-check';
import { FilterSyntaxError, matches, parseFilter } from './odata-filter.js';

const ANA = {
  displayName: "Ana O'Agent",
  mail: null,
  accountEnabled: true,
  resourceId: '0e0b1ec7-0000-4000-8000-000000000001',
  identifierUris: ['https://login.mypurecloud.de/saml'],
};

describe('a filter', () => {
  it.each([
    ["displayName eq 'Ana O''Agent'", true],
    ["displayName eq 'ana o''agent'", true],
    ["displayName eq 'Ana'", false],
    ["displayName ne 'Ana'", true],
    ["startsWith(displayName,'ANA')", true],
    ["startswith(displayName, 'x') or contains(displayName,'agent')", true],
    ["endsWith(displayName,'agent')", true],
    ['mail eq null', true],
    ["mail eq ''", false],
    ['accountEnabled eq true', true],
    ['resourceId eq 0E0B1EC7-0000-4000-8000-000000000001', true],
    ["identifierUris/any(u:u eq 'https://login.mypurecloud.de/saml')", true],
    ["identifierUris/any(u:u eq 'x' or u eq 'y')", false],
    ["mail/any(u:u eq 'x')", false],
    ["not (mail eq 'x')", true],
    ["constructor eq 'x'", false],
  ])('%s is %s of Ana', (text, expected) => {
    expect(matches(parseFilter(text), ANA)).toBe(expected);
  });

  it('binds "and" before "or", and brackets before both', () => {
    expect(matches(parseFilter("mail eq null or mail eq 'x' and mail eq 'y'"), ANA)).toBe(true);
    expect(matches(parseFilter("(mail eq null or mail eq 'x') and mail eq 'y'"), ANA)).toBe(false);
  });

  it.each([
    '',
    ' ',
    'displayName',
    'displayName eq',
    "displayName eq 'open",
    "displayName is 'x'",
    "displayName eq 'x' and",
    "(displayName eq 'x'",
    "displayName eq 'x')",
    "soundsLike(displayName,'x')",
    'startsWith(displayName)',
    "list/any(u eq 'x')",
    'displayName eq Ana',
    "displayName eq 'x' displayName eq 'y'",
    '$displayName eq 1',
  ])('%j is refused', (text) => {
    expect(() => parseFilter(text)).toThrow(FilterSyntaxError);
  });

  it.each([
    ['brackets', '('.repeat(5_000)],
    ['negations', `${'not '.repeat(5_000)}a eq 1`],
  ])('nested in thousands of %s is refused', (_, text) => {
    expect(() => parseFilter(text)).toThrow('nested too deeply');
  });

  it('finds any text that is quoted as OData asks, and nothing else', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (value, other) => {
        const filter = parseFilter(`displayName eq '${value.replaceAll("'", "''")}'`);

        expect(matches(filter, { displayName: value })).toBe(true);
        expect(matches(filter, { displayName: other })).toBe(value.toLowerCase() === other.toLowerCase());
      }),
    );
  });

  it('either parses any text or says that it cannot', () => {
    const pieces = fc.constantFrom(
      "'",
      "''",
      '(',
      ')',
      ',',
      ':',
      ' ',
      'eq',
      'and',
      'or',
      'not',
      'any',
      'a/any(',
      'x',
      'null',
      '1',
      '\u0000',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 30 }), (parts) => {
        try {
          matches(parseFilter(parts.join('')), ANA);
        } catch (error) {
          expect(error).toBeInstanceOf(FilterSyntaxError);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('answers "and", "or" and "not" as logic does', () => {
    const clause = fc.constantFrom<[string, boolean]>(
      ['accountEnabled eq true', true],
      ['accountEnabled eq false', false],
    );
    fc.assert(
      fc.property(clause, clause, clause, ([a, x], [b, y], [c, z]) => {
        expect(matches(parseFilter(`${a} and ${b} or ${c}`), ANA)).toBe((x && y) || z);
        expect(matches(parseFilter(`${a} or ${b} and ${c}`), ANA)).toBe(x || (y && z));
        expect(matches(parseFilter(`not (${a} or ${b}) and ${c}`), ANA)).toBe(!(x || y) && z);
      }),
    );
  });
});
