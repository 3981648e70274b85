import { X509Certificate, createSign } from 'node:crypto';
import { thumbprintOf } from '../saml/certificate.js';
import type { Directory } from './directory.js';
import type { ServicePrincipal, SigningKey } from './directory-objects.js';

const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * Makes every active signing certificate one that ran out yesterday: same key, same name, older dates. Its bytes and
 * therefore its thumbprint change with the dates; what trusts the key goes on verifying.
 */
export function ageActiveCertificates(directory: Directory): void {
  for (const principal of directory.servicePrincipals.list()) {
    const active = activeKeyOf(principal, directory);
    if (active && new Date(certificateOf(active).validTo) > directory.clock.now()) age(principal, active, directory);
  }
}

function activeKeyOf(principal: ServicePrincipal, directory: Directory): SigningKey | undefined {
  const wanted = principal.preferredTokenSigningKeyThumbprint?.toUpperCase();
  return directory.signingKeys.find(
    (key) => key.servicePrincipalId === principal.id && thumbprintOf(Buffer.from(key.certificate, 'base64')) === wanted,
  );
}

function age(principal: ServicePrincipal, active: SigningKey, directory: Directory): void {
  const end = new Date(directory.clock.now().getTime() - DAY_MS);
  const start = new Date(end.getTime() - 365 * DAY_MS);
  const der = redated(active, start, end);
  const thumbprint = thumbprintOf(der);
  const customKeyIdentifier = Buffer.from(thumbprint, 'hex').toString('base64');
  const dates = { startDateTime: start.toISOString(), endDateTime: end.toISOString(), customKeyIdentifier };
  const aged = <T extends { readonly customKeyIdentifier: string }>(entry: T): T =>
    entry.customKeyIdentifier === active.customKeyIdentifier ? { ...entry, ...dates } : entry;
  directory.servicePrincipals.put(principal.id, {
    ...principal,
    preferredTokenSigningKeyThumbprint: thumbprint.toLowerCase(),
    keyCredentials: principal.keyCredentials
      .map((entry) =>
        entry.customKeyIdentifier === active.customKeyIdentifier && entry.key !== null
          ? { ...entry, key: der.toString('base64') }
          : entry,
      )
      .map(aged),
    passwordCredentials: principal.passwordCredentials.map(aged),
  });
  directory.signingKeys.delete(`${principal.id}/${active.customKeyIdentifier}`);
  directory.signingKeys.put(`${principal.id}/${customKeyIdentifier}`, {
    ...active,
    customKeyIdentifier,
    certificate: der.toString('base64'),
  });
}

/** The certificate with other dates, signed again with its own key. Both dates keep their place in the bytes. */
function redated(key: SigningKey, start: Date, end: Date): Buffer {
  const der = Buffer.from(key.certificate, 'base64');
  const known = certificateOf(key);
  const from = der.indexOf(utcTime(new Date(known.validFrom)));
  // The end is looked for behind the start: a certificate of less than a second would have both alike.
  const to = der.indexOf(utcTime(new Date(known.validTo)), from + 1);
  if (from < 0 || to < 0) throw new Error('The certificate has no dates before 2050.');
  utcTime(start).copy(der, from);
  utcTime(end).copy(der, to);
  const signed = toBeSigned(der);
  const signature = createSign('sha256').update(signed).sign(key.privateKeyPem);
  signature.copy(der, der.length - signature.length);
  return der;
}

/** The first element of the outer sequence: both have lengths of two bytes, as any certificate of this size. */
function toBeSigned(der: Buffer): Buffer {
  const begin = 4;
  return der.subarray(begin, begin + 4 + der.readUInt16BE(begin + 2));
}

function utcTime(date: Date): Buffer {
  const digits = date.toISOString().replace(/\D/g, '').slice(2, 14);
  return Buffer.concat([Buffer.from([0x17, 13]), Buffer.from(`${digits}Z`)]);
}

function certificateOf(key: SigningKey): X509Certificate {
  return new X509Certificate(Buffer.from(key.certificate, 'base64'));
}
