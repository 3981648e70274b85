import { z } from 'zod';
import type { Faults } from '../kit/faults.js';
import type { SandboxRequest } from '../kit/server.js';
import { param, parseBody, type PlatformApi } from './api.js';
import { ApiProblem, problems } from './api-problem.js';
import { EMPLOYEE_ROLE, findDivision, findRole } from './directory.js';
import type { GenesysData, StoredGrant, StoredUser } from './genesys-data.js';
import { divisionView } from './organization-routes.js';

const grantsBody = z.object({
  grants: z.array(z.object({ roleId: z.string(), divisionId: z.string() })),
});

/** Which roles a person holds in which divisions. */
export function addSubjectRoutes(api: PlatformApi, data: GenesysData, faults: Faults): void {
  api.route('GET', '/api/v2/authorization/subjects/:subjectId', { any: ['authorization:grant:view'] }, (request) => ({
    status: 200,
    body: subjectView(subjectOf(request, data), data),
  }));
  api.route(
    'POST',
    '/api/v2/authorization/subjects/:subjectId/bulkadd',
    { any: ['authorization:grant:add'] },
    (request) => {
      const subject = subjectOf(request, data);
      const pairs = existingPairs(request);
      if (faults.active('no-licence')) for (const { roleId } of pairs) requireLicence(roleId);
      for (const { roleId, divisionId } of pairs) data.grant(subject.id, roleId, divisionId);
      return { status: 204 };
    },
  );
  api.route(
    'POST',
    '/api/v2/authorization/subjects/:subjectId/bulkremove',
    { any: ['authorization:grant:delete'] },
    (request) => {
      const subject = subjectOf(request, data);
      for (const { roleId, divisionId } of existingPairs(request)) data.revoke(subject.id, roleId, divisionId);
      return { status: 204 };
    },
  );
}

/** How a licence that is used up is refused is not published: code and text are ours. */
function requireLicence(roleId: string): void {
  const role = findRole(roleId);
  if (!role || role.id === EMPLOYEE_ROLE.id) return;
  throw new ApiProblem(400, 'constraint.validation', `No ${role.baseLicense} license is available for the role.`);
}

/** One grant as the subject's list and the sandbox's state show it. */
export function grantView(grant: StoredGrant): object {
  const division = findDivision(grant.divisionId);
  const role = findRole(grant.roleId);
  return {
    subjectId: grant.subjectId,
    division: division ? divisionView(division) : { id: grant.divisionId },
    role: { id: grant.roleId, name: role?.name, description: role?.description, policies: [], default: true },
    grantMadeAt: grant.grantMadeAt,
  };
}

function subjectOf(request: SandboxRequest, data: GenesysData): StoredUser {
  const user = data.users.get(param(request, 'subjectId'));
  if (!user || user.state === 'deleted') throw problems.notFound();
  return user;
}

/** All pairs are checked before the first one acts. */
function existingPairs(request: SandboxRequest): { roleId: string; divisionId: string }[] {
  const { grants } = parseBody(request, grantsBody);
  for (const pair of grants) if (!findRole(pair.roleId) || !findDivision(pair.divisionId)) throw problems.notFound();
  return grants;
}

function subjectView(user: StoredUser, data: GenesysData): object {
  return {
    id: user.id,
    name: user.name,
    grants: data.grantsOf(user.id).map(grantView),
    version: user.version,
    selfUri: `/api/v2/authorization/subjects/${user.id}`,
  };
}
