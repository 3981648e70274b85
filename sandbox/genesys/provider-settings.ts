import { z } from 'zod';
import { ApiProblem } from './api-problem.js';
import type { StoredProvider } from './genesys-data.js';
import { isExpired, isNotYetValid, readCertificate } from './signing-certificates.js';

const BINDINGS = [
  'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST',
  'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect',
] as const;

const NAME_ID_FORMATS = [
  'urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified',
  'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress',
  'urn:oasis:names:tc:SAML:1.1:nameid-format:X509SubjectName',
  'urn:oasis:names:tc:SAML:1.1:nameid-format:WindowsDomainQualifiedName',
  'urn:oasis:names:tc:SAML:2.0:nameid-format:kerberos',
  'urn:oasis:names:tc:SAML:2.0:nameid-format:entity',
  'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent',
  'urn:oasis:names:tc:SAML:2.0:nameid-format:transient',
] as const;

/** One certificate and four more. */
const MOST_CERTIFICATES = 5;

/** The body of a provider, as PUT and POST take it; every field is optional in the published schema. */
export const providerBody = z.object({
  name: z.string().optional(),
  disabled: z.boolean().optional(),
  issuerURI: z.string().optional(),
  ssoTargetURI: z.string().optional(),
  sloURI: z.string().optional(),
  sloBinding: z.string().optional(),
  ssoBinding: z.string().optional(),
  relyingPartyIdentifier: z.string().optional(),
  certificate: z.string().optional(),
  certificates: z.array(z.string()).optional(),
  logoImageData: z.string().optional(),
  nameIdentifierFormat: z.string().optional(),
  signAuthnRequests: z.boolean().optional(),
  forceAuthn: z.boolean().optional(),
  metadataURL: z.string().optional(),
  providerName: z.string().optional(),
  displayOnLogin: z.boolean().optional(),
  endpointCompression: z.boolean().optional(),
});

/** The slots that exist once each, and what a provider in them is called when the body does not say. */
export const PROVIDER_SLOTS: Readonly<Record<string, string>> = {
  adfs: 'ADFS',
  cic: 'CIC',
  generic: 'Generic',
  gsuite: 'GSuite',
  identitynow: 'IdentityNow',
  okta: 'Okta',
  onelogin: 'OneLogin',
  ping: 'Ping',
  pureengage: 'PureEngage',
  salesforce: 'Salesforce',
};

/** The largest logo of a generic or custom provider, as base64. */
const MOST_LOGO_BYTES = 25_000;

export interface ProviderRules {
  /** A slot, or the UUID of a custom provider. */
  readonly id: string;
  readonly now: Date;
  /** What a provider is called towards the identity provider when the body does not say. */
  readonly defaultRelyingPartyIdentifier: string;
  /** The fault certificate-expired: every certificate counts as expired. */
  readonly everyCertificateExpired: boolean;
}

/**
 * The settings that a PUT stores: the whole object is replaced. Throws the platform's own 400 codes, in its order:
 * issuer, target, bindings and formats, certificates.
 */
export function parseProvider(body: z.infer<typeof providerBody>, rules: ProviderRules): StoredProvider {
  const { certificate, certificates, ...settings } = body;
  if (!settings.issuerURI?.trim()) throw invalid('missing.issuer.uri', 'The issuer URI is required.');
  const ssoTargetURI = settings.ssoTargetURI ?? '';
  if (!isHttps(ssoTargetURI)) throw invalid('invalid.target.url', 'The target URI must be a valid HTTPS URL.');
  refuseUnknownFormats(body);
  const slotName = PROVIDER_SLOTS[rules.id];
  if (slotName === undefined || rules.id === 'generic') refuseAnonymous(body);
  return {
    ...settings,
    id: rules.id,
    name: settings.name || (slotName ?? ''),
    disabled: settings.disabled ?? false,
    issuerURI: settings.issuerURI,
    ssoTargetURI,
    relyingPartyIdentifier: settings.relyingPartyIdentifier || rules.defaultRelyingPartyIdentifier,
    certificates: parseCertificates([...(certificates ?? []), ...(certificate ? [certificate] : [])], rules),
  };
}

/** A provider as GET shows it: one certificate stands in `certificate`, several stand only in `certificates`. */
export function providerView(provider: StoredProvider): object {
  const { certificates, ...settings } = provider;
  const [only] = certificates;
  return {
    ...settings,
    ...(certificates.length === 1 ? { certificate: only } : { certificates }),
    selfUri: `/api/v2/identityproviders/${provider.id}`,
  };
}

/** What generic and custom providers must have besides: a name, and a logo that is not too large. */
function refuseAnonymous({ name, logoImageData }: z.infer<typeof providerBody>): void {
  if (!name?.trim()) throw invalid('missing.provider.name', 'The provider name is required.');
  const isTooLarge = Buffer.byteLength(logoImageData ?? '', 'base64') > MOST_LOGO_BYTES;
  if (isTooLarge) throw invalid('provider.logo.too.large', 'The logo must not be larger than 25 kB.');
}

function refuseUnknownFormats({ ssoBinding, nameIdentifierFormat }: z.infer<typeof providerBody>): void {
  if (ssoBinding && !BINDINGS.some((known) => known === ssoBinding)) {
    const text = `Value [${ssoBinding}] is not valid for field type [ssoBinding]. Allowable values are: ${BINDINGS.join(', ')}`;
    throw invalid('invalid.value', text);
  }
  if (nameIdentifierFormat && !NAME_ID_FORMATS.some((known) => known === nameIdentifierFormat)) {
    throw invalid('invalid.nameid.format', 'The name identifier format is not supported.');
  }
}

/** Base64 DER without armour or line breaks, each certificate once. */
function parseCertificates(given: readonly string[], rules: ProviderRules): string[] {
  const ders = [...new Set(given.map((text) => parseCertificate(text, rules)))];
  if (ders.length <= MOST_CERTIFICATES) return ders;
  throw invalid('constraint.validation', `No more than ${MOST_CERTIFICATES} certificates can be stored.`);
}

function parseCertificate(text: string, { now, everyCertificateExpired }: ProviderRules): string {
  const base64 = text.replace(/-----(BEGIN|END) [A-Z0-9 ]+-----/g, '').replace(/\s+/g, '');
  const isBase64 = base64 !== '' && /^[A-Za-z0-9+/]+={0,2}$/.test(base64) && base64.length % 4 === 0;
  if (!isBase64) throw invalid('certificate.invalid.base64', 'The certificate is not valid base64.');
  const certificate = readCertificate(base64);
  if (!certificate) throw invalid('certificate.unparseable', 'The certificate could not be parsed.');
  if (everyCertificateExpired || isExpired(certificate, now)) {
    throw invalid('certificate.expired', 'The certificate has expired.');
  }
  if (isNotYetValid(certificate, now)) throw invalid('certificate.not.yet.valid', 'The certificate is not valid yet.');
  return certificate.raw.toString('base64');
}

function isHttps(text: string): boolean {
  return URL.canParse(text) && new URL(text).protocol === 'https:';
}

function invalid(code: string, message: string): ApiProblem {
  return new ApiProblem(400, code, message);
}
