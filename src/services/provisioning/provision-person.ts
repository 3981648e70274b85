import { z } from 'zod';
import type { Genesys } from '../genesys/genesys.js';
import { accessInGenesys } from '../operations/access-clash.js';
import type { Operation, RunContext } from '../operations/operation.js';
import { judgeTarget } from '../operations/permissions.js';
import { ensureGenesysUser, type FoundUser, type UserWas } from './ensure-genesys-user.js';
import { heldRole, type HeldRole } from './role-snapshot.js';

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
    access: { direction: 'gives', of: ({ personId }) => [accessInGenesys(personId)] },
    judge: (actor, { personId }) => judgeTarget(actor.personId, personId),
    run: async ({ input, step }) => {
      const { personId, personName, email, divisionId, divisionName, roles, restores } = input;
      const wish = { name: personName, email, divisionId, roles, restoresOf: () => Promise.resolve(restores) };
      const { userId, ...done } = await ensureGenesysUser(parts.genesys, wish, {
        user: (ensure) => findOrCreate(parts.genesys, { input, step }, ensure),
        step,
      });
      return { personId, personName, email, divisionName, ...done, genesysUserId: userId };
    },
  };
}

/** `id` is empty where there is none. */
type SeenUser = { readonly id: string; readonly was: UserWas };

/**
 * What the user was is found out in a step of its own: whoever goes on after a death in the middle of the next one finds the
 * user active, and would give no roles back, or not know that this run has created them.
 */
async function findOrCreate(
  genesys: Genesys,
  { input, step }: Pick<RunContext<ProvisionInput>, 'input' | 'step'>,
  ensure: () => Promise<FoundUser>,
): Promise<FoundUser> {
  const { email, personName } = input;
  const seen = await step('Look for the Genesys user', async (): Promise<SeenUser> => {
    const user = await genesys.findUserByEmail(email);
    return { id: user?.id ?? '', was: user?.state ?? 'unknown' };
  });
  return step('Find or create the Genesys user', async ({ isRepeated = false }) => {
    const ensured = await ensure();
    if (ensured.userId === seen.id) return { ...ensured, was: seen.was };
    if (seen.was !== 'unknown' || ensured.was !== 'active' || !isRepeated) return ensured;
    // Made by an attempt before this one, unless the search showed somebody too late who has another name.
    const user = await genesys.findUserByEmail(email);
    return user?.id === ensured.userId && user.name === personName ? { ...ensured, was: 'unknown' } : ensured;
  });
}
