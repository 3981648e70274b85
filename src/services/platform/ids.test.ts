import fc from 'fast-check';
import { newPlanId, newRunId, parsePersonId, parsePlanId, parseRunId, randomToken } from './ids.js';
import { Problem } from './problem.js';

test('new ids are accepted back', () => {
  const runId = newRunId();
  const planId = newPlanId();

  expect([parseRunId(runId), parsePlanId(planId)]).toEqual([runId, planId]);
});

test.each([
  '11111111-1111-4111-8111-11111111111',
  '11111111-1111-4111-8111-1111111111111',
  'AAAAAAAA-1111-4111-8111-111111111111',
  '{11111111-1111-4111-8111-111111111111}',
  ' 11111111-1111-4111-8111-111111111111',
  '11111111-1111-4111-8111-111111111111\n',
  '1111111111114111811111111111111111',
  'ada@contoso.example',
  '',
])('a person is one lower-case GUID, so this is refused: %j', (text) => {
  expect(() => parsePersonId(text)).toThrow(Problem);
});

test('any lower-case GUID is a person, and in capitals it is not', () => {
  fc.assert(
    fc.property(fc.uuid(), (id) => {
      expect(parsePersonId(id)).toBe(id);
      if (/[a-f]/.test(id)) expect(() => parsePersonId(id.toUpperCase())).toThrow(Problem);
    }),
  );
});

test('tokens fit into a link and do not repeat', () => {
  const tokens = Array.from({ length: 100 }, () => randomToken(32));

  expect(new Set(tokens).size).toBe(100);
  expect(tokens.every((token) => /^[A-Za-z0-9_-]{43}$/.test(token))).toBe(true);
});
