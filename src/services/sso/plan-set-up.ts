import { createHash } from 'node:crypto';
import type { Instance } from '../entra/entra.js';
import type { IdentityProvider } from '../genesys/genesys.js';
import { Problem } from '../platform/problem.js';
import { GALLERY_NAME, type BothSides } from './read-both-sides.js';
import type { GenesysRegion } from './genesys-region.js';
import {
  CERTIFICATE_YEARS,
  daysLeft,
  entraDifferences,
  freshActiveCertificate,
  genesysDifferences,
  MOST_TRUSTED_CERTIFICATES,
  samlSettings,
  tileModeOf,
  type SamlSettings,
  type TileMode,
} from './saml-settings.js';

/** One line of the plan. No `before`: there is nothing yet. Equal values: it stays as it is. */
export interface PlannedField {
  readonly side: 'Entra' | 'Genesys';
  readonly field: string;
  readonly before?: string;
  readonly after: string;
}

/** What a run would do, in full, before anything is done. Plain data: it is stored, shown, and run from. */
export interface SetUpPlan {
  readonly regionKey: string;
  readonly organization: { readonly shortName: string; readonly name: string };
  readonly tenantId: string;
  readonly tileMode: TileMode;
  readonly emailFrom: SamlSettings['emailFrom'];
  /** Object ids of the instance that is adopted; absent: one will be created. */
  readonly instance?: {
    readonly applicationObjectId: string;
    readonly servicePrincipalId: string;
    readonly appId: string;
  };
  readonly fields: readonly PlannedField[];
  readonly warnings: readonly string[];
  readonly assigned: number;
  /** Both sides already say all of it. */
  readonly isNothingToDo: boolean;
}

export interface SetUpWish {
  readonly region: GenesysRegion;
  readonly tenantId: string;
  /** `undefined`: keep what an existing instance does; straight in for a new one. */
  readonly tileMode: TileMode | undefined;
}

/**
 * The plan for what was read. Pure. Refuses, as a `Problem`, what a set-up cannot do safely: two instances, an instance
 * that Latchkey does not own, a Genesys provider of another issuer, no room for a certificate.
 */
export function planSetUp(sides: BothSides, wish: SetUpWish, now: Date): SetUpPlan {
  refuseTwins(sides);
  const { instance, provider } = sides;
  if (instance) refuseForeign(instance);
  const tileMode = wish.tileMode ?? (instance ? tileModeOf(instance) : 'signs-straight-in');
  const emailFrom = instance?.claims?.emailFrom === 'mail' ? 'mail' : 'userprincipalname';
  const settings = samlSettings({
    region: wish.region,
    tenantId: wish.tenantId,
    organizationName: sides.organization.shortName,
    tileMode,
    emailFrom,
  });
  if (provider) refuseOtherIssuer(provider, settings);
  const active = instance && freshActiveCertificate(instance, now);
  refuseFullSlot(provider, active?.thumbprint);
  return {
    regionKey: wish.region.key,
    organization: { shortName: sides.organization.shortName, name: sides.organization.name },
    tenantId: wish.tenantId,
    tileMode,
    emailFrom,
    ...(instance ? { instance: idsOf(instance) } : {}),
    fields: [
      ...entraFields(instance, settings, now),
      ...genesysFields(provider, instance, settings, active?.thumbprint),
    ],
    warnings: warningsFor(instance, now),
    assigned: sides.assigned,
    isNothingToDo: isRight(sides, settings, active?.thumbprint),
  };
}

/** A digest of everything the plan rests on: equal digests mean that nothing has changed since. */
export function readHash(sides: BothSides): string {
  return createHash('sha256').update(JSON.stringify(sides)).digest('hex');
}

function isRight(sides: BothSides, settings: SamlSettings, activeThumbprint: string | undefined): boolean {
  if (!sides.instance || activeThumbprint === undefined) return false;
  const genesys = genesysDifferences(sides.provider, { settings, ids: sides.instance, activeThumbprint });
  return entraDifferences(sides.instance, settings).length === 0 && genesys.length === 0;
}

function entraFields(instance: Instance | undefined, settings: SamlSettings, now: Date): PlannedField[] {
  const field = (name: string, before: string | undefined, after: string): PlannedField => ({
    side: 'Entra',
    field: name,
    ...(before === undefined ? {} : { before }),
    after,
  });
  const all = (
    before: readonly string[] | undefined,
    wanted: string,
  ): { before: string | undefined; after: string } => {
    if (!before || before.length === 0) return { before: undefined, after: wanted };
    return { before: before.join(', '), after: (before.includes(wanted) ? before : [...before, wanted]).join(', ') };
  };
  const identifier = all(instance?.identifiers, settings.identifier);
  const replyUrl = all(instance?.replyUrls, settings.replyUrl);
  const enabled = instance && !instance.isEnabled ? [field('Enabled for users to sign in', 'No', 'Yes')] : [];
  return [
    field('Enterprise application', instance?.displayName, instance?.displayName ?? GALLERY_NAME),
    ...enabled,
    field('Single sign-on method', instance?.singleSignOnMode, 'saml'),
    field('Identifier', identifier.before, identifier.after),
    field('Reply URL', replyUrl.before, replyUrl.after),
    field(
      'Sign-on URL',
      instance && (instance.signOnUrl ?? 'empty, so that the tile signs straight in'),
      settings.signOnUrl ?? 'empty, so that the tile signs straight in',
    ),
    field('Claim Email', claimText(instance?.claims?.emailFrom), claimText(settings.emailFrom) ?? ''),
    field('Claim OrganizationName', instance?.claims?.organizationName, settings.organizationName),
    certificateField(instance, now),
  ];
}

