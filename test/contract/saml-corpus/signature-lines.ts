import { SignedXml } from 'xml-crypto';
import { samlResponseXml } from '../../../sandbox/genesys/testing/signed-response.js';
import {
  ADA,
  DANA,
  attributesFor,
  says,
  swap,
  tampers,
  toField,
  wishFor,
  without,
  type CorpusLine,
  type Make,
} from './corpus-line.js';

const DSIG = 'http://www.w3.org/2000/09/xmldsig#';
const RSA_SHA1 = `${DSIG}rsa-sha1`;
const SHA1 = `${DSIG}sha1`;
const HMAC_SHA1 = `${DSIG}hmac-sha1`;
const EXCLUSIVE_C14N = 'http://www.w3.org/2001/10/xml-exc-c14n#';
const INCLUSIVE_C14N = 'http://www.w3.org/TR/2001/REC-xml-c14n-20010315';
const WITH_COMMENTS = 'http://www.w3.org/2001/10/xml-exc-c14n#WithComments';

const asAda = swap(`>${DANA}</AttributeValue>`, `>${ADA}</AttributeValue>`);
const SIGNATURE = /<Signature [\s\S]*?<\/Signature>/;
const SIGNED_INFO = /<SignedInfo[\s\S]*?<\/SignedInfo>/;

