import { inflateRawSync } from 'node:zlib';
import { DOMParser, onErrorStopParsing, type Document, type Element } from '@xmldom/xmldom';
import { AadstsError } from './aadsts.js';

export const PROTOCOL = 'urn:oasis:names:tc:SAML:2.0:protocol';
export const ASSERTION = 'urn:oasis:names:tc:SAML:2.0:assertion';
const DSIG = 'http://www.w3.org/2000/09/xmldsig#';
export const BINDING_POST = 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST';

export const NAME_ID_FORMATS = {
  emailAddress: 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress',
  unspecified: 'urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified',
  persistent: 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent',
  transient: 'urn:oasis:names:tc:SAML:2.0:nameid-format:transient',
} as const;

/** What a service provider asks for. Absent values are `undefined`. */
export interface AuthnRequest {
  readonly id: string;
  readonly issuer: string;
  readonly assertionConsumerServiceUrl: string | undefined;
  readonly nameIdFormat: string | undefined;
  readonly requestedContexts: readonly string[];
  readonly forceAuthn: boolean;
  readonly isPassive: boolean;
  readonly isSigned: boolean;
}

const MOST_INFLATED_BYTES = 65_536;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** The XML of a `SAMLRequest` parameter: deflated for the redirect binding, plain base64 for the POST binding. Throws AADSTS75005. */
export function decodeSamlRequest(parameter: string, binding: 'redirect' | 'post'): string {
  const compact = binding === 'post' ? parameter.replace(/[\r\n]/g, '') : parameter;
  if (!BASE64.test(compact)) throw new AadstsError(75005);
  const bytes = Buffer.from(compact, 'base64');
  if (binding === 'post') return bytes.toString('utf8');
  try {
    return inflateRawSync(bytes, { maxOutputLength: MOST_INFLATED_BYTES }).toString('utf8');
  } catch {
    throw new AadstsError(75005);
  }
}

/** Reads an AuthnRequest and refuses what Entra does not support: 75005, 7500529, 75003, 75016, 900236. */
export function parseAuthnRequest(xml: string, signedByQuery: boolean): AuthnRequest {
  const root = parseRoot(xml);
  const id = root.getAttribute('ID') ?? '';
  if (id === '' || root.getAttribute('Version') !== '2.0' || !isInstant(root.getAttribute('IssueInstant'))) {
    throw new AadstsError(75005);
  }
  if (!/^[A-Za-z_][\w.-]*$/.test(id)) throw new AadstsError(7500529, { value: id });
  const issuer = child(root, ASSERTION, 'Issuer')?.textContent?.trim();
  if (!issuer) throw new AadstsError(75005);
  refuseUnsupported(root);
  return {
    id,
    issuer,
    assertionConsumerServiceUrl: root.getAttribute('AssertionConsumerServiceURL') ?? undefined,
    nameIdFormat: readNameIdFormat(root),
    requestedContexts: readContexts(root),
    forceAuthn: isTrue(root.getAttribute('ForceAuthn')),
    isPassive: isTrue(root.getAttribute('IsPassive')),
    isSigned: signedByQuery || child(root, DSIG, 'Signature') !== undefined,
  };
}

function parseRoot(xml: string): Element {
  // xmldom keeps entities unexpanded, yet a document type has no place in a protocol message.
  if (/<!(DOCTYPE|ENTITY)/i.test(xml)) throw new AadstsError(75005);
  let document: Document;
  try {
    document = new DOMParser({ onError: onErrorStopParsing }).parseFromString(xml, 'text/xml');
  } catch {
    throw new AadstsError(75005);
  }
  const root = document.documentElement;
  if (root?.localName !== 'AuthnRequest' || root.namespaceURI !== PROTOCOL) throw new AadstsError(75005);
  return root;
}

function refuseUnsupported(root: Element): void {
  const binding = root.getAttribute('ProtocolBinding');
  if (binding !== null && binding !== BINDING_POST) throw new AadstsError(75003, { value: binding });
  if (child(root, ASSERTION, 'Subject')) throw new AadstsError(900236, { value: 'Subject' });
  const index = root.getAttribute('AssertionConsumerServiceIndex');
  if (index !== null) throw new AadstsError(900236, { value: 'AssertionConsumerServiceIndex' });
}

function readNameIdFormat(root: Element): string | undefined {
  const format = child(root, PROTOCOL, 'NameIDPolicy')?.getAttribute('Format') ?? undefined;
  const known: readonly string[] = Object.values(NAME_ID_FORMATS);
  if (format !== undefined && !known.includes(format)) throw new AadstsError(75016, { value: format });
  return format;
}

function readContexts(root: Element): string[] {
  const requested = child(root, PROTOCOL, 'RequestedAuthnContext');
  if (!requested) return [];
  const comparison = requested.getAttribute('Comparison') ?? 'exact';
  if (comparison !== 'exact') throw new AadstsError(900236, { value: `RequestedAuthnContext/${comparison}` });
  return [...requested.getElementsByTagNameNS(ASSERTION, 'AuthnContextClassRef')].map(
    (reference) => reference.textContent?.trim() ?? '',
  );
}

function child(parent: Element, namespace: string, name: string): Element | undefined {
  for (let node = parent.firstChild; node; node = node.nextSibling) {
    const element = node as Element;
    if (element.localName === name && element.namespaceURI === namespace) return element;
  }
  return undefined;
}

function isInstant(text: string | null): boolean {
  return text !== null && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/.test(text) && !Number.isNaN(Date.parse(text));
}

function isTrue(text: string | null): boolean {
  return text === 'true' || text === '1';
}
