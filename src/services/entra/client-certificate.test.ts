import { generateKeyPairSync, createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TestAuthority } from '../../../test/support/test-authority.js';
import { problemFacts, type ProblemFacts } from '../platform/problem.js';
import { readClientCertificate } from './client-certificate.js';
import { readFederatedToken } from './federated-token.js';

const NOW = new Date('2026-06-01T12:00:00Z');
const authority = new TestAuthority();
const good = authority.issue({ commonName: 'Latchkey', notBefore: day(-30), notAfter: day(30) });
const other = authority.issue({ commonName: 'Other' });
const folder = mkdtempSync(join(tmpdir(), 'latchkey-certificate-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function day(offset: number): Date {
  return new Date(NOW.getTime() + offset * 86_400_000);
}

function file(text: string): string {
  const path = join(folder, 'client.pem');
  writeFileSync(path, text);
  return path;
}

const revealed = (text: string) => ({ reveal: () => text });
const locked = (passphrase: string): string =>
  createPrivateKey(good.key).export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase }).toString();

async function factsOf(path: string, password?: string): Promise<ProblemFacts> {
  const reading = readClientCertificate({ path, ...(password ? { password: revealed(password) } : {}) }, NOW);
  return reading.then(
    () => {
      throw new Error('It was read.');
    },
    (error: unknown) => problemFacts(error),
  );
}

describe('the certificate file', () => {
  test.each([
    ['key first', () => good.key + good.cert],
    ['certificate first', () => good.cert + good.key],
    ['a chain, with the certificate last', () => good.key + authority.cert + good.cert],
    [
      'text around the blocks, as openssl writes it',
      () => `Bag Attributes\n${good.cert}\nKey Attributes: <none>\n${good.key}`,
    ],
  ])('is read with %s', async (_, text) => {
    const { thumbprint, notAfter, pem } = await readClientCertificate({ path: file(text()) }, NOW);

    expect(thumbprint).toBe(new X509Certificate(good.cert).fingerprint.replaceAll(':', ''));
    expect(notAfter).toEqual(day(30));
    expect(pem.match(/BEGIN [A-Z ]+/g)).toEqual(['BEGIN PRIVATE KEY', 'BEGIN CERTIFICATE']);
  });

  test('is opened by its password, and kept without it in memory only', async () => {
    const path = file(locked('correct horse') + good.cert);

    const { pem } = await readClientCertificate({ path, password: revealed('correct horse') }, NOW);

    expect(pem).toContain('BEGIN PRIVATE KEY');
  });

  test.each<[string, () => string, string | undefined, string, RegExp]>([
    ['is damaged', () => good.key + good.cert.replace(/A/g, 'B'), undefined, 'not-pem', /a certificate in PEM/],
    ['is a .pfx', () => '0\u0082\u0005binary', undefined, 'not-pem', /a private key in PEM/],
    ['has no key', () => good.cert, undefined, 'not-pem', /a private key in PEM/],
    ['has no certificate', () => good.key, undefined, 'not-pem', /a certificate in PEM/],
    ['has the key of another one', () => other.key + good.cert, undefined, 'other-key', /belongs to none/],
    ['is locked and no password is set', () => locked('x') + good.cert, undefined, 'locked', /cannot open/],
    ['has another password', () => locked('x') + good.cert, 'y', 'locked', /cannot open/],
    ['has expired', () => pemOf(day(-60), day(-1)), undefined, 'out-of-time', /expired on 2026-05-31/],
    ['expires at this moment', () => pemOf(day(-60), NOW), undefined, 'out-of-time', /expired on 2026-06-01/],
    ['is of tomorrow', () => pemOf(day(1), day(60)), undefined, 'out-of-time', /valid from 2026-06-02 on only/],
    ['has an EC key', () => ecKey() + good.cert, undefined, 'not-rsa', /no RSA key/],
  ])('that %s is a problem that says so', async (_, text, password, code, words) => {
    const facts = await factsOf(file(text()), password);

    expect(facts).toMatchObject({ kind: 'remote', answer: 'unauthorized', code: `client-certificate-${code}` });
    expect(facts.what).toMatch(words);
    expect(JSON.stringify(facts)).not.toMatch(/PRIVATE KEY-----|correct horse/);
  });

  test('that is missing, or that may not be read, is told apart', async () => {
    expect(await factsOf(join(folder, 'nowhere.pem'))).toMatchObject({ code: 'client-certificate-missing' });
    expect(await factsOf(folder)).toMatchObject({
      code: 'client-certificate-unreadable',
      what: expect.stringContaining('EISDIR'),
    });
  });
});

describe('the file of a federated token', () => {
  test('is read without what surrounds the token', async () => {
    await expect(readFederatedToken(file('\n eyJh.eyJi.c2ln \n'))).resolves.toBe('eyJh.eyJi.c2ln');
  });

  test.each(['', 'no token', 'a.b', `a.${'b'.repeat(20_000)}.c`, 'eyJh.eyJi.c2ln\neyJh.eyJi.c2ln'])(
    '%# without one is a problem',
    async (text) => {
      await expect(readFederatedToken(file(text))).rejects.toMatchObject({ facts: { code: 'federated-token' } });
      await expect(readFederatedToken(join(folder, 'nowhere'))).rejects.toMatchObject({
        facts: { what: expect.stringContaining('ENOENT') },
      });
    },
  );
});

function pemOf(notBefore: Date, notAfter: Date): string {
  const { key, cert } = authority.issue({ commonName: 'Latchkey', notBefore, notAfter });
  return key + cert;
}

function ecKey(): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}
