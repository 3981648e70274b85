import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BOT, GENESYS } from '../../sandbox/credentials.js';
import { IDENTITY_HEADER } from '../../sandbox/entra/managed-identity.js';
import { TokenIssuer, trust } from '../contract/tls-stand.js';
import { setsUpSso } from '../support/deeds.js';
import { liveSettings } from '../support/live-settings.js';
import { TestAuthority } from '../support/test-authority.js';
import { World, type TlsPaths } from '../support/world.js';

const folder = mkdtempSync(join(tmpdir(), 'latchkey-tls-'));
const authority = new TestAuthority();
const server = authority.issue({ commonName: 'sandbox', hosts: ['127.0.0.1', 'localhost'] });
const client = authority.issue({ commonName: 'Latchkey' });
const issuer = new TokenIssuer();
let distrust: () => void;
beforeAll(() => {
  distrust = trust(authority);
});
afterAll(() => {
  distrust();
  rmSync(folder, { recursive: true, force: true });
});

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

function tls(trusted = authority): TlsPaths {
  return {
    authority: file(`authority-${trusted === authority ? 'own' : 'other'}.pem`, trusted.cert),
    certificate: file('server.pem', server.cert),
    key: file('server.key', server.key),
  };
}

async function inWorld(paths: TlsPaths, story: (world: World) => Promise<void>): Promise<void> {
  const world = await World.withoutBot({}, undefined, paths);
  try {
    await story(world);
  } catch (error) {
    throw new Error(`${String(error)}\nThe bot printed:\n${world.botOutput.slice(-6_000)}`, { cause: error });
  } finally {
    await world.stop();
  }
}

const CREDENTIALS: Readonly<Record<string, (world: World) => NodeJS.ProcessEnv>> = {
  secret: () => ({ AZURE_CLIENT_SECRET: BOT.clientSecret }),
  certificate: () => ({ AZURE_CLIENT_CERTIFICATE_PATH: file('client.pem', client.key + client.cert) }),
  'federated token': () => ({ AZURE_FEDERATED_TOKEN_FILE: file('token', issuer.token()) }),
  'managed identity': (world) => ({
    AZURE_TOKEN_CREDENTIALS: 'ManagedIdentityCredential',
    IDENTITY_ENDPOINT: `${world.entra.url}/msi/token`,
    IDENTITY_HEADER,
  }),
};

/** What an administrator does in the portal. */
async function register(world: World, credential: object): Promise<void> {
  const body = JSON.stringify(credential);
  const { status } = await fetch(`${world.entra.url}/_sandbox/bot-credentials`, { method: 'POST', body });
  expect(status).toBe(200);
}

test.each(Object.keys(CREDENTIALS))(
  'Live over TLS, signed in by a %s: Ada sets up SSO, and nothing of a secret is logged',
  (kind) =>
    inWorld(tls(), async (world) => {
      await register(world, { certificate: client.cert });
      await register(world, { federated: issuer.credential });
      await world.startBot(liveSettings(world, CREDENTIALS[kind]?.(world) ?? {}));
      await world.hasGreetedEverybody();

      const done = await setsUpSso(world.person('Ada'));

      expect(done.text).toContain('SSO is set up');
      expect(world.entra.url).toMatch(/^https:/);
      expect(world.botOutput).toMatch(/^Entra +live, https:/m);
      const { identityProviders } = await world.genesys.state<{
        identityProviders: { id: string; issuerURI?: string }[];
      }>();
      expect(identityProviders.find(({ id }) => id === 'adfs')?.issuerURI).toMatch(/^https:\/\/sts\.windows\.net\//);
      expect(world.botOutput).not.toMatch(/PRIVATE KEY|eyJ[\w-]{20}/);
      for (const secret of [BOT.clientSecret, GENESYS.clientSecret]) expect(world.botOutput).not.toContain(secret);
    }),
  300_000,
);

test(
  'A machine that does not know the authority sends nobody a secret, and whoever asks is told what is wrong',
  () =>
    inWorld(tls(new TestAuthority('Another authority')), async (world) => {
      await world.startBot({
        ...liveSettings(world, { AZURE_CLIENT_SECRET: BOT.clientSecret }),
        LATCHKEY_CLOCK_URL: '',
      });

      const answer = await world.person('Ada').saysAndSees('set up sso', 'did not prove to be Microsoft');

      expect(answer.text).toContain('NODE_EXTRA_CA_CERTS');
      expect(await world.entra.requests()).toEqual([]);
    }),
  300_000,
);

test(
  'Live does not start with a certificate that has expired, and says so before anything else',
  () =>
    inWorld(tls(), async (world) => {
      const { key, cert } = authority.issue({
        commonName: 'Latchkey',
        notBefore: new Date('2024-01-01T00:00:00Z'),
        notAfter: new Date('2025-01-01T00:00:00Z'),
      });
      const path = file('expired.pem', key + cert);

      await expect(world.startBot(liveSettings(world, { AZURE_CLIENT_CERTIFICATE_PATH: path }))).rejects.toThrow(
        'has ended',
      );

      expect(world.botOutput).toContain('expired on 2025-01-01');
      expect(world.botOutput).toContain('AZURE_CLIENT_CERTIFICATE_PATH');
    }),
  120_000,
);
