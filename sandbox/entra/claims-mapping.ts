import type { ClaimConfiguration, ClaimsPolicy, CustomClaim, SamlNameIdClaim } from './claim-objects.js';
import { NAME_ID_SOURCES, USER_SOURCES } from './claim-sources.js';
import type { ClaimsMappingPolicy } from './directory-objects.js';
import { isRecord } from './payload.js';

const NAME_ID_TYPE = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/nameidentifier';

/** Types that no policy may emit; a policy that names them is accepted, and they are left out. */
const RESTRICTED_TYPES = [
  'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn',
  'http://schemas.microsoft.com/ws/2008/06/identity/claims/role',
  'http://schemas.microsoft.com/identity/claims/objectidentifier',
  'http://schemas.microsoft.com/identity/claims/tenantid',
  'http://schemas.microsoft.com/ws/2008/06/identity/claims/groups',
];

interface SchemaEntry {
  readonly Source?: string;
  readonly ID?: string;
  readonly Value?: string;
  readonly SamlClaimType?: string;
  readonly JwtClaimType?: string;
}

interface Definition {
  readonly includeBasicClaimSet: boolean;
  readonly entries: readonly SchemaEntry[];
}

/** The definition in a policy's JSON text; undefined when Entra calls it invalid. Its keys are case-sensitive. */
export function parseDefinition(text: string): Definition | undefined {
  const parsed = parseJson(text);
  const policy = isRecord(parsed) && Object.keys(parsed).length === 1 ? parsed['ClaimsMappingPolicy'] : undefined;
  if (!isRecord(policy)) return undefined;
  const { Version, IncludeBasicClaimSet = 'false', ClaimsSchema = [], ...rest } = policy;
  if (Object.keys(rest).length > 0 || Version !== 1 || !Array.isArray(ClaimsSchema)) return undefined;
  const flag = String(IncludeBasicClaimSet).toLowerCase();
  if (!['true', 'false'].includes(flag) || !ClaimsSchema.every(isEntry)) return undefined;
  return { includeBasicClaimSet: flag === 'true', entries: ClaimsSchema };
}

/** The policy as the sign-in follows it. Claims for other tokens than SAML, and restricted ones, are left out. */
export function effectiveClaims(policy: ClaimsMappingPolicy, principalId: string): ClaimsPolicy {
  const definition = parseDefinition(policy.definition[0] ?? '');
  const entries = definition?.entries ?? [];
  return {
    id: principalId,
    includeBasicClaimSet: definition?.includeBasicClaimSet ?? false,
    includeApplicationIdInIssuer: false,
    audienceOverride: null,
    groupFilter: null,
    claims: entries.flatMap(toClaim),
  };
}

function toClaim(entry: SchemaEntry): (SamlNameIdClaim | CustomClaim)[] {
  const name = entry.SamlClaimType;
  if (name === undefined || RESTRICTED_TYPES.includes(name)) return [];
  const configurations = [configurationOf(entry)];
  if (name === NAME_ID_TYPE) {
    return [{ '@odata.type': '#microsoft.graph.samlNameIdClaim', nameIdFormat: 'emailAddress', configurations }];
  }
  return [
    {
      '@odata.type': '#microsoft.graph.customClaim',
      name,
      namespace: null,
      tokenFormat: ['saml'],
      samlAttributeNameFormat: null,
      configurations,
    },
  ];
}

function configurationOf(entry: SchemaEntry): ClaimConfiguration {
  if (entry.Value !== undefined) {
    return {
      condition: null,
      attribute: { '@odata.type': '#microsoft.graph.valueBasedAttribute', value: entry.Value },
    };
  }
  return {
    condition: null,
    attribute: { '@odata.type': '#microsoft.graph.sourcedAttribute', id: entry.ID ?? '', source: 'user' },
  };
}

const ENTRY_KEYS = ['Source', 'ID', 'Value', 'SamlClaimType', 'JwtClaimType', 'SAMLNameForm'];

/** A constant has a value and no source; anything else comes from a user property that the sandbox knows. */
function isEntry(entry: unknown): entry is SchemaEntry {
  if (!isRecord(entry)) return false;
  const isText = Object.values(entry).every((value) => typeof value === 'string');
  if (!isText || Object.keys(entry).some((key) => !ENTRY_KEYS.includes(key))) return false;
  const { Source, ID, Value, SamlClaimType, JwtClaimType } = entry;
  if (SamlClaimType === undefined && JwtClaimType === undefined) return false;
  if (Value !== undefined) return Source === undefined && ID === undefined;
  const sources = SamlClaimType === NAME_ID_TYPE ? NAME_ID_SOURCES : Object.keys(USER_SOURCES);
  return Source === 'user' && typeof ID === 'string' && sources.includes(ID.toLowerCase());
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
