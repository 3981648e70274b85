import type { Faults } from '../kit/faults.js';
import { GraphProblem, badRequest, resourceNotFound, unknownSegment } from './graph-problem.js';
import type { ClaimsPolicy } from './claim-objects.js';
import { NAME_ID_SOURCES, USER_SOURCES } from './claim-sources.js';
import { allOf, anyOf, type GraphCall, type GraphGateway } from './graph-gateway.js';
import type { Directory } from './directory.js';
import { complex, flag, isRecord, listOf, nullable, oneOf, text, type Fits } from './payload.js';
import { getServicePrincipal } from './service-principal-view.js';

/** `/beta/servicePrincipals/{id}/claimsPolicy`. */
export function claimsPolicyRoutes(graph: GraphGateway, directory: Directory, faults: Faults): void {
  const path = '/beta/servicePrincipals/:id/claimsPolicy';
  const read = anyOf('Policy.Read.All', 'Policy.ReadWrite.ApplicationConfiguration');
  const write = allOf(anyOf('Policy.ReadWrite.ApplicationConfiguration'));
  // Clouds without the preview do not know the segment at all.
  const requireApi = (): void => {
    if (faults.active('no-claims-policy-api')) throw unknownSegment('claimsPolicy');
  };
  graph.on('GET', path, read, (call) => {
    requireApi();
    const policy = directory.policies.get(principalId(call, directory));
    if (!policy) throw resourceNotFound(`${call.param('id')}/claimsPolicy`);
    return { status: 200, body: { '@odata.context': CONTEXT, ...policy } };
  });
  graph.on('PUT', path, write, (call) => {
    requireApi();
    const id = principalId(call, directory);
    directory.policies.put(id, { ...EMPTY, ...parseBody(call.body()), id });
    return { status: 204 };
  });
  graph.on('PATCH', path, write, (call) => {
    requireApi();
    const id = principalId(call, directory);
    const policy = directory.policies.get(id);
    if (!policy) throw resourceNotFound(`${id}/claimsPolicy`);
    directory.policies.put(id, { ...policy, ...parseBody(call.body()), id });
    return { status: 204 };
  });
}

const CONTEXT = "https://graph.microsoft.com/beta/$metadata#servicePrincipals('')/claimsPolicy/$entity";
const EMPTY = {
  includeBasicClaimSet: false,
  includeApplicationIdInIssuer: false,
  audienceOverride: null,
  groupFilter: null,
  claims: [],
};

function principalId(call: GraphCall, directory: Directory): string {
  return getServicePrincipal(directory, call.param('id')).id;
}

const absoluteUri: Fits = (value) => typeof value === 'string' && URL.canParse(value);

const POLICY: Readonly<Record<string, Fits>> = {
  id: text,
  includeBasicClaimSet: flag,
  includeApplicationIdInIssuer: nullable(flag),
  audienceOverride: nullable(absoluteUri),
  groupFilter: nullable(isRecord),
  claims: listOf(isRecord),
};

const condition = complex({ memberOf: listOf(text), userType: text, '@odata.type': text });
const configuration = complex({
  condition: nullable(condition),
  attribute: isRecord,
  transformations: nullable(listOf(isRecord)),
  '@odata.type': text,
});

const NAME_ID_CLAIM: Readonly<Record<string, Fits>> = {
  '@odata.type': text,
  nameIdFormat: oneOf('default', 'unspecified', 'emailAddress', 'windowsDomainQualifiedName', 'persistent'),
  serviceProviderNameQualifier: nullable(text),
  configurations: listOf(configuration),
};

const CUSTOM_CLAIM: Readonly<Record<string, Fits>> = {
  '@odata.type': text,
  name: (value) => typeof value === 'string' && value !== '',
  namespace: nullable(text),
  tokenFormat: listOf(oneOf('saml', 'jwt')),
  samlAttributeNameFormat: nullable(oneOf('unspecified', 'uri', 'basic')),
  configurations: listOf(configuration),
};

