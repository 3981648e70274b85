import { createHash, createSign, generateKeyPairSync, randomBytes, type KeyObject, X509Certificate } from 'node:crypto';
import { element, sequence, time } from './der.js';

/** A key pair and its self-signed certificate. `der` is the certificate; `privateKeyPem` is PKCS #8. */
export interface SelfSignedCertificate {
  readonly der: Buffer;
  readonly pem: string;
  readonly privateKeyPem: string;
  /** SHA-1 of the DER bytes, 40 upper-case hexadecimal digits, as Entra shows it. */
  readonly thumbprint: string;
}

export interface CertificateWish {
  /** The common name, without `CN=`. */
  readonly commonName: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly modulusBits?: number;
}

const OID_COMMON_NAME = Buffer.from('0603550403', 'hex');
const OID_SHA256_WITH_RSA = Buffer.from('06092a864886f70d01010b0500', 'hex');

/** A new RSA key with an X.509 v3 certificate without extensions, signed with SHA-256: the look of Entra's own. */
export function createSelfSignedCertificate(wish: CertificateWish): SelfSignedCertificate {
  const keys = generateKeyPairSync('rsa', { modulusLength: wish.modulusBits ?? 2048 });
  const der = signCertificate(wish, keys.publicKey, keys.privateKey);
  return {
    der,
    pem: toPem(der),
    privateKeyPem: keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    thumbprint: thumbprintOf(der),
  };
}

/** SHA-1 of the DER bytes, 40 upper-case hexadecimal digits. */
export function thumbprintOf(der: Buffer): string {
  return createHash('sha1').update(der).digest('hex').toUpperCase();
}

/** PEM armour around DER bytes. */
export function toPem(der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

/** The certificate in DER bytes, base64 without armour, or PEM. Throws when it is none or several. */
export function parseCertificate(input: Buffer | string): X509Certificate {
  if (Buffer.isBuffer(input)) return new X509Certificate(input);
  const blocks = input.match(/-----BEGIN [A-Z ]+-----/g) ?? [];
  if (blocks.length > 1) throw new RangeError('The text holds more than one PEM block.');
  return new X509Certificate(blocks.length === 1 ? input : Buffer.from(input, 'base64'));
}

function signCertificate(wish: CertificateWish, publicKey: KeyObject, privateKey: KeyObject): Buffer {
  const name = distinguishedName(wish.commonName);
  const algorithm = sequence(OID_SHA256_WITH_RSA);
  const toBeSigned = sequence(
    Buffer.from('a003020102', 'hex'), // version 3
    element(0x02, serialNumber()),
    algorithm,
    name,
    sequence(time(wish.notBefore), time(wish.notAfter)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
  );
  const signature = createSign('sha256').update(toBeSigned).sign(privateKey);
  return sequence(toBeSigned, algorithm, element(0x03, Buffer.concat([Buffer.from([0]), signature])));
}

/** 16 random bytes; the first is kept positive and non-zero, so that the integer needs no padding. */
function serialNumber(): Buffer {
  const serial = randomBytes(16);
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 1;
  return serial;
}

function distinguishedName(commonName: string): Buffer {
  const value = element(0x0c, Buffer.from(commonName, 'utf8'));
  return sequence(element(0x31, sequence(OID_COMMON_NAME, value)));
}
