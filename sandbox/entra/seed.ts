import { randomUUID } from 'node:crypto';
import {
  BOT,
  DIRECTORY_ROLES,
  PEOPLE,
  SEED_PASSWORD,
  TEAMS_APP,
  VERIFIED_DOMAIN,
  type SandboxPerson,
} from '../credentials.js';
import type { Directory } from './directory.js';
import type { Application, Group, User } from './directory-objects.js';
import { EMPTY_USER } from './users.js';

const BOT_APPLICATION_ID = 'b07c1e7a-5a1e-4c0d-9e51-1a7c4e7b0003';
const TEAMS_APPLICATION_ID = 'b07c1e7a-5a1e-4c0d-9e51-1a7c4e7b0005';

/** Groups that exist from the start. Nobody holds a directory role through the role-assignable one. */
export const GROUPS = {
  'Genesys Agents': '9a0e1ec7-0000-4000-8000-000000000001',
  'Identity Operators': '9a0e1ec7-0000-4000-8000-000000000002',
  'Contact Centre': '9a0e1ec7-0000-4000-8000-000000000003',
  'Night Shift': '9a0e1ec7-0000-4000-8000-000000000004',
  'Contact Centre Leads': '9a0e1ec7-0000-4000-8000-000000000005',
  'Contact Centre News': '9a0e1ec7-0000-4000-8000-000000000006',
} as const;

type GroupName = keyof typeof GROUPS;

/** What a seeded group is besides a security group whose members are listed by hand. */
const GROUP_TRAITS: Partial<Record<GroupName, Partial<Group>>> = {
  'Identity Operators': { isAssignableToRole: true },
  'Contact Centre': { description: 'Everybody in the contact centre' },
  'Contact Centre Leads': {
    groupTypes: ['DynamicMembership'],
    membershipRule: 'user.jobTitle -contains "head of contact centre"',
  },
  'Contact Centre News': { securityEnabled: false, mailEnabled: true, mail: `news@${VERIFIED_DOMAIN}` },
};

/** Who is directly in which group: people by first name, groups by name. */
const MEMBERS: Partial<Record<GroupName, readonly string[]>> = {
  'Contact Centre': ['Ada', 'Omar', 'Mia', 'Night Shift'],
  'Night Shift': ['Dana', 'Guest'],
  'Contact Centre Leads': ['Omar', 'Dana'],
};

/** Puts people, roles, groups and the bot's own registration into an empty directory. */
export function seedDirectory(directory: Directory): void {
  for (const person of PEOPLE) seedPerson(person, directory);
  seedGroups(directory);
  seedBot(directory);
}

function seedPerson(person: SandboxPerson, directory: Directory): void {
  const user: User = {
    ...EMPTY_USER,
    id: person.id,
    createdDateTime: directory.now(),
    displayName: person.displayName,
    givenName: person.givenName,
    surname: person.surname,
    userPrincipalName: person.userPrincipalName,
    mailNickname: person.userPrincipalName.replace(`@${VERIFIED_DOMAIN}`, ''),
    mail: person.mail,
    userType: person.userType,
    jobTitle: person.jobTitle,
    usageLocation: 'DE',
  };
  directory.users.put(user.id, user);
  directory.setPassword(user.id, SEED_PASSWORD, false);
  if (person.manager !== undefined) directory.managers.put(user.id, { managerId: person.manager });
  for (const role of person.roles) seedRole(person.id, role, directory);
  for (const role of person.eligibleRoles) seedEligibility(person.id, role, directory);
}

function seedRole(principalId: string, roleDefinitionId: string, directory: Directory): void {
  const id = `active-${principalId}-${roleDefinitionId}`;
  directory.roleAssignments.put(id, {
    id,
    principalId,
    roleDefinitionId,
    directoryScopeId: '/',
    appScopeId: null,
  });
}

function seedEligibility(principalId: string, roleDefinitionId: string, directory: Directory): void {
  const id = `eligible-${principalId}-${roleDefinitionId}`;
  directory.roleEligibilities.put(id, {
    id,
    principalId,
    roleDefinitionId,
    directoryScopeId: '/',
    appScopeId: null,
    memberType: 'Direct',
    roleEligibilityScheduleId: id,
    startDateTime: directory.now(),
    endDateTime: null,
  });
}

