import { z } from 'zod';
import type { Entra } from '../entra/entra.js';
import type { Genesys } from '../genesys/genesys.js';
import { accessInEntra, accessInGenesys } from '../operations/access-clash.js';
import type { Operation } from '../operations/operation.js';
import { judgeTarget } from '../operations/permissions.js';
import { takeAssignments } from '../provisioning/access-held.js';
import { privileged } from './people-refusals.js';

export const removeTestUserInput = z.object({
  personId: z.string(),
  displayName: z.string(),
  userPrincipalName: z.string(),
  /** The user in Genesys that goes as well: one that Latchkey made. */
  genesysUser: z.object({ id: z.string(), email: z.string() }).nullable(),
  /** The address of a user in Genesys that stays, as somebody else made it. */
  genesysStays: z.string().nullable(),
});
export type RemoveTestUserInput = z.infer<typeof removeTestUserInput>;

export type RemoveTestUserOutcome = {
  readonly personId: string;
  readonly displayName: string;
  readonly userPrincipalName: string;
  /** How many roles of the application were taken away. */
  readonly assignments: number;
  readonly genesys: 'deleted' | 'was-gone' | 'none' | 'stays';
  readonly genesysEmail: string | null;
  readonly entra: 'deleted' | 'was-gone';
};

const STEPS = [
  'Take the assignments away in Entra',
  'Delete the user in Genesys Cloud',
  'Delete the person in Entra',
] as const;

/**
 * Takes somebody whom Latchkey created away again, on both sides. The assignments go first, or a person who is restored
 * within Entra's 30 days would have access again. Each step finds what an attempt before it has done; each waits until a
 * read says so.
 */
export function removeTestUser(parts: {
  entra: Entra;
  genesys: Genesys;
}): Operation<RemoveTestUserInput, RemoveTestUserOutcome> {
  return {
    kind: 'remove-test-user',
    version: 1,
    right: 'create-people',
    input: removeTestUserInput,
    wanted: ({ displayName }) => `remove ${displayName} from Entra and Genesys Cloud`,
    concerns: ({ personId }) => [personId],
    access: { direction: 'takes', of: ({ personId }) => [accessInEntra(personId), accessInGenesys(personId)] },
    judge: (actor, { personId }) => judgeTarget(actor.personId, personId, 'remove'),
    run: async ({ input, step }) => {
      const { personId, displayName, userPrincipalName, genesysUser, genesysStays } = input;
      const [take, deleteThere, deleteHere] = STEPS;
      const assignments = await step(take, async () => {
        await refusePrivileged(parts.entra, input);
        return (await parts.entra.findPerson(personId)) ? takeAssignments(parts.entra, personId) : 0;
      });
      const wasInGenesys =
        genesysUser === null ? null : await step(deleteThere, () => parts.genesys.deleteUser(genesysUser.id));
      const wasInEntra = await step(deleteHere, async () => {
        await refusePrivileged(parts.entra, input);
        return parts.entra.deletePerson(personId);
      });
      return {
        ...{ personId, displayName, userPrincipalName, assignments },
        genesys:
          wasInGenesys === null ? (genesysStays === null ? 'none' : 'stays') : wasInGenesys ? 'deleted' : 'was-gone',
        genesysEmail: genesysUser?.email ?? genesysStays,
        entra: wasInEntra ? 'deleted' : 'was-gone',
      };
    },
  };
}

/** Somebody who has been given a directory role since, or could activate one, is no test user any more. */
async function refusePrivileged(entra: Entra, { personId, displayName }: RemoveTestUserInput): Promise<void> {
  const standing = await entra.findStanding(personId);
  if (!standing || standing.active.length + standing.eligible.length === 0) return;
  throw privileged(displayName, 'delete');
}
