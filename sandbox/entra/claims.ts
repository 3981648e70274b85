import { createHash, randomUUID } from 'node:crypto';
import { TENANT_ID } from '../credentials.js';
import { AadstsError } from './aadsts.js';
import type { ClaimConfiguration, ClaimsPolicy, CustomClaim, SamlNameIdClaim } from './claim-objects.js';
import { USER_SOURCES } from './claim-sources.js';
import type { User } from './directory-objects.js';
import { NAME_ID_FORMATS } from './saml-request.js';

export interface SamlAttribute {
  readonly name: string;
  readonly nameFormat: string | undefined;
  readonly value: string;
}

export interface NameId {
  readonly format: string;
  readonly value: string;
}

/** Whom the claims are about, and what decides them. */
export interface ClaimsSubject {
  readonly user: User;
  /** Ids of the groups that the person is in, for conditional claims. */
  readonly groupIds: readonly string[];
  readonly policy: ClaimsPolicy | undefined;
  readonly issuer: string;
  readonly appId: string;
}

const IDENTITY = 'http://schemas.microsoft.com/identity/claims';
const PERSON = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims';

/** The attributes in Entra's order: the basic set unless the policy leaves it out, then the policy's own. Empty ones are not sent. */
export function attributesOf(subject: ClaimsSubject): SamlAttribute[] {
  const basic = subject.policy && !subject.policy.includeBasicClaimSet ? [] : basicAttributes(subject);
  const custom = (subject.policy?.claims ?? []).filter(isCustom).flatMap((claim) => customAttribute(claim, subject));
  return [...basic, ...custom];
}

/**
 * Who the person is to the service provider. The policy's NameID claim decides, else the user principal name as an
 * e-mail address; a request for a persistent or transient one is met. Throws AADSTS501241 when the source is empty.
 */
export function nameIdOf(subject: ClaimsSubject, requestedFormat: string | undefined): NameId {
  if (requestedFormat === NAME_ID_FORMATS.transient) return { format: requestedFormat, value: `_${randomUUID()}` };
  const claim = subject.policy?.claims.find(isNameId);
  if (requestedFormat === NAME_ID_FORMATS.persistent || claim?.nameIdFormat === 'persistent') {
    return { format: NAME_ID_FORMATS.persistent, value: pairwiseId(subject) };
  }
  if (!claim) return { format: NAME_ID_FORMATS.emailAddress, value: subject.user.userPrincipalName };
  const configuration = configurationFor(claim.configurations, subject);
  const value = configuration && valueOf(configuration, subject.user);
  if (!value) {
    const attribute = configuration?.attribute;
    const source = attribute && 'id' in attribute ? attribute.id : 'nameid';
    throw new AadstsError(501241, { user: subject.user.userPrincipalName, value: source });
  }
  return { format: formatOf(claim.nameIdFormat), value };
}

function basicAttributes({ user, issuer }: ClaimsSubject): SamlAttribute[] {
  const pairs: readonly (readonly [string, string | null])[] = [
    [`${IDENTITY}/tenantid`, TENANT_ID],
    [`${IDENTITY}/objectidentifier`, user.id],
    [`${IDENTITY}/displayname`, user.displayName],
    [`${IDENTITY}/identityprovider`, issuer],
    [
      'http://schemas.microsoft.com/claims/authnmethodsreferences',
      'http://schemas.microsoft.com/ws/2008/06/identity/authenticationmethod/password',
    ],
    [`${PERSON}/givenname`, user.givenName],
    [`${PERSON}/surname`, user.surname],
    [`${PERSON}/emailaddress`, user.mail],
    [`${PERSON}/name`, user.userPrincipalName],
  ];
  return pairs.flatMap(([name, value]) => (value ? [{ name, nameFormat: undefined, value }] : []));
}

function customAttribute(claim: CustomClaim, subject: ClaimsSubject): SamlAttribute[] {
  if (!claim.tokenFormat.includes('saml')) return [];
  const configuration = configurationFor(claim.configurations, subject);
  const value = configuration && valueOf(configuration, subject.user);
  if (!value) return [];
  const format = claim.samlAttributeNameFormat;
  return [
    {
      name: claim.namespace ? `${claim.namespace.replace(/\/$/, '')}/${claim.name}` : claim.name,
      nameFormat: format ? `urn:oasis:names:tc:SAML:2.0:attrname-format:${format}` : undefined,
      value,
    },
  ];
}

/** The last configuration whose condition holds: that is how Entra decides between several. */
function configurationFor(
  configurations: readonly ClaimConfiguration[],
  subject: ClaimsSubject,
): ClaimConfiguration | undefined {
  return configurations.filter(({ condition }) => meets(condition ?? null, subject)).at(-1);
}

function meets(condition: ClaimConfiguration['condition'], { user, groupIds }: ClaimsSubject): boolean {
  if (!condition) return true;
  const kinds = user.userType === 'Guest' ? ['any', 'allGuests', 'aadGuests'] : ['any', 'members'];
  if (condition.userType !== undefined && !kinds.includes(condition.userType)) return false;
  const groups = condition.memberOf ?? [];
  return groups.length === 0 || groups.some((id) => groupIds.includes(id));
}

function valueOf({ attribute }: ClaimConfiguration, user: User): string | undefined {
  if ('value' in attribute) return attribute.value;
  const property = USER_SOURCES[attribute.id.toLowerCase()];
  const value = property === undefined ? undefined : user[property as keyof User];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** Stable for one person and one app, and different for each app. */
function pairwiseId({ user, appId }: ClaimsSubject): string {
  return createHash('sha256').update(`${user.id}\n${appId}`).digest('base64');
}

function formatOf(name: string): string {
  if (name === 'unspecified') return NAME_ID_FORMATS.unspecified;
  if (name === 'windowsDomainQualifiedName') {
    return 'urn:oasis:names:tc:SAML:1.1:nameid-format:WindowsDomainQualifiedName';
  }
  return NAME_ID_FORMATS.emailAddress;
}

function isCustom(claim: CustomClaim | SamlNameIdClaim): claim is CustomClaim {
  return claim['@odata.type'] === '#microsoft.graph.customClaim';
}

function isNameId(claim: CustomClaim | SamlNameIdClaim): claim is SamlNameIdClaim {
  return claim['@odata.type'] === '#microsoft.graph.samlNameIdClaim';
}
