import { X509Certificate } from 'node:crypto';
import type { Faults } from '../kit/faults.js';
import type { Collection, SandboxStore } from '../kit/store.js';
import { createSelfSignedCertificate, thumbprintOf } from '../saml/certificate.js';
import { AadstsError } from './aadsts.js';
import type { Directory } from './directory.js';
import type { ServicePrincipal } from './directory-objects.js';

/** A certificate with the key that signs for it. */
export interface SigningCertificate {
  readonly der: Buffer;
  readonly privateKeyPem: string;
  readonly thumbprint: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
}

interface Kept {
  readonly der: string;
  readonly privateKeyPem: string;
}

/** Which certificate Entra signs with, and which ones its metadata shows. */
export class SigningCertificates {
  readonly #directory: Directory;
  readonly #faults: Faults;
  readonly #own: Collection<Kept>;

  constructor(directory: Directory, { faults, store }: { faults: Faults; store: SandboxStore }) {
    this.#directory = directory;
    this.#faults = faults;
    this.#own = store.collection('tenantCertificates');
  }

  /**
   * The certificate that signs assertions for the app now: the active one; when that has run out, another valid one
   * if there is one. Throws AADSTS50003 or 50146 when the app has none that may sign.
   */
  forSigning(principal: ServicePrincipal): SigningCertificate {
    const chosen = this.#choose(principal);
    if (!chosen) throw this.#missingKey(principal);
    return this.#faults.active('certificate-foreign') ? this.#kept('foreign') : chosen;
  }

  /** What the app's metadata shows: the signing certificate first, then the others; the tenant's when the app has none. */
  forMetadata(principal: ServicePrincipal | undefined): SigningCertificate[] {
    const all = principal ? this.#of(principal) : [];
    if (!principal || all.length === 0) return [this.#kept('tenant')];
    const first = this.#choose(principal);
    return first ? [first, ...all.filter((other) => other !== first && other.thumbprint !== first.thumbprint)] : all;
  }

  #choose(principal: ServicePrincipal): SigningCertificate | undefined {
    const all = this.#of(principal);
    const wanted = principal.preferredTokenSigningKeyThumbprint?.toUpperCase();
    const active = all.find((certificate) => certificate.thumbprint === wanted);
    const activeHasExpired = active && (this.#faults.active('certificate-expired') || !this.#isValid(active));
    if (active && !activeHasExpired) return active;
    const newestValid = all
      .filter((certificate) => certificate !== active && this.#isValid(certificate))
      .sort((left, right) => right.notAfter.getTime() - left.notAfter.getTime())[0];
    // An expired active certificate goes on signing only while there is nothing better: Entra does not stop sign-ins.
    if (active) return newestValid ?? active;
    return this.#directory.automaticSigning.get(principal.id) ? newestValid : undefined;
  }

  #missingKey(principal: ServicePrincipal): AadstsError {
    const facts = { app: principal.displayName, appId: principal.appId };
    const hasPolicy = this.#directory.claimsOf(principal.id) !== undefined;
    return new AadstsError(hasPolicy && this.#of(principal).length === 0 ? 50146 : 50003, facts);
  }

  #of(principal: ServicePrincipal): SigningCertificate[] {
    return this.#directory.signingKeys
      .filter((key) => key.servicePrincipalId === principal.id)
      .map((key) => read({ der: key.certificate, privateKeyPem: key.privateKeyPem }));
  }

  #isValid(certificate: SigningCertificate): boolean {
    const now = this.#directory.clock.now();
    // The certificate's dates are whole seconds, therefore it may begin up to a second after it was made.
    return certificate.notBefore.getTime() <= now.getTime() + 1000 && now < certificate.notAfter;
  }

  #kept(name: 'foreign' | 'tenant'): SigningCertificate {
    const known = this.#own.get(name);
    if (known) return read(known);
    const now = this.#directory.clock.now();
    const made = createSelfSignedCertificate({
      commonName:
        name === 'tenant' ? 'accounts.accesscontrol.windows.net' : 'Microsoft Azure Federated SSO Certificate',
      notBefore: now,
      notAfter: new Date(now.getTime() + 3 * 365 * 24 * 60 * 60 * 1000),
    });
    return read(this.#own.put(name, { der: made.der.toString('base64'), privateKeyPem: made.privateKeyPem }));
  }
}

function read(kept: Kept): SigningCertificate {
  const der = Buffer.from(kept.der, 'base64');
  const certificate = new X509Certificate(der);
  return {
    der,
    privateKeyPem: kept.privateKeyPem,
    thumbprint: thumbprintOf(der),
    notBefore: new Date(certificate.validFrom),
    notAfter: new Date(certificate.validTo),
  };
}
