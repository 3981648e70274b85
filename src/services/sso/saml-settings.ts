import type { Instance, InstanceIds, InstanceSettings, SigningCertificate } from '../entra/entra.js';
import { tenantSamlUrls, type MicrosoftCloud } from '../entra/microsoft-clouds.js';
import type { IdentityProvider, TrustedCertificate } from '../genesys/genesys.js';
import { samlUrls, type GenesysRegion } from './genesys-region.js';

/** What a click on the tile in My Apps does: sign in at once (IdP-initiated), or open Genesys's own sign-in page. */
export type TileMode = 'signs-straight-in' | 'opens-genesys';

/** What both sides must say for people of one organisation to sign in. The tutorial's values, computed once. */
export interface SamlSettings {
  readonly identifier: string;
  readonly replyUrl: string;
  /** `null`: the tile signs straight in. */
  readonly signOnUrl: string | null;
  /** Microsoft Entra Identifier. The slash at its end is part of it. */
  readonly issuerUri: string;
  /** Login URL. */
  readonly targetUri: string;
  /** What `Email` is taken from. An instance that already sends the mail address keeps doing so. */
  readonly emailFrom: 'userprincipalname' | 'mail';
  readonly organizationName: string;
  readonly providerName: string;
}

/** A signing certificate that is valid for longer than this is kept; Entra's own first warning comes at 60 days. */
export const FRESH_ENOUGH_DAYS = 60;
/** Entra signs for at most three years with one certificate. */
export const CERTIFICATE_YEARS = 3;
/** Genesys stores one certificate and four additional ones. */
export const MOST_TRUSTED_CERTIFICATES = 5;
const DAY_MS = 86_400_000;

export function samlSettings(wish: {
  region: GenesysRegion;
  cloud: MicrosoftCloud;
  tenantId: string;
  organizationName: string;
  tileMode: TileMode;
  emailFrom?: SamlSettings['emailFrom'];
}): SamlSettings {
  const urls = samlUrls(wish.region);
  return {
    identifier: urls.identifier,
    replyUrl: urls.replyUrl,
    signOnUrl: wish.tileMode === 'opens-genesys' ? urls.signOnUrl : null,
    ...tenantSamlUrls(wish.cloud, wish.tenantId),
    emailFrom: wish.emailFrom ?? 'userprincipalname',
    organizationName: wish.organizationName,
    providerName: 'Microsoft Entra ID',
  };
}

/** The mode that the instance is in now. */
export function tileModeOf(instance: Pick<Instance, 'signOnUrl'>): TileMode {
  return instance.signOnUrl ? 'opens-genesys' : 'signs-straight-in';
}

/** The active certificate when it is valid for more than 60 days from now. */
export function freshActiveCertificate(instance: Instance, now: Date): SigningCertificate | undefined {
  return instance.certificates.find(
    (certificate) =>
      certificate.isActive && daysLeft(certificate.notAfter, now) > FRESH_ENOUGH_DAYS && certificate.notBefore <= now,
  );
}

/** Those that Genesys goes on trusting when its provider is written: it refuses to store an expired one again. */
export function certificatesThatStay(trusted: readonly TrustedCertificate[], now: Date): readonly TrustedCertificate[] {
  return trusted.filter(({ notAfter }) => notAfter === undefined || notAfter > now);
}

/** Whole days until then; negative when it has passed. */
export function daysLeft(until: Date, now: Date): number {
  return Math.floor((until.getTime() - now.getTime()) / DAY_MS);
}

/** Something that one side says and should not. Worded for an admin, with the value that stands there. */
export interface Difference {
  readonly side: 'Entra' | 'Genesys';
  readonly field: string;
  readonly is: string;
  readonly shouldBe: string;
}

/** Fields of the enterprise application that differ from the settings. */
export function entraDifferences(instance: InstanceSettings, settings: SamlSettings): Difference[] {
  const differences: (Difference | undefined)[] = [
    differs('Entra', 'Single sign-on method', instance.singleSignOnMode ?? 'none', 'saml'),
    instance.isEnabled
      ? undefined
      : { side: 'Entra', field: 'Enabled for users to sign in', is: 'No', shouldBe: 'Yes' },
    includes('Entra', 'Identifier', instance.identifiers, settings.identifier),
    includes('Entra', 'Reply URL', instance.replyUrls, settings.replyUrl),
    differs('Entra', 'Sign-on URL', instance.signOnUrl ?? 'empty', settings.signOnUrl ?? 'empty'),
    differs('Entra', 'Claim Email', instance.claims?.emailFrom ?? 'not sent', settings.emailFrom),
    differs(
      'Entra',
      'Claim OrganizationName',
      instance.claims?.organizationName ?? 'not sent',
      settings.organizationName,
    ),
  ];
  return differences.filter((difference) => difference !== undefined);
}

/** Fields of the Genesys provider that differ from the settings, the trusted certificates among them. */
export function genesysDifferences(
  provider: IdentityProvider | undefined,
  expected: { settings: SamlSettings; ids: Pick<InstanceIds, 'appId'>; activeThumbprint: string | undefined },
): Difference[] {
  if (!provider)
    return [{ side: 'Genesys', field: 'Identity provider', is: 'none', shouldBe: expected.settings.providerName }];
  const trusted = provider.certificates.map((certificate) => certificate.thumbprint ?? 'unreadable');
  const differences: (Difference | undefined)[] = [
    provider.isDisabled ? { side: 'Genesys', field: 'Provider enabled', is: 'No', shouldBe: 'Yes' } : undefined,
    differs('Genesys', 'Issuer URI', provider.issuerUri ?? 'empty', expected.settings.issuerUri),
    differs('Genesys', 'Target URI', provider.targetUri ?? 'empty', expected.settings.targetUri),
    differs('Genesys', 'Relying Party Identifier', provider.relyingPartyIdentifier ?? 'empty', expected.ids.appId),
    expected.activeThumbprint === undefined
      ? { side: 'Entra', field: 'Active signing certificate', is: 'none', shouldBe: 'one that Genesys trusts' }
      : includes('Genesys', 'Trusted certificate', trusted, expected.activeThumbprint),
  ];
  return differences.filter((difference) => difference !== undefined);
}

function differs(side: Difference['side'], field: string, is: string, shouldBe: string): Difference | undefined {
  return is === shouldBe ? undefined : { side, field, is, shouldBe };
}

function includes(
  side: Difference['side'],
  field: string,
  all: readonly string[],
  wanted: string,
): Difference | undefined {
  return all.includes(wanted) ? undefined : { side, field, is: all.join(', ') || 'empty', shouldBe: wanted };
}
