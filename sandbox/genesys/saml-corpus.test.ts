import { CORPUS, HOSTILE, WANTED } from '../../test/contract/saml-corpus/corpus.js';
import { createKeys } from '../../test/contract/saml-corpus/corpus-line.js';
import { outcomeOf, prepare, verdictsOn } from '../../test/contract/saml-corpus/gate-stand.js';
import { judgeSamlResponse } from './saml-gate.js';

const KEYS = createKeys();

test('the corpus has at least 82 hostile and 5 wanted inputs, each under its own name', () => {
  expect(HOSTILE.length).toBeGreaterThanOrEqual(82);
  expect(WANTED.length).toBeGreaterThanOrEqual(5);
  expect(new Set(CORPUS.map(({ name }) => name)).size).toBe(CORPUS.length);
});

test.each(WANTED)('$name signs Dana in, and says which flow it was', async (row) => {
  const [verdict] = await verdictsOn(prepare(row, KEYS), judgeSamlResponse);

  expect(verdict).toMatchObject({ accepted: true, userId: 'dana', flow: row.flow });
});

test.each(HOSTILE)('$name is refused as $expected', async (row) => {
  const verdicts = await verdictsOn(prepare(row, KEYS), judgeSamlResponse);

  expect(outcomeOf(verdicts)).toBe(row.expected);
});
