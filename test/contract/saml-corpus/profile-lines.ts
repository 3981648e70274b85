import {
  TEST_ACS,
  TEST_ISSUER,
  samlResponseXml,
  type ResponseWish,
} from '../../../sandbox/genesys/testing/signed-response.js';
import {
  ADA,
  DANA,
  GONE,
  OMAR,
  attributesFor,
  says,
  swap,
  tampers,
  toField,
  wishFor,
  without,
  type CorpusLine,
  type Make,
  type Stage,
} from './corpus-line.js';

const OTHER_REGION = 'https://login.mypurecloud.com/saml';
const OTHER_ISSUER = 'https://sts.windows.net/00000000-0000-0000-0000-000000000000/';
const BEARER = 'urn:oasis:names:tc:SAML:2.0:cm:bearer';
const EMAIL = `<Attribute Name="Email"><AttributeValue>${DANA}</AttributeValue></Attribute>`;
const SUBJECT_ANSWER = / InResponseTo="[^"]*"(?= NotOnOrAfter)/;

/** Signed by the right key, and still not to be accepted: the rules of the web browser single sign-on profile. */
export const PROFILE_LINES: readonly CorpusLine[] = [
  ['expired', '11 s past the end', 'expired', 'expired', says({ notOnOrAfter: -11 })],
  ['expired', 'a day ago', 'expired', 'expired', says({ notBefore: -90_000, notOnOrAfter: -86_400 })],
  ['not yet valid', '11 s before the start', 'not_yet', 'not_yet', says({ notBefore: 11 })],
  ['only SubjectConfirmationData expired', '', 'expired', 'expired', says({ confirmationNotOnOrAfter: -11 })],
  ['only Conditions expired', '', 'expired', 'expired', says({ confirmationNotOnOrAfter: 3600, notOnOrAfter: -11 })],
  [
    'no times in Conditions',
    'neither',
    'time',
    'time',
    says({ beforeSigning: swap(/<Conditions [^>]*>/, '<Conditions>') }),
  ],
  [
    'no times in Conditions',
    'no NotBefore',
    'time',
    'time',
    says({ beforeSigning: swap(/<Conditions NotBefore="[^"]*"/, '<Conditions') }),
  ],
  [
    'no times in Conditions',
    'no NotOnOrAfter',
    'lib',
    'lib',
    says({ beforeSigning: swap(/(?<=<Conditions NotBefore="[^"]*") NotOnOrAfter="[^"]*"/, '') }),
  ],
  [
    'a time that is none',
    'words',
    'time',
    'time',
    says({ beforeSigning: swap(/<Conditions NotBefore="[^"]*"/, '<Conditions NotBefore="yesterday"') }),
  ],
  [
    'a time that is none',
    'month 13',
    'time',
    'time',
    says({ beforeSigning: swap(/<Conditions NotBefore="[^"]*"/, '<Conditions NotBefore="2026-13-01T00:00:00Z"') }),
  ],
  [
    'a time that is none',
    'without a zone',
    'time',
    'time',
    says({ beforeSigning: swap(/<Conditions NotBefore="[^"]*"/, '<Conditions NotBefore="2026-01-01T00:00:00"') }),
  ],
  ['no Conditions', '', 'shape', 'shape', says({ beforeSigning: without(/<Conditions[\s\S]*<\/Conditions>/) })],
  ['two Conditions', '', 'lib', 'lib', says({ beforeSigning: doubled(/<Conditions[\s\S]*<\/Conditions>/) })],
  ['audience', 'of another region', 'audience', 'audience', says({ audience: OTHER_REGION })],
  ['audience', 'ours with something after it', 'audience', 'audience', says({ audience: `${TEST_ACS}/other` })],
  [
    'audience',
    'restriction missing',
    'shape',
    'shape',
    says({ beforeSigning: without(/<AudienceRestriction>[\s\S]*<\/AudienceRestriction>/) }),
  ],
  ['audience', 'restriction empty', 'shape', 'shape', says({ beforeSigning: without(/<Audience>[^<]*<\/Audience>/) })],
  [
    'audience',
    'two restrictions, of which one is not ours',
    'shape',
    'shape',
    says({
      beforeSigning: swap(
        '<AudienceRestriction>',
        `<AudienceRestriction><Audience>${OTHER_REGION}</Audience></AudienceRestriction><AudienceRestriction>`,
      ),
    }),
  ],
  ['wrong Destination', 'another region', 'destination', 'destination', says({ destination: OTHER_REGION })],
  ['wrong Destination', 'absent', 'destination', 'destination', tampers(without(/ Destination="[^"]*"/))],
  ['wrong Recipient', 'another region', 'recipient', 'recipient', says({ recipient: OTHER_REGION })],
  ['wrong Recipient', 'absent', 'recipient', 'recipient', says({ beforeSigning: without(/ Recipient="[^"]*"/) })],
  ['wrong Issuer (right key)', 'another tenant', 'issuer', 'issuer', says({ issuer: OTHER_ISSUER })],
  ['wrong Issuer (right key)', 'without its slash', 'issuer', 'issuer', says({ issuer: TEST_ISSUER.slice(0, -1) })],
  [
    'wrong Issuer (right key)',
    'in the assertion only',
    'issuer',
    'issuer',
    says({ issuer: OTHER_ISSUER, envelopeIssuer: TEST_ISSUER }),
  ],
  ['wrong Issuer (right key)', 'in the envelope only', 'issuer', 'issuer', says({ envelopeIssuer: OTHER_ISSUER })],
  [
    'wrong Issuer (right key)',
    'absent',
    'shape',
    'shape',
    says({ signs: 'assertion', beforeSigning: swap(/<Issuer>[^<]*<\/Issuer>/, '<Issuer/><Issuer/>') }),
  ],
  ['status not Success', 'Responder', 'idp_status', 'idp_status', says({ status: 'Responder' })],
  [
    'status not Success',
    'absent',
    'idp_status',
    'idp_status',
    tampers(without(/<samlp:Status>[\s\S]*<\/samlp:Status>/)),
  ],
  [
    'status not Success',
    'and no assertion',
    'idp_status',
    'idp_status',
    says({ status: 'Requester', signs: 'nothing', afterSigning: without(/<Assertion [\s\S]*<\/Assertion>/) }),
  ],
  ['holder-of-key', '', 'shape', 'shape', says({ beforeSigning: swap('cm:bearer', 'cm:holder-of-key') })],
  [
    'two bearers',
    '',
    'shape',
    'shape',
    says({ beforeSigning: doubled(/<SubjectConfirmation [\s\S]*<\/SubjectConfirmation>/) }),
  ],
  [
    'two bearers',
    'the second without data',
    'shape',
    'shape',
    says({ beforeSigning: swap('</Subject>', `<SubjectConfirmation Method="${BEARER}"/></Subject>`) }),
  ],
  [
    'no bearer',
    'no confirmation',
    'shape',
    'shape',
    says({ beforeSigning: without(/<SubjectConfirmation [\s\S]*<\/SubjectConfirmation>/) }),
  ],
  [
    'no bearer',
    'no confirmation data',
    'lib',
    'shape',
    says({ beforeSigning: without(/<SubjectConfirmationData [^>]*\/>/) }),
  ],
  [
    'no bearer',
    'confirmation data twice',
    'shape',
    'shape',
    says({ beforeSigning: doubled(/<SubjectConfirmationData [^>]*\/>/) }),
  ],
  [
    'no bearer',
    'confirmation data without an end',
    'lib',
    'lib',
    says({ beforeSigning: without(/(?<=<SubjectConfirmationData[^>]*) NotOnOrAfter="[^"]*"/) }),
  ],
  [
    'NotBefore on bearer',
    '',
    'shape',
    'shape',
    says({
      beforeSigning: swap('<SubjectConfirmationData', '<SubjectConfirmationData NotBefore="2020-01-01T00:00:00Z"'),
    }),
  ],
  [
    'Email attribute twice',
    'two attributes',
    'shape',
    'shape',
    says({ beforeSigning: swap(EMAIL, EMAIL + EMAIL.replace(DANA, ADA)) }),
  ],
  [
    'Email attribute twice',
    'in two statements',
    'shape',
    'shape',
    says({
      beforeSigning: swap(
        '</AttributeStatement>',
        `</AttributeStatement><AttributeStatement>${EMAIL.replace(DANA, ADA)}</AttributeStatement>`,
      ),
    }),
  ],
  [
    'Email attribute twice',
    'two values',
    'shape',
    'shape',
    says({ beforeSigning: swap('</AttributeValue>', `</AttributeValue><AttributeValue>${ADA}</AttributeValue>`) }),
  ],
  [
    'Email attribute twice',
    'no value',
    'shape',
    'shape',
    says({ beforeSigning: swap(`<AttributeValue>${DANA}</AttributeValue>`, '') }),
  ],
  [
    'OrganizationName',
    'twice',
    'shape',
    'shape',
    says({ attributes: [...attributesFor(DANA), ['OrganizationName', 'contoso-gc']] }),
  ],
  [
    'OrganizationName',
    'of another organisation',
    'org',
    'org',
    says({
      attributes: [
        ['Email', DANA],
        ['OrganizationName', 'fabrikam'],
      ],
    }),
  ],
  [
    'OrganizationName',
    'in other capitals',
    'org',
    'org',
    says({
      attributes: [
        ['Email', DANA],
        ['OrganizationName', 'Contoso-GC'],
      ],
    }),
  ],
  [
    'OrganizationName',
    'empty',
    'org',
    'org',
    says({
      attributes: [
        ['Email', DANA],
        ['OrganizationName', ''],
      ],
    }),
  ],
  ['OrganizationName', 'absent where nobody asked', '-', 'org', says({ attributes: [['Email', DANA]] })],
  [
    'OrganizationName',
    'of a foreign namespace',
    '-',
    'org',
    says({
      beforeSigning: swap(
        '<Attribute Name="OrganizationName"',
        '<Attribute xmlns="urn:example:other" Name="OrganizationName"',
      ),
    }),
  ],
  ['person', 'unknown', 'user', 'user', says({ attributes: attributesFor('nobody@contoso.example') })],
  ['person', 'a look-alike letter', 'user', 'user', says({ attributes: attributesFor(ADA.replace('a', '\u0430')) })],
  ['person', 'a space around the name', 'user', 'user', says({ attributes: attributesFor(` ${ADA}`) })],
  ['person', 'empty', 'user', 'user', says({ attributes: attributesFor('') })],
  ['person', 'deleted', 'user', 'user', says({ attributes: attributesFor(GONE) })],
  ['person', 'inactive', 'inactive', 'inactive', says({ attributes: attributesFor(OMAR) })],
  ['provider disabled', '', 'issuer', 'issuer', says({}), { disabled: true }],
  ['replay', 'same bytes', 'lib', 'replay', sentTwice()],
  ['replay', 'same bytes, within the clock skew', 'lib', 'replay', sentTwice({ notOnOrAfter: -5 })],
  ['replay', 'same bytes at the same moment', 'lib', 'replay', sentTwice(), { atOnce: true }],
  ['replay', 'envelope InResponseTo deleted', 'in_response_to', '-', replayedAsUnsolicited],
  ['replay', 'used assertion pinned to a fresh request', 'lib', 'in_response_to', replayedForAttacker],
  ['unknown InResponseTo', 'both places', 'lib', '-', says({ inResponseTo: '_unknown' })],
  ['unknown InResponseTo', 'envelope only', 'lib', 'lib', says({ envelopeInResponseTo: '_unknown' })],
  [
    'unknown InResponseTo',
    'assertion only',
    'in_response_to',
    '-',
    says({ inResponseTo: '_unknown', envelopeInResponseTo: null }),
  ],
  ['empty InResponseTo', 'both places', 'lib', '-', says({ inResponseTo: '' })],
  ['empty InResponseTo', 'envelope only', 'in_response_to', 'in_response_to', says({ envelopeInResponseTo: '' })],
  ['unused answer sent as unsolicited', '', 'in_response_to', '-', says({ envelopeInResponseTo: null })],
  [
    "pinned to the attacker's request",
    '',
    'lib',
    'in_response_to',
    says(({ attackersRequestId }) => ({ envelopeInResponseTo: attackersRequestId })),
  ],
  [
    "pinned to the attacker's request",
    'assertion without InResponseTo',
    'in_response_to',
    '-',
    says(({ attackersRequestId }) => ({
      envelopeInResponseTo: attackersRequestId,
      beforeSigning: without(SUBJECT_ANSWER),
    })),
  ],
];

function doubled(part: RegExp): (xml: string) => string {
  return (xml) => {
    const found = part.exec(xml)?.[0] ?? '';
    return swap(part, found + found)(xml);
  };
}

function sentTwice(change: Partial<ResponseWish> = {}): Make {
  return (stage) => {
    const field = toField(samlResponseXml(wishFor(stage, change)));
    return [field, field];
  };
}

/** The one unsigned attribute that says which sign-in is answered is taken away: as if nobody had asked. */
function replayedAsUnsolicited(stage: Stage): ReturnType<Make> {
  const xml = samlResponseXml(wishFor(stage));
  return [toField(xml), toField(swap(` InResponseTo="${stage.requestId}"`, '')(xml))];
}

/** A stolen, used assertion as the answer to a sign-in in the attacker's browser. */
function replayedForAttacker(stage: Stage): ReturnType<Make> {
  const xml = samlResponseXml(wishFor(stage));
  const pinned = xml.replace(
    /(<samlp:Response [^>]*?)( InResponseTo="[^"]*")?>/,
    (_, start: string) => `${start} InResponseTo="${stage.attackersRequestId}">`,
  );
  return [toField(xml), toField(pinned)];
}
