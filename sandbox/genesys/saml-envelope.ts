import type { Document, Element } from '@xmldom/xmldom';
import { SamlRefusal, demand } from './saml-refusal.js';
import { PROTOCOL_NS, allElements, attribute, children, parseXml, rootOf, textOf } from './saml-xml.js';

/** What the unsigned outside of a response says. It is only ever compared with signed values, never believed. */
export interface SamlEnvelope {
  readonly destination: string | undefined;
  readonly inResponseTo: string | undefined;
  readonly issuer: string | undefined;
}

const MOST_BASE64_CHARACTERS = 200_000;
/** 20,000 nested elements would keep the signature library busy for two seconds. */
const MOST_TAGS = 3_000;

const STRONG_ALGORITHMS = new Set([
  'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
  'http://www.w3.org/2001/04/xmldsig-more#rsa-sha512',
  'http://www.w3.org/2001/04/xmlenc#sha256',
  'http://www.w3.org/2001/04/xmlenc#sha512',
  'http://www.w3.org/2001/10/xml-exc-c14n#',
  'http://www.w3.org/2000/09/xmldsig#enveloped-signature',
]);
const ALGORITHM_ELEMENTS = new Set(['SignatureMethod', 'DigestMethod', 'Transform', 'CanonicalizationMethod']);
const SUCCESS = 'urn:oasis:names:tc:SAML:2.0:status:Success';

/**
 * The cheap and structural rules, before any cryptography: size, no DTD, no comments, one Response with one assertion,
 * strong algorithms, status Success. Throws a SamlRefusal with the code of the first rule that is broken.
 */
export function readEnvelope(samlResponse: unknown): SamlEnvelope {
  const xml = decode(samlResponse);
  demand(!/<!(DOCTYPE|ENTITY)/i.test(xml), 'dtd');
  demand(xml.split('<').length - 1 <= MOST_TAGS, 'too_big');
  demand(!hasCommentOrInstruction(xml), 'comment');
  const document = parseXml(xml);
  const response = rootOf(document);
  demand(response.localName === 'Response' && response.namespaceURI === PROTOCOL_NS, 'malformed');
  refuseOtherShapes(document, response);
  refuseWeakAlgorithms(document);
  demand(statusOf(response) === SUCCESS, 'idp_status');
  const [issuer] = children(response, 'Issuer');
  return {
    destination: attribute(response, 'Destination'),
    inResponseTo: attribute(response, 'InResponseTo'),
    issuer: issuer && textOf(issuer),
  };
}

function decode(samlResponse: unknown): string {
  if (typeof samlResponse !== 'string') throw new SamlRefusal('malformed');
  demand(samlResponse.length <= MOST_BASE64_CHARACTERS, 'too_big');
  const base64 = samlResponse.replace(/[\r\n]/g, '');
  demand(/^[A-Za-z0-9+/]+={0,2}$/.test(base64), 'malformed');
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.from(base64, 'base64'));
  } catch {
    throw new SamlRefusal('malformed');
  }
}

/** A comment inside a digest value once let forged content pass a signature check; none is needed anywhere. */
function hasCommentOrInstruction(xml: string): boolean {
  const withoutDeclaration = xml.replace(/^<\?xml\s[^?]*\?>/, '');
  return /<!--|<\?/.test(withoutDeclaration);
}

function refuseOtherShapes(document: Document, response: Element): void {
  const elements = allElements(document);
  const assertions = elements.filter(
    ({ localName }) => localName === 'Assertion' || localName === 'EncryptedAssertion',
  );
  // An identity provider that reports a failure sends no assertion: its status says more than the missing part.
  if (assertions.length === 0) demand(statusOf(response) === SUCCESS, 'idp_status');
  demand(assertions.length === 1, 'shape');
  demand(!elements.some(({ localName }) => localName === 'Object'), 'shape');
  const ids = elements.flatMap((element) =>
    [...element.attributes].filter(({ localName }) => localName?.toLowerCase() === 'id').map(({ value }) => value),
  );
  demand(new Set(ids).size === ids.length, 'shape');
}

function refuseWeakAlgorithms(document: Document): void {
  const named = allElements(document)
    .filter(({ localName }) => ALGORITHM_ELEMENTS.has(localName ?? ''))
    .map((element) => attribute(element, 'Algorithm') ?? '');
  demand(
    named.every((algorithm) => STRONG_ALGORITHMS.has(algorithm)),
    'weak_alg',
  );
}

function statusOf(response: Element): string | undefined {
  const [status] = children(response, 'Status', PROTOCOL_NS);
  const [code] = status ? children(status, 'StatusCode', PROTOCOL_NS) : [];
  return code && attribute(code, 'Value');
}
