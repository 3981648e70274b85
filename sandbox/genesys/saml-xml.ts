import { DOMParser, onWarningStopParsing, type Document, type Element, type Node } from '@xmldom/xmldom';
import { SamlRefusal } from './saml-refusal.js';

export const PROTOCOL_NS = 'urn:oasis:names:tc:SAML:2.0:protocol';
export const ASSERTION_NS = 'urn:oasis:names:tc:SAML:2.0:assertion';

/**
 * A document of well-formed XML with one root; refused as `malformed` otherwise. Whatever the parser only warns of is
 * refused as well: the signature library has a parser of its own, and the two must not read a message differently.
 */
export function parseXml(xml: string): Document {
  try {
    return new DOMParser({ onError: onWarningStopParsing }).parseFromString(xml, 'text/xml');
  } catch {
    throw new SamlRefusal('malformed');
  }
}

export function rootOf(document: Document): Element {
  if (!document.documentElement) throw new SamlRefusal('malformed');
  return document.documentElement;
}

/** Every element of the document, in document order. */
export function allElements(document: Document): Element[] {
  return [...document.getElementsByTagName('*')];
}

/** The children with that name in the assertion namespace, unless another namespace is named. */
export function children(parent: Element, localName: string, namespace = ASSERTION_NS): Element[] {
  return [...parent.childNodes].filter(
    (node): node is Element => isElement(node) && node.localName === localName && node.namespaceURI === namespace,
  );
}

/** The one child of that name; any other number is refused as `shape`. */
export function onlyChild(parent: Element, localName: string): Element {
  const [first, ...others] = children(parent, localName);
  if (!first || others.length > 0) throw new SamlRefusal('shape');
  return first;
}

/** The whole text of an element that holds nothing but text; CDATA counts, so nobody can hide a part of a name. */
export function textOf(element: Element): string {
  if ([...element.childNodes].some(isElement)) throw new SamlRefusal('shape');
  return element.textContent ?? '';
}

/** The value, or undefined when the attribute is absent: an empty one is not absent. */
export function attribute(element: Element, name: string): string | undefined {
  return element.hasAttribute(name) ? (element.getAttribute(name) ?? '') : undefined;
}

function isElement(node: Node): node is Element {
  return node.nodeType === 1;
}
