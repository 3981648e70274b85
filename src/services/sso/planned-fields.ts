import type { Instance } from '../entra/entra.js';
import type { IdentityProvider } from '../genesys/genesys.js';
import { GALLERY_NAME, type BothSides } from './read-both-sides.js';
import {
  CERTIFICATE_YEARS,
  certificatesThatStay,
  daysLeft,
  freshActiveCertificate,
  genesysDifferences,
  type SamlSettings,
} from './saml-settings.js';
import { otherIssuer } from './set-up-refusals.js';

/** One line of the plan. No `before`: there is nothing yet. Equal values: it stays as it is. */
export interface PlannedField {
  readonly side: 'Entra' | 'Genesys';
  readonly field: string;
  readonly before?: string;
  readonly after: string;
}

/** Every field that a set-up looks at, on both sides, before → after. Pure. */
export function plannedFields(sides: BothSides, settings: SamlSettings, now: Date): PlannedField[] {
  const active = sides.instance && freshActiveCertificate(sides.instance, now);
  return [...entraFields(sides.instance, settings, now), ...genesysFields(sides, settings, active?.thumbprint, now)];
}

export function isGenesysRight(
  { instance, provider }: Pick<BothSides, 'instance' | 'provider'>,
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
  const email = instance?.claims?.emailFrom;
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
    field('Claim Email', email === undefined ? undefined : claimText(email), claimText(settings.emailFrom)),
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
  const isOther = otherIssuer(provider, settings) !== undefined;
  const field = (name: string, before: string | undefined, after: string): PlannedField => ({
    side: 'Genesys',
    field: name,
    ...(before === undefined ? {} : { before }),
    after,
  });
  return [
    field(
      'Identity provider',
      provider && (provider.name ?? 'unnamed'),
      isOther ? settings.providerName : (provider?.name ?? settings.providerName),
    ),
    ...(provider?.isDisabled ? [field('Provider enabled', 'No', 'Yes')] : []),
    field('Issuer URI', provider?.issuerUri, settings.issuerUri),
    field('Target URI', provider?.targetUri, settings.targetUri),
    field(
      'Relying Party Identifier',
      provider?.relyingPartyIdentifier,
      instance?.appId ?? 'the Application ID of the new application',
    ),
    trustedField(provider, {
      activeThumbprint,
      isWritten: !isGenesysRight(sides, settings, activeThumbprint),
      kept: isOther ? [] : certificatesThatStay(provider?.certificates ?? [], now),
    }),
  ];
}

/** Whoever writes the provider writes all certificates; those that are not kept do not come along. */
function trustedField(
  provider: IdentityProvider | undefined,
  {
    activeThumbprint,
    isWritten,
    kept,
  }: { activeThumbprint: string | undefined; isWritten: boolean; kept: IdentityProvider['certificates'] },
): PlannedField {
  const trusted = provider?.certificates ?? [];
  const before = trusted.length > 0 ? trusted.map(shortThumbprint).join(', ') : undefined;
  const isTrusted = kept.some(({ thumbprint }) => thumbprint === activeThumbprint);
  const added = activeThumbprint === undefined ? 'the new one' : shortThumbprint({ thumbprint: activeThumbprint });
  const after = [...kept.map(shortThumbprint), ...(isTrusted ? [] : [added])].join(', ');
  const field = { side: 'Genesys', field: 'Trusted certificates' } as const;
  return { ...field, ...(before === undefined ? {} : { before }), after: isWritten || !before ? after : before };
}

export function shortThumbprint({ thumbprint }: { thumbprint?: string }): string {
  return `…${thumbprint?.slice(-8) ?? 'unreadable'}`;
}

/** What a claim is taken from, in the words of the admin center. */
export function claimText(source: string): string {
  if (source === 'mail') return 'mail address (user.mail)';
  return source === 'userprincipalname' ? 'user principal name (user.userprincipalname)' : source;
}

export function validity(days: number): string {
  return days < 0 ? `expired ${-days} days ago` : `valid for ${days} days`;
}

/** As the Entra admin center calls the method. */
function methodText(mode: string | undefined): string {
  return mode === 'saml' ? 'SAML' : (mode ?? 'none');
}
