import { z } from 'zod';
import type { Entra } from '../entra/entra.js';
import { accessInEntra } from '../operations/access-clash.js';
import type { Operation } from '../operations/operation.js';
import { judgeTargetGroup } from '../operations/permissions.js';
import { GALLERY_NAME } from '../sso/read-both-sides.js';
import { applicationInput, principalInput, roleInput, type HeldAppRole, type NamedPrincipal } from './held-roles.js';
import { notVisible } from './provisioning-refusals.js';

export const assignGroupInput = z.object({
  principal: principalInput.extend({ kind: z.literal('group') }),
  application: applicationInput,
  role: roleInput,
});
export type AssignGroupInput = z.infer<typeof assignGroupInput>;

export type AssignGroupOutcome = {
  readonly principal: NamedPrincipal;
  readonly role: HeldAppRole;
  readonly wasAlready: boolean;
};

/** Gives a group the application in Entra: whoever is directly in it may sign in, now and later. */
export function assignGroup({ entra }: { entra: Entra }): Operation<AssignGroupInput, AssignGroupOutcome> {
  return {
    kind: 'assign-group',
    version: 1,
    right: 'manage-sso',
    input: assignGroupInput,
    wanted: ({ principal }) => `assign the group ${principal.name} to ${GALLERY_NAME}`,
    concerns: ({ principal }) => [principal.id],
    access: { direction: 'gives', of: ({ principal }) => [accessInEntra(principal.id)] },
    judge: async (actor, { principal }) => judgeTargetGroup(await entra.listGroupsOf(actor.personId), principal.id),
    run: async ({ input: { principal, application, role }, step }) => {
      const isNew = await step('Assign in Entra', async () => {
        const wish = { ...application, groupId: principal.id, appRoleId: role.id };
        return (await entra.ensureGroupAssignment(wish)).isNew;
      });
      await step('Read the assignment back', async () => {
        const held = await entra.findGroupAssignments(principal.id, application.servicePrincipalId);
        if (!held.some(({ appRoleId }) => appRoleId === role.id)) throw notVisible(principal.name);
        return held.length;
      });
      return { principal, role, wasAlready: !isNew };
    },
  };
}
