import fc from 'fast-check';
import type { EntraPerson, RoleHeld, Standing } from '../entra/entra.js';
import { judge, judgeAsker, judgeTarget, refusalFacts, rightsOf, type Right } from './permissions.js';

const CLOUD_APP_ADMIN = '158c047a-c907-4556-b7ef-446551a6b5f7';
const USER_ADMIN = 'fe930be7-5e62-47db-91af-98c3a49a38b1';
const GLOBAL_ADMIN = '62e90394-69f5-4237-9190-012177145e10';
const GLOBAL_READER = 'f2ef992c-3afb-46b9-b7cf-a126ee74c451';
const SECURITY_ADMIN = '194ae4cb-b126-40b2-bd5b-6091b380977d';

const person: EntraPerson = {
  id: 'p',
  name: 'Ada',
  userPrincipalName: 'ada@contoso.example',
  isEnabled: true,
  isGuest: false,
};

function standing(changes: Partial<Standing> & { is?: Partial<EntraPerson> } = {}): Standing {
  return { active: [], eligible: [], ...changes, person: { ...person, ...changes.is } };
}

function role(roleTemplateId: string, scope = '/'): RoleHeld {
  return { roleTemplateId, scope };
}

describe('what a role allows', () => {
  test.each([
    [CLOUD_APP_ADMIN, ['manage-sso', 'look']],
    [USER_ADMIN, ['create-people']],
    [GLOBAL_ADMIN, ['manage-sso', 'create-people', 'look']],
    [GLOBAL_READER, ['look']],
    [SECURITY_ADMIN, []],
  ])('%s gives %p', (templateId, rights) => {
    expect(rightsOf(standing({ active: [role(templateId)] }))).toEqual(rights);
  });

  test('a role through a role-assignable group counts like one of one’s own', () => {
    const active = [{ ...role(CLOUD_APP_ADMIN), throughGroup: 'SSO admins' }];
    expect(judge('manage-sso', standing({ active }))).toMatchObject({ isAllowed: true });
  });

  test('the spelling of the id does not matter', () => {
    expect(judge('look', standing({ active: [role(GLOBAL_READER.toUpperCase())] }))).toMatchObject({ isAllowed: true });
  });
});

describe('what is refused, and with which rule', () => {
  test.each([
    ['nobody of this tenant', undefined, 'not-in-tenant'],
    ['a disabled admin', standing({ active: [role(GLOBAL_ADMIN)], is: { isEnabled: false } }), 'account-disabled'],
    ['a guest who is admin', standing({ active: [role(GLOBAL_ADMIN)], is: { isGuest: true } }), 'guest'],
    [
      'an admin of a part of the tenant',
      standing({ active: [role(CLOUD_APP_ADMIN, '/administrativeUnits/7')] }),
      'role-too-narrow',
    ],
    ['someone who is only eligible', standing({ eligible: [role(CLOUD_APP_ADMIN)] }), 'role-not-activated'],
    ['an ordinary person', standing(), 'role-missing'],
  ])('%s', (_who, who, rule) => {
    expect(judge('manage-sso', who)).toMatchObject({ isAllowed: false, rule });
  });

  test('a narrower role names its scope', () => {
    const verdict = judge('manage-sso', standing({ active: [role(CLOUD_APP_ADMIN, '/administrativeUnits/7')] }));
    expect(verdict).toMatchObject({ why: expect.stringContaining('/administrativeUnits/7') as string });
  });

  test('every refusal says why and what to do', () => {
    for (const who of [undefined, standing(), standing({ eligible: [role(USER_ADMIN)] })]) {
      for (const right of ['manage-sso', 'create-people', 'look'] as const satisfies readonly Right[]) {
        const verdict = judge(right, who);
        if (verdict.isAllowed) throw new Error('was allowed');
        const facts = refusalFacts(verdict, 'do it');
        expect(facts).toMatchObject({ kind: 'refused', what: 'You cannot do it.' });
        expect([facts.why, facts.remedy].every((words) => (words ?? '').endsWith('.'))).toBe(true);
      }
    }
  });

  test('nobody gives access to themselves, in whatever spelling', () => {
    expect(judgeTarget('AB', 'ab')).toMatchObject({ isAllowed: false, rule: 'self' });
    expect(judgeTarget('ab', 'ac')).toMatchObject({ isAllowed: true });
  });
});

test('no standing without an active role for the whole tenant is ever allowed to change anything', () => {
  const scopes = fc.string().filter((scope) => scope !== '/');
  const roles = fc.constantFrom(CLOUD_APP_ADMIN, USER_ADMIN, GLOBAL_ADMIN, GLOBAL_READER, SECURITY_ADMIN);
  const narrow = fc.record({ roleTemplateId: roles, scope: scopes });
  const any = fc.record({ roleTemplateId: roles, scope: fc.constant('/') });

  fc.assert(
    fc.property(fc.array(narrow), fc.array(any), (active, eligible) => {
      expect(rightsOf(standing({ active, eligible }))).toEqual([]);
    }),
  );
});

test('A plan that was compared with one person is run by nobody else', () => {
  expect(judgeAsker('A-1', 'a-1')).toMatchObject({ isAllowed: true });
  expect(judgeAsker('b-2', 'a-1')).toMatchObject({ isAllowed: false, rule: 'another-asker' });
});
