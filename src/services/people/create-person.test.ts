import type { Entra, EntraPerson, RoleHeld } from '../entra/entra.js';
import { Problem } from '../platform/problem.js';
import { newRunId } from '../platform/ids.js';
import { ada, StandingClock } from '../platform/testing/test-parts.js';
import { createPerson, resetPassword } from './create-person.js';

const ID = '33333333-3333-4333-8333-333333333333';
const clock = new StandingClock();
const T_SIMON = { displayName: 'T.Simon', userPrincipalName: 't.simon@contoso.example', mailNickname: 't.simon' };

function person(changes: Partial<EntraPerson> = {}): EntraPerson {
  const { displayName, userPrincipalName } = T_SIMON;
  return { id: ID, name: displayName, userPrincipalName, isEnabled: true, isGuest: false, ...changes };
}

const context = <Input>(input: Input) => ({
  ...{ input, runId: newRunId(), actor: ada },
  step: <T>(_name: string, deed: (attempt: { startedAt: Date }) => Promise<T>) => deed({ startedAt: clock.now() }),
  waitFor: () => Promise.resolve(undefined),
});

describe('when the name is taken by the time it is to be created', () => {
  const takenBy = (who: EntraPerson) =>
    ({
      createPerson: () => Promise.reject(new Problem({ kind: 'remote', answer: 'conflict', what: 'x', remedy: 'y' })),
      findPeople: async () => [who],
      findDeletedPerson: async () => undefined,
    }) as unknown as Entra;
  const run = (entra: Entra) =>
    createPerson({ entra, deliver: () => Promise.resolve(true) }).run(context({ ...T_SIMON }));

  test('the person of an attempt that a crash cut off is taken up', async () => {
    await expect(run(takenBy(person({ createdAt: clock.now() })))).resolves.toMatchObject({
      personId: ID,
      isPasswordDelivered: false,
    });
  });

  test.each([
    ['was there before this run', person({ createdAt: new Date(clock.now().getTime() - 3_600_000) })],
    ['was there nobody knows since when', person()],
    ['has another name', person({ createdAt: clock.now(), name: 'Tom Simon' })],
  ])('somebody who %s is not, or their password could be reset', async (_how, who) => {
    await expect(run(takenBy(who))).rejects.toMatchObject({ facts: { code: 'name-taken' } });
  });
});

describe('a password that the tenant refuses', () => {
  const refused = (): Promise<never> =>
    Promise.reject(new Problem({ kind: 'remote', code: 'password-refused', requestId: 'r-2', what: 'x', remedy: 'y' }));
  const creating = (accepts: (password: string) => boolean) => {
    const tried: string[] = [];
    const delivered: string[] = [];
    const entra = {
      createPerson: ({ password }: { password: string }) => {
        tried.push(password);
        return accepts(password) ? Promise.resolve({ id: ID }) : refused();
      },
    } as unknown as Entra;
    const deliver = (_actor: unknown, { password }: { password: string }) => {
      delivered.push(password);
      return Promise.resolve(true);
    };
    return { tried, delivered, run: createPerson({ entra, deliver }).run(context({ ...T_SIMON })) };
  };

  test('is followed by a longer one, and that one is delivered', async () => {
    const { tried, delivered, run } = creating((password) => password.length > 30);

    await expect(run).resolves.toMatchObject({ personId: ID, isPasswordDelivered: true });
    expect(tried.map(({ length }) => length)).toEqual([20, 40]);
    expect(delivered).toEqual([tried[1]]);
  });

  test('twice ends in words, with the request id, and without a third attempt', async () => {
    const { tried, delivered, run } = creating(() => false);

    await expect(run).rejects.toMatchObject({ facts: { code: 'password-rules', requestId: 'r-2' } });
    expect(tried).toHaveLength(2);
    expect(delivered).toEqual([]);
  });
});

test('a name that only a deleted person holds is said to be theirs', async () => {
  const entra = {
    createPerson: () => Promise.reject(new Problem({ kind: 'remote', answer: 'conflict', what: 'x', remedy: 'y' })),
    findPeople: async () => [],
    findDeletedPerson: async () => ({ id: ID, name: 'Tom Simon' }),
  } as unknown as Entra;
  const run = createPerson({ entra, deliver: () => Promise.resolve(true) }).run(context({ ...T_SIMON }));

  await expect(run).rejects.toMatchObject({ facts: { code: 'name-held-by-deleted' } });
});

describe('a new password', () => {
  const role: RoleHeld = { roleTemplateId: '62e90394-69f5-4237-9190-012177145e10', scope: '/' };
  const reset = async (standing: object | undefined) => {
    const set: string[] = [];
    const entra = {
      findStanding: async () => standing,
      resetPassword: async (_id: string, password: string) => void set.push(password),
    } as unknown as Entra;
    const operation = resetPassword({ entra, deliver: () => Promise.resolve(true) });
    const result = await operation.run(context({ personId: ID, ...T_SIMON })).catch((error: Problem) => error.facts);
    return { set, result };
  };

  test('is set for a person without any directory role', async () => {
    const { set, result } = await reset({ person: person(), active: [], eligible: [] });

    expect(set).toHaveLength(1);
    expect(result).toMatchObject({ isPasswordDelivered: true });
  });

  test.each([
    ['holds a directory role by now', { person: person(), active: [role], eligible: [] }, 'privileged-account'],
    ['could activate a directory role', { person: person(), active: [], eligible: [role] }, 'privileged-account'],
    ['is gone', undefined, 'person-gone'],
  ])('is not set for somebody who %s', async (_who, standing, code) => {
    const { set, result } = await reset(standing);

    expect(set).toEqual([]);
    expect(result).toMatchObject({ kind: 'refused', code });
  });
});
