import { z } from 'zod';
import type { Genesys } from '../genesys/genesys.js';
import type { Operation, RunContext } from '../operations/operation.js';
import { judgeTarget } from '../operations/permissions.js';
import { heldRole, rolesHeld, type HeldRole } from './role-snapshot.js';

const givenRole = z.object({ roleId: z.string(), roleName: z.string() });

const wholeInput = z.object({
  personId: z.string(),
  personName: z.string(),
  /** What the sign-in will send, so that Genesys finds the user. */
  email: z.string(),
  divisionId: z.string(),
  divisionName: z.string(),
  /** Each added in that division, unless it is there. */
  roles: z.array(givenRole),
  /** Given back one by one where the user turns out to be deleted. */
  restores: z.array(heldRole),
});
export type ProvisionInput = z.infer<typeof wholeInput>;

/** The first release gave one role and restored none. */
export const provisionInput: z.ZodType<ProvisionInput> = z.preprocess((input) => {
  const former = givenRole.safeParse(input);
  return former.success && typeof input === 'object' ? { roles: [former.data], restores: [], ...input } : input;
}, wholeInput);

export type ProvisionOutcome = {
  readonly personId: string;
  readonly personName: string;
  readonly email: string;
  readonly divisionName: string;
  /** What Genesys held before: `active`, `inactive`, `deleted`, `unknown`. */
  readonly was: string;
  /** In the order in which they were given. */
  readonly roles: readonly { readonly roleName: string; readonly isNew: boolean }[];
  readonly restored: readonly HeldRole[];
  readonly genesysUserId: string;
  /** Everything the user held in the end. */
  readonly genesysRoles: readonly HeldRole[];
};

/** Gives one person a user in Genesys: found, re-activated, restored or created; roles are only ever added, one by one. */
export function provisionPerson(parts: { genesys: Genesys }): Operation<ProvisionInput, ProvisionOutcome> {
  return {
    kind: 'provision-person',
    version: 1,
    right: 'manage-sso',
    input: provisionInput,
    wanted: ({ personName }) => `provision ${personName} in Genesys Cloud`,
    concerns: ({ personId }) => [personId],
    judge: (actor, { personId }) => judgeTarget(actor.personId, personId),
    run: async (context) => {
      const { input, step } = context;
      const { personId, personName, email, divisionId, divisionName } = input;
      const { userId, was } = await step('Find or create the Genesys user', async () => {
        const ensured = await parts.genesys.ensureActiveUser({ name: personName, email, divisionId });
        return { userId: ensured.user.id, was: ensured.was };
      });
      const restored = was === 'deleted' ? input.restores : [];
      await giveBack(parts.genesys, context, { userId, restored });
      const roles = await giveRoles(parts.genesys, context, userId);
      const genesysRoles = await step('Read the roles back', () => rolesHeld(parts.genesys, userId));
      const done = { was, roles, restored, genesysUserId: userId, genesysRoles };
      return { personId, personName, email, divisionName, ...done };
    },
  };
}

type Context = Pick<RunContext<ProvisionInput>, 'input' | 'step'>;

async function giveBack(
  genesys: Genesys,
  { step }: Context,
  { userId, restored }: { userId: string; restored: readonly HeldRole[] },
): Promise<void> {
  for (const { roleId, roleName, divisionId, divisionName } of restored) {
    await step(`Give back the role ${roleName} in ${divisionName}`, () =>
      genesys.ensureGrant(userId, { roleId, divisionId }),
    );
  }
}

async function giveRoles(
  genesys: Genesys,
  { input, step }: Context,
  userId: string,
): Promise<{ roleName: string; isNew: boolean }[]> {
  const given: { roleName: string; isNew: boolean }[] = [];
  for (const { roleId, roleName } of input.roles) {
    const isNew = await step(`Give the role ${roleName}`, () =>
      genesys.ensureGrant(userId, { roleId, divisionId: input.divisionId }),
    );
    given.push({ roleName, isNew });
  }
  return given;
}
