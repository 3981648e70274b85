import { z } from 'zod';
import type { AppRole, Entra } from '../entra/entra.js';
import { accessInEntra } from '../operations/access-clash.js';
import type { Operation } from '../operations/operation.js';
import { judgeTarget } from '../operations/permissions.js';
import { notVisible } from './provisioning-refusals.js';
import { GALLERY_NAME } from '../sso/read-both-sides.js';

export const assignInput = z.object({
  personId: z.string(),
  personName: z.string(),
  userPrincipalName: z.string(),
  servicePrincipalId: z.string(),
  appId: z.string(),
  templateId: z.string(),
  appRoleId: z.string(),
  appRoleName: z.string(),
});
export type AssignInput = z.infer<typeof assignInput>;

export type AssignOutcome = {
  readonly personId: string;
  readonly personName: string;
  readonly userPrincipalName: string;
  readonly appRoleName: string;
  readonly appId: string;
  readonly wasAlready: boolean;
};

/** Gives one person the application in Entra, with one of the application's own roles. */
export function assignPerson(parts: { entra: Entra }): Operation<AssignInput, AssignOutcome> {
  return {
    kind: 'assign-person',
    version: 1,
    right: 'manage-sso',
    input: assignInput,
    wanted: ({ personName }) => `assign ${personName} to ${GALLERY_NAME}`,
    concerns: ({ personId }) => [personId],
    access: { direction: 'gives', of: ({ personId }) => [accessInEntra(personId)] },
    judge: (actor, { personId }) => judgeTarget(actor.personId, personId),
    run: async ({ input, step }) => {
      const { personId, servicePrincipalId, appRoleId, templateId } = input;
      const isNew = await step('Assign in Entra', async () => {
        const done = await parts.entra.ensureAssignment({ personId, servicePrincipalId, appRoleId, templateId });
        return done.isNew;
      });
      await step('Read the assignment back', async () => {
        const held = await parts.entra.findAssignments(personId, servicePrincipalId);
        if (!held.some((assignment) => assignment.appRoleId === appRoleId)) throw notVisible(input.personName);
        return held.length;
      });
      const { personName, userPrincipalName, appRoleName, appId } = input;
      return { personId, personName, userPrincipalName, appRoleName, appId, wasAlready: !isNew };
    },
  };
}

/**
 * The role a person gets unless another is chosen: the enabled one named `User` that is meant for users. `msiam_access`
 * is Entra's own placeholder and never it.
 */
export function defaultRole(appRoles: readonly AppRole[]): AppRole | undefined {
  const offered = rolesOnOffer(appRoles);
  return offered.find((role) => role.displayName === 'User') ?? offered[0];
}

export function rolesOnOffer(appRoles: readonly AppRole[]): AppRole[] {
  return appRoles.filter((role) => role.isEnabled && role.allowsUsers && role.displayName !== 'msiam_access');
}
