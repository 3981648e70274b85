import { oneOfWords } from '../kit/fault-options.js';
import type { FaultKind, Faults } from '../kit/faults.js';
import { anyOf, type GraphGateway } from './graph-gateway.js';
import { GraphProblem } from './graph-problem.js';
import { listReply, type EntityShape } from './odata-query.js';

export const TENANT_FAULTS = {
  'no-licence': {
    describe: 'The tenant has no Entra ID P1: `subscribedSkus` is empty, and a group is not assigned to an app.',
  },
  'identifier-policy': {
    describe:
      'The app management policy of the tenant restricts identifiers: one without a verified domain, the tenant id or the app id is refused.',
    options: { excludeSaml: 'whether apps in SAML mode are exempt, true or false; false when left out' },
    forms: { excludeSaml: oneOfWords('true', 'false') },
  },
} as const satisfies Readonly<Record<string, FaultKind>>;

/** What the tenant says about identifiers of applications. */
export interface IdentifierPolicy {
  readonly state: 'enabled' | 'disabled';
  readonly excludeSaml: boolean;
}

export function identifierPolicy(faults: Faults): IdentifierPolicy {
  const fault = faults.active('identifier-policy');
  if (!fault) return { state: 'disabled', excludeSaml: true };
  return { state: 'enabled', excludeSaml: fault['excludeSaml'] === 'true' };
}

/** Refuses what takes Entra ID P1. Code and text of the real refusal are not published. */
export function requirePremium(faults: Faults): void {
  if (!faults.active('no-licence')) return;
  throw new GraphProblem(
    403,
    'Authentication_RequestFromNonPremiumTenantOrB2CTenant',
    "Neither tenant is B2C or tenant doesn't have premium license",
  );
}

const APP_MANAGEMENT_POLICY: EntityShape = {
  type: 'appManagementPolicy',
  set: 'policies/appManagementPolicies',
  properties: ['id', 'displayName', 'description', 'isEnabled', 'restrictions'],
  filters: {},
};

const SKU: EntityShape = {
  type: 'subscribedSku',
  set: 'subscribedSkus',
  properties: [
    'id',
    'accountId',
    'accountName',
    'appliesTo',
    'capabilityStatus',
    'consumedUnits',
    'prepaidUnits',
    'servicePlans',
    'skuId',
    'skuPartNumber',
    'subscriptionIds',
  ],
  filters: {},
};

/** The policy for all applications, the policies for single ones, and what the tenant has bought. */
export function tenantPolicyRoutes(graph: GraphGateway, faults: Faults, tenantId: string): void {
  const readPolicies = anyOf('Policy.Read.All', 'Policy.Read.ApplicationConfiguration');
  graph.on('GET', '/v1.0/policies/defaultAppManagementPolicy', readPolicies, () => ({
    status: 200,
    body: defaultAppManagementPolicy(identifierPolicy(faults)),
  }));
  graph.on('GET', '/v1.0/policies/appManagementPolicies', readPolicies, ({ request }) =>
    listReply(request, APP_MANAGEMENT_POLICY, []),
  );
  const readSkus = anyOf('Directory.Read.All', 'Organization.Read.All', 'LicenseAssignment.Read.All');
  graph.on('GET', '/v1.0/subscribedSkus', readSkus, ({ request }) =>
    listReply(request, SKU, faults.active('no-licence') ? [] : [premium(tenantId)]),
  );
}

function defaultAppManagementPolicy({ state, excludeSaml }: IdentifierPolicy): object {
  const restriction = {
    state,
    restrictForAppsCreatedAfterDateTime: null,
    isStateSetByMicrosoft: state === 'enabled',
    excludeAppsReceivingV2Tokens: true,
    excludeSaml,
    excludeActors: null,
  };
  const identifierUris = {
    nonDefaultUriAddition: restriction,
    uriAdditionWithoutUniqueTenantIdentifier: restriction,
  };
  return {
    '@odata.context': 'https://graph.microsoft.com/v1.0/$metadata#policies/defaultAppManagementPolicy/$entity',
    id: '00000000-0000-0000-0000-000000000000',
    displayName: 'Default app management tenant policy',
    description:
      'Default tenant policy that enforces app management restrictions on applications and service principals.',
    isEnabled: state === 'enabled',
    applicationRestrictions: { passwordCredentials: [], keyCredentials: [], identifierUris },
    servicePrincipalRestrictions: { passwordCredentials: [], keyCredentials: [] },
  };
}

const PREMIUM_SKU = '078d2b04-f1bd-4111-bbd4-b4b1b354cef4';
const PREMIUM_PLAN = '41781fb2-bc02-4b7c-bd55-b576c07bb09d';

function premium(tenantId: string): object {
  return {
    id: `${tenantId}_${PREMIUM_SKU}`,
    accountId: tenantId,
    accountName: 'contoso',
    appliesTo: 'User',
    capabilityStatus: 'Enabled',
    consumedUnits: 0,
    prepaidUnits: { enabled: 100, suspended: 0, warning: 0, lockedOut: 0 },
    servicePlans: [
      {
        servicePlanId: PREMIUM_PLAN,
        servicePlanName: 'AAD_PREMIUM',
        provisioningStatus: 'Success',
        appliesTo: 'User',
      },
    ],
    skuId: PREMIUM_SKU,
    skuPartNumber: 'AAD_PREMIUM',
    subscriptionIds: [],
  };
}
