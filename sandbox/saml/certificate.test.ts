import { createPrivateKey } from 'node:crypto';
import fc from 'fast-check';
import { createSelfSignedCertificate, parseCertificate, thumbprintOf } from './certificate.js';

const wish = {
  commonName: 'Microsoft Azure Federated SSO Certificate',
  notBefore: new Date('2026-01-12T09:20:11Z'),
  notAfter: new Date('2029-01-12T09:20:11Z'),
};

describe('a self-signed certificate', () => {
  it('is readable, names itself as issuer and belongs to its key', () => {
    const made = createSelfSignedCertificate(wish);

    const read = parseCertificate(made.der);

    expect(read.subject).toBe('CN=Microsoft Azure Federated SSO Certificate');
    expect(read.issuer).toBe(read.subject);
    expect(read.checkPrivateKey(createPrivateKey(made.privateKeyPem))).toBe(true);
    expect(read.verify(read.publicKey)).toBe(true);
  });

  it('is valid exactly from and to the wanted seconds, before and after 2050', () => {
    const made = createSelfSignedCertificate({ ...wish, notAfter: new Date('2051-06-30T23:59:59Z') });

    const read = parseCertificate(made.der);

    expect(new Date(read.validFrom)).toEqual(wish.notBefore);
    expect(new Date(read.validTo)).toEqual(new Date('2051-06-30T23:59:59Z'));
  });

  it('has the thumbprint that readers of X.509 show', () => {
    const made = createSelfSignedCertificate(wish);

    expect(made.thumbprint).toBe(parseCertificate(made.pem).fingerprint.replaceAll(':', ''));
    expect(thumbprintOf(made.der)).toBe(made.thumbprint);
  });

  it('carries any name that text can hold', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...'abcÄß 漢/+="\\'), minLength: 1, maxLength: 60 }),
        (commonName) => {
          const made = createSelfSignedCertificate({ ...wish, commonName, modulusBits: 1024 });
          expect(parseCertificate(made.der).toLegacyObject().subject.CN).toBe(commonName);
        },
      ),
      { numRuns: 20 },
    );
  });

  it('is not picked silently out of a bundle', () => {
    const { pem } = createSelfSignedCertificate(wish);

    expect(() => parseCertificate(pem + pem)).toThrow('more than one');
  });
});
