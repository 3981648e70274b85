import * as fc from 'fast-check';
import { judgeSamlResponse, type GateVerdict, type GateWorld } from './saml-gate.js';
import { FOREIGN_CERTIFICATE } from './signing-certificates.js';
import {
  TEST_ACS,
  TEST_ISSUER,
  TEST_RPI,
  samlResponse,
  samlResponseXml,
  testCertificate,
  type ResponseWish,
} from './testing/signed-response.js';

const NOW = new Date();
const SIGNER = testCertificate();
const STRANGER = testCertificate();
const B_SIMON = { id: 'b-simon', state: 'active' } as const;

/** A service provider that trusts SIGNER, knows B.Simon, and waits for an answer to the request `_request`. */
function serviceProvider(change: Partial<GateWorld> = {}): GateWorld {
  const seen = new Set<string>();
  const pending = new Set(['_request']);
  return {
    acs: TEST_ACS,
    provider: trusting(SIGNER.der),
    organizationShortName: 'contoso-gc',
    now: () => NOW,
    isPendingRequest: (id) => pending.has(id),
    wasSeen: (id) => seen.has(id),
    findUser: (email) => (email.toLowerCase() === 'b.simon@contoso.example' ? B_SIMON : undefined),
    accept: ({ assertionId, inResponseTo }) => {
      seen.add(assertionId);
      if (inResponseTo !== undefined) pending.delete(inResponseTo);
    },
    ...change,
  };
}

function trusting(...ders: readonly Buffer[]): GateWorld['provider'] {
  return {
    issuerURI: TEST_ISSUER,
    relyingPartyIdentifier: TEST_RPI,
    certificates: ders.map((der) => der.toString('base64')),
  };
}

function judge(wish: Partial<ResponseWish>, world = serviceProvider()): Promise<GateVerdict> {
  return judgeSamlResponse(samlResponse({ signer: SIGNER, now: NOW, ...wish }), world);
}

const SP_INITIATED = { inResponseTo: '_request', audience: `spn:${TEST_RPI}` } as const;

describe('a sign-in is accepted', () => {
  const wanted: [string, Partial<ResponseWish>, 'SP-initiated' | 'IdP-initiated'][] = [
    ['when the identity provider starts it, for the Identifier', {}, 'IdP-initiated'],
    ['when it answers our request, for spn: and the relying party identifier', SP_INITIATED, 'SP-initiated'],
    ['when the audience is the relying party identifier as it is', { audience: TEST_RPI }, 'IdP-initiated'],
    ['five seconds late', { notOnOrAfter: -5 }, 'IdP-initiated'],
    ['five seconds early', { notBefore: 5 }, 'IdP-initiated'],
    ['with response and assertion both signed', { signs: 'both' }, 'IdP-initiated'],
    [
      'with RSA and SHA-512',
      {
        signatureAlgorithm: 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha512',
        digestAlgorithm: 'http://www.w3.org/2001/04/xmlenc#sha512',
      },
      'IdP-initiated',
    ],
    [
      'with the attribute in lower case',
      {
        nameId: 'somebody',
        attributes: [
          ['email', 'b.simon@contoso.example'],
          ['OrganizationName', 'contoso-gc'],
        ],
      },
      'IdP-initiated',
    ],
    [
      'by NameID, when no attribute names the e-mail',
      { attributes: [['OrganizationName', 'contoso-gc']] },
      'IdP-initiated',
    ],
    [
      'without OrganizationName, when it was started here',
      { ...SP_INITIATED, attributes: [['Email', 'b.simon@contoso.example']] },
      'SP-initiated',
    ],
    ['with an XML declaration', { beforeSigning: (xml) => `<?xml version="1.0"?>${xml}` }, 'IdP-initiated'],
  ];

  test.each(wanted)('%s', async (_, wish, flow) => {
    const verdict = await judge(wish);

    expect(verdict).toMatchObject({ accepted: true, userId: 'b-simon', flow });
  });

  test('while one of two stored certificates matches, so that a rotation loses nobody', async () => {
    const world = serviceProvider({ provider: trusting(STRANGER.der, SIGNER.der) });

    expect(await judge({}, world)).toMatchObject({ accepted: true });
  });
});

