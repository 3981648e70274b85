import { DOMParser, XMLSerializer, type Document, type Element, type Node } from '@xmldom/xmldom';
import type { ResponseWish } from '../../../sandbox/genesys/testing/signed-response.js';
import { ADA, DANA, tampers, type CorpusLine, type Make } from './corpus-line.js';

const DSIG = 'http://www.w3.org/2000/09/xmldsig#';
const PROTOCOL = 'urn:oasis:names:tc:SAML:2.0:protocol';

type EvilId = 'new ID' | 'same ID';

/**
 * Signature wrapping: the signed part stays intact somewhere, and a forged copy stands where a careless reader looks.
 * XSW1 to XSW8 are the eight of the literature (Somorovsky et al. 2012, numbered as SAML Raider does); XSW9 moves the
 * signature of the assertion up to the response, with the original in its Object.
 */
export const WRAPPING_LINES: readonly CorpusLine[] = [
  ['XSW1', 'signed response', 'shape', 'shape', wraps(xsw1, 'response')],
  ['XSW1', 'both signed', 'shape', 'shape', wraps(xsw1, 'both')],
  ['XSW2', 'signed response', 'shape', 'shape', wraps(xsw2, 'response')],
  ['XSW2', 'both signed', 'shape', 'shape', wraps(xsw2, 'both')],
  ['XSW3', 'new ID', 'shape', 'shape', wraps(xsw3('new ID'))],
  ['XSW3', 'same ID', 'shape', 'shape', wraps(xsw3('same ID'))],
  ['XSW4', 'new ID', 'shape', 'shape', wraps(xsw4('new ID'))],
  ['XSW4', 'same ID', 'shape', 'shape', wraps(xsw4('same ID'))],
  ['XSW5', 'new ID', 'shape', 'shape', wraps(xsw5('new ID'))],
  ['XSW5', 'same ID', 'shape', 'shape', wraps(xsw5('same ID'))],
  ['XSW6', 'new ID', 'shape', 'shape', wraps(xsw6('new ID'))],
  ['XSW6', 'same ID', 'shape', 'shape', wraps(xsw6('same ID'))],
  ['XSW7', 'new ID', 'shape', 'shape', wraps(xsw7('new ID'))],
  ['XSW7', 'same ID', 'shape', 'shape', wraps(xsw7('same ID'))],
  ['XSW8', 'new ID', 'shape', 'shape', wraps(xsw8('new ID'))],
  ['XSW8', 'same ID', 'shape', 'shape', wraps(xsw8('same ID'))],
  ['XSW9', 'new ID', 'shape', 'shape', wraps(xsw9('new ID'))],
  ['XSW9', 'same ID', 'shape', 'shape', wraps(xsw9('same ID'))],
];

/** The message as a document; every move may take elements out of it and put them elsewhere. */
interface Message {
  readonly document: Document;
  readonly response: Element;
  readonly assertion: Element;
  /** The signature that the attack keeps: of the response in XSW1 and XSW2, else of the assertion. */
  readonly signature: Element;
}

type Move = (message: Message) => void;

function wraps(move: Move, signs: ResponseWish['signs'] = 'assertion'): Make {
  return tampers(
    (xml) => {
      const document = new DOMParser().parseFromString(xml, 'text/xml');
      const response = required(document.documentElement);
      const assertion = childNamed(response, 'Assertion');
      const signature = childNamed(signs === 'assertion' ? assertion : response, 'Signature');
      move({ document, response, assertion, signature });
      return new XMLSerializer().serializeToString(document);
    },
    { signs },
  );
}

/** The original response inside its own signature; the root is Ada's. */
function xsw1({ response, signature }: Message): void {
  const original = copyWithoutSignature(response);
  makeEvil(response, 'new ID');
  signature.appendChild(original);
}

/** The original response before the signature; the root is Ada's. */
function xsw2({ response, signature }: Message): void {
  const original = copyWithoutSignature(response);
  makeEvil(response, 'new ID');
  response.insertBefore(original, signature);
}

/** Ada's assertion before the original. */
function xsw3(id: EvilId): Move {
  return ({ response, assertion }) => void response.insertBefore(evilCopy(assertion, id), assertion);
}

/** The original assertion inside Ada's. */
function xsw4(id: EvilId): Move {
  return ({ response, assertion }) => {
    const evil = evilCopy(assertion, id);
    response.replaceChild(evil, assertion);
    evil.appendChild(assertion);
  };
}

/** Ada's assertion keeps the signature; the original, without it, ends the response. */
function xsw5(id: EvilId): Move {
  return ({ response, assertion }) => {
    const original = copyWithoutSignature(assertion);
    makeEvil(assertion, id);
    response.appendChild(original);
  };
}

/** As XSW5, with the original inside the signature. */
function xsw6(id: EvilId): Move {
  return ({ assertion, signature }) => {
    const original = copyWithoutSignature(assertion);
    makeEvil(assertion, id);
    signature.appendChild(original);
  };
}

/** Ada's assertion in Extensions, where a schema allows anything. */
function xsw7(id: EvilId): Move {
  return ({ document, response, assertion }) => {
    const extensions = document.createElementNS(PROTOCOL, 'samlp:Extensions');
    extensions.appendChild(evilCopy(assertion, id));
    response.insertBefore(extensions, assertion);
  };
}

/** As XSW6, with the original in an Object of the signature, where a schema allows anything. */
function xsw8(id: EvilId): Move {
  return ({ document, assertion, signature }) => {
    const original = copyWithoutSignature(assertion);
    makeEvil(assertion, id);
    signature.appendChild(objectAround(document, original));
  };
}

/** The signature moves to the response, with the original in its Object; Ada's assertion is unsigned. */
function xsw9(id: EvilId): Move {
  return ({ document, response, assertion, signature }) => {
    const original = copyWithoutSignature(assertion);
    assertion.removeChild(signature);
    makeEvil(assertion, id);
    signature.appendChild(objectAround(document, original));
    response.insertBefore(signature, childNamed(response, 'Status'));
  };
}

function objectAround(document: Document, content: Element): Element {
  const object = document.createElementNS(DSIG, 'Object');
  object.appendChild(content);
  return object;
}

function evilCopy(assertion: Element, id: EvilId): Element {
  const evil = copyWithoutSignature(assertion);
  makeEvil(evil, id);
  return evil;
}

function copyWithoutSignature(element: Element): Element {
  const copy = element.cloneNode(true) as Element;
  copy.removeChild(childNamed(copy, 'Signature'));
  return copy;
}

function makeEvil(element: Element, id: EvilId): void {
  if (id === 'new ID') element.setAttribute('ID', '_evil');
  for (const text of textsOf(element)) if (text.nodeValue === DANA) text.nodeValue = ADA;
}

function textsOf(node: Node): Node[] {
  if (node.nodeType === 3) return [node];
  return [...node.childNodes].flatMap(textsOf);
}

function childNamed(parent: Element, localName: string): Element {
  const found = [...parent.childNodes].find(
    (node): node is Element => node.nodeType === 1 && node.localName === localName,
  );
  return required(found);
}

function required(element: Element | null | undefined): Element {
  if (!element) throw new Error('The message lacks an element that the attack needs.');
  return element;
}
