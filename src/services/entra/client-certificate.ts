import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { SigningCertificate } from './client-assertion.js';
import { locked, missing, notItsKey, notPem, notRsa, outOfTime, unreadable } from './client-certificate-problems.js';

/** A certificate of the app registration with its key. */
export interface ClientCertificate extends SigningCertificate {
  readonly notAfter: Date;
  /** Key without password, then the certificate: what `@azure/identity` reads. */
  readonly pem: string;
}

export interface CertificateFile {
  readonly path: string;
  readonly password?: { reveal(): string } | undefined;
}

const BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----[^-]+-----END \1-----/g;

/**
 * Reads `AZURE_CLIENT_CERTIFICATE_PATH`: PEM with one RSA key and its certificate, in any order. Throws a `Problem` for a
 * file that is missing, unreadable or not PEM, a key that cannot be opened or belongs to no certificate in it, and a
 * certificate that is not valid at `now`.
 */
export async function readClientCertificate(file: CertificateFile, now: Date): Promise<ClientCertificate> {
  const text = await readFile(file.path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'ENOENT' ? missing(file.path) : unreadable(file.path, error.code ?? 'unknown');
  });
  const blocks = [...text.matchAll(BLOCK)].map(([pem, kind = '']) => ({ pem, kind }));
  const keyBlock = blocks.find(({ kind }) => kind.endsWith('PRIVATE KEY'));
  const certificates = blocks.filter(({ kind }) => kind === 'CERTIFICATE').map(({ pem }) => parse(pem, file.path));
  if (!keyBlock || certificates.length === 0) throw notPem(file.path, keyBlock === undefined);
  const privateKey = open(keyBlock.pem, file);
  if (privateKey.asymmetricKeyType !== 'rsa') throw notRsa(file.path);
  const certificate = certificates.find((one) => one.checkPrivateKey(privateKey));
  if (!certificate) throw notItsKey(file.path);
  requireValid(certificate, now);
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  return {
    key: privateKey,
    thumbprint: certificate.fingerprint.replaceAll(':', ''),
    notAfter: certificate.validToDate,
    pem: `${pem}${certificate.toString()}`,
  };
}

function parse(pem: string, path: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch {
    throw notPem(path, false);
  }
}

function open(pem: string, { path, password }: CertificateFile): KeyObject {
  try {
    return createPrivateKey({ key: pem, ...(password ? { passphrase: password.reveal() } : {}) });
  } catch {
    throw locked(path, password !== undefined);
  }
}

function requireValid(certificate: X509Certificate, now: Date): void {
  const { validFromDate, validToDate } = certificate;
  if (now >= validToDate) throw outOfTime(`expired on ${day(validToDate)}`);
  if (now < validFromDate) throw outOfTime(`is valid from ${day(validFromDate)} on only`);
}

function day(date: Date): string {
  return date.toISOString().slice(0, 10);
}
