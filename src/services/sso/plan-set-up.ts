import { createHash } from 'node:crypto';
import type { Instance } from '../entra/entra.js';
import type { IdentityProvider } from '../genesys/genesys.js';
import { GALLERY_NAME, type BothSides } from './read-both-sides.js';
import type { GenesysRegion } from './genesys-region.js';
import { refuseForeign, refuseFullSlot, refuseOtherIssuer, refuseTwins } from './set-up-refusals.js';
import {
  CERTIFICATE_YEARS,
  certificatesThatStay,
  daysLeft,
  entraDifferences,
  freshActiveCertificate,
  genesysDifferences,
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
  refuseFullSlot(provider, active?.thumbprint, now);
  return {
    regionKey: wish.region.key,
    organization: { shortName: sides.organization.shortName, name: sides.organization.name },
    tenantId: wish.tenantId,
    tileMode,
    emailFrom,
    ...(instance ? { instance: idsOf(instance) } : {}),
    fields: [...entraFields(instance, settings, now), ...genesysFields(sides, settings, active?.thumbprint, now)],
    warnings: [...warningsFor(instance, now), ...warningsOfChange(sides, settings, now)],
    assigned: sides.assigned,
    isNothingToDo: isRight(sides, settings, active?.thumbprint),
  };
}

/** A digest of everything the plan rests on: equal digests mean that nothing has changed since. */
export function readHash(sides: BothSides): string {
  return createHash('sha256').update(JSON.stringify(sides)).digest('hex');
}

function isRight(sides: BothSides, settings: SamlSettings, activeThumbprint: string | undefined): boolean {
  if (!sides.instance || !isGenesysRight(sides, settings, activeThumbprint)) return false;
  return entraDifferences(sides.instance, settings).length === 0;
}

function isGenesysRight(
  { instance, provider }: BothSides,
  settings: SamlSettings,
  activeThumbprint: string | undefined,
): boolean {
  if (!instance || activeThumbprint === undefined) return false;
  return genesysDifferences(provider, { settings, ids: instance, activeThumbprint }).length === 0;
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
    field('Single sign-on method', instance && methodText(instance.singleSignOnMode), methodText('saml')),
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
  sides: BothSides,
  settings: SamlSettings,
  activeThumbprint: string | undefined,
  now: Date,
): PlannedField[] {
  const { provider, instance } = sides;
  const field = (name: string, before: string | undefined, after: string): PlannedField => ({
    side: 'Genesys',
    field: name,
    ...(before === undefined ? {} : { before }),
    after,
  });
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
    trustedField(provider, { activeThumbprint, isWritten: !isGenesysRight(sides, settings, activeThumbprint), now }),
  ];
}

/** Whoever writes the provider writes all certificates; the expired ones do not come along. */
function trustedField(
  provider: IdentityProvider | undefined,
  { activeThumbprint, isWritten, now }: { activeThumbprint: string | undefined; isWritten: boolean; now: Date },
): PlannedField {
  const trusted = provider?.certificates ?? [];
  const before = trusted.length > 0 ? trusted.map(shortThumbprint).join(', ') : undefined;
  const isTrusted = trusted.some(({ thumbprint }) => thumbprint === activeThumbprint);
  const added = activeThumbprint === undefined ? 'the new one' : shortThumbprint({ thumbprint: activeThumbprint });
  const after = [...certificatesThatStay(trusted, now).map(shortThumbprint), ...(isTrusted ? [] : [added])].join(', ');
  const field = { side: 'Genesys', field: 'Trusted certificates' } as const;
  return { ...field, ...(before === undefined ? {} : { before }), after: isWritten || !before ? after : before };
}

function shortThumbprint({ thumbprint }: { thumbprint?: string }): string {
  return `…${thumbprint?.slice(-8) ?? 'unreadable'}`;
}

/** What people who sign in today would notice. */
function warningsOfChange({ instance, provider }: BothSides, settings: SamlSettings, now: Date): string[] {
  const party = provider?.relyingPartyIdentifier;
  const email = instance?.claims?.emailFrom;
  const expired =
    (provider?.certificates ?? []).length - certificatesThatStay(provider?.certificates ?? [], now).length;
  return [
    party && party !== instance?.appId
      ? `Genesys works with another application of this tenant now (${party}). People who sign in through that one must be assigned to ${GALLERY_NAME} instead.`
      : '',
    email && email !== settings.emailFrom
      ? `Genesys finds people by ${claimText(email) ?? email} now, and by ${claimText(settings.emailFrom) ?? ''} afterwards. Whoever has another address there can no longer sign in.`
      : '',
    expired > 0 && provider?.issuerUri
      ? 'Genesys trusts an expired certificate. When its provider is written, that one leaves and cannot be put back.'
      : '',
  ].filter(Boolean);
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
  if (!active && instance.certificates.length > 0) {
    warnings.push(
      'No signing certificate is marked active, so Entra chooses one by itself. It may sign with the new one as soon as it exists, shortly before Genesys trusts it.',
    );
  }
  if (active && active.notAfter <= now) {
    warnings.push('The active signing certificate has expired. Entra may sign with the new one as soon as it exists.');
  }
  return warnings;
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

/** As the Entra admin center calls the method. */
function methodText(mode: string | undefined): string {
  return mode === 'saml' ? 'SAML' : (mode ?? 'none');
}
