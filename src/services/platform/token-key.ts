import { createHash, hkdfSync } from 'node:crypto';

/** What opens with something that somebody holds (a token, a cookie) and the deployment key together. */

/** As a token is stored, hex: a copy of the rows does not tell it. */
export function tokenHash(token: string): string {
  return createHash('sha256').update(token, 'utf8').digest('hex');
}

/**
 * Needs the token and the deployment key: neither a copy of the database nor one of the key file opens anything.
 * @param use our own words; a key for one use opens nothing of another.
 */
export function tokenKey(token: string, deploymentKey: Buffer, use: string): Buffer {
  return Buffer.from(hkdfSync('sha256', token, deploymentKey, `latchkey ${use}`, 32));
}