function certificateField(instance: Instance | undefined, now: Date): PlannedField {
  const kept = instance && freshActiveCertificate(instance, now);
  const current = instance?.certificates.find((certificate) => certificate.isActive);
  const before = current && `…${current.thumbprint.slice(-8)}, ${validity(daysLeft(current.notAfter, now))}`;
  const after = kept && before ? before : `a new one, valid for ${CERTIFICATE_YEARS} years`;
  return { side: 'Entra', field: 'Signing certificate', ...(before === undefined ? {} : { before }), after };
}

function genesysFields(
  provider: IdentityProvider | undefined,
  instance: Instance | undefined,
  settings: SamlSettings,
  activeThumbprint: string | undefined,
): PlannedField[] {
  const field = (name: string, before: string | undefined, after: string): PlannedField => ({
    side: 'Genesys',
    field: name,
    ...(before === undefined ? {} : { before }),
    after,
  });
  const trusted =
    provider?.certificates.map((certificate) => `…${certificate.thumbprint?.slice(-8) ?? 'unreadable'}`) ?? [];
  const isTrusted = provider?.certificates.some((certificate) => certificate.thumbprint === activeThumbprint) ?? false;
  const before = trusted.length > 0 ? trusted.join(', ') : undefined;
  const added = activeThumbprint === undefined ? 'the new one' : `…${activeThumbprint.slice(-8)}`;
  return [
    field('Identity provider', provider && (provider.name ?? 'unnamed'), provider?.name ?? settings.providerName),
    ...(provider?.isDisabled ? [field('Provider enabled', 'No', 'Yes')] : []),
    field('Issuer URI', provider?.issuerUri, settings.issuerUri),
    field('Target URI', provider?.targetUri, settings.targetUri),
    field(
      'Relying Party Identifier',
      provider?.relyingPartyIdentifier,
      instance?.appId ?? 'the Application ID of the new application',
    ),
    field('Trusted certificates', before, isTrusted && before ? before : [...trusted, added].join(', ')),
  ];
}

function warningsFor(instance: Instance | undefined, now: Date): string[] {
  const warnings: string[] = [];
  if (!instance) {
    warnings.push(
      'The enterprise application that this run creates can later be disabled, but Latchkey does not delete it.',
    );
    return warnings;
  }
  if (!instance.isAssignmentRequired) {
    warnings.push(
      '“Assignment required” is off: everybody in the tenant may sign in, not only those assigned. Latchkey leaves it as it is.',
    );
  }
  const active = instance.certificates.find((certificate) => certificate.isActive);
  if (active && active.notAfter <= now) {
    warnings.push('The active signing certificate has expired. Entra may sign with the new one as soon as it exists.');
  }
  return warnings;
}

function refuseTwins(sides: BothSides): void {
  if (sides.instances.length < 2) return;
  const ids = sides.instances.map((instance) => instance.appId).join(', ');
  throw new Problem({
    kind: 'refused',
    what: `There are ${sides.instances.length} instances of ${GALLERY_NAME} in this tenant, and only one can hold the Identifier.`,
    why: `Their application IDs are ${ids}.`,
    remedy:
      'Remove the one that nobody signs in through, in the Entra admin center under Enterprise applications. Then say “set up sso” again.',
    code: 'two-instances',
  });
}

function refuseForeign(instance: Instance): void {
  if (instance.isOwnedByLatchkey) return;
  const owners = [...new Set(instance.owners.map((owner) => owner.name))].join(', ') || 'nobody';
  throw new Problem({
    kind: 'refused',
    what: `${instance.displayName} exists already, and Latchkey is not an owner of it, so it may not change it.`,
    why: `Its owners are: ${owners}.`,
    remedy:
      'Add the service principal of Latchkey as an owner of both the app registration and the enterprise application. Then say “set up sso” again.',
    code: 'not-owned',
  });
}

function refuseOtherIssuer(provider: IdentityProvider, settings: SamlSettings): void {
  if (!provider.issuerUri || provider.issuerUri === settings.issuerUri) return;
  throw new Problem({
    kind: 'refused',
    what: 'The Azure/ADFS sign-in of Genesys belongs to another identity provider. People who sign in through it would be locked out.',
    why: `Its issuer is ${provider.issuerUri}; this tenant is ${settings.issuerUri}.`,
    remedy:
      'If nobody uses it any more, remove that provider in Genesys under Single Sign-on. Then say “set up sso” again.',
    code: 'foreign-issuer',
  });
}

function refuseFullSlot(provider: IdentityProvider | undefined, activeThumbprint: string | undefined): void {
  if (!provider || provider.certificates.length < MOST_TRUSTED_CERTIFICATES) return;
  if (provider.certificates.some((certificate) => certificate.thumbprint === activeThumbprint)) return;
  throw new Problem({
    kind: 'refused',
    what: `Genesys already trusts ${MOST_TRUSTED_CERTIFICATES} certificates, the most it can store, and none of them is the one Entra signs with.`,
    remedy:
      'Remove an expired certificate in Genesys under Single Sign-on, ADFS/Azure AD. Then say “set up sso” again.',
    code: 'no-room-for-certificate',
  });
}

function idsOf(instance: Instance): NonNullable<SetUpPlan['instance']> {
  const { applicationObjectId, servicePrincipalId, appId } = instance;
  return { applicationObjectId, servicePrincipalId, appId };
}

function claimText(source: string | undefined): string | undefined {
  if (source === undefined) return undefined;
  return source === 'mail'
    ? 'mail address (user.mail)'
    : source === 'userprincipalname'
      ? 'user principal name (user.userprincipalname)'
      : source;
}

function validity(days: number): string {
  return days < 0 ? `expired ${-days} days ago` : `valid for ${days} days`;
}
