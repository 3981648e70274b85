import { z } from 'zod';
import type { Entra } from '../entra/entra.js';
import { accessInEntra } from '../operations/access-clash.js';
import type { Operation } from '../operations/operation.js';
import { judgeTarget } from '../operations/permissions.js';
import { GALLERY_NAME } from '../sso/read-both-sides.js';
import { stillVisible } from './access-refusals.js';
import { applicationInput, principalInput, roleInput, type HeldAppRole, type NamedPrincipal } from './held-roles.js';
import { notVisible } from './provisioning-refusals.js';

export const changeRoleInput = z.object({
  principal: principalInput.extend({ kind: z.literal('person') }),
  application: applicationInput,
  from: z.array(roleInput),
  to: roleInput,
});
export type ChangeRoleInput = z.infer<typeof changeRoleInput>;

export type ChangeRoleOutcome = {
  readonly principal: NamedPrincipal;
  readonly from: readonly HeldAppRole[];
  readonly to: HeldAppRole;
};

/**
 * Gives a person another role in place of those they hold. Entra cannot change one, so the new one is added first and the
 * others are removed after it: at no moment is the person without access.
 */
export function changeRole({ entra }: { entra: Entra }): Operation<ChangeRoleInput, ChangeRoleOutcome> {
  return {
    kind: 'change-role',
    version: 1,
    right: 'manage-sso',
    input: changeRoleInput,
    wanted: ({ principal, to }) => `change the role of ${principal.name} in ${GALLERY_NAME} to ${to.name}`,
    concerns: ({ principal }) => [principal.id],
    access: { direction: 'gives', of: ({ principal }) => [accessInEntra(principal.id)] },
    judge: (actor, { principal }) => judgeTarget(actor.personId, principal.id),
    run: async ({ input: { principal, application, from, to }, step }) => {
      const { servicePrincipalId } = application;
      const held = async (): Promise<string[]> =>
        (await entra.findAssignments(principal.id, servicePrincipalId)).map(({ appRoleId }) => appRoleId);
      await step('Add the new role', async () => {
        const wish = { ...application, personId: principal.id, appRoleId: to.id };
        return (await entra.ensureAssignment(wish)).isNew;
      });
      await step('Read the new role back', async () => {
        if (!(await held()).includes(to.id)) throw notVisible(principal.name);
        return to.name;
      });
      const appRoleIds = from.map(({ id }) => id);
      await step('Remove the old role', async () => {
        await entra.removeAssignments({ ...application, principal, appRoleIds });
        return appRoleIds.length;
      });
      await step('Read back what is left', async () => {
        const left = await held();
        if (left.some((id) => appRoleIds.includes(id))) throw stillVisible(principal.name);
        return left.length;
      });
      return { principal, from, to };
    },
  };
}
