import type { Element } from '@xmldom/xmldom';
import { SamlRefusal, demand } from './saml-refusal.js';
import { ASSERTION_NS, attribute, children, onlyChild, parseXml, rootOf, textOf } from './saml-xml.js';

/** What a verified assertion says. */
export interface SamlAssertion {
  readonly id: string;
  readonly issuer: string;
  readonly recipient: string | undefined;
  readonly inResponseTo: string | undefined;
  /** All three are UTC; the earliest end counts. */
  readonly notBefore: Date;
  readonly notOnOrAfter: Date;
  readonly audiences: readonly string[];
  readonly email: string;
  readonly organizationName: string | undefined;
}

/** The part of an assertion that is read before its times, as the rules about addresses come first. */
export interface AssertionSubject {
  readonly assertion: Element;
  readonly issuer: string;
  readonly confirmation: Element;
}

const BEARER = 'urn:oasis:names:tc:SAML:2.0:cm:bearer';
const UTC_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;

/**
 * Reads the assertion that was verified, and refuses every other profile than web browser SSO with one bearer
 * confirmation: code `shape`. Only ever give it verified bytes.
 */
export function readSubject(verifiedXml: string): AssertionSubject {
  const assertion = rootOf(parseXml(verifiedXml));
  demand(assertion.localName === 'Assertion' && assertion.namespaceURI === ASSERTION_NS, 'shape');
  const confirmation = onlyChild(onlyChild(assertion, 'Subject'), 'SubjectConfirmation');
  demand(attribute(confirmation, 'Method') === BEARER, 'shape');
  const data = onlyChild(confirmation, 'SubjectConfirmationData');
  demand(!data.hasAttribute('NotBefore'), 'shape');
  return { assertion, issuer: textOf(onlyChild(assertion, 'Issuer')), confirmation: data };
}

/** The rest of the assertion. A missing or unreadable time is `time`; missing or doubled parts are `shape`. */
export function readAssertion({ assertion, issuer, confirmation }: AssertionSubject): SamlAssertion {
  const conditions = onlyChild(assertion, 'Conditions');
  const ends = [readTime(confirmation, 'NotOnOrAfter'), readTime(conditions, 'NotOnOrAfter')];
  return {
    id: attribute(assertion, 'ID') ?? '',
    issuer,
    recipient: attribute(confirmation, 'Recipient'),
    inResponseTo: attribute(confirmation, 'InResponseTo'),
    notBefore: readTime(conditions, 'NotBefore'),
    notOnOrAfter: new Date(Math.min(...ends.map((end) => end.getTime()))),
    audiences: readAudiences(conditions),
    email: readEmail(assertion),
    organizationName: readAttribute(assertion, 'OrganizationName'),
  };
}

function readTime(element: Element, name: string): Date {
  const text = attribute(element, name) ?? '';
  const time = new Date(text);
  demand(UTC_TIME.test(text) && !Number.isNaN(time.getTime()), 'time');
  return time;
}

function readAudiences(conditions: Element): string[] {
  const audiences = children(onlyChild(conditions, 'AudienceRestriction'), 'Audience').map(textOf);
  demand(audiences.length > 0, 'shape');
  return audiences;
}

/** `Email` as the tutorial names it, else `email` as Genesys's own pages do, else the NameID. */
function readEmail(assertion: Element): string {
  const email = readAttribute(assertion, 'Email') ?? readAttribute(assertion, 'email');
  return email ?? textOf(onlyChild(onlyChild(assertion, 'Subject'), 'NameID'));
}

/** The one value of an attribute; names are case-sensitive; the attribute or its value twice is `shape`. */
function readAttribute(assertion: Element, name: string): string | undefined {
  const found = children(assertion, 'AttributeStatement')
    .flatMap((statement) => children(statement, 'Attribute'))
    .filter((candidate) => attribute(candidate, 'Name') === name);
  if (found.length === 0) return undefined;
  const [first, ...others] = found;
  if (!first || others.length > 0) throw new SamlRefusal('shape');
  return textOf(onlyChild(first, 'AttributeValue'));
}
