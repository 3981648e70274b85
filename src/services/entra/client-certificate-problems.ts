import { Problem } from '../platform/problem.js';

/** What is wrong with the certificate with which Latchkey signs in, each as a `Problem` that says what to do about it. */

const NAME = 'AZURE_CLIENT_CERTIFICATE_PATH';

/** Like a secret that Entra refuses: whoever looks after the credential mends it. */
function unusable(code: string, what: string, remedy: string): Problem {
  return new Problem({
    ...{ kind: 'remote', system: 'entra', answer: 'unauthorized', code },
    ...{ what, remedy },
  });
}

export function missing(path: string): Problem {
  return unusable(
    'client-certificate-missing',
    `There is no certificate of Latchkey at ${path}.`,
    `Set ${NAME} to the PEM file with certificate and key, or put the file there.`,
  );
}

/** @param reason of the system, such as EACCES. */
export function unreadable(path: string, reason: string): Problem {
  return unusable(
    'client-certificate-unreadable',
    `Latchkey cannot read its certificate at ${path} (${reason}).`,
    'Let the user that runs Latchkey read the file, and nobody else.',
  );
}

export function notPem(path: string, lacksKey: boolean): Problem {
  return unusable(
    'client-certificate-not-pem',
    `The file ${path} does not hold ${lacksKey ? 'a private key' : 'a certificate'} in PEM.`,
    'Put both, key and certificate, into one PEM file. "openssl pkcs12 -in file.pfx -out file.pem -nodes" makes it of a .pfx file.',
  );
}

export function locked(path: string, hasPassword: boolean): Problem {
  return unusable(
    'client-certificate-locked',
    `Latchkey cannot open the private key in ${path}.`,
    hasPassword
      ? 'Check AZURE_CLIENT_CERTIFICATE_PASSWORD: the key is damaged, or has another password.'
      : 'If the key has a password, set AZURE_CLIENT_CERTIFICATE_PASSWORD to it.',
  );
}

export function notRsa(path: string): Problem {
  return unusable(
    'client-certificate-not-rsa',
    `The private key in ${path} is no RSA key, and Entra takes no other.`,
    'Make a certificate with an RSA key of 2048 bits or more and upload it to the app registration.',
  );
}

export function notItsKey(path: string): Problem {
  return unusable(
    'client-certificate-other-key',
    `The private key in ${path} belongs to none of the certificates in it.`,
    'Put the key and the certificate that were made together into the file.',
  );
}

/** @param how "expired on 2026-05-31". */
export function outOfTime(how: string): Problem {
  return unusable(
    'client-certificate-out-of-time',
    `The certificate with which Latchkey signs in to Entra ${how}.`,
    `Upload a new certificate to the app registration and set ${NAME} to it. If the date is wrong, check the time of this machine.`,
  );
}
