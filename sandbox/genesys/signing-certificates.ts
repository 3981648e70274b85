import { X509Certificate } from 'node:crypto';

/** The certificates that may verify a signature now, as PEM. Expired, not yet valid and unreadable ones are left out. */
export function usableCertificates(base64Ders: readonly string[], now: Date): string[] {
  return base64Ders.flatMap((base64) => {
    const certificate = readCertificate(base64);
    return certificate && isWithinValidity(certificate, now) ? [certificate.toString()] : [];
  });
}

/** The certificate in base64 DER, or undefined when that is no certificate. */
export function readCertificate(base64: string): X509Certificate | undefined {
  try {
    return new X509Certificate(Buffer.from(base64, 'base64'));
  } catch {
    return undefined;
  }
}

export function isExpired(certificate: X509Certificate, now: Date): boolean {
  return certificate.validToDate <= now;
}

export function isNotYetValid(certificate: X509Certificate, now: Date): boolean {
  return certificate.validFromDate > now;
}

function isWithinValidity(certificate: X509Certificate, now: Date): boolean {
  return !isExpired(certificate, now) && !isNotYetValid(certificate, now);
}

/**
 * A certificate of nobody, valid from 2020 to 2119, whose key was thrown away: what a provider trusts while the fault
 * certificate-foreign is on.
 */
export const FOREIGN_CERTIFICATE = [
  'MIICxjCCAa4CBUxhdGNoMA0GCSqGSIb3DQEBCwUAMCYxJDAiBgNVBAMMG0ZvcmVpZ24gc2FuZGJveCBjZXJ0aWZpY2F0ZTAgFw0y',
  'MDAxMDEwMDAwMDBaGA8yMTIwMDEwMTAwMDAwMFowJjEkMCIGA1UEAwwbRm9yZWlnbiBzYW5kYm94IGNlcnRpZmljYXRlMIIBIjAN',
  'BgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAzKsq6H8Lxdv3ozzuxiakUIzDGTitpwD+DUj4kPoiZYpdNxPffjIZc+S7gq7IBo0+',
  'Eh+ZonAthdX3MNapVungc0AKTDCajY4JrvwlHRZ6yVtyYUCxDM1pkANVxoKUVv00V0LDtVM+oUEOaYGsxGMshS/UrgRKPW80j7q6',
  'EAfeISLS0bu04/a2NS8KjlJW0aWdJKhW+k3kD3hbvCaBhwNE9UuUzwcGU0eQO3HDbvBUx8XIpkjMxdVpr3QSezQ2d6gswh+OBg+/',
  'dKnK1A0RgLZCLchb7Jl3KZ31FMpAQaR6+MhYyY2SzhnydzfUQkS26hev6s3HwgyHokPnrymMpBhwzQIDAQABMA0GCSqGSIb3DQEB',
  'CwUAA4IBAQA/+X/dq6qQD/RVpunrMOVg3uboHxACILk5SzKyTvfOzoJ5aLp1niuRz86YpDgsWIigNhO5hiONBP7og8o8Nnxnf28M',
  '1gGzUrLVBFX/nMQkMKF9rKM7m5OYjqSyAcokAnHivM/dvhkzgnJ9RORIS0PlOv7Y/tljE44agGurH7ko8VrNPaoqOLTUYeocLYew',
  'zxtMqZEHNJhYjmOiLJq/7P1orY7WnfiK/lH/g/4CoySQyPUAzOaCUjsQSXOF3Zx6A426R1s5s+Vl5fPMHIC4L+k+BpwKd0AzeLmB',
  'Nq2Px6zrb1zTTPjzu1Z+BteeYhGqrxQJqjOgzGyqIoNS87XGUcwT',
].join('');
