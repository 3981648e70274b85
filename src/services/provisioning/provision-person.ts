import { z } from 'zod';
import type { Genesys } from '../genesys/genesys.js';
import type { Operation } from '../operations/operation.js';
import { judgeTarget } from '../operations/permissions.js';

export const provisionInput = z.object({
  personId: z.string(),
  personName: z.string(),
  /** What the sign-in will send, so that Genesys finds the user. */
  email: z.string(),
  divisionId: z.string(),
  divisionName: z.string(),
  roleId: z.string(),
  roleName: z.string(),
});
export type ProvisionInput = z.infer<typeof provisionInput>;

export type ProvisionOutcome = {
  readonly personId: string;
  readonly personName: string;
  readonly email: string;
  readonly divisionName: string;
  readonly roleName: string;
  /** What Genesys held before: `active`, `inactive`, `deleted`, `unknown`. */
  readonly was: string;
  readonly isRoleNew: boolean;
};

/** Gives one person a user in Genesys: found, re-activated, restored or created; roles are only ever added. */
export function provisionPerson(parts: { genesys: Genesys }): Operation<ProvisionInput, ProvisionOutcome> {
  return {
    kind: 'provision-person',
    version: 1,
    right: 'manage-sso',
    input: provisionInput,
    wanted: ({ personName }) => `provision ${personName} in Genesys Cloud`,
    concerns: ({ personId }) => [personId],
    judge: (actor, { personId }) => judgeTarget(actor.personId, personId),
    run: async ({ input, step }) => {
      const { personName, email, divisionId, roleId } = input;
      const ensured = await step('Find or create the Genesys user', async () => {
        const { user, was } = await parts.genesys.ensureActiveUser({ name: personName, email, divisionId });
        return { userId: user.id, was };
      });
      const isRoleNew = await step(`Give the role ${input.roleName}`, () =>
        parts.genesys.ensureGrant(ensured.userId, { roleId, divisionId }),
      );
      const { personId, divisionName, roleName } = input;
      return { personId, personName, email, divisionName, roleName, was: ensured.was, isRoleNew };
    },
  };
}
