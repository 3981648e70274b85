import { z } from 'zod';
import type { PrincipalKind } from '../entra/entra-access.js';
import type { Entra } from '../entra/entra.js';
import { accessInEntra } from '../operations/access-clash.js';
import type { Operation } from '../operations/operation.js';
import { judgeTarget } from '../operations/permissions.js';
import { GALLERY_NAME } from '../sso/read-both-sides.js';
import { stillVisible } from './access-refusals.js';
import {
  applicationInput,
  findDirect,
  principalInput,
  roleInput,
  type HeldAppRole,
  type NamedPrincipal,
} from './held-roles.js';

export const unassignInput = z.object({
  principal: principalInput,
  application: applicationInput,
  roles: z.array(roleInput),
});
export type UnassignInput = z.infer<typeof unassignInput>;

export type UnassignOutcome = {
  readonly principal: NamedPrincipal;
  readonly roles: readonly HeldAppRole[];
  /** Names of groups that still give the person access; of a group: none. */
  readonly throughGroups: readonly string[];
};

/** Takes the application away from one person or one group in Entra: what was given directly, and nothing else. */
export function unassign(parts: { entra: Entra }, from: PrincipalKind): Operation<UnassignInput, UnassignOutcome> {
  return {
    kind: `unassign-${from}`,
    version: 1,
    right: 'manage-sso',
    input: unassignInput,
    wanted: ({ principal }) => `take ${GALLERY_NAME} away from ${principal.name}`,
    concerns: ({ principal }) => [principal.id],
    access: { direction: 'takes', of: ({ principal }) => [accessInEntra(principal.id)] },
    // Whoever takes access from a group that they are in gives themselves nothing.
    judge: (actor, { principal: { kind, id } }) =>
      kind === 'person'
        ? judgeTarget(actor.personId, id, 'take access from')
        : { isAllowed: true, through: 'a group loses access' },
    run: async ({ input: { principal, application, roles }, step }) => {
      const { servicePrincipalId } = application;
      const appRoleIds = roles.map(({ id }) => id);
      await step('Remove in Entra', async () => {
        await parts.entra.removeAssignments({ ...application, principal, appRoleIds });
        return appRoleIds.length;
      });
      const throughGroups = await step('Read back what is left', async () => {
        const left = await findDirect(parts.entra, principal, servicePrincipalId);
        if (left.some(({ appRoleId }) => appRoleIds.includes(appRoleId))) throw stillVisible(principal.name);
        if (principal.kind === 'group') return [];
        const access = await parts.entra.findAccess(principal.id, servicePrincipalId);
        return [...new Set(access.throughGroups.map(({ principalName }) => principalName))];
      });
      return { principal, roles, throughGroups };
    },
  };
}
