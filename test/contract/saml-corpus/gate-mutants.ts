import type { Outcome } from './corpus-line.js';
import type { SourceChange } from './mutated-gate.js';

/** The gate without one of its rules. */
export interface GateMutant extends SourceChange {
  readonly name: string;
  /** The verdict that the rule decides: rows with it are tried first, as they are the likeliest to tell. */
  readonly guards: Outcome;
}

type Line = readonly [name: string, guards: Outcome, from: string, to?: string];

function mutantsOf(file: string, lines: readonly Line[]): GateMutant[] {
  return lines.map(([name, guards, from, to = '']) => ({ file, name, guards, from, to }));
}

/** Every rule of the gate, taken away one at a time. */
export const GATE_MUTANTS: readonly GateMutant[] = [
  ...mutantsOf('saml-envelope', [
    [
      'a missing field is read',
      'malformed',
      "if (typeof samlResponse !== 'string') throw new SamlRefusal('malformed');",
    ],
    ['the field may be of any size', 'too_big', "demand(samlResponse.length <= MOST_BASE64_CHARACTERS, 'too_big');"],
    [
      'characters outside base64 are skipped',
      'malformed',
      "demand(/^[A-Za-z0-9+/]+={0,2}$/.test(base64), 'malformed');",
    ],
    ['broken UTF-8 is repaired', 'malformed', 'fatal: true', 'fatal: false'],
    ['a byte order mark is dropped', 'malformed', 'ignoreBOM: true', 'ignoreBOM: false'],
    ['document types are read', 'dtd', "demand(!/<!(DOCTYPE|ENTITY)/i.test(xml), 'dtd');"],
    ['document types count in capitals only', 'dtd', '(DOCTYPE|ENTITY)/i', '(DOCTYPE|ENTITY)/'],
    ['an ENTITY without a DOCTYPE is read', 'dtd', '(DOCTYPE|ENTITY)', '(DOCTYPE)'],
    ['any number of tags', 'too_big', "demand(xml.split('<').length - 1 <= MOST_TAGS, 'too_big');"],
    ['comments and instructions are read', 'comment', "demand(!hasCommentOrInstruction(xml), 'comment');"],
    ['comments are read', 'comment', '<!--|<\\?/', '<\\?/'],
    ['processing instructions are read', 'comment', '<!--|<\\?/', '<!--/'],
    ['the root may have any name', 'malformed', "response.localName === 'Response' && "],
    [
      'the root may have any namespace',
      'malformed',
      " && response.namespaceURI === PROTOCOL_NS, 'malformed'",
      ", 'malformed'",
    ],
    ['any number of assertions', 'shape', "demand(assertions.length === 1, 'shape');"],
    ['encrypted assertions do not count', 'shape', " || localName === 'EncryptedAssertion'"],
    ['objects in signatures', 'shape', "demand(!elements.some(({ localName }) => localName === 'Object'), 'shape');"],
    ['IDs may repeat', 'shape', "demand(new Set(ids).size === ids.length, 'shape');"],
    ['only ID is an ID', 'shape', "localName?.toLowerCase() === 'id'", "localName === 'ID'"],
    ['any algorithm', 'weak_alg', '  refuseWeakAlgorithms(document);\n'],
    ['any signature algorithm', 'weak_alg', "'SignatureMethod', "],
    ['any digest algorithm', 'weak_alg', "'DigestMethod', "],
    ['any transform', 'weak_alg', "'Transform', "],
    ['any canonicalization', 'weak_alg', ", 'CanonicalizationMethod'"],
    [
      'an algorithm may be absent',
      'weak_alg',
      "attribute(element, 'Algorithm') ?? ''",
      "attribute(element, 'Algorithm') ?? 'http://www.w3.org/2001/04/xmlenc#sha256'",
    ],
    ['any status', 'idp_status', "  demand(statusOf(response) === SUCCESS, 'idp_status');\n  const", '  const'],
    [
      'a failure without an assertion is only a strange shape',
      'idp_status',
      "if (assertions.length === 0) demand(statusOf(response) === SUCCESS, 'idp_status');",
    ],
  ]),
  ...mutantsOf('saml-xml', [
    ['the parser only warns', 'malformed', '{ onError: onWarningStopParsing }', '{ onError: () => undefined }'],
    ['children of any namespace', 'org', ' && node.namespaceURI === namespace'],
    ['the first of several children', 'shape', 'if (!first || others.length > 0)', 'if (!first)'],
    ['markup inside a name', 'shape', "if ([...element.childNodes].some(isElement)) throw new SamlRefusal('shape');"],
  ]),
  ...mutantsOf('signing-certificates', [
    ['certificates of any date', 'cert_expired', 'certificate && isWithinValidity(certificate, now)', 'certificate'],
    ['expired certificates', 'cert_expired', '!isExpired(certificate, now) && '],
    ['certificates of the future', 'cert_expired', ' && !isNotYetValid(certificate, now)'],
  ]),
  ...mutantsOf('saml-signature', [
    ['an unsigned assertion in a signed response', 'lib', 'wantAssertionsSigned: true', 'wantAssertionsSigned: false'],
    ['the library ignores InResponseTo', 'lib', 'ValidateInResponseTo.ifPresent', 'ValidateInResponseTo.never'],
    [
      'the library never accepts without a request',
      'ok',
      'ValidateInResponseTo.ifPresent',
      'ValidateInResponseTo.always',
    ],
    ['the library checks times by the machine', 'ok', 'acceptedClockSkewMs: -1', 'acceptedClockSkewMs: 0'],
    [
      'every request is pending',
      'lib',
      'isPendingRequest(id) ? new Date().toISOString() : null',
      'new Date().toISOString()',
    ],
    ['an answer without an assertion is read', 'lib', 'if (xml) return xml;', "return xml ?? '';"],
  ]),
  ...mutantsOf('saml-gate', [
    [
      'no provider is needed',
      'issuer',
      "if (!provider || typeof samlResponse !== 'string') throw new SamlRefusal('issuer');",
    ],
    ['no certificate is needed', 'cert_expired', "demand(certificates.length > 0, 'cert_expired');"],
    ['any issuer of the assertion', 'issuer', "demand(subject.issuer === provider.issuerURI, 'issuer');"],
    [
      'any issuer of the envelope',
      'issuer',
      "demand(envelope.issuer === undefined || envelope.issuer === provider.issuerURI, 'issuer');",
    ],
    ['the envelope must name an issuer', 'ok', 'envelope.issuer === undefined || '],
    ['any Destination', 'destination', "demand(envelope.destination === world.acs, 'destination');"],
    [
      'any Recipient',
      'recipient',
      "demand(subject.confirmation.getAttribute('Recipient') === world.acs, 'recipient');",
    ],
    ['no end', 'expired', "demand(now < assertion.notOnOrAfter.getTime() + SKEW_MS, 'expired');"],
    ['no start', 'not_yet', "demand(now >= assertion.notBefore.getTime() - SKEW_MS, 'not_yet');"],
    ['no clock skew', 'ok', 'SKEW_MS = 10_000', 'SKEW_MS = 0'],
    ['a wider clock skew', 'expired', 'SKEW_MS = 10_000', 'SKEW_MS = 12_000'],
    ['any audience', 'audience', 'accepted.includes(audience)', 'Boolean(audience)'],
    [
      'the audience may only begin like ours',
      'audience',
      'accepted.includes(audience)',
      'accepted.some((ours) => audience.startsWith(ours))',
    ],
    ['no audience with spn:', 'ok', ', `spn:${relyingPartyIdentifier}`'],
    ['the Identifier is no audience', 'ok', ', identifier]', ']'],
    ['the relying party identifier is no audience', 'ok', '[relyingPartyIdentifier, ', '['],
    [
      'InResponseTo may differ',
      'in_response_to',
      "demand(assertion.inResponseTo === envelope.inResponseTo, 'in_response_to');",
    ],
    [
      'a request may be answered twice at once',
      'lib',
      "demand(answers === undefined || world.isPendingRequest(answers), 'lib');",
    ],
    ['an assertion may be used twice', 'replay', "demand(!world.wasSeen(assertion.id), 'replay');"],
    ['nothing is remembered', 'replay', 'world.accept({', 'void ({'],
    [
      'forgotten before the clock skew ends',
      'replay',
      'assertion.notOnOrAfter.getTime() + SKEW_MS),\n      inResponseTo',
      'assertion.notOnOrAfter.getTime()),\n      inResponseTo',
    ],
    ['the request is not used up', 'lib', 'inResponseTo: assertion.inResponseTo,', 'inResponseTo: undefined,'],
    ['any organisation', 'org', "demand(isOurs, 'org');"],
    ['no organisation is needed when unsolicited', 'org', " && flow === 'SP-initiated'"],
    ['an organisation is always needed', 'ok', " || (named === undefined && flow === 'SP-initiated')"],
    ['deleted people are only inactive', 'user', " || user.state === 'deleted'"],
    ['inactive people sign in', 'inactive', "demand(user.state === 'active', 'inactive');"],
    [
      'every sign-in counts as unsolicited',
      'ok',
      "answers === undefined ? 'IdP-initiated' : 'SP-initiated'",
      "'IdP-initiated'",
    ],
  ]),
  ...mutantsOf('saml-assertion', [
    ['the verified root may have any name', 'shape', "assertion.localName === 'Assertion' && "],
    ['the verified root may have any namespace', 'shape', ' && assertion.namespaceURI === ASSERTION_NS'],
    ['any confirmation method', 'shape', "demand(attribute(confirmation, 'Method') === BEARER, 'shape');"],
    ['a bearer with NotBefore', 'shape', "demand(!data.hasAttribute('NotBefore'), 'shape');"],
    ['any text is a time', 'time', "demand(UTC_TIME.test(text) && !Number.isNaN(time.getTime()), 'time');"],
    ['times without a zone', 'time', 'UTC_TIME.test(text) && '],
    ['months above 12', 'time', ' && !Number.isNaN(time.getTime())'],
    ['the later end counts', 'expired', 'Math.min(', 'Math.max('],
    ['an empty audience restriction', 'shape', "demand(audiences.length > 0, 'shape');"],
    ['the first of several attributes', 'shape', 'if (!first || others.length > 0)', 'if (!first)'],
    [
      'the first of several values',
      'shape',
      "textOf(onlyChild(first, 'AttributeValue'))",
      "textOf(children(first, 'AttributeValue')[0] ?? first)",
    ],
    ['no e-mail in lower case', 'ok', " ?? readAttribute(assertion, 'email')"],
    ['the NameID before the attribute', 'ok', 'return email ?? textOf(', 'return textOf('],
    ['the confirmation has no end of its own', 'expired', "readTime(confirmation, 'NotOnOrAfter'), "],
    ['the conditions have no end of their own', 'expired', ", readTime(conditions, 'NotOnOrAfter')"],
  ]),
];
