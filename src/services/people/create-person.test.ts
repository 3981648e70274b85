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
});

describe('when the name is taken by the time it is to be created', () => {
  const takenBy = (who: EntraPerson) =>
    ({
      createPerson: () => Promise.reject(new Problem({ kind: 'remote', answer: 'conflict', what: 'x', remedy: 'y' })),
      findPeople: async () => [who],
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
