/** A permission that a call needs: any one of these application permissions will do, the least one first. */
export type Need = readonly [string, ...string[]];

const WRITE_APP: Need = ['Application.ReadWrite.OwnedBy', 'Application.ReadWrite.All'];

/** Needs by kind of call. Source: the permission tables of the Microsoft Graph docs. */
export const NEEDS = {
  none: [],
  readPeople: [['User.Read.All', 'User.ReadWrite.All', 'Directory.Read.All']],
  writePeople: [['User.ReadWrite.All']],
  deletePeople: [['User.DeleteRestore.All', 'User.ReadWrite.All']],
  resetPassword: [['User-PasswordProfile.ReadWrite.All', 'User.ReadWrite.All']],
  revokeSessions: [['User.RevokeSessions.All']],
  readGroups: [['Directory.Read.All']],
  /** Only where the access policy gives groups. */
  writeMembers: [['GroupMember.ReadWrite.All', 'Group.ReadWrite.All', 'Directory.ReadWrite.All']],
  readRoles: [['RoleManagement.Read.Directory']],
  readEligibility: [['RoleEligibilitySchedule.Read.Directory']],
  readDomains: [['Domain.Read.All']],
  readApps: [['Application.Read.All', ...WRITE_APP]],
  writeApps: [WRITE_APP],
  readClaims: [['Policy.Read.All', 'Policy.ReadWrite.ApplicationConfiguration']],
  writeClaims: [['Policy.ReadWrite.ApplicationConfiguration']],
  assignClaimsPolicy: [WRITE_APP, ['Policy.Read.All', 'Policy.ReadWrite.ApplicationConfiguration']],
  readTenantPolicies: [['Policy.Read.All', 'Policy.Read.ApplicationConfiguration']],
  readLicences: [['Organization.Read.All', 'Directory.Read.All']],
  readAssignments: [['Application.Read.All', 'Application.ReadWrite.All', 'Directory.Read.All']],
  readOwnAssignments: [['Directory.Read.All', 'AppRoleAssignment.ReadWrite.All']],
  writeAssignments: [['AppRoleAssignment.ReadWrite.All'], ['Application.Read.All', 'Application.ReadWrite.All']],
} as const satisfies Record<string, readonly Need[]>;

/** The least permission of each need that none of the granted ones meets. */
export function missingOf(needs: readonly Need[], granted: readonly string[]): string[] {
  return needs.filter((need) => !need.some((permission) => granted.includes(permission))).map(([least]) => least);
}
