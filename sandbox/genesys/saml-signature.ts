import { SAML, ValidateInResponseTo } from '@node-saml/node-saml';
import { SamlRefusal } from './saml-refusal.js';

export interface SignatureCheck {
  readonly samlResponse: string;
  /** PEM; one that verifies is enough. */
  readonly certificates: readonly string[];
  readonly acs: string;
  readonly issuer: string;
  readonly isPendingRequest: (id: string) => boolean;
}

/**
 * The XML of the assertion, exactly the bytes whose signature was verified. Any failure is the refusal `lib`.
 * The library checks signature and request; audience, times, issuer and addresses are our own rules, because it
 * leaves some of them out and reads the time from the machine instead of the sandbox's clock.
 */
export async function verifiedAssertion(check: SignatureCheck): Promise<string> {
  const saml = new SAML({
    idpCert: [...check.certificates],
    issuer: check.issuer,
    callbackUrl: check.acs,
    audience: false,
    wantAssertionsSigned: true,
    wantAuthnResponseSigned: false,
    acceptedClockSkewMs: -1,
    validateInResponseTo: ValidateInResponseTo.ifPresent,
    requestIdExpirationPeriodMs: 600_000,
    cacheProvider: requestLookup(check.isPendingRequest),
  });
  try {
    const { profile } = await saml.validatePostResponseAsync({ SAMLResponse: check.samlResponse });
    const xml = profile?.getAssertionXml?.();
    if (xml) return xml;
  } catch {
    // The texts of the library change between releases; only the fact counts.
  }
  throw new SamlRefusal('lib');
}

/**
 * Answers the library from our own list of pending requests. The instant it wants is wall time, so that a moved
 * sandbox clock does not expire requests; how old they may be is decided by our list. Nothing is removed here: the
 * gate consumes a request only together with the assertion that it accepts.
 */
function requestLookup(isPendingRequest: (id: string) => boolean): {
  saveAsync: () => Promise<null>;
  getAsync: (id: string) => Promise<string | null>;
  removeAsync: () => Promise<null>;
} {
  return {
    saveAsync: () => Promise.resolve(null),
    getAsync: (id) => Promise.resolve(isPendingRequest(id) ? new Date().toISOString() : null),
    removeAsync: () => Promise.resolve(null),
  };
}
