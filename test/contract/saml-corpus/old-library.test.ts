import { SAML, ValidateInResponseTo } from 'node-saml-old';
import { judgeSamlResponse } from '../../../sandbox/genesys/saml-gate.js';
import { TEST_ACS, TEST_RPI } from '../../../sandbox/genesys/testing/signed-response.js';
import { HOSTILE, WANTED } from './corpus.js';
import { ADA, createKeys, type CorpusRow } from './corpus-line.js';
import { prepare, outcomeOf, verdictsOn } from './gate-stand.js';

const KEYS = createKeys();

/** Forged for a reader that has CVE-2025-29775: node-saml 5.0.0 with xml-crypto 6.0.0. */
const FORGED_FOR_THE_OLD = ['comment in DigestValue (SP-initiated)', 'comment in DigestValue (IdP-initiated)'];

/** A service provider that is nothing but the old library, with every option set that still allows both flows. */
function oldServiceProvider(row: CorpusRow): SAML {
  const requests = new Set(['_request', '_attackers-request']);
  return new SAML({
    idpCert: (row.setting.trusts ?? ['signer']).map((name) => KEYS[name].pem),
    issuer: TEST_RPI,
    callbackUrl: TEST_ACS,
    audience: false,
    wantAssertionsSigned: true,
    wantAuthnResponseSigned: false,
    acceptedClockSkewMs: 10_000,
    validateInResponseTo: ValidateInResponseTo.ifPresent,
    cacheProvider: {
      saveAsync: async () => null,
      getAsync: async (id) => (requests.has(id) ? new Date().toISOString() : null),
      removeAsync: async (id) => (id !== null && requests.delete(id) ? id : null),
    },
  });
}

/** Everything that the old library believes about the person, or undefined where it refuses the last post. */
async function believedByTheOld(row: CorpusRow): Promise<string[] | undefined> {
  const saml = oldServiceProvider(row);
  const SAMLResponse = prepare(row, KEYS).posts.at(-1) ?? '';
  try {
    const { profile } = await saml.validatePostResponseAsync({ SAMLResponse });
    return [profile?.nameID, profile?.['Email']].map(String);
  } catch {
    return undefined;
  }
}

test('the old library lets the attacker be Ada with a comment in the digest, and the gate refuses it', async () => {
  const forged: CorpusRow[] = [];
  for (const row of HOSTILE) if ((await believedByTheOld(row))?.includes(ADA)) forged.push(row);
  const gated = await Promise.all(forged.map((row) => verdictsOn(prepare(row, KEYS), judgeSamlResponse)));

  expect(forged.map(({ name }) => name)).toEqual(FORGED_FOR_THE_OLD);
  expect(gated.map(outcomeOf)).toEqual(['comment', 'comment']);
});

test('the old library accepts honest sign-ins, so what it refuses it does not refuse for its age', async () => {
  const [spInitiated, idpInitiated] = WANTED;

  for (const row of [spInitiated, idpInitiated]) {
    expect(row && (await believedByTheOld(row))).toEqual([
      'dana.deputy@contoso.example',
      'dana.deputy@contoso.example',
    ]);
  }
});
