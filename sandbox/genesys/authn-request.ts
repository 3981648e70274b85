import { randomBytes } from 'node:crypto';
import { deflateRawSync } from 'node:zlib';
import { escapeHtml } from '../kit/html.js';
import type { StoredProvider } from './genesys-data.js';
import { ASSERTION_NS, PROTOCOL_NS } from './saml-xml.js';

const HTTP_POST = 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST';

export interface AuthnRequest {
  readonly id: string;
  readonly xml: string;
}

/**
 * A request to sign somebody in: Issuer is the relying party identifier, the answer is wanted by POST at the
 * assertion consumer service. Unsigned. @param now business time
 */
export function buildAuthnRequest(provider: StoredProvider, acs: string, now: Date): AuthnRequest {
  const id = `_${randomBytes(20).toString('hex')}`;
  const attributes = {
    ID: id,
    Version: '2.0',
    IssueInstant: now.toISOString(),
    Destination: provider.ssoTargetURI,
    ProtocolBinding: HTTP_POST,
    AssertionConsumerServiceURL: acs,
    ...(provider.forceAuthn ? { ForceAuthn: 'true' } : {}),
  };
  const policy = provider.nameIdentifierFormat
    ? `<samlp:NameIDPolicy Format="${escapeHtml(provider.nameIdentifierFormat)}"/>`
    : '';
  const xml =
    `<samlp:AuthnRequest xmlns:samlp="${PROTOCOL_NS}"${writeAttributes(attributes)}>` +
    `<saml:Issuer xmlns:saml="${ASSERTION_NS}">${escapeHtml(provider.relyingPartyIdentifier)}</saml:Issuer>` +
    `${policy}</samlp:AuthnRequest>`;
  return { id, xml };
}

export function wantsPostBinding(provider: StoredProvider): boolean {
  return provider.ssoBinding === HTTP_POST;
}

/** The target with the request in its query: raw deflate, base64, URL encoding. */
export function redirectUrl(provider: StoredProvider, request: AuthnRequest): string {
  const url = new URL(provider.ssoTargetURI);
  url.searchParams.set('SAMLRequest', deflateRawSync(request.xml).toString('base64'));
  return url.href;
}

/** The value of the form field `SAMLRequest`: base64, not compressed. */
export function postField(request: AuthnRequest): string {
  return Buffer.from(request.xml).toString('base64');
}

function writeAttributes(attributes: Readonly<Record<string, string>>): string {
  return Object.entries(attributes)
    .map(([name, value]) => ` ${name}="${escapeHtml(value)}"`)
    .join('');
}
