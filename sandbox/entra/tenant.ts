import { BOT, TENANT_ID } from '../credentials.js';
import type { Faults } from '../kit/faults.js';
import type { AccountRules, TenantDomain } from './account-rules.js';
import { badRequest, resourceNotFound } from './graph-problem.js';
import { anyOf, type GraphCall, type GraphGateway } from './graph-gateway.js';
import type { Directory } from './directory.js';
import type { RoleAssignment, RoleEligibility } from './directory-objects.js';
import { entityReply, listReply, type EntityShape } from './odata-query.js';

const ROLE_ASSIGNMENT: EntityShape = {
  type: 'unifiedRoleAssignment',
  set: 'roleManagement/directory/roleAssignments',
  properties: ['id', 'principalId', 'roleDefinitionId', 'directoryScopeId', 'appScopeId'],
  filters: { principalId: ['eq'], roleDefinitionId: ['eq'], directoryScopeId: ['eq'] },
};

const ROLE_ELIGIBILITY: EntityShape = {
  type: 'unifiedRoleEligibilityScheduleInstance',
  set: 'roleManagement/directory/roleEligibilityScheduleInstances',
  properties: [
    ...ROLE_ASSIGNMENT.properties,
    'memberType',
    'roleEligibilityScheduleId',
    'startDateTime',
    'endDateTime',
  ],
  filters: ROLE_ASSIGNMENT.filters,
};

const DOMAIN: EntityShape = {
  type: 'domain',
  set: 'domains',
  properties: [
    'id',
    'authenticationType',
    'isAdminManaged',
    'isDefault',
    'isInitial',
    'isRoot',
    'isVerified',
    'supportedServices',
  ],
  filters: {},
};

const ORGANIZATION: EntityShape = {
  type: 'organization',
  set: 'organization',
  properties: ['id', 'displayName', 'createdDateTime', 'countryLetterCode', 'tenantType', 'verifiedDomains'],
  filters: {},
};

function domainView(domain: TenantDomain): object {
  const { isDefault } = domain;
  const same = { isAdminManaged: true, isVerified: true, supportedServices: ['Email'] };
  return { ...domain, ...same, isInitial: isDefault, isRoot: isDefault };
}

/** Who is administrator or may become one, and the tenant's domains and name. */
export function tenantRoutes(
  graph: GraphGateway,
  directory: Directory,
  { faults, rules }: { faults: Faults; rules: AccountRules },
): void {
  const roles = '/v1.0/roleManagement/directory';
  const pim = new PimTime(faults);
  graph.on('GET', `${roles}/roleAssignments`, anyOf('RoleManagement.Read.Directory'), (call) => {
    requireFilter(call);
    pim.passes();
    return listReply(call.request, ROLE_ASSIGNMENT, activeRoles(directory, pim));
  });
  const readEligibility = anyOf('RoleEligibilitySchedule.Read.Directory');
  graph.on('GET', `${roles}/roleEligibilityScheduleInstances`, readEligibility, (call) => {
    requireFilter(call);
    return listReply(call.request, ROLE_ELIGIBILITY, eligibleRoles(directory, pim));
  });
  const readDomains = anyOf('Domain.Read.All');
  graph.on('GET', '/v1.0/domains', readDomains, ({ request }) =>
    listReply(request, DOMAIN, rules.domains().map(domainView)),
  );
  graph.on('GET', '/v1.0/domains/:id', readDomains, (call) => {
    const domain = rules.domains().find((entry) => entry.id === call.param('id').toLowerCase());
    if (!domain) throw resourceNotFound(call.param('id'));
    return entityReply(call.request, DOMAIN, domainView(domain));
  });
  graph.on('GET', '/v1.0/organization', anyOf('Organization.Read.All', 'Directory.Read.All'), ({ request }) =>
    listReply(request, ORGANIZATION, [organization(directory, rules)]),
  );
}

/** The faults `pim-expired`, by which after so many readings the activations of people have run out, and `pim-activated`. */
class PimTime {
  readonly #faults: Faults;
  #readings = 0;

  constructor(faults: Faults) {
    this.#faults = faults;
  }

  /** One more reading of active roles. */
  passes(): void {
    this.#readings = this.#faults.active('pim-expired') ? this.#readings + 1 : 0;
  }

  get hasRunOut(): boolean {
    const fault = this.#faults.active('pim-expired');
    return fault !== undefined && this.#readings > Number(fault['afterReads'] ?? 0);
  }

  get isActivated(): boolean {
    return this.#faults.active('pim-activated') !== undefined;
  }
}

function activeRoles(directory: Directory, pim: PimTime): RoleAssignment[] {
  const all = directory.roleAssignments.list();
  if (pim.hasRunOut) return all.filter(isOfTheBot);
  return pim.isActivated ? [...all, ...directory.roleEligibilities.list()] : all;
}

function eligibleRoles(directory: Directory, pim: PimTime): RoleEligibility[] {
  const all = directory.roleEligibilities.list();
  if (!pim.hasRunOut) return all;
  const runOut = directory.roleAssignments.list().filter((role) => !isOfTheBot(role));
  return [
    ...all,
    ...runOut.map((role) => ({
      ...role,
      ...{ memberType: 'Direct', roleEligibilityScheduleId: role.id },
      ...{ startDateTime: '2026-01-01T00:00:00Z', endDateTime: null },
    })),
  ];
}

function isOfTheBot({ principalId }: RoleAssignment): boolean {
  return principalId === BOT.servicePrincipalId;
}

/** Graph lists all role assignments only with a filter on principal or role. */
function requireFilter(call: GraphCall): void {
  if (call.request.query.get('$filter') === null) {
    throw badRequest('A filter on principalId, roleDefinitionId or directoryScopeId is required.', 'BadRequest');
  }
}

function organization(directory: Directory, rules: AccountRules): object {
  return {
    id: TENANT_ID,
    displayName: 'Contoso',
    createdDateTime: directory.users.find(() => true)?.createdDateTime ?? null,
    countryLetterCode: 'DE',
    tenantType: 'AAD',
    verifiedDomains: rules.domains().map(({ id, isDefault, authenticationType }) => ({
      ...{ capabilities: 'Email', isDefault, isInitial: isDefault, name: id, type: authenticationType },
    })),
  };
}
