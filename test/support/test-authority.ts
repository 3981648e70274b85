import { createSign, generateKeyPairSync, randomBytes, type KeyObject } from 'node:crypto';
import { toPem } from '../../sandbox/saml/certificate.js';
import { element, sequence, time } from '../../sandbox/saml/der.js';

const DAY_MS = 86_400_000;

/** PEM, as TLS servers and credentials want it. */
export interface Issued {
  readonly cert: string;
  readonly key: string;
}

export interface Wish {
  readonly commonName: string;
  /** DNS names and IPv4 addresses; a certificate without any is for no host. */
  readonly hosts?: readonly string[];
  readonly notBefore?: Date;
  readonly notAfter?: Date;
}

/** A certificate authority of a test, with which nothing but the test trusts. */
export class TestAuthority {
  /** PEM of its own certificate: what goes into `NODE_EXTRA_CA_CERTS`. */
  readonly cert: string;
  readonly #name: Buffer;
  readonly #key: KeyObject;

  constructor(commonName = 'Latchkey test authority') {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    this.#name = nameOf(commonName);
    this.#key = privateKey;
    const isAuthority = extension('551d13', sequence(element(0x01, Buffer.from([0xff]))));
    this.cert = this.#sign({ subject: this.#name, publicKey, extensions: [isAuthority], ...defaults() });
  }

  issue(wish: Wish): Issued {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const hosts = (wish.hosts ?? []).map(generalName);
    const extensions = hosts.length === 0 ? [] : [extension('551d11', sequence(...hosts))];
    const subject = nameOf(wish.commonName);
    return {
      cert: this.#sign({ ...defaults(), ...dates(wish), subject, publicKey, extensions }),
      key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    };
  }

  #sign(wish: {
    subject: Buffer;
    publicKey: KeyObject;
    extensions: readonly Buffer[];
    notBefore: Date;
    notAfter: Date;
  }): string {
    const algorithm = sequence(Buffer.from('06092a864886f70d01010b0500', 'hex')); // sha256WithRSAEncryption
    const toBeSigned = sequence(
      Buffer.from('a003020102', 'hex'), // version 3
      element(0x02, Buffer.concat([Buffer.from([1]), randomBytes(15)])),
      algorithm,
      this.#name,
      sequence(time(wish.notBefore), time(wish.notAfter)),
      wish.subject,
      wish.publicKey.export({ type: 'spki', format: 'der' }),
      ...(wish.extensions.length === 0 ? [] : [element(0xa3, sequence(...wish.extensions))]),
    );
    const signature = createSign('sha256').update(toBeSigned).sign(this.#key);
    return toPem(sequence(toBeSigned, algorithm, element(0x03, Buffer.concat([Buffer.from([0]), signature]))));
  }
}

function defaults(): { notBefore: Date; notAfter: Date } {
  return { notBefore: new Date(Date.now() - DAY_MS), notAfter: new Date(Date.now() + DAY_MS) };
}

function dates({ notBefore, notAfter }: Wish): Partial<{ notBefore: Date; notAfter: Date }> {
  return { ...(notBefore ? { notBefore } : {}), ...(notAfter ? { notAfter } : {}) };
}

function nameOf(commonName: string): Buffer {
  const value = element(0x0c, Buffer.from(commonName));
  return sequence(element(0x31, sequence(Buffer.from('0603550403', 'hex'), value)));
}

/** @param oid its DER content in hexadecimal. */
function extension(oid: string, value: Buffer): Buffer {
  return sequence(element(0x06, Buffer.from(oid, 'hex')), element(0x04, value));
}

function generalName(host: string): Buffer {
  return /^[\d.]+$/.test(host)
    ? element(0x87, Buffer.from(host.split('.').map(Number)))
    : element(0x82, Buffer.from(host));
}