/** Attacks on the signature itself: its key, its presence, its algorithms and its digest. */
export const SIGNATURE_LINES: readonly CorpusLine[] = [
  ['tampered attribute or NameID', 'attribute', 'lib', 'lib', tampers(asAda)],
  ['tampered attribute or NameID', 'NameID', 'lib', 'lib', tampers(swap(`>${DANA}</NameID>`, `>${ADA}</NameID>`))],
  [
    'tampered attribute or NameID',
    'an attribute added',
    'lib',
    'lib',
    tampers(swap('<Attribute ', '<Attribute Name="x"><AttributeValue>y</AttributeValue></Attribute><Attribute ')),
  ],
  [
    'unknown key',
    'own certificate in KeyInfo',
    'lib',
    'lib',
    says(({ keys }) => ({ signer: keys.stranger, attributes: attributesFor(ADA) })),
  ],
  [
    'unknown key',
    'trusted certificate in KeyInfo',
    'lib',
    'lib',
    says(({ keys }) => ({ signer: { ...keys.stranger, pem: keys.signer.pem }, attributes: attributesFor(ADA) })),
  ],
  ['unsigned', '', 'lib', 'lib', says({ signs: 'nothing', attributes: attributesFor(ADA) })],
  ['signature removed', '', 'lib', 'lib', tampers((xml) => asAda(without(SIGNATURE)(xml)))],
  [
    'signature emptied',
    'whole element',
    'lib',
    'lib',
    tampers((xml) => asAda(swap(SIGNATURE, `<Signature xmlns="${DSIG}"/>`)(xml))),
  ],
  [
    'signature emptied',
    'its value',
    'lib',
    'lib',
    tampers((xml) => asAda(swap(/<SignatureValue>[^<]*/, '<SignatureValue>')(xml))),
  ],
  ['no Reference', '', 'lib', 'lib', tampers((xml) => asAda(without(/<Reference [\s\S]*<\/Reference>/)(xml)))],
  [
    'Reference to the whole document',
    '',
    'lib',
    'lib',
    tampers((xml) => asAda(swap(/<Reference URI="[^"]*"/, '<Reference URI=""')(xml))),
  ],
  ['two References', '', 'lib', 'lib', tampers(doubleReference)],
  ['response signed, assertion not', '', 'lib', 'lib', says({ signs: 'response' })],
  ['response signed, assertion signed by a stranger', '', 'lib', 'lib', signedByTwo],
  [
    'alg "none"',
    '',
    'weak_alg',
    'weak_alg',
    tampers((xml) => asAda(swap(/SignatureMethod Algorithm="[^"]*"/, 'SignatureMethod Algorithm="none"')(xml))),
  ],
  [
    'SignatureMethod without Algorithm',
    '',
    'weak_alg',
    'weak_alg',
    tampers(swap(/SignatureMethod Algorithm="[^"]*"/, 'SignatureMethod')),
  ],
  ['HMAC with the public certificate', '', 'weak_alg', 'weak_alg', hmacWithPublicCertificate],
  ['weak algorithm', 'rsa-sha1 signature', 'weak_alg', 'weak_alg', says({ signatureAlgorithm: RSA_SHA1 })],
  ['weak algorithm', 'sha1 digest', 'weak_alg', 'weak_alg', says({ digestAlgorithm: SHA1 })],
  [
    'weak algorithm',
    'rsa-sha1 signature and sha1 digest',
    'weak_alg',
    'weak_alg',
    says({ signatureAlgorithm: RSA_SHA1, digestAlgorithm: SHA1 }),
  ],
  [
    'c14n#WithComments by the IdP',
    'with a comment',
    'comment',
    'comment',
    says({ canonicalization: WITH_COMMENTS, beforeSigning: swap('<Subject>', '<Subject><!--x-->') }),
  ],
  [
    'c14n#WithComments by the IdP',
    'without a comment',
    'weak_alg',
    'weak_alg',
    says({ canonicalization: WITH_COMMENTS }),
  ],
  ['inclusive c14n', '', 'weak_alg', 'weak_alg', says({ canonicalization: INCLUSIVE_C14N })],
  ['inclusive c14n', 'as a transform only', 'weak_alg', 'weak_alg', says({ transform: INCLUSIVE_C14N })],
  [
    'inclusive c14n',
    'of the signed information only',
    'weak_alg',
    'weak_alg',
    says({ canonicalization: INCLUSIVE_C14N, transform: EXCLUSIVE_C14N }),
  ],
  ['two SignedInfo', 'the forged one first', 'lib', 'lib', twoSignedInfo((good, forged) => forged + good)],
  ['two SignedInfo', 'the forged one last', 'lib', 'lib', twoSignedInfo((good, forged) => good + forged)],
  ['comment in DigestValue', '', 'comment', 'comment', commentInDigest((forged, good) => `<!--${forged}-->${good}`)],
  [
    'comment in DigestValue',
    'after the good digest',
    'comment',
    'comment',
    commentInDigest((forged, good) => `${good}<!--${forged}-->`),
  ],
  [
    'processing instruction in DigestValue',
    '',
    'comment',
    'comment',
    commentInDigest((forged, good) => `<?x ${forged}?>${good}`),
  ],
  [
    'only an expired certificate configured',
    '',
    'cert_expired',
    'cert_expired',
    says(({ keys }) => ({ signer: keys.shortLived })),
    { trusts: ['shortLived'], daysLater: 31 },
  ],
  [
    'only a future certificate configured',
    '',
    'cert_expired',
    'cert_expired',
    says(({ keys }) => ({ signer: keys.future })),
    { trusts: ['future'], unstorable: true },
  ],
  [
    'signed with the expired certificate of two',
    '',
    'lib',
    'lib',
    says(({ keys }) => ({ signer: keys.shortLived })),
    { trusts: ['shortLived', 'signer'], daysLater: 31 },
  ],
];

function doubleReference(xml: string): string {
  const reference = /<Reference [\s\S]*?<\/Reference>/.exec(xml)?.[0] ?? '';
  return swap(reference, reference + reference)(xml);
}

/** The attacker's own signature on the assertion, inside a response that the identity provider is said to sign. */
function signedByTwo(...[stage]: Parameters<Make>): ReturnType<Make> {
  const forged = samlResponseXml(wishFor(stage, { signer: stage.keys.stranger, attributes: attributesFor(ADA) }));
  const assertion = /<Assertion [\s\S]*<\/Assertion>/.exec(forged)?.[0] ?? '';
  const honest = samlResponseXml(wishFor(stage, { signs: 'response' }));
  return [toField(swap(/<Assertion [\s\S]*<\/Assertion>/, assertion)(honest))];
}

/** Ada's message, signed with the text of the public certificate as a shared secret. */
function hmacWithPublicCertificate(...[stage]: Parameters<Make>): ReturnType<Make> {
  const unsigned = samlResponseXml(wishFor(stage, { signs: 'nothing', attributes: attributesFor(ADA) }));
  const hmac = new SignedXml({
    privateKey: stage.keys.signer.pem,
    signatureAlgorithm: HMAC_SHA1,
    canonicalizationAlgorithm: EXCLUSIVE_C14N,
  });
  hmac.enableHMAC();
  hmac.addReference({
    xpath: "//*[local-name(.)='Assertion']",
    digestAlgorithm: 'http://www.w3.org/2001/04/xmlenc#sha256',
    transforms: [`${DSIG}enveloped-signature`, EXCLUSIVE_C14N],
  });
  const reference = "//*[local-name(.)='Assertion']/*[local-name(.)='Issuer']";
  hmac.computeSignature(unsigned, { location: { reference, action: 'after' } });
  return [toField(hmac.getSignedXml())];
}

interface Forgery {
  /** Dana's message with a good signature. */
  readonly honest: string;
  /** The same with Ada in it; its signature no longer fits. */
  readonly forged: string;
  /** The signed information that would fit the forged content. */
  readonly forgedSignedInfo: string;
}

/** The attacker's own key makes the digest that the forged content needs: no secret is necessary for that. */
function forge(...[stage]: Parameters<Make>): Forgery {
  const wish = wishFor(stage);
  const honest = samlResponseXml(wish);
  const signedByAttacker = samlResponseXml({ ...wish, signer: stage.keys.stranger, beforeSigning: asAda });
  return { honest, forged: asAda(honest), forgedSignedInfo: SIGNED_INFO.exec(signedByAttacker)?.[0] ?? '' };
}

/** CVE-2025-29774: which of the two is verified, and which is read? */
function twoSignedInfo(join: (good: string, forged: string) => string): Make {
  return (stage) => {
    const { forged, forgedSignedInfo } = forge(stage);
    const good = SIGNED_INFO.exec(forged)?.[0] ?? '';
    return [toField(swap(good, join(good, forgedSignedInfo))(forged))];
  };
}

/** CVE-2025-29775: the canonical form drops the comment, and an old reader takes the comment for the digest. */
function commentInDigest(join: (forged: string, good: string) => string): Make {
  return (stage) => {
    const { forged, forgedSignedInfo } = forge(stage);
    const digestOf = (xml: string): string => /<DigestValue>([^<]*)</.exec(xml)?.[1] ?? '';
    const good = digestOf(forged);
    return [toField(swap(`>${good}<`, `>${join(digestOf(forgedSignedInfo), good)}<`)(forged))];
  };
}
