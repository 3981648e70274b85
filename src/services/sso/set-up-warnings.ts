import type { Instance } from '../entra/entra.js';
import type { IdentityProvider } from '../genesys/genesys.js';
import { claimText } from './planned-fields.js';
import { GALLERY_NAME, isInUse, type BothSides, type FoundInstance } from './read-both-sides.js';
import { certificatesThatStay, type SamlSettings } from './saml-settings.js';
import { areClaimsRight } from './set-up-obstacles.js';
import { otherIssuer } from './set-up-refusals.js';
import type { Surroundings } from './surroundings.js';

/** Sentences on the plan that an admin should have read before *Run*. Pure. */
export function warningsOf(sides: BothSides, settings: SamlSettings, now: Date): string[] {
  const { instance } = sides;
  return [
    ...(instance ? warningsOfInstance(instance, now) : [WHAT_IS_CREATED_STAYS]),
    ...warningsOfClaims(instance, settings),
    ...warningsOfOthers(sides),
    ...warningsOfProvider(sides, settings, now),
  ];
}

const WHAT_IS_CREATED_STAYS =
  'The enterprise application that this run creates can later be disabled, but Latchkey does not delete it.';

function warningsOfInstance(instance: Instance, now: Date): string[] {
  const active = instance.certificates.find((certificate) => certificate.isActive);
  return [
    instance.isAssignmentRequired
      ? ''
      : '“Assignment required” is off: everybody in the tenant may sign in, not only those assigned. Latchkey leaves it as it is.',
    !active && instance.certificates.length > 0
      ? 'No signing certificate is marked active, so Entra chooses one by itself. It may sign with the new one as soon as it exists, shortly before Genesys trusts it.'
      : '',
    active && active.notAfter <= now
      ? 'The active signing certificate has expired. Entra may sign with the new one as soon as it exists.'
      : '',
    instance.isEncrypted
      ? 'Token encryption is on for this application. Genesys cannot read encrypted assertions, so no sign-in will work until an admin switches it off (Enterprise applications, Token encryption). Latchkey leaves it as it is.'
      : '',
  ].filter(Boolean);
}

/** Where the claims come from, when it is not the place that the portal shows. */
function warningsOfClaims(instance: Instance | undefined, settings: SamlSettings): string[] {
  if (!instance) return [];
  const { claims } = instance;
  const isRight = areClaimsRight(claims, settings);
  const email = claims?.emailFrom;
  const policy = claims?.policy;
  return [
    policy
      ? `The claims come from the claims policy “${policy.name}”; what Attributes & Claims shows in the portal is not sent. ${
          isRight || policy.leftAlone
            ? 'Latchkey leaves the policy as it is.'
            : 'Latchkey corrects Email and OrganizationName within that policy and leaves the rest of it as it is.'
        }`
      : '',
    !policy && instance.arePortalClaimsHidden && !isRight
      ? 'This cloud has no API for the claims that the portal sets, so Latchkey assigns a claims policy of its own. From then on only that policy counts: other claims that the portal may hold are no longer sent.'
      : '',
    email && email !== settings.emailFrom
      ? `Genesys finds people by ${claimText(email)} now, and by ${claimText(settings.emailFrom)} afterwards. Whoever has another address there can no longer sign in.`
      : '',
  ].filter(Boolean);
}

function warningsOfOthers({ instance, others, provider }: BothSides): string[] {
  if (others.length === 0) return [];
  const left = others.length === 1 ? 'the other instance as it is' : 'the other instances as they are';
  const chosen = instance ? `You chose ${nameOf({ instance })}. ` : '';
  const inUse = others.find((other) => isInUse(other.instance, provider));
  return [
    `${chosen}Latchkey leaves ${left}: ${others.map(nameOf).join(', ')}.`,
    inUse
      ? `Genesys works with ${nameOf(inUse)} now. People who sign in through that one must be assigned to this one instead (${assignedThere(inUse)} there).`
      : '',
  ].filter(Boolean);
}

function nameOf({ instance }: Pick<FoundInstance, 'instance'>): string {
  return `${instance.displayName} (${instance.appId})`;
}

function assignedThere({ assigned }: FoundInstance): string {
  return assigned === 1 ? '1 is assigned' : `${assigned} are assigned`;
}

/** What people who sign in today would notice. */
function warningsOfProvider(sides: BothSides, settings: SamlSettings, now: Date): string[] {
  const { provider, instance, others } = sides;
  if (!provider) return [];
  const issuer = otherIssuer(provider, settings);
  if (issuer !== undefined) return warningsOfReplacing(provider, issuer);
  const party = provider.relyingPartyIdentifier;
  const isOtherInstance = others.some((other) => isInUse(other.instance, provider));
  const expired = provider.certificates.length - certificatesThatStay(provider.certificates, now).length;
  return [
    party && party !== instance?.appId && !isOtherInstance
      ? `Genesys works with another application of this tenant now (${party}). People who sign in through that one must be assigned to ${GALLERY_NAME} instead.`
      : '',
    expired > 0 && provider.issuerUri
      ? 'Genesys trusts an expired certificate. When its provider is written, that one leaves and cannot be put back.'
      : '',
  ].filter(Boolean);
}

/** Another identity provider's keys must not stay: whoever holds them could sign anybody in under our issuer. */
function warningsOfReplacing(provider: IdentityProvider, issuer: string): string[] {
  const count = provider.certificates.length;
  const logout = provider.unmanaged['sloURI'];
  return [
    count > 0
      ? `${count === 1 ? 'Its certificate leaves' : `Its ${count} certificates leave`} with it: if Genesys went on trusting ${issuer}, whoever holds ${count === 1 ? 'that key' : 'those keys'} could sign in as anybody. To go back, its administrator enters ${count === 1 ? 'it' : 'them'} in Genesys again.`
      : '',
    typeof logout === 'string' && logout !== ''
      ? `The logout address stays (${logout}). It is the other provider's: change it in Genesys if you use single logout.`
      : '',
  ].filter(Boolean);
}

/** What the tenant and the organisation add, where a run would change something. */
export function warningsAround(
  { refusesIdentifiers, hasPremium, isPasswordLoginDisabled, addressMismatches = 0, unread }: Surroundings,
  { addsIdentifier, emailFrom }: { addsIdentifier: boolean; emailFrom: SamlSettings['emailFrom'] },
): string[] {
  return [
    addsIdentifier && refusesIdentifiers
      ? 'The app management policy of this tenant refuses new identifiers, SAML applications included. Entra will probably refuse the Identifier: let an admin exempt SAML applications first (excludeSaml).'
      : '',
    hasPremium === false
      ? 'This tenant has no Entra ID P1 licence: people can be assigned one by one, groups cannot.'
      : '',
    isPasswordLoginDisabled
      ? 'Genesys is in SSO-only mode: people cannot sign in with a password. If single sign-on fails, nobody gets in, so test it before you close this session.'
      : '',
    addressMismatches > 0
      ? `${addressMismatches === 1 ? '1 of the people assigned has' : `${addressMismatches} of the people assigned have`} another mail address than user principal name. Genesys finds them by their ${emailFrom === 'mail' ? 'mail address' : 'user principal name'}, so that is the e-mail their Genesys user must have.`
      : '',
    ...unread.map((what) => `Latchkey could not look at ${what}, so this plan says nothing about it.`),
  ].filter(Boolean);
}
