/**
 * The fake credentials and the people of the sandbox: the same at every start, whether a server was started or found.
 * They open nothing outside this machine.
 */
export const TENANT_ID = '6f3b9c52-1d2e-4a7f-9c1b-0a8d5e4c7b21';
export const VERIFIED_DOMAIN = 'contoso.example';

/** The bot's app registration in the sandbox tenant. */
export const BOT = {
  clientId: 'b07c1e7a-5a1e-4c0d-9e51-1a7c4e7b0001',
  clientSecret: 'sandbox-entra-client-secret',
  /** Object id of its service principal: `oid` of its tokens, and the owner of what it creates. */
  servicePrincipalId: 'b07c1e7a-5a1e-4c0d-9e51-1a7c4e7b0002',
  displayName: 'Latchkey',
} as const;

/** Application permissions (Graph app roles) that were granted to the bot. */
export const BOT_PERMISSIONS = [
  'Application.ReadWrite.OwnedBy',
  'Application.Read.All',
  'AppRoleAssignment.ReadWrite.All',
  'Policy.Read.All',
  'Policy.ReadWrite.ApplicationConfiguration',
  'User.ReadWrite.All',
  'User.RevokeSessions.All',
  'Directory.Read.All',
  'RoleManagement.Read.Directory',
  'RoleEligibilitySchedule.Read.Directory',
  'Domain.Read.All',
] as const;

export const GENESYS = {
  clientId: '6e0e5f75-c1e2-4a53-8d1f-5d1a7b0c0001',
  clientSecret: 'sandbox-genesys-client-secret',
  organizationId: '6e0e5f75-c1e2-4a53-8d1f-5d1a7b0c0002',
  /** `thirdPartyOrgName`: what `OrganizationName` must say. */
  shortName: 'contoso-gc',
  displayName: 'Contoso Contact Centre',
  /** The domain of Frankfurt. */
  region: 'mypurecloud.de',
} as const;

/** The Teams bot's id in recipient and sender fields. */
export const TEAMS_BOT = { id: '28:latchkey', name: 'Latchkey' } as const;

/** The bot's registration at Bot Framework, for live mode in front of the sandbox; sandbox mode has none. */
export const TEAMS_APP = {
  appId: 'b07c1e7a-5a1e-4c0d-9e51-1a7c4e7b0003',
  password: 'sandbox-teams-client-secret',
} as const;

export const SEED_PASSWORD = 'Sandbox-2026!';

/** One of the people who exist from the start. */
export interface SandboxPerson {
  readonly id: string;
  readonly displayName: string;
  readonly givenName: string;
  readonly surname: string;
  readonly userPrincipalName: string;
  readonly mail: string;
  readonly userType: 'Member' | 'Guest';
  readonly jobTitle: string;
  /** Active directory roles, by role template id, scope `/`. */
  readonly roles: readonly string[];
  /** Roles that the person is eligible for in PIM, not active. */
  readonly eligibleRoles: readonly string[];
  readonly manager?: string;
  /** Genesys role names; absent: unknown to Genesys. */
  readonly genesysRoles?: readonly string[];
}

export const DIRECTORY_ROLES = {
  'Global Administrator': '62e90394-69f5-4237-9190-012177145e10',
  'Application Administrator': '9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3',
  'Cloud Application Administrator': '158c047a-c907-4556-b7ef-446551a6b5f7',
  'User Administrator': 'fe930be7-5e62-47db-91af-98c3a49a38b1',
  'Privileged Role Administrator': 'e8611ab8-c189-46e8-94e1-60213ab1f814',
  'Global Reader': 'f2ef992c-3afb-46b9-b7cf-a126ee74c451',
  'Conditional Access Administrator': 'b1be1c3e-b65d-4f19-8427-f6fa0d97feb9',
  'Security Administrator': '194ae4cb-b126-40b2-bd5b-6091b380977d',
} as const;

function person(
  number: string,
  givenName: string,
  surname: string,
  jobTitle: string,
  more: Partial<SandboxPerson> = {},
): SandboxPerson {
  const upn = `${givenName}.${surname}@${VERIFIED_DOMAIN}`.toLowerCase();
  return {
    id: `0e0b1ec7-0000-4000-8000-0000000000${number}`,
    displayName: `${givenName} ${surname}`,
    givenName,
    surname,
    userPrincipalName: upn,
    mail: upn,
    userType: 'Member',
    jobTitle,
    roles: [],
    eligibleRoles: [],
    ...more,
  };
}

