import { SignedXml } from 'xml-crypto';
import { createSelfSignedCertificate, type SelfSignedCertificate } from '../../saml/certificate.js';

export const TEST_ISSUER = 'https://sts.windows.net/6f3b9c52-1d2e-4a7f-9c1b-0a8d5e4c7b21/';
export const TEST_RPI = '11111111-2222-3333-4444-555555555555';
export const TEST_ACS = 'https://login.mypurecloud.de/saml';

const EXC_C14N = 'http://www.w3.org/2001/10/xml-exc-c14n#';
const RSA_SHA256 = 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256';
const SHA256 = 'http://www.w3.org/2001/04/xmlenc#sha256';

/** A certificate as Entra makes it, valid from yesterday, with its key. */
export function testCertificate(wish: { notBefore?: Date; notAfter?: Date } = {}): SelfSignedCertificate {
  return createSelfSignedCertificate({
    commonName: 'Microsoft Azure Federated SSO Certificate',
    notBefore: wish.notBefore ?? new Date(Date.now() - 86_400_000),
    notAfter: wish.notAfter ?? new Date(Date.now() + 3 * 365 * 86_400_000),
  });
}

/** What a test response says; the defaults are an unsolicited sign-in of B.Simon that is accepted. */
export interface ResponseWish {
  readonly signer: SelfSignedCertificate;
  readonly now: Date;
  readonly assertionId?: string;
  readonly issuer?: string;
  readonly envelopeIssuer?: string;
  readonly destination?: string;
  readonly recipient?: string;
  readonly audience?: string;
  readonly nameId?: string;
  /** Pairs of name and value, in order. */
  readonly attributes?: readonly (readonly [string, string])[];
  readonly inResponseTo?: string;
  /** Differs from the signed one in an attack; `null` leaves it out. */
  readonly envelopeInResponseTo?: string | null;
  /** Seconds from now. */
  readonly notBefore?: number;
  readonly notOnOrAfter?: number;
  readonly confirmationNotOnOrAfter?: number;
  readonly status?: string;
  readonly signatureAlgorithm?: string;
  readonly digestAlgorithm?: string;
  /** Of the signed information and, unless `transform` says otherwise, of what it refers to. */
  readonly canonicalization?: string;
  readonly transform?: string;
  readonly signs?: 'assertion' | 'response' | 'both' | 'nothing';
  /** Changes the XML before it is signed: a strange identity provider. */
  readonly beforeSigning?: (xml: string) => string;
  /** Changes the XML after it was signed: an attacker. */
  readonly afterSigning?: (xml: string) => string;
}

/** The form field `SAMLResponse`. */
export function samlResponse(wish: ResponseWish): string {
  return Buffer.from(samlResponseXml(wish)).toString('base64');
}

export function samlResponseXml(wish: ResponseWish): string {
  const unsigned = (wish.beforeSigning ?? same)(responseXml(wish));
  const signs = wish.signs ?? 'assertion';
  const once = signs === 'assertion' || signs === 'both' ? sign(unsigned, 'Assertion', wish) : unsigned;
  const twice = signs === 'response' || signs === 'both' ? sign(once, 'Response', wish) : once;
  return (wish.afterSigning ?? same)(twice);
}

function responseXml(wish: ResponseWish): string {
  const envelopeInResponseTo = wish.envelopeInResponseTo === undefined ? wish.inResponseTo : wish.envelopeInResponseTo;
  const answers = envelopeInResponseTo === null ? '' : attribute('InResponseTo', envelopeInResponseTo);
  return (
    `<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="_response" Version="2.0" ` +
    `IssueInstant="${wish.now.toISOString()}" Destination="${wish.destination ?? TEST_ACS}"${answers}>` +
    `<Issuer xmlns="urn:oasis:names:tc:SAML:2.0:assertion">${wish.envelopeIssuer ?? wish.issuer ?? TEST_ISSUER}</Issuer>` +
    `<samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:${wish.status ?? 'Success'}"/></samlp:Status>` +
    `${assertionXml(wish)}</samlp:Response>`
  );
}

function assertionXml(wish: ResponseWish): string {
  const after = (seconds: number): string => new Date(wish.now.getTime() + seconds * 1000).toISOString();
  const end = wish.notOnOrAfter ?? 3600;
  const attributes = wish.attributes ?? [
    ['Email', 'b.simon@contoso.example'],
    ['OrganizationName', 'contoso-gc'],
  ];
  return (
    `<Assertion xmlns="urn:oasis:names:tc:SAML:2.0:assertion" ID="${wish.assertionId ?? '_assertion'}" Version="2.0" IssueInstant="${after(0)}">` +
    `<Issuer>${wish.issuer ?? TEST_ISSUER}</Issuer>` +
    `<Subject><NameID Format="urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress">${wish.nameId ?? 'b.simon@contoso.example'}</NameID>` +
    `<SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer">` +
    `<SubjectConfirmationData${attribute('InResponseTo', wish.inResponseTo)} NotOnOrAfter="${after(wish.confirmationNotOnOrAfter ?? end)}" ` +
    `Recipient="${wish.recipient ?? TEST_ACS}"/></SubjectConfirmation></Subject>` +
    `<Conditions NotBefore="${after(wish.notBefore ?? -300)}" NotOnOrAfter="${after(end)}">` +
    `<AudienceRestriction><Audience>${wish.audience ?? TEST_ACS}</Audience></AudienceRestriction></Conditions>` +
    `<AttributeStatement>${attributes
      .map(([name, value]) => `<Attribute Name="${name}"><AttributeValue>${value}</AttributeValue></Attribute>`)
      .join('')}</AttributeStatement>` +
    `<AuthnStatement AuthnInstant="${after(0)}" SessionIndex="_assertion-session"><AuthnContext>` +
    `<AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:Password</AuthnContextClassRef></AuthnContext></AuthnStatement>` +
    `</Assertion>`
  );
}

function sign(xml: string, element: 'Assertion' | 'Response', wish: ResponseWish): string {
  const xpath = `//*[local-name(.)='${element}']`;
  const signed = new SignedXml({
    privateKey: wish.signer.privateKeyPem,
    publicCert: wish.signer.pem,
    signatureAlgorithm: wish.signatureAlgorithm ?? RSA_SHA256,
    canonicalizationAlgorithm: wish.canonicalization ?? EXC_C14N,
  });
  signed.addReference({
    xpath,
    digestAlgorithm: wish.digestAlgorithm ?? SHA256,
    transforms: [
      'http://www.w3.org/2000/09/xmldsig#enveloped-signature',
      wish.transform ?? wish.canonicalization ?? EXC_C14N,
    ],
  });
  signed.computeSignature(xml, {
    location: { reference: `${xpath}/*[local-name(.)='Issuer']`, action: 'after' },
  });
  return signed.getSignedXml();
}

function attribute(name: string, value: string | undefined): string {
  return value === undefined ? '' : ` ${name}="${value}"`;
}

function same(xml: string): string {
  return xml;
}
