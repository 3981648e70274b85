import { TEST_RPI } from '../../../sandbox/genesys/testing/signed-response.js';
import { DANA, says, type CorpusLine } from './corpus-line.js';

const RSA_SHA512 = 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha512';
const SHA512 = 'http://www.w3.org/2001/04/xmlenc#sha512';

/** The sign-ins that must work: a gate that refuses these is no gate but a wall. */
export const WANTED_LINES: readonly CorpusLine[] = [
  ['as Entra sends it', '', 'ok', 'ok', says({})],
  ['within the clock skew', '5 s late', 'ok', 'ok', says({ notOnOrAfter: -5 })],
  ['within the clock skew', '5 s early', 'ok', 'ok', says({ notBefore: 5 })],
  ['both signed', 'response and assertion', 'ok', 'ok', says({ signs: 'both' })],
  [
    'during a rotation',
    'signed with the new key',
    'ok',
    'ok',
    says(({ keys }) => ({ signer: keys.next })),
    { trusts: ['signer', 'next'] },
  ],
  ['during a rotation', 'signed with the old key', 'ok', 'ok', says({}), { trusts: ['next', 'signer'] }],
  [
    'during a rotation',
    'an expired certificate beside the valid one',
    'ok',
    'ok',
    says({}),
    { trusts: ['shortLived', 'signer'], daysLater: 31 },
  ],
  ['SHA-512', '', 'ok', 'ok', says({ signatureAlgorithm: RSA_SHA512, digestAlgorithm: SHA512 })],
  ['audience', 'the relying party identifier as it is', 'ok', 'ok', says({ audience: TEST_RPI })],
  [
    'audience',
    'two, one of them ours',
    'ok',
    'ok',
    says({ audience: `https://other.example</Audience><Audience>${TEST_RPI}` }),
  ],
  [
    'e-mail',
    'in the attribute email',
    'ok',
    'ok',
    says({
      nameId: 'somebody',
      attributes: [
        ['email', DANA],
        ['OrganizationName', 'contoso-gc'],
      ],
    }),
  ],
  ['e-mail', 'in the NameID only', 'ok', 'ok', says({ attributes: [['OrganizationName', 'contoso-gc']] })],
  [
    'e-mail',
    'in other capitals',
    'ok',
    'ok',
    says({
      attributes: [
        ['Email', DANA.toUpperCase()],
        ['OrganizationName', 'contoso-gc'],
      ],
    }),
  ],
  ['OrganizationName', 'absent where Genesys asked', 'ok', '-', says({ attributes: [['Email', DANA]] })],
  ['XML declaration', '', 'ok', 'ok', says({ beforeSigning: (xml) => `<?xml version="1.0" encoding="UTF-8"?>${xml}` })],
  [
    'envelope',
    'without an issuer',
    'ok',
    'ok',
    says({ afterSigning: (xml) => xml.replace(/<Issuer xmlns[^>]*>[^<]*<\/Issuer>/, '') }),
  ],
];
