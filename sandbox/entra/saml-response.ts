import { randomUUID } from 'node:crypto';
import { SignedXml } from 'xml-crypto';
import { toPem } from '../saml/certificate.js';
import type { NameId, SamlAttribute } from './claims.js';
import { ASSERTION, PROTOCOL } from './saml-request.js';
import type { SigningCertificate } from './signing-certificates.js';

/** Everything that a response says. Times are business time. */
export interface SamlResponseFacts {
  readonly issuer: string;
  readonly destination: string;
  readonly audience: string;
  /** ID of the request that is answered; absent when nobody asked. */
  readonly inResponseTo: string | undefined;
  readonly nameId: NameId;
  readonly attributes: readonly SamlAttribute[];
  readonly now: Date;
  /** When the person entered the password, which may be long ago. */
  readonly signedInAt: Date;
}

const BEFORE_MS = 5 * 60 * 1000;
const AFTER_MS = 60 * 60 * 1000;

/** A response as Entra sends it: one signed assertion in an unsigned envelope. Nothing may touch the text afterwards. */
export function createSamlResponse(facts: SamlResponseFacts, certificate: SigningCertificate): string {
  const signer = new SignedXml({
    privateKey: certificate.privateKeyPem,
    publicCert: toPem(certificate.der),
    signatureAlgorithm: 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
    canonicalizationAlgorithm: 'http://www.w3.org/2001/10/xml-exc-c14n#',
  });
  signer.addReference({
    xpath: "/*/*[local-name(.)='Assertion']",
    transforms: ['http://www.w3.org/2000/09/xmldsig#enveloped-signature', 'http://www.w3.org/2001/10/xml-exc-c14n#'],
    digestAlgorithm: 'http://www.w3.org/2001/04/xmlenc#sha256',
  });
  const xml = envelope(facts, SUCCESS, assertion(facts));
  signer.computeSignature(xml, {
    location: { reference: "/*/*[local-name(.)='Assertion']/*[local-name(.)='Issuer']", action: 'after' },
  });
  return signer.getSignedXml();
}

const SUCCESS = '<samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/>';
const NO_PASSIVE =
  '<samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Responder"><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:NoPassive"/></samlp:StatusCode>';

/** The answer to a passive request when nobody is signed in: a status, no assertion. */
export function createNoPassiveResponse(
  facts: Pick<SamlResponseFacts, 'issuer' | 'destination' | 'inResponseTo' | 'now'>,
  message: string,
): string {
  return envelope(facts, `${NO_PASSIVE}<samlp:StatusMessage>${escapeXml(message)}</samlp:StatusMessage>`, '');
}

function envelope(
  facts: Pick<SamlResponseFacts, 'issuer' | 'destination' | 'inResponseTo' | 'now'>,
  status: string,
  content: string,
): string {
  const inResponseTo = facts.inResponseTo === undefined ? '' : ` InResponseTo="${escapeXml(facts.inResponseTo)}"`;
  return (
    `<samlp:Response ID="_${randomUUID()}" Version="2.0" IssueInstant="${facts.now.toISOString()}"` +
    ` Destination="${escapeXml(facts.destination)}"${inResponseTo} xmlns:samlp="${PROTOCOL}">` +
    `<Issuer xmlns="${ASSERTION}">${escapeXml(facts.issuer)}</Issuer>` +
    `<samlp:Status>${status}</samlp:Status>${content}</samlp:Response>`
  );
}

function assertion(facts: SamlResponseFacts): string {
  const id = `_${randomUUID()}`;
  return (
    `<Assertion ID="${id}" IssueInstant="${facts.now.toISOString()}" Version="2.0" xmlns="${ASSERTION}">` +
    `<Issuer>${escapeXml(facts.issuer)}</Issuer>` +
    subject(facts) +
    conditions(facts) +
    attributeStatement(facts.attributes) +
    `<AuthnStatement AuthnInstant="${facts.signedInAt.toISOString()}" SessionIndex="${id}">` +
    '<AuthnContext><AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:Password</AuthnContextClassRef></AuthnContext>' +
    '</AuthnStatement></Assertion>'
  );
}

function subject(facts: SamlResponseFacts): string {
  const inResponseTo = facts.inResponseTo === undefined ? '' : `InResponseTo="${escapeXml(facts.inResponseTo)}" `;
  return (
    `<Subject><NameID Format="${escapeXml(facts.nameId.format)}">${escapeXml(facts.nameId.value)}</NameID>` +
    '<SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer">' +
    `<SubjectConfirmationData ${inResponseTo}NotOnOrAfter="${later(facts.now, AFTER_MS)}" Recipient="${escapeXml(facts.destination)}"/>` +
    '</SubjectConfirmation></Subject>'
  );
}

function conditions(facts: SamlResponseFacts): string {
  return (
    `<Conditions NotBefore="${later(facts.now, -BEFORE_MS)}" NotOnOrAfter="${later(facts.now, AFTER_MS)}">` +
    `<AudienceRestriction><Audience>${escapeXml(facts.audience)}</Audience></AudienceRestriction></Conditions>`
  );
}

function attributeStatement(attributes: readonly SamlAttribute[]): string {
  if (attributes.length === 0) return '';
  const each = attributes.map(({ name, nameFormat, value }) => {
    const format = nameFormat === undefined ? '' : ` NameFormat="${escapeXml(nameFormat)}"`;
    return `<Attribute Name="${escapeXml(name)}"${format}><AttributeValue>${escapeXml(value)}</AttributeValue></Attribute>`;
  });
  return `<AttributeStatement>${each.join('')}</AttributeStatement>`;
}

function later(from: Date, byMs: number): string {
  return new Date(from.getTime() + byMs).toISOString();
}

const REFERENCES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  '\r': '&#13;',
  '\n': '&#10;',
  '\t': '&#9;',
};

/**
 * Text for an element or attribute. White space becomes character references, or a reader would normalise it and the
 * digest would not match; characters that XML 1.0 forbids are left out.
 */
export function escapeXml(value: string): string {
  return value
    .replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '')
    .replace(/[&<>"'\r\n\t]/g, (character) => REFERENCES[character] ?? character);
}