/** The policy members in a body. Throws Graph's 400 that names the first member that is wrong. */
function parseBody(body: Readonly<Record<string, unknown>>): Partial<ClaimsPolicy> {
  const members = Object.fromEntries(Object.entries(body).filter(([name]) => !/^@odata\.(type|context)$/.test(name)));
  requireMembers(members, POLICY, 'customClaimsPolicy');
  const claims = Array.isArray(members['claims']) ? (members['claims'] as Record<string, unknown>[]) : [];
  claims.forEach(requireClaim);
  refuseTwice(claims);
  return members as Partial<ClaimsPolicy>;
}

function requireMembers(
  value: Readonly<Record<string, unknown>>,
  members: Readonly<Record<string, Fits>>,
  type: string,
): void {
  for (const [name, member] of Object.entries(value)) {
    if (!Object.hasOwn(members, name)) {
      throw badRequest(
        `The property '${name}' does not exist on type 'microsoft.graph.${type}'. Make sure to only use property names that are defined by the type.`,
        'BadRequest',
      );
    }
    if (members[name]?.(member) !== true) throw invalidValue(name);
  }
}

function requireClaim(claim: Record<string, unknown>): void {
  const type = claim['@odata.type'];
  if (type === '#microsoft.graph.samlNameIdClaim') {
    requireMembers(claim, NAME_ID_CLAIM, 'samlNameIdClaim');
    if (claim['nameIdFormat'] === undefined) throw invalidValue('nameIdFormat');
    requireConfigurations(claim, NAME_ID_SOURCES);
  } else if (type === '#microsoft.graph.customClaim') {
    requireMembers(claim, CUSTOM_CLAIM, 'customClaim');
    if (claim['name'] === undefined) throw invalidValue('name');
    if (claim['tokenFormat'] === undefined) throw invalidValue('tokenFormat');
    requireConfigurations(claim, Object.keys(USER_SOURCES));
  } else {
    throw badRequest(
      `A type named '${String(type)}' could not be resolved by the model. When a model is available, each type name must resolve to a valid type.`,
      'BadRequest',
    );
  }
}

function requireConfigurations(claim: Record<string, unknown>, sources: readonly string[]): void {
  const configurations = claim['configurations'];
  if (!Array.isArray(configurations) || configurations.length === 0) throw invalidValue('configurations');
  for (const entry of configurations as { attribute?: Record<string, unknown>; transformations?: object[] | null }[]) {
    requireAttribute(entry.attribute, sources);
    if ((entry.transformations ?? []).length > 0) {
      throw new GraphProblem(400, 'BadRequest', 'The sandbox does not carry out claim transformations.');
    }
  }
}

function requireAttribute(attribute: Record<string, unknown> | undefined, sources: readonly string[]): void {
  if (!attribute) throw invalidValue('attribute');
  if (attribute['@odata.type'] === '#microsoft.graph.valueBasedAttribute') {
    requireMembers(attribute, { '@odata.type': text, value: text }, 'valueBasedAttribute');
    if (attribute['value'] === undefined) throw invalidValue('value');
    return;
  }
  if (attribute['@odata.type'] !== '#microsoft.graph.sourcedAttribute') throw invalidValue('attribute');
  requireMembers(
    attribute,
    { '@odata.type': text, id: text, source: text, isExtensionAttribute: nullable(flag) },
    'sourcedAttribute',
  );
  const id = attribute['id'];
  if (attribute['source'] !== 'user') throw invalidValue('source');
  if (typeof id !== 'string' || !sources.includes(id.toLowerCase())) throw invalidValue('id');
}

function refuseTwice(claims: readonly Record<string, unknown>[]): void {
  const names = claims.map((claim) =>
    claim['name'] === undefined ? 'nameid' : JSON.stringify([claim['namespace'] ?? '', claim['name']]),
  );
  if (new Set(names).size < names.length) throw invalidValue('claims');
}

function invalidValue(name: string): GraphProblem {
  return badRequest(`Property '${name}' has an invalid value.`, 'BadRequest');
}
