import fc from 'fast-check';
import { canonicalJson, jsonText, type Json } from './json.js';

const json = fc.jsonValue() as fc.Arbitrary<Json>;

test('canonical JSON is the example of RFC 8785', () => {
  const value = {
    numbers: [333333333.33333329, 1e30, 4.5, 2e-3, 0.000000000000000000000000001],
    string: '\u20ac$\u000F\u000aA\'\u0042\u0022\u005c\\"\u002f',
    literals: [null, true, false],
  };

  expect(canonicalJson(value)).toBe(
    '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],' +
      '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
  );
});

test('names are sorted by UTF-16 code units, as RFC 8785 shows', () => {
  const value = { '\u20ac': 1, '\r': 2, '\ufb33': 3, '1': 4, '\ud83d\ude00': 5, '\u0080': 6, '\u00f6': 7 };

  expect(Object.values(JSON.parse(canonicalJson(value)) as object)).toEqual([4, 2, 6, 7, 1, 5, 3]);
});

test('canonical JSON means the same value, whatever the order of its names', () => {
  fc.assert(
    fc.property(json, (value) => {
      const text = canonicalJson(value);
      expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
      expect(canonicalJson(reversed(value))).toBe(text);
    }),
  );
});

function reversed(value: Json): Json {
  if (Array.isArray(value)) return value.map(reversed);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, inner]) => [key, reversed(inner as Json)]),
  );
}

test('the text for a jsonb column never holds what PostgreSQL refuses', () => {
  const hostile = fc.string({ unit: 'binary', maxLength: 20 }).map((text) => `${text}\0\ud800`);
  fc.assert(
    fc.property(fc.dictionary(hostile, hostile), (value) => {
      expect(jsonText(value)).not.toMatch(/\\u0000|\\ud[89a-f]/i);
    }),
  );
});

test('harmless text is kept as it is, pairs of surrogates too', () => {
  const value = { text: 'Grüße 😀 \\u0000 is written like this' };

  expect(JSON.parse(jsonText(value))).toEqual(value);
});

test('nothing becomes null', () => {
  expect(jsonText(undefined)).toBe('null');
});
