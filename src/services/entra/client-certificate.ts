import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { Problem } from '../platform/problem.js';
import type { SigningCertificate } from './client-assertion.js';

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

const NAME = 'AZURE_CLIENT_CERTIFICATE_PATH';

/** Like a secret that Entra refuses: whoever looks after the credential mends it. */
function unusable(code: string, what: string, remedy: string): Problem {
  return new Problem({
    ...{ kind: 'remote', system: 'entra', answer: 'unauthorized', code: `client-certificate-${code}` },
    ...{ what, remedy },
  });
}

function missing(path: string): Problem {
  return unusable(
    'missing',
    `There is no certificate of Latchkey at ${path}.`,
    `Set ${NAME} to the PEM file with certificate and key, or put the file there.`,
  );
}

function unreadable(path: string, code: string): Problem {
  return unusable(
    'unreadable',
    `Latchkey cannot read its certificate at ${path} (${code}).`,
    'Let the user that runs Latchkey read the file, and nobody else.',
  );
}

function notPem(path: string, lacksKey: boolean): Problem {
  return unusable(
    'not-pem',
    `The file ${path} does not hold ${lacksKey ? 'a private key' : 'a certificate'} in PEM.`,
    'Put both, key and certificate, into one PEM file. "openssl pkcs12 -in file.pfx -out file.pem -nodes" makes it of a .pfx file.',
  );
}

function locked(path: string, hasPassword: boolean): Problem {
  return unusable(
    'locked',
    `Latchkey cannot open the private key in ${path}.`,
    hasPassword
      ? 'Check AZURE_CLIENT_CERTIFICATE_PASSWORD: the key is damaged, or has another password.'
      : 'If the key has a password, set AZURE_CLIENT_CERTIFICATE_PASSWORD to it.',
  );
}

function notRsa(path: string): Problem {
  return unusable(
    'not-rsa',
    `The private key in ${path} is no RSA key, and Entra takes no other.`,
    'Make a certificate with an RSA key of 2048 bits or more and upload it to the app registration.',
  );
}

function notItsKey(path: string): Problem {
  return unusable(
    'other-key',
    `The private key in ${path} belongs to none of the certificates in it.`,
    'Put the key and the certificate that were made together into the file.',
  );
}

function outOfTime(how: string): Problem {
  return unusable(
    'out-of-time',
    `The certificate with which Latchkey signs in to Entra ${how}.`,
    `Upload a new certificate to the app registration and set ${NAME} to it. If the date is wrong, check the time of this machine.`,
  );
}
