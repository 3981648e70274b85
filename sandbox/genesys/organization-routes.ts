import { z } from 'zod';
import { GENESYS } from '../credentials.js';
import { param, parseBody, listing, type PlatformApi } from './api.js';
import { problems } from './api-problem.js';
import {
  CLIENT_ROLE_ID,
  DIVISIONS,
  HOME_DIVISION,
  ORGANIZATION,
  ROLES,
  findRole,
  type DivisionRecord,
  type RoleRecord,
} from './directory.js';
import type { GenesysData } from './genesys-data.js';

/** Token, organisation, divisions, roles and licences: what does not change. */
export function addOrganizationRoutes(api: PlatformApi, data: GenesysData): void {
  api.route('GET', '/api/v2/tokens/me', 'none', () => ({ status: 200, body: tokenInfo() }));
  api.route('DELETE', '/api/v2/tokens/:userId', { any: ['oauth:token:delete'] }, (request) => {
    if (!data.users.get(param(request, 'userId'))) throw problems.notFound();
    data.endSessionsOf(param(request, 'userId'));
    return { status: 204 };
  });
  api.route('GET', '/api/v2/organizations/me', 'none', () => ({ status: 200, body: ORGANIZATION }));
  api.route('GET', '/api/v2/authorization/divisions', 'none', (request) => {
    const name = request.query.get('name')?.toLowerCase();
    return listing(request, DIVISIONS.filter((one) => !name || one.name.toLowerCase() === name).map(divisionView));
  });
  api.route('GET', '/api/v2/authorization/divisions/home', 'none', () => ({
    status: 200,
    body: divisionView(HOME_DIVISION),
  }));
  addRoleRoutes(api, data);
}

function addRoleRoutes(api: PlatformApi, data: GenesysData): void {
  const canView = { any: ['authorization:role:view'] };
  api.route('GET', '/api/v2/authorization/roles', canView, (request) => {
    const name = request.query.get('name')?.toLowerCase();
    const roles = ROLES.filter((role) => !name || role.name.toLowerCase() === name);
    return listing(
      request,
      roles.map((role) => roleView(role, data)),
    );
  });
  api.route('GET', '/api/v2/authorization/roles/:roleId', canView, (request) => {
    const id = param(request, 'roleId');
    if (id === CLIENT_ROLE_ID) return { status: 200, body: clientRoleView(api.clientPermissions()) };
    const role = findRole(id);
    if (!role) throw problems.notFound();
    return { status: 200, body: roleView(role, data) };
  });
  api.route('POST', '/api/v2/license/infer', 'none', (request) => {
    const roles = parseBody(request, z.array(z.string())).map((id) => {
      const role = findRole(id);
      if (!role) throw problems.notFound();
      return role;
    });
    return { status: 200, body: [...new Set(roles.flatMap((role) => [role.baseLicense, ...role.addonLicenses]))] };
  });
}

function tokenInfo(): object {
  const organization = { id: GENESYS.organizationId, name: GENESYS.displayName };
  return {
    organization,
    homeOrganization: organization,
    authorizedScope: [],
    OAuthClient: {
      id: GENESYS.clientId,
      name: 'Latchkey',
      authorizedGrantType: 'CLIENT-CREDENTIALS',
      scope: [],
      roleDivisions: DIVISIONS.map((division) => ({ roleId: CLIENT_ROLE_ID, divisionId: division.id })),
      state: 'active',
      organization,
    },
  };
}

/** A division as the authorization API shows it. */
export function divisionView(division: DivisionRecord): object {
  return { ...division, selfUri: `/api/v2/authorization/divisions/${division.id}` };
}

/** The role of the OAuth client, one policy for each permission. */
function clientRoleView(permissions: readonly string[]): object {
  return {
    id: CLIENT_ROLE_ID,
    name: 'Latchkey',
    permissions: [],
    permissionPolicies: permissions.map((permission) => {
      const [domain, entityName, action] = permission.split(':');
      return { domain, entityName, actionSet: [action], allowConditions: false };
    }),
    default: false,
    base: false,
    userCount: 0,
    selfUri: `/api/v2/authorization/roles/${CLIENT_ROLE_ID}`,
  };
}

function roleView(role: RoleRecord, data: GenesysData): object {
  const holders = new Set(data.grants.filter((grant) => grant.roleId === role.id).map((grant) => grant.subjectId));
  return {
    ...role,
    defaultRoleId: role.name,
    default: true,
    base: false,
    userCount: holders.size,
    selfUri: `/api/v2/authorization/roles/${role.id}`,
  };
}
