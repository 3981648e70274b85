import { fine, type Finding } from './finding.js';

/** One application permission of Microsoft Graph that this release uses. */
export interface WantedPermission {
  readonly permission: string;
  /** App role id in Microsoft Graph's service principal: how a managed identity, which has no page for it, is given one. */
  readonly id: string;
  /** In words that follow "Without it Latchkey cannot …". */
  readonly for: string;
  /** A wider one that does as well. */
  readonly instead?: string;
}

/** The least set. Source of the ids: Microsoft's permissions reference; a test holds it against the calls that are made. */
export const WANTED_PERMISSIONS: readonly WantedPermission[] = [
  {
    permission: 'Application.ReadWrite.OwnedBy',
    id: '18a4783c-866b-4cc7-a460-3d5e5662c884',
    for: 'set up single sign-on and look after its certificates',
    instead: 'Application.ReadWrite.All',
  },
  {
    permission: 'Application.Read.All',
    id: '9a5d68dd-52b0-4cc2-bd40-abcf44ac3a30',
    for: 'give people access to the enterprise application',
    instead: 'Application.ReadWrite.All',
  },
  {
    permission: 'AppRoleAssignment.ReadWrite.All',
    id: '06b708a9-e830-4db3-a914-8e69da51d44f',
    for: 'give people access to the enterprise application',
  },
  {
    permission: 'Policy.Read.All',
    id: '246dd0d5-5bd0-4def-940b-0421030a5b68',
    for: 'read the claims and the rules that the tenant has for applications',
  },
  {
    permission: 'Policy.ReadWrite.ApplicationConfiguration',
    id: 'be74164b-cff1-491c-8741-e671cb536e13',
    for: 'send the claims Email and OrganizationName',
  },
  {
    permission: 'User.ReadWrite.All',
    id: '741f803b-c850-494e-b5df-cde7c675a1ca',
    for: 'look people up and create test users',
  },
  {
    permission: 'User.RevokeSessions.All',
    id: '77f3a031-c388-4f99-b373-dc68676a979e',
    for: 'end the sessions of somebody who is off-boarded',
  },
  {
    permission: 'Directory.Read.All',
    id: '7ab1d382-f21e-4acd-a863-ba3e13f7da61',
    for: 'read groups and licences',
  },
  {
    permission: 'RoleManagement.Read.Directory',
    id: '483bed4a-2ad3-4361-a73b-c83ccdbdc53c',
    for: 'tell admins from others, so that nobody may do anything',
  },
  {
    permission: 'RoleEligibilitySchedule.Read.Directory',
    id: 'ff278e11-4a33-4d0c-83d2-d01dc58929a5',
    for: 'tell somebody who is only eligible in PIM to activate the role',
  },
  {
    permission: 'Domain.Read.All',
    id: 'dbb9058a-0e50-45d7-ae91-66909b5d4664',
    for: 'propose user names on a domain of the tenant',
  },
];

/** For *New password* alone; a directory role does as well. */
export const PASSWORD_PERMISSION: WantedPermission = {
  permission: 'User-PasswordProfile.ReadWrite.All',
  id: 'cc117bb9-00cf-4eb8-b580-ea2a878fe8f7',
  for: 'give a test user a new password',
};

/** Only where the access policy gives membership of a group. */
export const GROUP_PERMISSION: WantedPermission = {
  permission: 'GroupMember.ReadWrite.All',
  id: 'dbaae8cf-10b5-4b86-a4a1-f871c94c6695',
  for: 'put people into the groups that the access policy gives, or take them out again',
};

/** Role template ids of User Administrator and Global Administrator. */
const PASSWORD_ROLES = ['fe930be7-5e62-47db-91af-98c3a49a38b1', '62e90394-69f5-4237-9190-012177145e10'];

/** What makes a permission that is not needed dangerous; the others are only more than is used. */
const DANGERS: Readonly<Record<string, string>> = {
  'Application.ReadWrite.All': 'With it whoever has Latchkey’s credential can change every application of the tenant.',
  'RoleManagement.ReadWrite.Directory': 'With it whoever has Latchkey’s credential can become Global Administrator.',
  'Directory.ReadWrite.All': 'With it whoever has Latchkey’s credential can change nearly everything in the directory.',
};

