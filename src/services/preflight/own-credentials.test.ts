import { judgeCredential, type CredentialOwner } from './own-credentials.js';

const NOW = new Date('2026-11-29T12:00:00Z');
const inDays = (days: number): Date => new Date(NOW.getTime() + days * 24 * 3_600_000);
const OWNER: CredentialOwner = {
  key: 'entra',
  setting: 'AZURE_CLIENT_SECRET',
  kind: 'secret',
  isBeginning: (hint) => 'abcdef'.startsWith(hint),
};
const secret = (days: number, hint: string) =>
  ({ kind: 'secret', keyId: `key-${String(days)}`, hint, endsAt: inDays(days) }) as const;
const registration = (...credentials: ReturnType<typeof secret>[]) => ({
  objectId: 'o',
  appId: 'a',
  name: 'Latchkey',
  redirectUris: [],
  idTokenClaims: [],
  credentials,
});

test.each([
  [400, 'ok', '400 more days, until 3 Jan 2028'],
  [30, 'ok', '30 more days'],
  [29.5, 'warning', 'ends in 29 days, on 29 Dec 2026'],
  [1, 'warning', 'ends in 1 day, '],
  [0.5, 'warning', 'ends in less than a day'],
  [0, 'missing', 'has ended on 29 Nov 2026'],
  [-3, 'missing', 'has ended on 26 Nov 2026'],
])('a secret with %f days left is %s', (days, state, words) => {
  const found = judgeCredential(OWNER, registration(secret(days, 'abc')), { now: NOW });

  expect(found.state).toBe(state);
  expect(found.what).toContain(words);
  expect(found.remoteIds).toMatchObject({ objectId: 'o', clientId: 'a', keyId: `key-${String(days)}` });
});

test('the secret that begins as ours does counts, however long another one is good for', () => {
  const found = judgeCredential(OWNER, registration(secret(700, 'xyz'), secret(5, 'abc')), { now: NOW });

  expect(found).toMatchObject({ state: 'warning', remoteIds: { keyId: 'key-5' } });
});

test('where several could be ours, the one that ends last counts, as the sign-in works', () => {
  const found = judgeCredential(OWNER, registration(secret(-2, 'abc'), secret(90, 'abc')), { now: NOW });

  expect(found).toMatchObject({ state: 'ok', remoteIds: { keyId: 'key-90' } });
});

test('a secret says nothing of a certificate', () => {
  const found = judgeCredential(
    { ...OWNER, kind: 'certificate', isBeginning: undefined },
    registration(secret(90, 'abc')),
    { now: NOW },
  );

  expect(found.state).toBe('warning');
  expect(found.what).toContain('lists no certificate');
});

test.each([
  ['the one in the settings', 'A'.repeat(40), 5],
  ['no other', 'B'.repeat(40), 700],
  ['where it is not known, the last', undefined, 700],
])('of two certificates, %s counts', (_, thumbprint, days) => {
  const certificate = (left: number, mark: string) =>
    ({ kind: 'certificate', keyId: `key-${String(left)}`, thumbprint: mark.repeat(40), endsAt: inDays(left) }) as const;
  const two = { ...registration(), credentials: [certificate(5, 'A'), certificate(700, 'B')] };

  const found = judgeCredential({ ...OWNER, kind: 'certificate' }, two, { now: NOW, thumbprint });

  expect(found.remoteIds?.['keyId']).toBe(`key-${String(days)}`);
});

test.each(['managed-identity', 'federated'] as const)('a %s credential does not end', (kind) => {
  expect(judgeCredential({ ...OWNER, kind }, undefined, { now: NOW }).state).toBe('ok');
});

test('a registration that is not in this tenant cannot be judged', () => {
  expect(judgeCredential(OWNER, undefined, { now: NOW }).state).toBe('could-not-look');
});

test('no finding holds the secret', () => {
  const found = judgeCredential(OWNER, registration(secret(5, 'abc')), { now: NOW });

  expect(JSON.stringify(found)).not.toContain('abc');
});