function seedGroups(directory: Directory): void {
  for (const [name, id] of Object.entries(GROUPS)) {
    directory.groups.put(id, {
      id,
      createdDateTime: directory.now(),
      displayName: name,
      description: null,
      mail: null,
      mailEnabled: false,
      mailNickname: name.replaceAll(' ', ''),
      securityEnabled: true,
      groupTypes: [],
      membershipRule: null,
      isAssignableToRole: null,
      ...GROUP_TRAITS[name as GroupName],
    });
  }
  for (const [name, members] of Object.entries(MEMBERS)) {
    for (const member of members) directory.addMember(GROUPS[name as GroupName], memberId(member));
  }
}

function memberId(name: string): string {
  const person = PEOPLE.find(({ givenName }) => givenName === name);
  return person?.id ?? GROUPS[name as GroupName];
}

function seedBot(directory: Directory): void {
  // Without a directory role, User.ReadWrite.All creates people but resets nobody's password.
  seedRole(BOT.servicePrincipalId, DIRECTORY_ROLES['User Administrator'], directory);
  seedRegistration(directory, {
    ...{ ...BOT, id: BOT_APPLICATION_ID, secret: BOT.clientSecret },
    redirectUris: BOT_REDIRECT_ORIGINS.map((origin) => `${origin}/link/callback`),
    idTokenClaims: ['auth_time'],
  });
  // Of the bot in Teams, which has no rights in the directory, only its registration is ever looked at.
  seedRegistration(directory, {
    id: TEAMS_APPLICATION_ID,
    clientId: TEAMS_APP.appId,
    secret: TEAMS_APP.password,
    displayName: 'Latchkey in Teams',
  });
  directory.servicePrincipals.put(BOT.servicePrincipalId, {
    id: BOT.servicePrincipalId,
    appId: BOT.clientId,
    applicationTemplateId: null,
    createdDateTime: directory.now(),
    displayName: BOT.displayName,
    description: null,
    notes: null,
    tags: [],
    keyCredentials: [],
    passwordCredentials: [],
    accountEnabled: true,
    appRoleAssignmentRequired: false,
    preferredSingleSignOnMode: null,
    preferredTokenSigningKeyThumbprint: null,
    loginUrl: null,
    notificationEmailAddresses: [],
    samlSingleSignOnSettings: null,
  });
}

/** Where people come back to after they have signed in: this machine, and the name of a rehearsal of live mode. */
const BOT_REDIRECT_ORIGINS = [...['http://localhost', 'http://127.0.0.1'], `https://latchkey.${VERIFIED_DOMAIN}`];

interface SeededRegistration {
  readonly id: string;
  readonly clientId: string;
  readonly secret: string;
  readonly displayName: string;
  readonly redirectUris?: string[];
  /** Names of optional claims. */
  readonly idTokenClaims?: readonly string[];
}

function seedRegistration(
  directory: Directory,
  { id, clientId, secret, displayName, redirectUris = [], idTokenClaims = [] }: SeededRegistration,
): void {
  const registration: Application = {
    id,
    appId: clientId,
    applicationTemplateId: null,
    createdDateTime: directory.now(),
    displayName,
    description: null,
    notes: null,
    identifierUris: [],
    signInAudience: 'AzureADMyOrg',
    tags: [],
    defaultRedirectUri: null,
    groupMembershipClaims: null,
    api: { acceptMappedClaims: null, requestedAccessTokenVersion: 2, oauth2PermissionScopes: [] },
    appRoles: [],
    web: { homePageUrl: null, logoutUrl: null, redirectUris, redirectUriSettings: [] },
    requestSignatureVerification: null,
    optionalClaims: {
      ...{ idToken: idTokenClaims.map((name) => ({ name })), accessToken: [], saml2Token: [] },
    },
    keyCredentials: [],
    passwordCredentials: [secretOf(secret, directory)],
  };
  directory.applications.put(id, registration);
}

const SECRET_LIFETIME_MONTHS = 24;

/** As Graph lists a secret: when it ends and how it begins, never itself. */
function secretOf(secret: string, directory: Directory): object {
  const startDateTime = directory.now();
  const end = new Date(startDateTime);
  end.setUTCMonth(end.getUTCMonth() + SECRET_LIFETIME_MONTHS);
  return {
    customKeyIdentifier: null,
    displayName: 'Sandbox',
    startDateTime,
    endDateTime: end.toISOString(),
    hint: secret.slice(0, 3),
    keyId: randomUUID(),
    secretText: null,
  };
}