/** Whom the permissions were given to, and by which road. */
export interface Grantee {
  /** As an admin knows it; absent: not readable. */
  readonly name?: string | undefined;
  readonly clientId?: string | undefined;
  readonly servicePrincipalId?: string | undefined;
  readonly isManagedIdentity: boolean;
}

/**
 * @param granted the `roles` of the bot's own token.
 * @param policy.givesGroups whether the access policy gives membership of any group.
 */
export function judgeGraphPermissions(
  granted: readonly string[],
  grantee: Grantee,
  { givesGroups = false }: { givesGroups?: boolean } = {},
): Finding[] {
  const wanted = [...WANTED_PERMISSIONS, ...(givesGroups ? [GROUP_PERMISSION] : [])];
  const known = [...wanted, PASSWORD_PERMISSION].map(({ permission }) => permission);
  return [
    ...wanted.map((one) => judgeWanted(one, granted, grantee)),
    ...granted.filter((permission) => !known.includes(permission)).map((permission) => tooMuch(permission, grantee)),
  ];
}

function judgeWanted(wanted: WantedPermission, granted: readonly string[], grantee: Grantee): Finding {
  const { permission, instead } = wanted;
  const name = `graph-permission:${permission}`;
  if (granted.includes(permission)) return fine(name, `${permission} is granted.`);
  if (instead !== undefined && granted.includes(instead)) {
    return fine(name, `${instead} is granted, which includes ${permission}.`);
  }
  return {
    name,
    state: 'missing',
    what: `${permission} is not granted. Without it Latchkey cannot ${wanted.for}.`,
    remedy: howToGrant(wanted, grantee),
    remoteIds: { appRoleId: wanted.id, ...idsOf(grantee) },
  };
}

/** @param roles templates of the directory roles that the bot holds for the whole tenant; `undefined`: not readable. */
export function judgeNewPassword(
  granted: readonly string[],
  roles: readonly string[] | undefined,
  grantee: Grantee,
): Finding {
  const { permission, id } = PASSWORD_PERMISSION;
  const name = `graph-permission:${permission}`;
  if (granted.includes(permission)) return fine(name, `${permission} is granted.`);
  if (roles?.some((role) => PASSWORD_ROLES.includes(role))) {
    return fine(name, 'The bot holds a directory role with which it may give test users a new password.');
  }
  return {
    name,
    state: 'missing',
    what: `${permission} is not granted. Without it Latchkey cannot ${PASSWORD_PERMISSION.for}; User.ReadWrite.All alone is not enough for that.`,
    remedy: `${howToGrant(PASSWORD_PERMISSION, grantee)} The directory role User Administrator for the bot does as well.`,
    remoteIds: { appRoleId: id, ...idsOf(grantee) },
  };
}

function tooMuch(permission: string, grantee: Grantee): Finding {
  const danger = DANGERS[permission];
  return {
    name: `graph-permission-too-much:${permission}`,
    state: 'warning',
    what: `${permission} is granted, and this release does not use it.${danger === undefined ? '' : ` ${danger}`}`,
    remedy: `Take it away: ${placeOf(grantee)}, ${permission}, remove it and revoke the consent.`,
    ...(grantee.servicePrincipalId ? { remoteIds: idsOf(grantee) } : {}),
  };
}

function howToGrant({ permission, id }: WantedPermission, grantee: Grantee): string {
  if (grantee.isManagedIdentity) {
    return `A managed identity has no page for it: a tenant admin assigns it the app role ${id} of Microsoft Graph (POST /servicePrincipals/${grantee.servicePrincipalId ?? '{id}'}/appRoleAssignments).`;
  }
  return `${placeOf(grantee)}, Add a permission, Microsoft Graph, Application permissions: add ${permission}. A tenant admin then presses "Grant admin consent".`;
}

function placeOf({ name, clientId }: Grantee): string {
  const app = name ?? clientId ?? 'the app registration of AZURE_CLIENT_ID';
  return `Entra admin center, App registrations, ${app}, API permissions`;
}

function idsOf({ clientId, servicePrincipalId }: Grantee): Record<string, string> {
  return { ...(clientId ? { clientId } : {}), ...(servicePrincipalId ? { servicePrincipalId } : {}) };
}
