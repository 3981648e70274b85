import fc from 'fast-check';
import {
  GenesysProblem,
  isConflict,
  isGone,
  isNotFound,
  isUncertain,
  loginProblem,
  permissionsIn,
  type GenesysFailure,
} from './genesys-problems.js';

const problem = (failure: GenesysFailure): GenesysProblem => new GenesysProblem(failure, 'create a user');

describe('missing permissions', () => {
  test.each([
    ['You are missing the following permission(s): [sso:provider:view]', ['sso:provider:view']],
    ['at least one of: [directory:user:add, directory:user:edit]', ['directory:user:add', 'directory:user:edit']],
    ['missing [not a permission] and [sso:provider:*]', ['sso:provider:*']],
    ['nothing in brackets', []],
  ])('%s', (message, names) => {
    expect(permissionsIn(message)).toEqual(names);
  });

  test('no message makes up a name or a long list', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 500 }), (message) => {
        const names = permissionsIn(`[${message}]`);

        expect(names.length).toBeLessThanOrEqual(20);
        expect(names.every((name) => /^\w+:\w+:[\w*]+$/.test(name))).toBe(true);
      }),
    );
  });

  test('are told with where to add them', () => {
    const { facts } = problem({
      status: 403,
      code: 'missing.division.permission',
      message: 'You are missing the following division permission(s): [directory:user:add]',
      correlationId: 'c-1',
    });

    expect(facts).toMatchObject({ answer: 'denied', missing: ['directory:user:add'], requestId: 'c-1' });
    expect(facts.why).toContain('in that division');
  });
});

test.each<[GenesysFailure, string]>([
  [{ status: 401 }, 'unauthorized'],
  [{ status: 404 }, 'not-found'],
  [{ status: 409 }, 'conflict'],
  [{ status: 400, code: 'general.conflict' }, 'conflict'],
  [{ status: 400, code: 'missing.issuer.uri' }, 'invalid'],
  [{ status: 429 }, 'throttled'],
  [{ status: 503 }, 'unavailable'],
  [{ status: 504 }, 'timeout'],
  [{ silence: 'timeout' }, 'timeout'],
  [{ silence: 'refused' }, 'unavailable'],
])('%p is %s, with what happened and what to do', (failure, answer) => {
  const { facts } = problem(failure);

  expect(facts).toMatchObject({ kind: 'remote', system: 'genesys', answer });
  expect(facts.what).toContain('create a user');
  expect(facts.remedy).toMatch(/\.$/);
});

test('what to do next is told by status, not by words', () => {
  expect([404, 408, 410].map((status) => isNotFound(problem({ status })))).toEqual([true, true, true]);
  expect([404, 408, 410].map((status) => isGone(problem({ status })))).toEqual([true, false, true]);
  expect([500, 503, 504, 408].map((status) => isUncertain(problem({ status })))).toEqual([true, true, true, true]);
  expect([400, 409, 429].map((status) => isUncertain(problem({ status })))).toEqual([false, false, false]);
  expect(isConflict(problem({ status: 400, code: 'general.conflict' }))).toBe(true);
  expect(isUncertain(new Error('ours'))).toBe(false);
});

test('an unknown client belongs elsewhere; a wrong secret does not', () => {
  const unknown = loginProblem(
    { status: 400, code: 'invalid_client', message: 'client not found' },
    'EMEA (Frankfurt)',
  );
  const wrong = loginProblem(
    { status: 401, code: 'invalid_client', message: 'authentication failed' },
    'EMEA (Frankfurt)',
  );

  expect(unknown.facts.why).toContain('another region');
  expect(unknown.facts.remedy).toContain('GENESYSCLOUD_REGION');
  expect(wrong.facts.why).toBe('The client secret is wrong.');
});
