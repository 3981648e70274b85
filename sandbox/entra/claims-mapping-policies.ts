import { randomUUID } from 'node:crypto';
import { TENANT_ID } from '../credentials.js';
import { parseDefinition } from './claims-mapping.js';
import type { Directory } from './directory.js';
import type { ClaimsMappingPolicy } from './directory-objects.js';
import { GraphProblem, badRequest, resourceNotFound } from './graph-problem.js';
import { allOf, anyOf, type GraphCall, type GraphGateway } from './graph-gateway.js';
import { entityReply, listReply, type EntityShape } from './odata-query.js';
import { WRITE_APPLICATIONS } from './applications.js';
import { flag, listOf, nullable, refuseUnwritable, text, textUpTo, type Fits } from './payload.js';
import {
  SERVICE_PRINCIPAL,
  addressedServicePrincipal,
  requireOwnership,
  viewServicePrincipal,
} from './service-principal-view.js';

const POLICY: EntityShape = {
  type: 'claimsMappingPolicy',
  set: 'policies/claimsMappingPolicies',
  properties: ['id', 'deletedDateTime', 'definition', 'displayName', 'description', 'isOrganizationDefault'],
  filters: { id: ['eq'], displayName: ['eq', 'startswith'] },
};

const WRITABLE: Readonly<Record<string, Fits>> = {
  displayName: (value) => textUpTo(256)(value) && value !== '',
  description: nullable(text),
  isOrganizationDefault: flag,
  definition: listOf(text),
};

const READ = anyOf('Policy.Read.All', 'Policy.ReadWrite.ApplicationConfiguration');
const WRITE = anyOf('Policy.ReadWrite.ApplicationConfiguration');
const ASSIGN = allOf(WRITE_APPLICATIONS, READ);

/** `/policies/claimsMappingPolicies`, and their assignment to service principals: one policy each. */
export function claimsMappingPolicyRoutes(graph: GraphGateway, directory: Directory): void {
  const path = '/v1.0/policies/claimsMappingPolicies';
  graph.on('GET', path, READ, ({ request }) => listReply(request, POLICY, directory.claimsMappingPolicies.list()));
  graph.on('GET', `${path}/:id`, READ, (call) => entityReply(call.request, POLICY, addressedPolicy(call, directory)));
  graph.on('POST', path, WRITE, (call) => {
    const policy = { ...NEW, ...readPolicy(call), id: randomUUID() };
    if (policy.displayName === '') throw missing('displayName');
    if (policy.definition.length === 0) throw missing('definition');
    return entityReply(call.request, POLICY, directory.claimsMappingPolicies.put(policy.id, policy), { status: 201 });
  });
  graph.on('PATCH', `${path}/:id`, WRITE, (call) => {
    const policy = addressedPolicy(call, directory);
    directory.claimsMappingPolicies.put(policy.id, { ...policy, ...readPolicy(call) });
    return { status: 204 };
  });
  graph.on('DELETE', `${path}/:id`, WRITE, (call) => {
    const { id } = addressedPolicy(call, directory);
    for (const [key, entry] of directory.policyAssignments.entries()) {
      if (entry.policyId === id) directory.policyAssignments.delete(key);
    }
    directory.claimsMappingPolicies.delete(id);
    return { status: 204 };
  });
  graph.on('GET', `${path}/:id/appliesTo`, READ, (call) => {
    const { id } = addressedPolicy(call, directory);
    const principals = directory.policyAssignments
      .filter((entry) => entry.policyId === id)
      .flatMap((entry) => directory.servicePrincipals.get(entry.servicePrincipalId) ?? []);
    return listReply(
      call.request,
      SERVICE_PRINCIPAL,
      principals.map((principal) => viewServicePrincipal(principal, directory)),
    );
  });
  assignmentRoutes(graph, directory);
}

