import fc from 'fast-check';
import { missingOf, NEEDS } from '../entra/graph-permissions.js';
import {
  GROUP_PERMISSION,
  judgeGraphPermissions,
  judgeNewPassword,
  PASSWORD_PERMISSION,
  WANTED_PERMISSIONS,
} from './graph-permissions.js';

const GRANTEE = {
  name: 'Latchkey',
  clientId: 'b07c1e7a-5a1e-4c0d-9e51-1a7c4e7b0001',
  servicePrincipalId: 'b07c1e7a-5a1e-4c0d-9e51-1a7c4e7b0002',
  isManagedIdentity: false,
};
const WANTED = WANTED_PERMISSIONS.map(({ permission }) => permission);
/** Nobody is put into groups unless the access policy gives any. */
const { writeMembers, ...ALWAYS } = NEEDS;
const NEEDED = Object.values(ALWAYS).flat();
const USER_ADMINISTRATOR = 'fe930be7-5e62-47db-91af-98c3a49a38b1';

const missing = (granted: readonly string[]): string[] =>
  judgeGraphPermissions(granted, GRANTEE).flatMap(({ state, name }) => (state === 'missing' ? [name] : []));

test('the wanted permissions are enough for every call that Latchkey makes', () => {
  expect(missingOf(NEEDED, WANTED)).toEqual([]);
});

test.each(WANTED)(
  'without %s there is a call that Latchkey could not make: it is not asked for in vain',
  (permission) => {
    const others = WANTED.filter((other) => other !== permission);

    expect(missingOf(NEEDED, others)).not.toEqual([]);
  },
);

test('whatever is granted: each wanted permission has one finding, and is missing unless it or a wider one is granted', () => {
  fc.assert(
    fc.property(fc.subarray([...WANTED, 'Application.ReadWrite.All', 'Mail.Read']), (granted) => {
      const findings = judgeGraphPermissions(granted, GRANTEE);
      for (const { permission, instead } of WANTED_PERMISSIONS) {
        const found = findings.filter(({ name }) => name === `graph-permission:${permission}`);
        const isThere = granted.includes(permission) || (instead !== undefined && granted.includes(instead));
        expect(found.map(({ state }) => state)).toEqual([isThere ? 'ok' : 'missing']);
      }
      for (const finding of findings.filter(({ state }) => state !== 'ok')) expect(finding.remedy).toBeTruthy();
    }),
  );
});

test('a missing permission says what it is for, where it is added, and under which id', () => {
  const [found] = judgeGraphPermissions(
    WANTED.filter((permission) => permission !== 'User.ReadWrite.All'),
    GRANTEE,
  ).filter(({ state }) => state !== 'ok');

  expect(found).toEqual({
    name: 'graph-permission:User.ReadWrite.All',
    state: 'missing',
    what: 'User.ReadWrite.All is not granted. Without it Latchkey cannot look people up and create test users.',
    remedy:
      'Entra admin center, App registrations, Latchkey, API permissions, Add a permission, Microsoft Graph, Application permissions: add User.ReadWrite.All. A tenant admin then presses "Grant admin consent".',
    remoteIds: {
      appRoleId: '741f803b-c850-494e-b5df-cde7c675a1ca',
      clientId: GRANTEE.clientId,
      servicePrincipalId: GRANTEE.servicePrincipalId,
    },
  });
});

test('a managed identity, which has no page for permissions, is given them by id', () => {
  const [found] = judgeGraphPermissions([], { ...GRANTEE, isManagedIdentity: true });

  expect(found?.remedy).toContain(
    `app role 18a4783c-866b-4cc7-a460-3d5e5662c884 of Microsoft Graph (POST /servicePrincipals/${GRANTEE.servicePrincipalId}/appRoleAssignments)`,
  );
});

test('Application.ReadWrite.All stands in for the smaller ones, and is more than Latchkey should have', () => {
  const granted = [...WANTED.filter((one) => !one.startsWith('Application.')), 'Application.ReadWrite.All'];

  const findings = judgeGraphPermissions(granted, GRANTEE);

  expect(missing(granted)).toEqual([]);
  expect(findings).toContainEqual(
    expect.objectContaining({
      name: 'graph-permission-too-much:Application.ReadWrite.All',
      state: 'warning',
      what: expect.stringContaining('can change every application of the tenant') as string,
    }),
  );
});

test.each([
  ['the permission', [PASSWORD_PERMISSION.permission], [], 'ok'],
  ['a directory role', [], [USER_ADMINISTRATOR], 'ok'],
  ['User.ReadWrite.All alone', ['User.ReadWrite.All'], [], 'missing'],
  ['roles that cannot be read', ['User.ReadWrite.All'], undefined, 'missing'],
] as const)('for a new password, %s: %s %s is %s', (_, granted, roles, state) => {
  expect(judgeNewPassword(granted, roles, GRANTEE).state).toBe(state);
});

test('only a policy that gives groups wants the permission for them, and that is enough for it', () => {
  const { permission } = GROUP_PERMISSION;
  const named = (granted: readonly string[], givesGroups: boolean): string[] =>
    judgeGraphPermissions(granted, GRANTEE, { givesGroups })
      .filter(({ name, state }) => name.endsWith(permission) && state !== 'ok')
      .map(({ state }) => state);

  expect(missingOf(writeMembers, [permission])).toEqual([]);
  expect([named(WANTED, false), named(WANTED, true)]).toEqual([[], ['missing']]);
  expect([named([...WANTED, permission], false), named([...WANTED, permission], true)]).toEqual([['warning'], []]);
});
