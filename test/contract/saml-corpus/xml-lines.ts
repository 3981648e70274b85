import { samlResponseXml, type ResponseWish } from '../../../sandbox/genesys/testing/signed-response.js';
import {
  ADA,
  ALMOST_ADA,
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

const FOREIGN_RESPONSE = swap('xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol"', 'xmlns:samlp="urn:example:other"');
/** The identity provider signs the attacker's own name, once as attribute and once as the only name. */
const AS_ATTRIBUTE = { attributes: attributesFor(ALMOST_ADA) } as const;
const AS_NAME_ID = {
  nameId: ALMOST_ADA,
  attributes: [['OrganizationName', 'contoso-gc']],
} as const satisfies Partial<ResponseWish>;
const REST = ALMOST_ADA.slice(ADA.length);

/** Attacks on the XML and its transport, before any signature counts. */
export const XML_LINES: readonly CorpusLine[] = [
  ['DOCTYPE only', '', 'dtd', 'dtd', tampers((xml) => `<!DOCTYPE Response>${xml}`)],
  ['DOCTYPE only', 'in lower case', 'dtd', 'dtd', tampers((xml) => `<!doctype Response>${xml}`)],
  [
    'XXE',
    '',
    'dtd',
    'dtd',
    tampers(
      (xml) => `<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>${swap('<Audience>', '<Audience>&x;')(xml)}`,
    ),
  ],
  [
    'internal entity',
    '',
    'dtd',
    'dtd',
    tampers((xml) => `<!DOCTYPE r [<!ENTITY x "${ADA}">]>${swap(/(?<=<NameID [^>]*>)[^<]*/, '&x;')(xml)}`),
  ],
  ['billion laughs', '', 'dtd', 'dtd', tampers(billionLaughs)],
  ['ENTITY without a DOCTYPE', '', 'dtd', 'dtd', tampers((xml) => `<!ENTITY x "y">${xml}`)],
  [
    '20 000 nested tags',
    '',
    'too_big',
    'too_big',
    tampers(swap('<samlp:Status>', `<x>${'<a>'.repeat(20_000)}${'</a>'.repeat(20_000)}</x><samlp:Status>`)),
  ],
  ['too much text', '200 kB in the field', 'too_big', 'too_big', says({ nameId: 'a'.repeat(200_000) })],
  ['too much text', 'more than the body may hold', 'too_big', 'too_big', () => ['A'.repeat(400_004)]],
  [
    'comment split in NameID and Email',
    'Email',
    'comment',
    'comment',
    tampers(swap(`>${ALMOST_ADA}</AttributeValue>`, `>${ADA}<!---->${REST}</AttributeValue>`), AS_ATTRIBUTE),
  ],
  [
    'comment split in NameID and Email',
    'NameID',
    'comment',
    'comment',
    tampers(swap(`>${ALMOST_ADA}</NameID>`, `>${ADA}<!---->${REST}</NameID>`), AS_NAME_ID),
  ],
  [
    'CDATA split in NameID and Email',
    'Email',
    'user',
    'user',
    tampers(swap(`>${ALMOST_ADA}</AttributeValue>`, `>${ADA}<![CDATA[${REST}]]></AttributeValue>`), AS_ATTRIBUTE),
  ],
  [
    'CDATA split in NameID and Email',
    'NameID',
    'user',
    'user',
    tampers(swap(`>${ALMOST_ADA}</NameID>`, `>${ADA}<![CDATA[${REST}]]></NameID>`), AS_NAME_ID),
  ],
  [
    'CDATA split in NameID and Email',
    'Email, by the IdP',
    'user',
    'user',
    says({
      ...AS_ATTRIBUTE,
      beforeSigning: swap(`>${ALMOST_ADA}</AttributeValue>`, `>${ADA}<![CDATA[${REST}]]></AttributeValue>`),
    }),
  ],
  [
    'processing instruction',
    'in the e-mail',
    'comment',
    'comment',
    tampers(swap(`>${ALMOST_ADA}</AttributeValue>`, `>${ADA}<?x?>${REST}</AttributeValue>`), AS_ATTRIBUTE),
  ],
  ['processing instruction', 'after the root', 'comment', 'comment', tampers((xml) => `${xml}<?php?>`)],
  [
    'processing instruction',
    'behind an XML declaration',
    'comment',
    'comment',
    tampers((xml) => `<?xml version="1.0"?><?x?>${xml}`),
  ],
  [
    'markup in a name',
    'Email',
    'shape',
    'shape',
    says({ beforeSigning: swap('<AttributeValue>', '<AttributeValue><b/>') }),
  ],
  [
    'markup in a name',
    'NameID',
    'shape',
    'shape',
    says({ attributes: [['OrganizationName', 'contoso-gc']], beforeSigning: swap('</NameID>', '<b/></NameID>') }),
  ],
  ['two roots', '', 'malformed', 'malformed', tampers((xml) => `${xml}<x/>`)],
  [
    'two roots',
    'the second one signed',
    'malformed',
    'malformed',
    tampers((xml) => swap(/ ID="_response"/, ' ID="_evil"')(without(/<Signature [\s\S]*?<\/Signature>/)(xml)) + xml),
  ],
  ['malformed', 'cut off', 'malformed', 'malformed', tampers((xml) => xml.slice(0, -5))],
  [
    'malformed',
    'an attribute twice',
    'malformed',
    'malformed',
    tampers(swap(' Version="2.0"', ' Version="2.0" Version="2.0"')),
  ],
  [
    'malformed',
    'an attribute without quotes',
    'malformed',
    'malformed',
    tampers(swap(' Version="2.0"', ' Version=2.0')),
  ],
  ['malformed', 'an unknown entity', 'malformed', 'malformed', tampers(swap('<samlp:Status>', '&x;<samlp:Status>'))],
  ['malformed', 'text before the root', 'malformed', 'malformed', tampers((xml) => `x${xml}`)],
  [
    'malformed',
    'an undeclared prefix',
    'malformed',
    'malformed',
    tampers(swap('<samlp:Status>', '<y:z/><samlp:Status>')),
  ],
  [
    'LogoutResponse',
    '',
    'malformed',
    'malformed',
    tampers((xml) => xml.replaceAll('samlp:Response', 'samlp:LogoutResponse')),
  ],
  [
    'bare Assertion',
    '',
    'malformed',
    'malformed',
    tampers((xml) => /<Assertion [\s\S]*<\/Assertion>/.exec(xml)?.[0] ?? ''),
  ],
  ['Response in a foreign namespace', '', 'malformed', 'malformed', tampers(FOREIGN_RESPONSE)],
  [
    'Response in a foreign namespace',
    'in none',
    'malformed',
    'malformed',
    tampers((xml) =>
      swap(
        ' xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol"',
        '',
      )(xml)
        .replace('<samlp:Response', '<Response')
        .replace('</samlp:Response>', '</Response>')
        .replace('<samlp:Status>', '<samlp:Status xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol">'),
    ),
  ],
  [
    'Assertion in a foreign namespace',
    'with all its content',
    'shape',
    'shape',
    says({
      beforeSigning: swap(
        '<Assertion xmlns="urn:oasis:names:tc:SAML:2.0:assertion"',
        '<Assertion xmlns="urn:example:other"',
      ),
    }),
  ],
  [
    'Assertion in a foreign namespace',
    'the element alone',
    'shape',
    'shape',
    says({
      beforeSigning: (xml) =>
        xml
          .replace('<Assertion ', '<x:Assertion xmlns:x="urn:example:other" ')
          .replace('</Assertion>', '</x:Assertion>'),
    }),
  ],
  [
    'no Assertion',
    '',
    'shape',
    'shape',
    says({ signs: 'nothing', afterSigning: without(/<Assertion [\s\S]*<\/Assertion>/) }),
  ],
  [
    'EncryptedAssertion',
    'instead of the Assertion',
    'lib',
    'lib',
    tampers((xml) => swap('<Assertion ', '<EncryptedAssertion ')(xml).replace('</Assertion>', '</EncryptedAssertion>')),
  ],
  [
    'EncryptedAssertion',
    'beside the Assertion',
    'shape',
    'shape',
    tampers(swap('<Assertion ', '<EncryptedAssertion xmlns="urn:oasis:names:tc:SAML:2.0:assertion"/><Assertion ')),
  ],
  [
    'second Assertion',
    'empty, without an ID',
    'shape',
    'shape',
    tampers(swap('<samlp:Status>', '<samlp:Extensions><Assertion/></samlp:Extensions><samlp:Status>')),
  ],
  ['one ID twice', 'response and assertion', 'shape', 'shape', sameIdTwice('ID')],
  ['one ID twice', 'as Id', 'shape', 'shape', sameIdTwice('Id')],
  ['one ID twice', 'as xml:id', 'shape', 'shape', sameIdTwice('xml:id')],
  ['Object in the signature', '', 'shape', 'shape', tampers(swap('</Signature>', '<Object/></Signature>'))],
  ['no base64', 'other characters', 'malformed', 'malformed', () => ['%%%']],
  [
    'no base64',
    'other characters between good ones',
    'malformed',
    'malformed',
    (stage) => [toField(samlResponseXml(wishFor(stage))).replace('P', '*P')],
  ],
  ['no base64', 'empty', 'malformed', 'malformed', () => ['']],
  ['no base64', 'absent', 'malformed', 'malformed', () => [undefined]],
  ['no UTF-8', 'one byte of an honest message', 'malformed', 'malformed', withBrokenByte],
  ['no base64', 'no UTF-8', 'malformed', 'malformed', () => [Buffer.from([0x3c, 0xff, 0xfe]).toString('base64')]],
  [
    'no base64',
    'UTF-16',
    'malformed',
    'malformed',
    (stage) => [Buffer.from(`\ufeff${samlResponseXml(wishFor(stage))}`, 'utf16le').toString('base64')],
  ],
  ['byte order mark', '', 'malformed', 'malformed', tampers((xml) => `\ufeff${xml}`)],
];

function billionLaughs(xml: string): string {
  const entities = [...'bcdefghij'].map(
    (name, index) => `<!ENTITY ${name} "${`&${'abcdefghi'[index] ?? ''};`.repeat(10)}">`,
  );
  return `<!DOCTYPE r [<!ENTITY a "ha">${entities.join('')}]>${swap(/(?<=<NameID [^>]*>)[^<]*/, '&j;')(xml)}`;
}

function sameIdTwice(attribute: string): Make {
  return says({ assertionId: '_twice', afterSigning: swap('<samlp:Status>', `<samlp:Status ${attribute}="_twice">`) });
}

/** A byte that is no UTF-8 in the unsigned part: a lenient reader puts a replacement character there and goes on. */
function withBrokenByte(stage: Stage): ReturnType<Make> {
  const xml = swap(
    '<samlp:Status>',
    '<samlp:Extensions>\u00ff</samlp:Extensions><samlp:Status>',
  )(samlResponseXml(wishFor(stage)));
  return [Buffer.from(xml, 'latin1').toString('base64')];
}