function assignmentRoutes(graph: GraphGateway, directory: Directory): void {
  const path = '/v1.0/servicePrincipals/:id/claimsMappingPolicies';
  graph.on('GET', path, READ, (call) =>
    listReply(call.request, POLICY, policiesOf(addressedServicePrincipal(call, directory).id, directory)),
  );
  graph.on('POST', `${path}/$ref`, ASSIGN, (call) => {
    const principal = addressedServicePrincipal(call, directory);
    requireOwnership(call, directory, principal.appId);
    const policy = referencedPolicy(call.body()['@odata.id'], directory);
    refuseSecond(principal.id, policy.id, directory);
    const assignment = { servicePrincipalId: principal.id, policyId: policy.id };
    directory.policyAssignments.put(`${principal.id}/${policy.id}`, assignment);
    return { status: 204 };
  });
  graph.on('DELETE', `${path}/:policyId/$ref`, ASSIGN, (call) => {
    const principal = addressedServicePrincipal(call, directory);
    requireOwnership(call, directory, principal.appId);
    const policyId = call.param('policyId').toLowerCase();
    if (!directory.policyAssignments.delete(`${principal.id}/${policyId}`)) throw resourceNotFound(policyId);
    return { status: 204 };
  });
}

const NEW = {
  deletedDateTime: null,
  displayName: '',
  description: null,
  isOrganizationDefault: false,
  definition: [],
} satisfies Omit<ClaimsMappingPolicy, 'id'>;

function addressedPolicy(call: GraphCall, directory: Directory): ClaimsMappingPolicy {
  return getPolicy(call.param('id'), directory);
}

function getPolicy(id: string, directory: Directory): ClaimsMappingPolicy {
  const policy = directory.claimsMappingPolicies.get(id.toLowerCase());
  if (!policy) throw resourceNotFound(id);
  return policy;
}

function policiesOf(principalId: string, directory: Directory): ClaimsMappingPolicy[] {
  return directory.policyAssignments
    .filter((entry) => entry.servicePrincipalId === principalId)
    .flatMap((entry) => directory.claimsMappingPolicies.get(entry.policyId) ?? []);
}

/** What the body says of a policy. The definition is one JSON text, whose keys must be spelt exactly. */
function readPolicy(call: GraphCall): Partial<ClaimsMappingPolicy> {
  const body = call.body();
  refuseUnwritable(body, { type: 'claimsMappingPolicy', writable: WRITABLE, properties: POLICY.properties });
  const members = Object.fromEntries(Object.entries(body).filter(([name]) => !name.startsWith('@odata.')));
  const { definition } = members as Partial<ClaimsMappingPolicy>;
  const valid = definition === undefined || (definition.length === 1 && parseDefinition(definition[0] ?? ''));
  if (!valid) throw badRequest('Property definition has an invalid value.');
  return members as Partial<ClaimsMappingPolicy>;
}

const REFERENCE =
  /^https:\/\/graph\.microsoft\.com\/(?:v1\.0|beta)\/(?:policies\/claimsMappingPolicies|directoryObjects)\/([^/?]+)$/i;

/** The policy that an `@odata.id` names. A tenant id in the address makes it another kind of address: refused. */
function referencedPolicy(reference: unknown, directory: Directory): ClaimsMappingPolicy {
  if (typeof reference !== 'string') throw badRequest("A value is required for property '@odata.id'.", 'BadRequest');
  if (reference.toLowerCase().includes(`/${TENANT_ID}/`)) {
    throw badRequest('Write requests are only supported on contained entities', 'BadRequest');
  }
  const id = REFERENCE.exec(reference)?.[1];
  if (id === undefined) throw badRequest('Invalid entity reference in the request.', 'BadRequest');
  return getPolicy(id, directory);
}

function refuseSecond(principalId: string, policyId: string, directory: Directory): void {
  const [assigned] = policiesOf(principalId, directory);
  if (!assigned) return;
  if (assigned.id === policyId) {
    throw badRequest(
      "One or more added object references already exist for the following modified properties: 'claimsMappingPolicies'.",
    );
  }
  // What Entra says to a second policy is not published; two would leave open which one counts.
  throw new GraphProblem(
    400,
    'Request_BadRequest',
    'A conflicting object with one or more of the specified property values is present in the directory.',
  );
}

function missing(name: string): GraphProblem {
  return badRequest(`A value is required for property '${name}' of resource 'ClaimsMappingPolicy'.`);
}
