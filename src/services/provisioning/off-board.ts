import { z } from 'zod';
import type { Entra } from '../entra/entra.js';
import type { Genesys } from '../genesys/genesys.js';
import { accessInEntra, accessInGenesys } from '../operations/access-clash.js';
import type { Operation, RunContext } from '../operations/operation.js';
import { judgeTarget } from '../operations/permissions.js';
import { entraAccess, genesysAccess, takeAssignments, type GenesysAccess } from './access-held.js';
import { attemptPart, type Part } from './off-board-part.js';
import { notDoneYet } from './off-board-refusals.js';
import type { HeldRole } from './role-snapshot.js';

export const offBoardInput = z.object({
  personId: z.string(),
  personName: z.string(),
  userPrincipalName: z.string(),
  mail: z.string().nullable(),
});
export type OffBoardInput = z.infer<typeof offBoardInput>;

/** What came of each part. */
export type OffBoardOutcome = {
  readonly personId: string;
  readonly personName: string;
  readonly userPrincipalName: string;
  /** Names of the roles whose assignment was taken away; empty: there was none. */
  readonly assignments: Part<readonly string[]>;
  /** Names of the groups that still give access. */
  readonly groups: Part<readonly string[]>;
  /** `false`: the person is no longer in Entra. */
  readonly entraSessions: Part<boolean>;
  /** As it was found, before anything was done to it. */
  readonly genesys: Part<GenesysAccess>;
  /** `false`: there was nothing to do. */
  readonly deactivated: Part<boolean>;
  readonly genesysSessions: Part<boolean>;
  /** What Genesys forgets when the user is deleted; empty: there is no user, or their roles could not be read. */
  readonly genesysUserId: string;
  readonly genesysRoles: readonly HeldRole[];
};

export const OFF_BOARD_STEPS = [
  'Note the assignments in Entra',
  'Take the assignments away in Entra',
  'Look for groups that still give access',
  'End the sessions in Entra',
  'Note the user and the roles in Genesys',
  'Make the Genesys user inactive',
  'End the sessions in Genesys',
] as const;

interface Remote {
  readonly entra: Entra;
  readonly genesys: Genesys;
}

type Context = RunContext<OffBoardInput>;

/**
 * Takes a person's access away on both sides: Entra first, so that nobody signs in any more. What one side refuses for good
 * is the part's result; what it cannot do now is tried again for about a day. Neither keeps the rest from being done. The
 * roles stay with the inactive user, and in the outcome, from where a later restoring takes them.
 */
export function offBoard(remote: Remote): Operation<OffBoardInput, OffBoardOutcome> {
  return {
    kind: 'off-board',
    version: 1,
    right: 'manage-sso',
    input: offBoardInput,
    wanted: ({ personName }) => `off-board ${personName}`,
    concerns: ({ personId }) => [personId],
    access: { direction: 'takes', of: ({ personId }) => [accessInEntra(personId), accessInGenesys(personId)] },
    judge: (actor, { personId }) => judgeTarget(actor.personId, personId, 'off-board'),
    run: async (context) => {
      const inEntra = await endInEntra(remote, context);
      const inGenesys = await endInGenesys(remote, context);
      const { personId, personName, userPrincipalName } = context.input;
      const later = Object.values({ ...inEntra, ...inGenesys }).find(({ state }) => state === 'later');
      if (later?.state === 'later') throw notDoneYet(personName, later.problem);
      const user = inGenesys.genesys.state === 'done' ? inGenesys.genesys.value.user : null;
      return {
        ...{ personId, personName, userPrincipalName, ...inEntra, ...inGenesys },
        // Of whom the roles are not known, what was noted before stays the newest.
        ...{ genesysUserId: user?.roles ? user.id : '', genesysRoles: user?.roles ?? [] },
      };
    },
  };
}

async function endInEntra(
  { entra }: Remote,
  { input, step }: Context,
): Promise<Pick<OffBoardOutcome, 'assignments' | 'groups' | 'entraSessions'>> {
  const { personId } = input;
  const [note, take, look, end] = OFF_BOARD_STEPS;
  // Noted in a step of its own: after a crash in the middle of the next one, nobody could tell what there was.
  const noted = await attemptPart(step, note, async () => (await entraAccess(entra, personId)).roles);
  const taken = await attemptPart(step, take, () => takeAssignments(entra, personId));
  const groups = await attemptPart(step, look, async () => (await entraAccess(entra, personId)).groups);
  const entraSessions = await attemptPart(step, end, () => entra.revokeSignInSessions(personId));
  return { assignments: taken.state === 'done' ? noted : taken, groups, entraSessions };
}

async function endInGenesys(
  remote: Remote,
  { input, step }: Context,
): Promise<Pick<OffBoardOutcome, 'genesys' | 'deactivated' | 'genesysSessions'>> {
  const [, , , , note, deactivate, end] = OFF_BOARD_STEPS;
  const genesys = await attemptPart(step, note, () => genesysAccess(remote, input));
  if (genesys.state !== 'done') return { genesys, deactivated: genesys, genesysSessions: genesys };
  const { user } = genesys.value;
  const living = user && user.state !== 'deleted' ? user : undefined;
  const deactivated = await attemptPart(step, deactivate, async () => {
    if (living) await remote.genesys.deactivateUser(living.id);
    return living?.state === 'active';
  });
  const genesysSessions = await attemptPart(step, end, async () => {
    if (living) await remote.genesys.revokeTokens(living.id);
    return living !== undefined;
  });
  return { genesys, deactivated, genesysSessions };
}