describe('a sign-in is refused', () => {
  const attribute = (name: string, value: string): string =>
    `<Attribute Name="${name}"><AttributeValue>${value}</AttributeValue></Attribute>`;
  const email = attribute('Email', 'b.simon@contoso.example');
  const inAssertion =
    (from: string | RegExp, to: string): ((xml: string) => string) =>
    (xml) => {
      const changed = xml.replace(from, to);
      if (changed === xml) throw new Error('The attack changed nothing.');
      return changed;
    };

  const refused: [string, string, Partial<ResponseWish>][] = [
    ['with a document type', 'dtd', { afterSigning: (xml) => `<!DOCTYPE Response>${xml}` }],
    ['with an entity', 'dtd', { afterSigning: (xml) => `<!DOCTYPE r [<!ENTITY x "y">]>${xml}` }],
    ['with 20,000 nested elements', 'too_big', { afterSigning: inAssertion('<samlp:Status>', '<a>'.repeat(20_000)) }],
    ['with 200 kB of text', 'too_big', { nameId: 'a'.repeat(200_000) }],
    ['with a comment in the e-mail', 'comment', { afterSigning: inAssertion(email, email.replace('@', '<!-- -->@')) }],
    ['with a processing instruction', 'comment', { afterSigning: (xml) => `${xml}<?php?>` }],
    ['with broken XML', 'malformed', { afterSigning: (xml) => xml.slice(0, -5) }],
    ['with two roots', 'malformed', { afterSigning: (xml) => `${xml}<x/>` }],
    [
      'when it is a LogoutResponse',
      'malformed',
      { afterSigning: (xml) => xml.replaceAll('samlp:Response', 'samlp:LogoutResponse') },
    ],
    [
      'when Response is of a foreign namespace',
      'malformed',
      { afterSigning: inAssertion('SAML:2.0:protocol"', 'SAML:2.0:other"') },
    ],
    [
      'with a second assertion',
      'shape',
      {
        afterSigning: inAssertion('<samlp:Status>', '<samlp:Extensions><Assertion/></samlp:Extensions><samlp:Status>'),
      },
    ],
    [
      'without an assertion',
      'shape',
      { signs: 'nothing', afterSigning: inAssertion(/<Assertion[\s\S]*<\/Assertion>/, '') },
    ],
    ['with the same ID twice', 'shape', { afterSigning: inAssertion('ID="_response"', 'ID="_assertion"') }],
    ['with a signed object', 'shape', { afterSigning: inAssertion('</Signature>', '<Object/></Signature>') }],
    ['with holder-of-key', 'shape', { beforeSigning: inAssertion('cm:bearer', 'cm:holder-of-key') }],
    [
      'with two confirmations',
      'shape',
      {
        beforeSigning: inAssertion(
          '</Subject>',
          '<SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"><SubjectConfirmationData/></SubjectConfirmation></Subject>',
        ),
      },
    ],
    [
      'with NotBefore on the bearer',
      'shape',
      {
        beforeSigning: inAssertion(
          '<SubjectConfirmationData',
          '<SubjectConfirmationData NotBefore="2020-01-01T00:00:00Z"',
        ),
      },
    ],
    ['with the e-mail twice', 'shape', { beforeSigning: inAssertion(email, email + email) }],
    [
      'with two values for the e-mail',
      'shape',
      { beforeSigning: inAssertion('</AttributeValue>', '</AttributeValue><AttributeValue>x</AttributeValue>') },
    ],
    [
      'with markup inside the e-mail',
      'shape',
      {
        beforeSigning: inAssertion(
          'b.simon@contoso.example</AttributeValue>',
          'b.simon<b/>@contoso.example</AttributeValue>',
        ),
      },
    ],
    ['without conditions', 'shape', { beforeSigning: inAssertion(/<Conditions[\s\S]*<\/Conditions>/, '') }],
    [
      'without an audience',
      'shape',
      { beforeSigning: inAssertion(/<AudienceRestriction>[\s\S]*<\/AudienceRestriction>/, '') },
    ],
    [
      'with an assertion of a foreign namespace',
      'shape',
      {
        beforeSigning: inAssertion(
          '<Assertion xmlns="urn:oasis:names:tc:SAML:2.0:assertion"',
          '<Assertion xmlns="urn:other"',
        ),
      },
    ],
    ['with an empty audience restriction', 'shape', { beforeSigning: inAssertion(/<Audience>[^<]*<\/Audience>/, '') }],
    [
      'with only the assertion element itself of a foreign namespace',
      'shape',
      {
        beforeSigning: (xml) =>
          xml.replace('<Assertion ', '<x:Assertion xmlns:x="urn:other" ').replace('</Assertion>', '</x:Assertion>'),
      },
    ],
    ['with an RSA-SHA1 signature', 'weak_alg', { signatureAlgorithm: 'http://www.w3.org/2000/09/xmldsig#rsa-sha1' }],
    ['with a SHA-1 digest', 'weak_alg', { digestAlgorithm: 'http://www.w3.org/2000/09/xmldsig#sha1' }],
    [
      'with inclusive canonicalization',
      'weak_alg',
      { canonicalization: 'http://www.w3.org/TR/2001/REC-xml-c14n-20010315' },
    ],
    [
      'with algorithm none',
      'weak_alg',
      { afterSigning: inAssertion(/SignatureMethod Algorithm="[^"]*"/, 'SignatureMethod Algorithm="none"') },
    ],
    [
      'with an HMAC',
      'weak_alg',
      {
        afterSigning: inAssertion(
          /SignatureMethod Algorithm="[^"]*"/,
          'SignatureMethod Algorithm="http://www.w3.org/2000/09/xmldsig#hmac-sha1"',
        ),
      },
    ],
    ['when the identity provider failed', 'idp_status', { status: 'Responder' }],
    [
      'when the identity provider failed and sent no assertion',
      'idp_status',
      { status: 'Responder', signs: 'nothing', afterSigning: inAssertion(/<Assertion[\s\S]*<\/Assertion>/, '') },
    ],
    ['unsigned', 'lib', { signs: 'nothing' }],
    ['with only the response signed', 'lib', { signs: 'response' }],
    ['signed with another key', 'lib', { signer: STRANGER }],
    ['signed with another key that shows our certificate', 'lib', { signer: { ...STRANGER, pem: SIGNER.pem } }],
    [
      'changed after signing',
      'lib',
      {
        afterSigning: inAssertion(
          '>b.simon@contoso.example</AttributeValue>',
          '>ada.admin@contoso.example</AttributeValue>',
        ),
      },
    ],
    [
      'with a NameID changed after signing',
      'lib',
      { afterSigning: inAssertion('>b.simon@contoso.example</NameID>', '>ada.admin@contoso.example</NameID>') },
    ],
    [
      'with an encrypted assertion',
      'lib',
      {
        afterSigning: (xml) =>
          xml.replaceAll('Assertion ', 'EncryptedAssertion ').replaceAll('</Assertion>', '</EncryptedAssertion>'),
      },
    ],
    ['when it answers a request that nobody made', 'lib', { inResponseTo: '_unknown' }],
    ['when it answers the empty request', 'lib', { inResponseTo: '' }],
    ['from another issuer', 'issuer', { issuer: 'https://sts.windows.net/other/' }],
    ['when the issuer lacks its slash', 'issuer', { issuer: TEST_ISSUER.slice(0, -1) }],
    [
      'when only the assertion names another issuer',
      'issuer',
      { issuer: 'https://sts.windows.net/other/', envelopeIssuer: TEST_ISSUER },
    ],
    ['when the envelope names another issuer', 'issuer', { envelopeIssuer: 'https://sts.windows.net/other/' }],
    ['for another destination', 'destination', { destination: 'https://login.mypurecloud.com/saml' }],
    ['without a destination', 'destination', { afterSigning: inAssertion(/ Destination="[^"]*"/, '') }],
    ['for another recipient', 'recipient', { recipient: 'https://login.mypurecloud.com/saml' }],
    ['without a recipient', 'recipient', { beforeSigning: inAssertion(/ Recipient="[^"]*"/, '') }],
    ['without times in the conditions', 'time', { beforeSigning: inAssertion(/<Conditions [^>]*>/, '<Conditions>') }],
    [
      'without an end of the confirmation',
      // The signature library refuses this one before our own rule sees it.
      'lib',
      { beforeSigning: inAssertion(/(<SubjectConfirmationData) NotOnOrAfter="[^"]*"/, '$1') },
    ],
    [
      'without a start of the conditions',
      'time',
      { beforeSigning: inAssertion(/<Conditions NotBefore="[^"]*"/, '<Conditions') },
    ],
    [
      'with a time that is none',
      'time',
      { beforeSigning: inAssertion(/<Conditions NotBefore="[^"]*"/, '<Conditions NotBefore="yesterday"') },
    ],
    ['eleven seconds late', 'expired', { notOnOrAfter: -11 }],
    ['when only the confirmation has expired', 'expired', { confirmationNotOnOrAfter: -11 }],
    ['eleven seconds early', 'not_yet', { notBefore: 11 }],
    ['for another audience', 'audience', { audience: 'https://login.mypurecloud.com/saml' }],
    [
      'when the deleted InResponseTo would make it unsolicited',
      'in_response_to',
      { inResponseTo: '_request', envelopeInResponseTo: null },
    ],
    [
      "when an unsolicited one is pinned to an attacker's request",
      'in_response_to',
      { envelopeInResponseTo: '_request' },
    ],
    [
      'for another organisation',
      'org',
      {
        attributes: [
          ['Email', 'b.simon@contoso.example'],
          ['OrganizationName', 'Contoso Contact Centre'],
        ],
      },
    ],
    ['without an organisation, when nobody asked', 'org', { attributes: [['Email', 'b.simon@contoso.example']] }],
    [
      'for another organisation, although it was started here',
      'org',
      {
        ...SP_INITIATED,
        attributes: [
          ['Email', 'b.simon@contoso.example'],
          ['OrganizationName', 'contoso'],
        ],
      },
    ],
    [
      'for somebody unknown',
      'user',
      {
        attributes: [
          ['Email', 'nobody@contoso.example'],
          ['OrganizationName', 'contoso-gc'],
        ],
      },
    ],
    [
      'when CDATA hides the end of the e-mail',
      'user',
      {
        beforeSigning: inAssertion(
          'b.simon@contoso.example</AttributeValue>',
          'b.simon@contoso.example<![CDATA[.evil.example]]></AttributeValue>',
        ),
      },
    ],
  ];

  test.each(refused)('%s: %s', async (_, code, wish) => {
    const verdict = await judge(wish);

    expect(verdict).toMatchObject({ accepted: false, code });
  });

  test('when it is no base64, no text, or absent', async () => {
    for (const sent of ['%%%', '', 'a\u0000b', undefined, ['a'], Buffer.from([0xff, 0xfe, 0x3c]).toString('base64')]) {
      expect(await judgeSamlResponse(sent, serviceProvider())).toEqual({ accepted: false, code: 'malformed' });
    }
  });

  test('when characters outside base64 stand between good ones', async () => {
    const response = samlResponse({ signer: SIGNER, now: NOW });
    const sent = `${response.slice(0, 40)}*${response.slice(40)}`;

    expect(await judgeSamlResponse(sent, serviceProvider())).toEqual({ accepted: false, code: 'malformed' });
  });

  test('when the same response comes again, in either flow', async () => {
    const world = serviceProvider();
    await judge({}, world);
    await judge({ ...SP_INITIATED, assertionId: '_other' }, world);

    expect(await judge({}, world)).toMatchObject({ code: 'replay' });
    expect(await judge({ ...SP_INITIATED, assertionId: '_other' }, world)).toMatchObject({ code: 'lib' });
  });

  test('once, when the same response arrives twice at the same moment', async () => {
    const world = serviceProvider();

    const verdicts = await Promise.all([judge({}, world), judge({}, world), judge({}, world)]);

    expect(verdicts.filter((verdict) => verdict.accepted)).toHaveLength(1);
  });

  test('when every stored certificate has expired or is not valid yet', async () => {
    const day = 86_400_000;
    const expired = testCertificate({
      notBefore: new Date(NOW.getTime() - 2 * day),
      notAfter: new Date(NOW.getTime() - day),
    });
    const future = testCertificate({ notBefore: new Date(NOW.getTime() + day) });

    for (const signer of [expired, future]) {
      const world = serviceProvider({ provider: trusting(signer.der) });
      expect(await judge({ signer }, world)).toMatchObject({ code: 'cert_expired' });
    }
  });

  test('when it is signed with an expired certificate beside a valid one', async () => {
    const expired = testCertificate({ notAfter: new Date(NOW.getTime() - 1000) });

    const verdict = await judge({ signer: expired }, serviceProvider({ provider: trusting(expired.der, SIGNER.der) }));

    expect(verdict).toMatchObject({ code: 'lib' });
  });

  test('when the provider trusts a foreign certificate', async () => {
    const world = serviceProvider({ provider: trusting(Buffer.from(FOREIGN_CERTIFICATE, 'base64')) });

    expect(await judge({}, world)).toMatchObject({ code: 'lib' });
  });

  test('when no provider is configured', async () => {
    expect(await judge({}, serviceProvider({ provider: undefined }))).toMatchObject({ code: 'issuer' });
  });

  test('when the person is inactive or deleted, naming whom the verified assertion named', async () => {
    const whoIs = (state: 'inactive' | 'deleted'): GateWorld =>
      serviceProvider({ findUser: () => ({ id: 'x', state }) });

    expect(await judge({}, whoIs('inactive'))).toEqual({
      accepted: false,
      code: 'inactive',
      email: 'b.simon@contoso.example',
    });
    expect(await judge({}, whoIs('deleted'))).toMatchObject({ code: 'user' });
  });
});

describe('whatever an attacker changes', () => {
  const signed = samlResponseXml({ signer: SIGNER, now: NOW });

  test('nobody else is signed in, and nothing is thrown', async () => {
    const people = (email: string): { id: string; state: 'active' } => ({ id: email, state: 'active' });
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: signed.length }),
        fc.integer({ min: 0, max: 40 }),
        fc.oneof(
          fc.string(),
          fc.constantFrom('<', '>', '"', '&amp;', '<x/>', '<![CDATA[', ']]>', '\u0000', '<Assertion>'),
        ),
        async (start, length, text) => {
          const changed = signed.slice(0, start) + text + signed.slice(start + length);
          const verdict = await judgeSamlResponse(
            Buffer.from(changed).toString('base64'),
            serviceProvider({ findUser: people }),
          );
          expect(verdict.accepted ? verdict.userId : 'b.simon@contoso.example').toBe('b.simon@contoso.example');
        },
      ),
      { numRuns: 150 },
    );
  });

  test('any text at all gets a verdict', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string(), fc.base64String(), fc.anything()), async (sent) => {
        expect((await judgeSamlResponse(sent, serviceProvider())).accepted).toBe(false);
      }),
    );
  });
});
