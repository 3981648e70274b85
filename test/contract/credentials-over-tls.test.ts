import { createPrivateKey } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BOT, BOT_PERMISSIONS, GENESYS, TENANT_ID } from '../../sandbox/credentials.js';
import type { CredentialProof } from '../../src/services/entra/bot-credential.js';
import type { Entra } from '../../src/services/entra/entra.js';
import { createEntra, type EntraOptions } from '../../src/services/entra/entra-client.js';
import { createGenesys } from '../../src/services/genesys/genesys-client.js';
import { problemFacts, type ProblemFacts } from '../../src/services/platform/problem.js';
import { regionByKey } from '../../src/services/sso/genesys-region.js';
import { createReachable } from '../../src/services/sso/test-links.js';
import { TestAuthority } from '../support/test-authority.js';
import { BOT_AT_ENTRA, secretProof, WaitingClock } from './remote-stand.js';
import { RemoteStand, Stranger, TokenIssuer, trust } from './tls-stand.js';

const DOMAINS = [{ name: 'contoso.example', isManaged: true }];

const REGION = regionByKey('eu_central_1');
const folder = mkdtempSync(join(tmpdir(), 'latchkey-credentials-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function fileOf(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

function entraAt(url: string, own: Partial<EntraOptions> = {}): Entra {
  const clock = new WaitingClock();
  return createEntra({
    ...BOT_AT_ENTRA,
    ...{ graphBaseUrl: url, loginUrl: url, reachable: createReachable({ entraLoginUrl: url }) },
    ...{ clock, sleep: clock.sleep, budgetMs: 5_000, ...own },
  });
}

function genesysAt(gatewayUrl: string): ReturnType<typeof createGenesys> {
  const clock = new WaitingClock();
  return createGenesys({
    ...{ region: REGION, clientId: GENESYS.clientId, clientSecret: GENESYS.clientSecret, gatewayUrl },
    ...{ clock, sleep: clock.sleep, budgetMs: 5_000 },
  });
}

async function factsOf(work: Promise<unknown>): Promise<ProblemFacts> {
  return work.then(
    () => Promise.reject(new Error('It was done.')),
    (error: unknown) => problemFacts(error),
  );
}

const issuer = new TokenIssuer();

describe.each(['https', 'http'] as const)('in front of the sandbox over %s', (scheme) => {
  let stand: RemoteStand;
  let distrust: () => void;
  const certificates = new TestAuthority();
  const own = certificates.issue({ commonName: 'Latchkey' });
  const certificate = (): CredentialProof => ({ kind: 'certificate', path: fileOf('own.pem', own.key + own.cert) });

  beforeAll(async () => {
    stand = await RemoteStand.start(scheme);
    distrust = trust(stand.authority);
    await stand.register({ certificate: own.cert });
    await stand.register({ federated: issuer.credential });
  });
  afterAll(async () => {
    distrust();
    await stand.close();
  });

  test.each<[string, () => CredentialProof]>([
    ['a secret', () => secretProof(BOT.clientSecret)],
    ['a certificate', certificate],
    ['a federated token', () => ({ kind: 'federated', tokenFile: fileOf('token', `${issuer.token()}\n`) })],
  ])('%s signs in, and Graph answers to it', async (_, credential) => {
    const entra = entraAt(stand.entraUrl, { credential: credential() });

    await expect(entra.grantedPermissions()).resolves.toEqual([...BOT_PERMISSIONS]);
    await expect(entra.listDomains()).resolves.toEqual(DOMAINS);
    const seen = await stand.seenByEntra();
    // The SDK reads the discovery document first; our own credential has no need of it.
    expect(seen.some((line) => line.endsWith('/.well-known/openid-configuration'))).toBe(scheme === 'https');
    expect(seen).toContain('GET /v1.0/domains');
  });

  test('a certificate whose key has a password signs in', async () => {
    const key = createPrivateKey(own.key).export({
      type: 'pkcs8',
      format: 'pem',
      cipher: 'aes-256-cbc',
      passphrase: 'p w',
    });
    const path = fileOf('locked.pem', key.toString() + own.cert);
    const credential: CredentialProof = { kind: 'certificate', path, password: { reveal: () => 'p w' } };

    await expect(entraAt(stand.entraUrl, { credential }).listDomains()).resolves.toEqual(DOMAINS);
  });

  test('a certificate that was exchanged on disk is used from the next sign-in on', async () => {
    const next = certificates.issue({ commonName: 'Latchkey next' });
    await stand.register({ certificate: next.cert });
    const credential: CredentialProof = { kind: 'certificate', path: fileOf('renewed.pem', 'not there yet') };
    const entra = entraAt(stand.entraUrl, { credential });

    expect(await factsOf(entra.listDomains())).toMatchObject({ code: 'client-certificate-not-pem' });
    fileOf('renewed.pem', next.key + next.cert);
    await expect(entra.listDomains()).resolves.toEqual(DOMAINS);
  });

  test.each<[string, string, () => CredentialProof]>([
    ['a wrong secret', 'AADSTS7000215', () => secretProof('nope')],
    [
      'a certificate that is not registered',
      'AADSTS700027',
      () => {
        const { key, cert } = certificates.issue({ commonName: 'Somebody' });
        return { kind: 'certificate', path: fileOf('other.pem', key + cert) };
      },
    ],
    [
      'a federated token of another subject',
      'AADSTS700213',
      () => ({ kind: 'federated', tokenFile: fileOf('token', issuer.token({ sub: 'system:serviceaccount:x:y' })) }),
    ],
    [
      'a federated token that has ended',
      'AADSTS700024',
      () => ({ kind: 'federated', tokenFile: fileOf('token', issuer.token({ exp: 1 })) }),
    ],
  ])('%s is refused with %s, in words that help', async (_, code, credential) => {
    const facts = await factsOf(entraAt(stand.entraUrl, { credential: credential() }).listDomains());

    expect(facts).toMatchObject({ kind: 'remote', system: 'entra', answer: 'unauthorized', code });
    expect(facts.why).toEqual(expect.any(String));
    expect(JSON.stringify(facts)).not.toMatch(/nope|eyJ/);
  });

  test('an unknown app registration is told apart', async () => {
    const facts = await factsOf(entraAt(stand.entraUrl, { clientId: TENANT_ID }).listDomains());

    expect(facts).toMatchObject({ code: 'AADSTS700016', remedy: expect.stringContaining('AZURE_CLIENT_ID') });
  });

  test("Genesys's own SDK signs in through the gateway and is answered", async () => {
    await expect(genesysAt(stand.genesysUrl).getOrganization()).resolves.toMatchObject({
      shortName: GENESYS.shortName,
    });
  });
});

describe('whoever does not prove by TLS who he is', () => {
  const authority = new TestAuthority();
  const stranger = new TestAuthority('Another authority');
  const hosts = ['127.0.0.1'];
  let distrust: () => void;
  beforeAll(() => {
    distrust = trust(authority);
  });
  afterAll(() => distrust());

  const day = (offset: number): Date => new Date(Date.now() + offset * 86_400_000);

  test.each([
    ['a certificate of an unknown authority', 'unknown-authority', stranger.issue({ commonName: 'x', hosts })],
    [
      'an expired certificate',
      'expired-certificate',
      authority.issue({ commonName: 'x', hosts, notBefore: day(-9), notAfter: day(-1) }),
    ],
    [
      'a certificate of tomorrow',
      'expired-certificate',
      authority.issue({ commonName: 'x', hosts, notBefore: day(1), notAfter: day(9) }),
    ],
    ['a certificate for another host', 'other-host', authority.issue({ commonName: '127.0.0.1', hosts: ['10.0.0.1'] })],
    ['plain http', 'no-tls', undefined],
  ])('%s: nothing is sent, and the problem says why', async (_, code, tls) => {
    const server = await Stranger.listen({ status: 200, body: '{}' }, tls);
    const url = `https://127.0.0.1:${server.port}`;
    const stand = await RemoteStand.start('http');
    try {
      const problems = [
        await factsOf(entraAt(url).listDomains()),
        await factsOf(entraAt(stand.entraUrl, { graphBaseUrl: url }).listDomains()),
        await factsOf(
          entraAt(stand.entraUrl, { reachable: createReachable({ entraLoginUrl: url }) }).getFederationMetadata(
            TENANT_ID,
          ),
        ),
        await factsOf(genesysAt(url).getOrganization()),
      ];
      for (const facts of problems) {
        expect(facts).toMatchObject({ kind: 'remote', code, why: expect.stringContaining('Nothing was sent.') });
        expect(facts.what).toMatch(/did not prove to be (Microsoft|Genesys Cloud)/);
      }
      expect(server.seen).toEqual([]);
      // Asking again would not help.
      const clock = new WaitingClock();
      await factsOf(entraAt(url, { clock, sleep: clock.sleep }).listDomains());
      await factsOf(entraAt(stand.entraUrl, { graphBaseUrl: url, clock, sleep: clock.sleep }).listDomains());
      const reachable = createReachable({ entraLoginUrl: url });
      await factsOf(entraAt(stand.entraUrl, { reachable, clock, sleep: clock.sleep }).getFederationMetadata(TENANT_ID));
      expect(clock.waits).toEqual([]);
    } finally {
      await server.close();
      await stand.close();
    }
  });
});

describe('no client is led to another host', () => {
  const authority = new TestAuthority();
  const tls = authority.issue({ commonName: 'x', hosts: ['127.0.0.1'] });
  let distrust: () => void;
  let other: Stranger;
  beforeAll(() => {
    distrust = trust(authority);
  });
  beforeEach(async () => {
    other = await Stranger.listen({ status: 200, body: '{}' }, tls);
  });
  afterEach(() => other.close());
  afterAll(() => distrust());

  test.each([301, 302, 303, 307, 308])('by a redirect with %i', async (status) => {
    const redirecting = await Stranger.listen({ status, headers: { location: `${other.url}/caught` } }, tls);
    const stand = await RemoteStand.start('http');
    try {
      await factsOf(entraAt(redirecting.url).listDomains());
      await factsOf(entraAt(stand.entraUrl, { graphBaseUrl: redirecting.url }).listDomains());
      await factsOf(genesysAt(redirecting.url).getOrganization());
      const metadata = createReachable({ entraLoginUrl: redirecting.url });
      await factsOf(entraAt(stand.entraUrl, { reachable: metadata }).getFederationMetadata(TENANT_ID));

      expect(redirecting.seen.length).toBeGreaterThanOrEqual(4);
      expect(other.seen).toEqual([]);
    } finally {
      await redirecting.close();
      await stand.close();
    }
  });

  test('by what else the environment says to the SDK', async () => {
    const before = { ...process.env };
    Object.assign(process.env, { AZURE_AUTHORITY_HOST: other.url, HTTPS_PROXY: other.url, https_proxy: other.url });
    const silent = await Stranger.listen({ status: 200, body: '{}' }, tls);
    try {
      await factsOf(entraAt(silent.url).listDomains());

      expect(silent.seen).toHaveLength(1);
      expect(other.seen).toEqual([]);
    } finally {
      process.env = before;
      await silent.close();
    }
  });

  test('by a discovery document that names a foreign token endpoint', async () => {
    const endpoints = ['token_endpoint', 'authorization_endpoint', 'jwks_uri', 'end_session_endpoint'];
    const document = Object.fromEntries(endpoints.map((name) => [name, `${other.url}/${name}`]));
    const issuer = `https://login.microsoftonline.com/${TENANT_ID}/v2.0`;
    const lying = await Stranger.listen({ status: 200, body: JSON.stringify({ ...document, issuer }) }, tls);
    try {
      const facts = await factsOf(entraAt(lying.url).listDomains());

      expect(facts).toMatchObject({
        kind: 'remote',
        code: 'foreign-host',
        what: expect.stringContaining(`127.0.0.1:${other.port}`),
      });
      expect(other.seen).toEqual([]);
    } finally {
      await lying.close();
    }
  });
});
