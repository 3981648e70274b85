import fc from 'fast-check';
import { bareGuid, graphFilter, graphPath, graphQuery, isGuid } from './graph-query.js';

const wellFormed = fc.string({ unit: 'grapheme', minLength: 1 });

test('the # of a guest stays inside its segment', () => {
  expect(graphPath`/users/${'gus_fabrikam.example#EXT#@contoso.example'}`).toBe(
    '/users/gus_fabrikam.example%23EXT%23%40contoso.example',
  );
});

test('a value in a path is always one segment', () => {
  fc.assert(
    fc.property(wellFormed, (value) => {
      fc.pre(value !== '.' && value !== '..');

      const url = new URL(`https://graph.microsoft.com/v1.0${graphPath`/users/${value}/owners`}`);

      expect(url.pathname.split('/')).toHaveLength(5);
      expect([url.search, url.hash]).toEqual(['', '']);
    }),
  );
});

test.each(['', '.', '..'])('a path cannot climb: %p', (value) => {
  expect(() => graphPath`/users/${value}`).toThrow(RangeError);
});

test('text in a filter stays inside its quotes', () => {
  expect(graphFilter`mail eq ${"x' or 1 eq 1 or mail eq '"}`).toBe("mail eq 'x'' or 1 eq 1 or mail eq '''");
  fc.assert(
    fc.property(wellFormed, (value) => {
      const literal = graphFilter`${value}`;

      expect(literal.slice(1, -1).replaceAll("''", '')).not.toContain("'");
    }),
  );
});

test('a value in a query reaches the server as it was', () => {
  fc.assert(
    fc.property(wellFormed, (value) => {
      const url = new URL(`https://graph.microsoft.com/v1.0/users${graphQuery({ $filter: value, $top: '10' })}`);

      expect(url.searchParams.get('$filter')).toBe(value);
      expect([...url.searchParams.keys()]).toEqual(['$filter', '$top']);
    }),
  );
});

test('only an object id may stand without quotes', () => {
  expect(graphFilter`resourceId eq ${bareGuid('a750d6cf-2319-464a-bcc3-456926736a03')}`).toBe(
    'resourceId eq a750d6cf-2319-464a-bcc3-456926736a03',
  );
  expect(() => bareGuid('a750d6cf-2319-464a-bcc3-456926736a03 or true')).toThrow(RangeError);
  expect(isGuid('A750D6CF-2319-464A-BCC3-456926736A03')).toBe(true);
});
