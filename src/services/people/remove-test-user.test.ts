import type { Entra, RoleHeld, Standing } from '../entra/entra.js';
import type { Genesys } from '../genesys/genesys.js';
import { newRunId } from '../platform/ids.js';
import type { Problem } from '../platform/problem.js';
import { ada, StandingClock } from '../platform/testing/test-parts.js';
import { removeTestUser, type RemoveTestUserInput } from './remove-test-user.js';

const ID = '33333333-3333-4333-8333-333333333333';
const ROLE: RoleHeld = { roleTemplateId: '62e90394-69f5-4237-9190-012177145e10', scope: '/' };
const clock = new StandingClock();

const INPUT: RemoveTestUserInput = {
  ...{ personId: ID, displayName: 'T.Simon', userPrincipalName: 't.simon@contoso.example' },
  genesysUser: { id: 'g1', email: 't.simon@contoso.example' },
  genesysStays: null,
};

/** Both sides, and what was done to them in that order. */
function sides({ isThere = true, roles = [] as readonly (readonly RoleHeld[])[] } = {}) {
  const done: string[] = [];
  let looked = 0;
  const standing = (): Standing | undefined =>
    isThere
      ? ({
          person: { id: ID },
          active: roles[Math.min(looked++, roles.length - 1)] ?? [],
          eligible: [],
        } as unknown as Standing)
      : undefined;
  const entra = {
    findStanding: async () => standing(),
    findPerson: async () => (isThere ? { id: ID } : undefined),
    getGalleryTemplate: async () => ({ id: 'template' }),
    findInstances: async () => [{ servicePrincipalId: 'sp1' }, { servicePrincipalId: 'sp2' }],
    removeAssignments: async ({ servicePrincipalId }: { servicePrincipalId: string }) => {
      if (servicePrincipalId !== 'sp2') return 0;
      return done.push(`unassigned from ${servicePrincipalId}`);
    },
    deletePerson: async (id: string) => {
      done.push(`deleted ${id}`);
      return isThere;
    },
  } as unknown as Entra;
  const genesys = {
    deleteUser: async (id: string) => {
      done.push(`deleted ${id} in Genesys`);
      return isThere;
    },
  } as unknown as Genesys;
  const run = (input: RemoveTestUserInput = INPUT) =>
    removeTestUser({ entra, genesys }).run({
      ...{ input, runId: newRunId(), actor: ada, waitFor: () => Promise.reject(new Error('Nothing is waited for.')) },
      step: <T>(_name: string, deed: (attempt: { startedAt: Date }) => Promise<T>) => deed({ startedAt: clock.now() }),
    });
  return { done, run };
}

test('access goes first, then the Genesys user, and the person last', async () => {
  const { done, run } = sides();

  const outcome = await run();

  expect(done).toEqual(['unassigned from sp2', 'deleted g1 in Genesys', `deleted ${ID}`]);
  expect(outcome).toMatchObject({ assignments: 1, genesys: 'deleted', entra: 'deleted' });
});

test('what an attempt before this one has removed is found gone, and is no failure', async () => {
  const { done, run } = sides({ isThere: false });

  const outcome = await run();

  expect(done).not.toContain('unassigned from sp2');
  expect(outcome).toMatchObject({ assignments: 0, genesys: 'was-gone', entra: 'was-gone' });
});

test('a Genesys user of somebody else is not touched', async () => {
  const { done, run } = sides();

  const outcome = await run({ ...INPUT, genesysUser: null, genesysStays: 't.simon@contoso.example' });

  expect(done).toEqual(['unassigned from sp2', `deleted ${ID}`]);
  expect(outcome).toMatchObject({ genesys: 'stays', genesysEmail: 't.simon@contoso.example' });
});

test.each([
  ['before anything is taken away', [[ROLE]], []],
  ['before the person is deleted', [[], [ROLE]], ['unassigned from sp2', 'deleted g1 in Genesys']],
] as const)('somebody who holds a directory role %s is not deleted', async (_when, roles, before) => {
  const { done, run } = sides({ roles });

  const refused = await run().catch((error: Problem) => error.facts);

  expect(refused).toMatchObject({ kind: 'refused', code: 'privileged-account' });
  expect(done).toEqual(before);
});

test('nobody removes themselves', () => {
  const { judge } = removeTestUser({ entra: {} as Entra, genesys: {} as Genesys });

  expect(judge?.({ ...ada, personId: ID }, INPUT)).toMatchObject({ isAllowed: false, rule: 'self' });
});
