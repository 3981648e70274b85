import { X509Certificate } from 'node:crypto';
import { lookUntil, type Pace } from '../platform/http.js';
import { Problem } from '../platform/problem.js';
import type { AskGenesys } from './genesys-call.js';
import { hasCode, isNotFound, waitingForGenesys } from './genesys-problems.js';
import { nothingWire, providerWire, type ProviderWire } from './genesys-wire.js';
import type { IdentityProvider, IdentityProviderSettings, TrustedCertificate } from './genesys.js';

interface Parts {
  readonly ask: AskGenesys;
  readonly budgetMs: number;
  readonly pace: Pace;
}

/** One and four more. Source: Genesys's help pages on certificates of a provider. */
const MOST_CERTIFICATES = 5;

export function createIdentityProvider({ ask, ...limits }: Parts): {
  findIdentityProvider(): Promise<IdentityProvider | undefined>;
  ensureIdentityProvider(
    settings: IdentityProviderSettings,
    before: IdentityProvider | undefined,
  ): Promise<IdentityProvider>;
  removeIdentityProvider(): Promise<boolean>;
} {
  async function findIdentityProvider(): Promise<IdentityProvider | undefined> {
    try {
      return toProvider(
        await ask({
          to: 'read the single sign-on provider',
          send: ({ identityProvider }) => identityProvider.getIdentityprovidersAdfs(),
          body: providerWire,
        }),
      );
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  async function ensureIdentityProvider(
    settings: IdentityProviderSettings,
    before: IdentityProvider | undefined,
  ): Promise<IdentityProvider> {
    refuseUnholdable(settings, before);
    if (before && holds(before, settings)) return before;
    await put(toWire(settings, before));
    const look = async (): Promise<IdentityProvider | undefined> => {
      const now = await findIdentityProvider();
      return now && holds(now, settings) ? now : undefined;
    };
    const because = 'Genesys Cloud does not show the new settings of the single sign-on provider yet';
    const after = await lookUntil(look, { ...limits, because });
    if (!after) throw waitingForGenesys('the single sign-on provider');
    return after;
  }

  /** Genesys's clock may be behind Entra's: a certificate of this second is then not valid yet, and soon is. */
  async function put(body: ProviderWire): Promise<void> {
    let notYet: unknown;
    const write = async (): Promise<true | undefined> => {
      try {
        await ask({
          to: 'write the single sign-on provider',
          send: ({ identityProvider }) => identityProvider.putIdentityprovidersAdfs(withoutNulls(body)),
          body: nothingWire,
        });
        return true;
      } catch (error) {
        if (!hasCode(error, 'certificate.not.yet.valid')) throw error;
        notYet = error;
        return undefined;
      }
    };
    const because = 'By the clock of Genesys Cloud the new certificate is not valid yet';
    const done = await lookUntil(write, { ...limits, because });
    if (!done) throw notYet;
  }

  async function removeIdentityProvider(): Promise<boolean> {
    try {
      await ask({
        to: 'remove the single sign-on provider',
        send: ({ identityProvider }) => identityProvider.deleteIdentityprovidersAdfs(),
        body: nothingWire,
      });
    } catch (error) {
      if (isKept(error)) return false;
      if (!isNotFound(error)) throw error;
    }
    const look = async (): Promise<true | undefined> => (await findIdentityProvider()) === undefined || undefined;
    const because = 'Genesys Cloud still shows the single sign-on provider that was removed';
    const isGone = await lookUntil(look, { ...limits, because });
    if (!isGone) throw waitingForGenesys('the removal of the single sign-on provider');
    return true;
  }

  return { findIdentityProvider, ensureIdentityProvider, removeIdentityProvider };
}

/** Genesys refuses to remove the last provider while its own sign-in is disabled; its code for that is not published. */
function isKept(error: unknown): boolean {
  return error instanceof Problem && (error.facts.answer === 'invalid' || error.facts.answer === 'conflict');
}

/** What cannot be read but stands there already is somebody's, and stays: only a new one must be readable. */
function refuseUnholdable({ certificates }: IdentityProviderSettings, before: IdentityProvider | undefined): void {
  const standing = new Set(before?.certificates.map(({ certificate }) => certificate));
  const unreadable = certificates.some(
    (certificate) => toTrusted(certificate).thumbprint === undefined && !standing.has(certificate),
  );
  if (certificates.length >= 1 && certificates.length <= MOST_CERTIFICATES && !unreadable) return;
  throw unholdable(unreadable ? 'unreadable' : certificates.length);
}

/** @param certificates that one of them cannot be read, or how many there are: too many, or none. */
export function unholdable(certificates: 'unreadable' | number): Problem {
  return new Problem({
    kind: 'refused',
    system: 'genesys',
    code: 'provider-certificates',
    what:
      certificates === 'unreadable'
        ? 'One of the certificates for Genesys Cloud cannot be read.'
        : `Genesys Cloud holds one to ${String(MOST_CERTIFICATES)} certificates, not ${String(certificates)}.`,
    remedy: 'Remove a certificate that is no longer needed from the provider in Genesys Cloud Admin, then try again.',
  });
}

/**
 * Whether the provider says what we want. Certificates count by thumbprint, because their layout may change on the way;
 * those that cannot be read by their text.
 */
function holds(provider: IdentityProvider, settings: IdentityProviderSettings): boolean {
  const trusted = new Set(provider.certificates.map(nameOf));
  const wanted = new Set(settings.certificates.map(toTrusted).map(nameOf));
  return (
    provider.isDisabled === (settings.isDisabled ?? false) &&
    provider.name === settings.name &&
    provider.issuerUri === settings.issuerUri &&
    provider.targetUri === settings.targetUri &&
    provider.relyingPartyIdentifier === settings.relyingPartyIdentifier &&
    trusted.size === wanted.size &&
    [...wanted].every((name) => trusted.has(name))
  );
}

function nameOf({ thumbprint, certificate }: TrustedCertificate): string {
  return thumbprint ?? bare(certificate);
}

const MANAGED = new Set([
  'name',
  'disabled',
  'issuerURI',
  'ssoTargetURI',
  'relyingPartyIdentifier',
  'certificate',
  'certificates',
]);
const READ_ONLY = new Set(['id', 'selfUri']);

function toProvider(wire: ProviderWire): IdentityProvider {
  return {
    ...(wire.name ? { name: wire.name } : {}),
    isDisabled: wire.disabled === true,
    ...(wire.issuerURI ? { issuerUri: wire.issuerURI } : {}),
    ...(wire.ssoTargetURI ? { targetUri: wire.ssoTargetURI } : {}),
    ...(wire.relyingPartyIdentifier ? { relyingPartyIdentifier: wire.relyingPartyIdentifier } : {}),
    certificates: certificatesOf(wire),
    unmanaged: Object.fromEntries(Object.entries(wire).filter(([name]) => !MANAGED.has(name) && !READ_ONLY.has(name))),
  };
}

/** One certificate comes back in `certificate`, several in `certificates`, at times one in both. */
function certificatesOf(wire: ProviderWire): TrustedCertificate[] {
  const all = [...(wire.certificates ?? []), ...(wire.certificate ? [wire.certificate] : [])].map(toTrusted);
  return [...new Map(all.map((one) => [nameOf(one), one])).values()];
}

/** A certificate in any layout: PEM armour and line breaks fall away. One that cannot be read stays as it is written. */
function toTrusted(text: string): TrustedCertificate {
  try {
    const parsed = new X509Certificate(Buffer.from(bare(text), 'base64'));
    return {
      certificate: parsed.raw.toString('base64'),
      thumbprint: parsed.fingerprint.replaceAll(':', '').toUpperCase(),
      notAfter: new Date(parsed.validTo),
    };
  } catch {
    return { certificate: text };
  }
}

function bare(text: string): string {
  return text.replace(/-----[A-Z ]+-----/g, '').replace(/\s/g, '');
}

/** The whole object, because PUT replaces it: what we do not manage goes back as it was read. */
function toWire(settings: IdentityProviderSettings, before: IdentityProvider | undefined): ProviderWire {
  const certificates = settings.certificates.map((certificate) => toTrusted(certificate).certificate);
  const [first, ...others] = certificates;
  return {
    ...before?.unmanaged,
    name: settings.name,
    disabled: settings.isDisabled ?? false,
    issuerURI: settings.issuerUri,
    ssoTargetURI: settings.targetUri,
    relyingPartyIdentifier: settings.relyingPartyIdentifier,
    // A single certificate stands in both places, as Genesys's own Terraform provider writes it.
    ...(first !== undefined && others.length === 0 ? { certificate: first } : {}),
    certificates,
  };
}

function withoutNulls<T extends object>(wire: T): { [K in keyof T]?: Exclude<T[K], null | undefined> } {
  const present = Object.entries(wire).filter(([, value]) => value !== null && value !== undefined);
  return Object.fromEntries(present) as { [K in keyof T]?: Exclude<T[K], null | undefined> };
}
