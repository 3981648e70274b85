import { GENESYS } from '../credentials.js';

/** Division, role and organisation records: they never change while the sandbox runs. */
export interface DivisionRecord {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly homeDivision: boolean;
}

export interface RoleRecord {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly permissions: readonly string[];
  readonly baseLicense: string;
  readonly addonLicenses: readonly string[];
}

export const HOME_DIVISION: DivisionRecord = {
  id: '6e0e5f75-d1a0-4000-8000-000000000001',
  name: 'Home',
  description: 'Home division for the organisation',
  homeDivision: true,
};

export const DIVISIONS: readonly DivisionRecord[] = [
  HOME_DIVISION,
  {
    id: '6e0e5f75-d1a0-4000-8000-000000000002',
    name: 'Berlin',
    description: 'Contact centre in Berlin',
    homeDivision: false,
  },
];

/** Every user has it from the moment of creation, and loses it with deletion. */
export const EMPLOYEE_ROLE: RoleRecord = {
  id: '6e0e5f75-501e-4000-8000-000000000001',
  name: 'employee',
  description: 'Directory and chat',
  permissions: ['directory:user:view', 'directory:organization:view'],
  baseLicense: 'collaborate',
  addonLicenses: [],
};

export const ROLES: readonly RoleRecord[] = [
  EMPLOYEE_ROLE,
  {
    id: '6e0e5f75-501e-4000-8000-000000000002',
    name: 'Agent',
    description: 'Takes calls and chats',
    permissions: ['conversation:communication:view', 'routing:queue:join'],
    baseLicense: 'cloudCX1',
    addonLicenses: [],
  },
  {
    id: '6e0e5f75-501e-4000-8000-000000000003',
    name: 'Supervisor',
    description: 'Watches queues and agents',
    permissions: ['analytics:queueObservation:view', 'routing:queue:edit', 'routing:queue:view'],
    baseLicense: 'cloudCX2',
    addonLicenses: ['wemUpgrade1'],
  },
  {
    id: '6e0e5f75-501e-4000-8000-000000000004',
    name: 'admin',
    description: 'Administers the organisation',
    permissions: ['admin', 'authorization:grant:add', 'directory:organization:admin', 'sso:provider:edit'],
    baseLicense: 'cloudCX1',
    addonLicenses: [],
  },
];

/** The role of the OAuth client, in every division. It is no role for people, so the role list leaves it out. */
export const CLIENT_ROLE_ID = '6e0e5f75-501e-4000-8000-00000000000f';

/** The least that a client needs which sets up single sign-on, provisions people and reads the audit. */
export const CLIENT_PERMISSIONS = [
  'sso:provider:view',
  'sso:provider:add',
  'sso:provider:edit',
  'sso:provider:delete',
  'directory:user:view',
  'directory:user:add',
  'directory:user:edit',
  'directory:user:delete',
  'directory:user:setPassword',
  'directory:userStateChange:view',
  'authorization:grant:view',
  'authorization:grant:add',
  'authorization:grant:delete',
  'authorization:role:view',
  'audits:audit:view',
  'oauth:token:delete',
] as const;

/** `GET /api/v2/organizations/me`; the short name is `thirdPartyOrgName`. */
export const ORGANIZATION = {
  id: GENESYS.organizationId,
  name: GENESYS.displayName,
  defaultLanguage: 'en-US',
  defaultCountryCode: 'DE',
  thirdPartyOrgName: GENESYS.shortName,
  domain: `${GENESYS.shortName}.orgspan.com`,
  version: 12,
  state: 'active',
  voicemailEnabled: true,
  productPlatform: 'GenesysCloud',
  features: {
    realtimeCIC: false,
    purecloud: true,
    hipaa: false,
    ucEnabled: true,
    pci: false,
    purecloudVoice: true,
    xmppFederation: false,
    chat: true,
    informalPhotos: true,
    directory: true,
    contactCenter: true,
    unifiedCommunications: true,
    custserv: false,
  },
  selfUri: `/api/v2/organizations/${GENESYS.organizationId}`,
} as const;

/** The assertion consumer service and Identifier of a region; there is one per region, for all organisations. */
export function assertionConsumerService(region: string): string {
  return `https://login.${region}/saml`;
}

export function findDivision(id: string): DivisionRecord | undefined {
  return DIVISIONS.find((division) => division.id === id);
}

export function findRole(id: string): RoleRecord | undefined {
  return ROLES.find((role) => role.id === id);
}
