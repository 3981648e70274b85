import { z } from 'zod';
import type { Assignment, Principal } from '../entra/entra-access.js';
import type { AppRole, Entra } from '../entra/entra.js';

/** A person or a group as an operation keeps it. */
export const principalInput = z.object({
  kind: z.enum(['person', 'group']),
  id: z.string(),
  name: z.string(),
  /** What tells it apart from a namesake. */
  detail: z.string(),
});
export type NamedPrincipal = z.infer<typeof principalInput>;

/** The application whose roles are given and taken. */
export const applicationInput = z.object({
  servicePrincipalId: z.string(),
  appId: z.string(),
  templateId: z.string(),
});

export const roleInput = z.object({ id: z.string(), name: z.string() });
/** An app role that somebody holds. */
export type HeldAppRole = z.infer<typeof roleInput>;

/** What was given, by the names that the application has for it; each role once. */
export function heldRoles(assignments: readonly Assignment[], appRoles: readonly AppRole[]): HeldAppRole[] {
  const ids = [...new Set(assignments.map(({ appRoleId }) => appRoleId))];
  return ids.map((id) => ({ id, name: roleName(id, appRoles) }));
}

const NO_ROLE = '00000000-0000-0000-0000-000000000000';

/** A role that the application no longer has is shown by its id; the all-zero one is Entra's own. */
export function roleName(id: string, appRoles: readonly AppRole[]): string {
  return appRoles.find((role) => role.id === id)?.displayName ?? (id === NO_ROLE ? 'Default Access' : id);
}

/** What the principal was given itself: not what a person has through groups. */
export function findDirect(
  entra: Pick<Entra, 'findAssignments' | 'findGroupAssignments'>,
  { kind, id }: Principal,
  servicePrincipalId: string,
): Promise<readonly Assignment[]> {
  return kind === 'person'
    ? entra.findAssignments(id, servicePrincipalId)
    : entra.findGroupAssignments(id, servicePrincipalId);
}
