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

/** What the attack corpus (`saml-corpus.test.ts`) cannot say as one row. */
describe('a sign-in is refused', () => {
  test('when it is no base64, no text, or absent', async () => {
    for (const sent of ['%%%', '', 'a\u0000b', undefined, ['a'], Buffer.from([0xff, 0xfe, 0x3c]).toString('base64')]) {
      expect(await judgeSamlResponse(sent, serviceProvider())).toEqual({ accepted: false, code: 'malformed' });
    }
  });

  test('once, when the same response arrives twice at the same moment', async () => {
    const world = serviceProvider();

    const verdicts = await Promise.all([judge({}, world), judge({}, world), judge({}, world)]);

    expect(verdicts.filter((verdict) => verdict.accepted)).toHaveLength(1);
  });

  test('when the provider trusts a foreign certificate', async () => {
    const world = serviceProvider({ provider: trusting(Buffer.from(FOREIGN_CERTIFICATE, 'base64')) });

    expect(await judge({}, world)).toMatchObject({ code: 'lib' });
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