const OMAR_ID = '0e0b1ec7-0000-4000-8000-000000000002';

export const PEOPLE: readonly SandboxPerson[] = [
  person('01', 'Ada', 'Admin', 'Identity administrator', {
    roles: [DIRECTORY_ROLES['Cloud Application Administrator'], DIRECTORY_ROLES['User Administrator']],
    manager: OMAR_ID,
    genesysRoles: ['employee', 'admin'],
  }),
  person('02', 'Omar', 'Owner', 'Head of contact centre', { genesysRoles: ['employee', 'Supervisor'] }),
  person('03', 'Dana', 'Deputy', 'Deputy head of contact centre', { genesysRoles: ['employee', 'Supervisor'] }),
  person('04', 'Ana', 'Agent', 'Contact centre agent', { manager: OMAR_ID }),
  person('05', 'B.', 'Simon', 'Contact centre agent', {
    displayName: 'B.Simon',
    givenName: 'B.',
    userPrincipalName: `b.simon@${VERIFIED_DOMAIN}`,
    mail: `b.simon@${VERIFIED_DOMAIN}`,
    manager: OMAR_ID,
  }),
  person('06', 'Gale', 'Reader', 'Auditor', { roles: [DIRECTORY_ROLES['Global Reader']] }),
  person('07', 'Pim', 'Eligible', 'Identity engineer', {
    eligibleRoles: [DIRECTORY_ROLES['Cloud Application Administrator']],
  }),
  person('08', 'Mia', 'Mailmismatch', 'Contact centre agent', { mail: `mia@mail.${VERIFIED_DOMAIN}` }),
  person('09', 'Guest', 'Gus', 'Consultant', {
    displayName: 'Guest Gus',
    userPrincipalName: `gus_fabrikam.example#EXT#@${VERIFIED_DOMAIN}`,
    mail: 'gus@fabrikam.example',
    userType: 'Guest',
  }),
  person('10', 'Sena', 'Security', 'Security engineer', { roles: [DIRECTORY_ROLES['Security Administrator']] }),
];

/** The Slack workspace and the bot's app in it. Slack would send the tokens; they are never written into a message. */
export const SLACK = {
  teamId: 'T0C0NT0S0',
  teamName: 'Contoso',
  teamDomain: 'contoso',
  appId: 'A0LATCHKEY',
  botId: 'B0LATCHKEY',
  botUserId: 'U0LATCHKEY',
  botName: 'latchkey',
  botToken: 'xoxb-sandbox-slack-bot-token',
  signingSecret: 'sandbox-slack-signing-secret',
  appToken: 'xapp-sandbox-slack-app-token',
} as const;

/** Bot token scopes that the workspace granted to the app: those that the app's manifest asks for, and no more. */
export const SLACK_SCOPES = [
  'app_mentions:read',
  'chat:write',
  'commands',
  'files:read',
  'im:history',
  'im:write',
  'users:read',
] as const;

/** What the app's configuration in the workspace offers to people. */
export const SLACK_COMMAND = '/latchkey';
export const SLACK_SHORTCUT = { callbackId: 'latchkey_about', name: 'Ask Latchkey about them' } as const;

/** Somebody's account in the Slack workspace. Nothing in it says which person of the tenant it is. */
export interface SlackAccount {
  readonly userId: string;
  /** Full name, as the person wrote it. */
  readonly name: string;
  /** Who plays this account: Entra object id; absent for people whom the tenant does not know. */
  readonly personId?: string;
  /** A workspace other than ours: a stranger who is in a shared channel. */
  readonly teamId: string;
  readonly guest?: 'multi-channel' | 'single-channel';
}

/** One account for each person, none linked; then a single-channel guest and a stranger from another workspace. */
export const SLACK_ACCOUNTS: readonly SlackAccount[] = [
  ...PEOPLE.map(({ id, displayName, userType }) => ({
    userId: `U0${id.slice(-2)}${displayName.replace(/[^A-Za-z]/g, '').toUpperCase()}`.slice(0, 11),
    name: displayName,
    personId: id,
    teamId: SLACK.teamId,
    ...(userType === 'Guest' ? { guest: 'multi-channel' as const } : {}),
  })),
  { userId: 'U0ONECHANNE', name: 'Gina Onechannel', teamId: SLACK.teamId, guest: 'single-channel' },
  { userId: 'U0STRANGER1', name: 'Sam Stranger', teamId: 'T0FABRIKAM' },
];
