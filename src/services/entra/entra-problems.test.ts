import {
  GraphProblem,
  isAlreadyAssigned,
  isReplicationLag,
  isUncertain,
  isUnverifiedHost,
  isWorthRepeating,
  type GraphFailure,
} from './entra-problems.js';
import { NEEDS } from './graph-permissions.js';
import { signInProblem } from './sign-in-problems.js';

const attempt = { to: 'assign the person to Genesys Cloud', needs: NEEDS.writeAssignments };
const problem = (failure: GraphFailure, granted: readonly string[] = []): GraphProblem =>
  new GraphProblem(failure, attempt, granted);

describe('a refusal', () => {
  test('names every permission that is missing, and only those', () => {
    const { facts } = problem({ status: 403, requestId: 'r-1' }, ['Application.Read.All']);

    expect(facts).toMatchObject({ answer: 'denied', missing: ['AppRoleAssignment.ReadWrite.All'], requestId: 'r-1' });
    expect(facts.remedy).toContain('AppRoleAssignment.ReadWrite.All');
  });

  test('with all permissions there is about ownership', () => {
    const granted = ['AppRoleAssignment.ReadWrite.All', 'Application.Read.All', 'Application.ReadWrite.OwnedBy'];

    const { facts } = problem({ status: 403 }, granted);

    expect(facts.missing).toBeUndefined();
    expect(facts.remedy).toContain('owner of both');
  });

  test.each<[GraphFailure, string]>([
    [{ status: 401 }, 'unauthorized'],
    [{ status: 404 }, 'not-found'],
    [{ status: 408 }, 'timeout'],
    [{ status: 409 }, 'conflict'],
    [{ status: 400, detailCodes: ['ObjectConflict'] }, 'conflict'],
    [{ status: 400 }, 'invalid'],
    [{ status: 429 }, 'throttled'],
    [{ status: 500 }, 'unavailable'],
    [{ silence: 'timeout' }, 'timeout'],
    [{ silence: 'lost' }, 'unavailable'],
  ])('%p is %s, with what happened and what to do', (failure, answer) => {
    const { facts } = problem(failure);

    expect(facts).toMatchObject({ kind: 'remote', system: 'entra', answer });
    expect(facts.what).toContain('assign the person to Genesys Cloud');
    expect(facts.remedy).toMatch(/\.$/);
  });

  test('keeps Graph’s words apart from ours', () => {
    const { facts } = problem({ status: 400, code: 'Request_BadRequest', message: 'Bearer eyJa.b.c is <b>bad</b>' });

    expect(facts).toMatchObject({ code: 'Request_BadRequest', said: '*** is <b>bad</b>' });
    expect([facts.what, facts.why, facts.remedy].join()).not.toContain('<b>');
  });
});

describe('what to do next', () => {
  test('an answer that may have come after the deed is uncertain', () => {
    const uncertain = [
      { status: 500 },
      { status: 504 },
      { status: 408 },
      { silence: 'lost' },
      { silence: 'timeout' },
    ] as const;
    const certain = [
      { status: 400 },
      { status: 403 },
      { status: 404 },
      { status: 429 },
      { silence: 'refused' },
    ] as const;

    expect(uncertain.map((failure) => isUncertain(problem(failure)))).toEqual(uncertain.map(() => true));
    expect(certain.map((failure) => isUncertain(problem(failure)))).toEqual(certain.map(() => false));
    expect(isUncertain(new Error('ours'))).toBe(false);
  });

  test('both ways to say "already assigned" are known, another conflict is not one', () => {
    expect(
      isAlreadyAssigned(problem({ status: 400, message: 'Permission being assigned already exists on the object' })),
    ).toBe(true);
    expect(isAlreadyAssigned(problem({ status: 409, code: 'Request_MultipleObjectsWithSameKeyValue' }))).toBe(true);
    expect(isAlreadyAssigned(problem({ status: 409, code: 'Directory_ConcurrencyViolation' }))).toBe(false);
  });

  test('lag looks like a missing object or a bad reference', () => {
    expect(isReplicationLag(problem({ status: 404 }))).toBe(true);
    expect(isReplicationLag(problem({ status: 400, message: 'Not a valid reference update.' }))).toBe(true);
    expect(isReplicationLag(problem({ status: 400, message: 'Property is wrong' }))).toBe(false);
  });

  test('the domain rule is known by code, by detail and by text', () => {
    const ways = [
      { status: 400, code: 'HostNameNotOnVerifiedDomain' },
      { status: 400, code: 'Request_BadRequest', detailCodes: ['HostNameNotOnVerifiedDomain'] },
      { status: 400, message: "Values of identifierUris property must use a verified domain of the organization: 'x'" },
    ];

    expect(ways.map((way) => isUnverifiedHost(problem(way)))).toEqual([true, true, true]);
  });

  test('a concurrency violation is worth repeating for a write, any other conflict is not', () => {
    expect(isWorthRepeating({ status: 409, code: 'Directory_ConcurrencyViolation' }, true)).toBe(true);
    expect(isWorthRepeating({ status: 409, code: 'Request_Conflict' }, true)).toBe(false);
    expect(isWorthRepeating({ status: 403 }, true)).toBe(false);
  });
});

describe('the bot’s own credential', () => {
  test.each([
    ['AADSTS7000222: The provided client secret keys are expired.', 'AADSTS7000222', 'expired'],
    ['invalid_client: Error(s): 7000215 - Timestamp: x', 'AADSTS7000215', 'wrong'],
    ["AADSTS700016: Application with identifier 'x' was not found", 'AADSTS700016', 'does not know'],
  ])('%s', (said, code, why) => {
    const { facts } = signInProblem(said, {});

    expect(facts).toMatchObject({ answer: 'unauthorized', code });
    expect(facts.why).toContain(why);
  });
});
