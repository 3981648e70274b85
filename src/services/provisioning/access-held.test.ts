import type { Entra } from '../entra/entra.js';
import { entraAccess, takeAssignments } from './access-held.js';

const USER = { id: 'r-user', displayName: 'User', isEnabled: true, allowsUsers: true };
const NO_ROLE = '00000000-0000-0000-0000-000000000000';

/** Two instances of the application, and what one person holds of each. */
function entraOf(held: Readonly<Record<string, readonly string[]>>): Entra {
  const rolesOf = (servicePrincipalId: string): readonly string[] => held[servicePrincipalId] ?? [];
  return {
    getGalleryTemplate: async () => ({ id: 'template' }),
    findInstances: async () => [{ servicePrincipalId: 'sp1' }, { servicePrincipalId: 'sp2' }],
    findAccess: async (_person: string, id: string) => ({
      direct: rolesOf(id).map((appRoleId) => ({ appRoleId })),
      throughGroups: [{ principalName: 'Leads' }],
    }),
    getAppRoles: async () => [USER],
    removeAssignments: async ({ servicePrincipalId }: { servicePrincipalId: string }) =>
      rolesOf(servicePrincipalId).length,
  } as unknown as Entra;
}

test('what a person holds has the names that the list of who has access has for it, each once', async () => {
  const held = await entraAccess(entraOf({ sp1: [USER.id, NO_ROLE], sp2: [USER.id, 'r-gone'] }), 'p');

  expect(held).toEqual({ roles: ['User', 'Default Access', 'r-gone'], groups: ['Leads'] });
});

test('taking everything away counts over all instances', async () => {
  expect(await takeAssignments(entraOf({ sp1: [USER.id], sp2: [USER.id, NO_ROLE] }), 'p')).toBe(3);
  expect(await takeAssignments(entraOf({}), 'p')).toBe(0);
});
