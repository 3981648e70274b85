import { createPrivateKey, sign, X509Certificate, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Problem } from '../platform/problem.js';

/** What proves that we hold the private key of a certificate that is registered at Entra. */
export interface SigningCertificate {
  readonly key: KeyObject;
  /** SHA-1, upper-case hexadecimal: Entra finds the certificate by it. */
  readonly thumbprint: string;
}

/**
 * Reads a private key (PEM text, its line breaks perhaps written as `\n`, or the path of a PEM file) and finds its
 * certificate's thumbprint in the same text unless it is given. Throws a Problem that says what is wrong with it, also
 * when that certificate is not valid `now`.
 */
export function readSigningCertificate(
  given: { readonly privateKey: { reveal(): string }; readonly thumbprint?: string | undefined },
  now: Date,
): SigningCertificate {
  const pem = readPem(given.privateKey.reveal());
  const key = orUnreadable(() => createPrivateKey(pem), 'It holds no private key in PEM, without a passphrase.');
  if (key.asymmetricKeyType !== 'rsa') throw unreadable('It is no RSA key, and Entra takes no other.');
  const own = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/.exec(pem)?.[0];
  const certificate =
    own === undefined
      ? undefined
      : orUnreadable(() => new X509Certificate(own), 'The certificate beside it is damaged.');
  if (certificate && !certificate.checkPrivateKey(key))
    throw unreadable('The certificate beside it is of another key.');
  const found = certificate?.fingerprint.replaceAll(':', '');
  if (certificate && now >= certificate.validToDate) {
    throw unreadable(`The certificate beside it expired on ${certificate.validToDate.toISOString().slice(0, 10)}.`);
  }
  const thumbprint = given.thumbprint ?? found;
  if (thumbprint === undefined) {
    throw unreadable('There is no certificate beside it, and CertificateThumbprint is not set.');
  }
  if (found !== undefined && found !== thumbprint) {
    throw unreadable('CertificateThumbprint is that of another certificate than the one beside the key.');
  }
  return { key, thumbprint };
}

function readPem(text: string): string {
  if (text.includes('-----BEGIN')) return text.replaceAll('\\n', '\n');
  return orUnreadable(() => readFileSync(text, 'utf8'), 'There is no file of that name that can be read.');
}

function orUnreadable<T>(read: () => T, why: string): T {
  try {
    return read();
  } catch {
    throw unreadable(why);
  }
}

function unreadable(why: string): Problem {
  return new Problem({
    kind: 'input',
    what: `The private key of the bot’s certificate cannot be used. ${why}`,
    remedy: 'Set CertificatePrivateKey to a PEM file that holds the private key and its certificate.',
    code: 'bot-certificate',
  });
}

const LIFETIME_S = 600;

/** A signed statement for the token endpoint (RFC 7523), as Entra wants it: RS256 with the SHA-1 thumbprint in `x5t`. */
export function clientAssertion(
  { key, thumbprint }: SigningCertificate,
  { appId, audience, id, now }: { appId: string; audience: string; id: string; now: Date },
): string {
  const issuedAt = Math.floor(now.getTime() / 1_000);
  const header = { alg: 'RS256', typ: 'JWT', x5t: Buffer.from(thumbprint, 'hex').toString('base64url') };
  const claims = { aud: audience, iss: appId, sub: appId, jti: id, nbf: issuedAt, exp: issuedAt + LIFETIME_S };
  const text = `${encode(header)}.${encode(claims)}`;
  return `${text}.${sign('RSA-SHA256', Buffer.from(text), key).toString('base64url')}`;
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
