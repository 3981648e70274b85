import { badRequest } from './graph-problem.js';
import type { KeyCredential, PasswordCredential, ServicePrincipal } from './directory-objects.js';

type Entry = Readonly<Record<string, unknown>>;

/** The key credentials that stay. A retained entry must be sent as it was read, its `key` null; a new one is refused. */
export function retainedKeyCredentials(principal: ServicePrincipal, sent: readonly Entry[]): KeyCredential[] {
  return sent.map((entry) => {
    const known = principal.keyCredentials.find((candidate) => candidate.keyId === entry['keyId']);
    if (!known) throw badRequest('The sandbox takes no certificates made elsewhere: use addTokenSigningCertificate.');
    requireUnchanged(entry, { ...known, key: null });
    return known;
  });
}

/** The same for password credentials, `secretText` null. */
export function retainedPasswordCredentials(principal: ServicePrincipal, sent: readonly Entry[]): PasswordCredential[] {
  return sent.map((entry) => {
    const known = principal.passwordCredentials.find((candidate) => candidate.keyId === entry['keyId']);
    if (!known) throw badRequest('New password credentials must be generated using service actions.');
    requireUnchanged(entry, known);
    return known;
  });
}

function requireUnchanged(sent: Entry, known: object): void {
  const expected = known as Entry;
  const names = new Set([...Object.keys(sent), ...Object.keys(expected)]);
  for (const name of names) {
    if (name.startsWith('@odata.')) continue;
    if ((sent[name] ?? null) === (expected[name] ?? null)) continue;
    throw badRequest(`Update to existing credential with KeyId '${String(sent['keyId'])}' is not allowed.`);
  }
}

/** A certificate is three entries, the private key, its password and the public one: they stay or leave together. */
export function refuseTornCredentials(principal: ServicePrincipal): void {
  const count = new Map<string, number>();
  for (const entry of [...principal.keyCredentials, ...principal.passwordCredentials]) {
    count.set(entry.customKeyIdentifier, (count.get(entry.customKeyIdentifier) ?? 0) + 1);
  }
  for (const [identifier, entries] of count) {
    if (entries === 3) continue;
    throw badRequest(
      `The credentials of the certificate with customKeyIdentifier '${identifier}' must be kept or removed together.`,
    );
  }
}
