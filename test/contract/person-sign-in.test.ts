import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BOT, TENANT_ID } from '../../sandbox/credentials.js';
import { Browser } from '../../sandbox/entra/testing/browser.js';
import { EntraWorld } from '../../sandbox/entra/testing/entra-world.js';
import { createSelfSignedCertificate } from '../../sandbox/saml/certificate.js';
import { GLOBAL_CLOUD, MICROSOFT_CLOUDS } from '../../src/services/entra/microsoft-clouds.js';
import {
  createPersonSignIn,
  type FreshSignIn,
  type PersonSignIn,
  type SignedIn,
  type SignInClient,
} from '../../src/services/entra/person-sign-in.js';
import { ANA, AS_ANA } from './link-stand.js';

const CALLBACK = 'http://localhost:3978/link/callback';
const DAY_MS = 86_400_000;

let entra: EntraWorld;
const folder = mkdtempSync(join(tmpdir(), 'latchkey-link-'));
const own = createSelfSignedCertificate({
  commonName: 'link',
  notBefore: new Date(Date.now() - DAY_MS),
  notAfter: new Date(Date.now() + DAY_MS),
});
const path = join(folder, 'link.pem');

beforeAll(async () => {
  entra = await EntraWorld.start();
  writeFileSync(path, `${own.privateKeyPem}${own.pem}`);
});
afterAll(async () => {
  await entra?.stop();
  rmSync(folder, { recursive: true });
});
beforeEach(() => entra.reset());

function signInWith(proof: SignInClient['proof']): PersonSignIn {
  const client = { clientId: BOT.clientId, proof };
  const clock = { wall: () => new Date() };
  return createPersonSignIn({ tenantId: TENANT_ID, cloud: GLOBAL_CLOUD, loginUrl: entra.base, client, clock });
}

const SECRET = { kind: 'secret', secret: { reveal: () => BOT.clientSecret } } as const;

async function signsInAna(signIn: PersonSignIn, fresh?: FreshSignIn, browser = new Browser()): Promise<SignedIn> {
  const { url, secrets } = await signIn.begin(CALLBACK, { purpose: 'link', fresh });
  const page = await browser.open(url);
  const back = await browser.send(page, { login: AS_ANA.login, passwd: 'Sandbox-2026!' });
  const answer = new URL(back.headers.get('location') ?? '').searchParams;
  return signIn.finish({ answer, redirectUri: CALLBACK, secrets, purpose: 'link' });
}

test('A registration with a certificate signs people in as one with a secret does', async () => {
  await entra.control('bot-credentials', { certificate: own.pem });

  const known = { personId: ANA, contexts: [] };
  await expect(signsInAna(signInWith({ kind: 'certificate', path }))).resolves.toEqual(known);
  await expect(signsInAna(signInWith(SECRET))).resolves.toEqual(known);
});

test('A fresh sign-in asks for the password again, and says when it was typed and what it has met', async () => {
  const browser = new Browser();
  await signsInAna(signInWith(SECRET), undefined, browser);
  const before = Math.floor(Date.now() / 1_000) * 1_000;

  const fresh = { loginHint: AS_ANA.login, authenticationContext: 'c1' };
  const { url } = await signInWith(SECRET).begin(CALLBACK, { purpose: 'approve', fresh });
  const signedIn = await signsInAna(signInWith(SECRET), fresh, browser);

  expect((await browser.open(url)).text).toMatch(/name="login"\s+value="ana.agent@contoso.example"/);
  expect(signedIn).toEqual({ personId: ANA, at: expect.any(Date), contexts: ['c1'] });
  expect(signedIn.at?.getTime()).toBeGreaterThanOrEqual(before);
});

test.each([
  ['a certificate that is not registered', { kind: 'certificate', path }],
  ['a wrong secret', { kind: 'secret', secret: { reveal: () => 'nope' } }],
] as const)('%s is a matter for the operator, and the person is told so', async (_what, proof) => {
  await expect(signsInAna(signInWith(proof))).rejects.toMatchObject({
    facts: { code: 'sign-in-client-refused', answer: 'unauthorized', said: expect.stringContaining('AADSTS') },
  });
});

test.each(Object.values(MICROSOFT_CLOUDS).map((cloud) => [cloud.name, cloud] as const))(
  'In the cloud %s people are sent to its own sign-in, over https',
  async (_name, cloud) => {
    const client = { clientId: BOT.clientId, proof: { kind: 'secret', secret: { reveal: () => 'x' } } } as const;
    const signIn = createPersonSignIn({ tenantId: TENANT_ID, cloud, client, clock: { wall: () => new Date() } });

    const { url } = await signIn.begin('https://latchkey.example.com/link/callback', { purpose: 'link' });

    expect(url).toMatch(new RegExp(`^https://${cloud.loginHost}/${TENANT_ID}/oauth2/v2.0/authorize\\?`));
    expect(signIn.origins).toContain(`https://${cloud.loginHost}`);
  },
);

test('Nobody signs in by http at another machine', () => {
  const client = { clientId: BOT.clientId, proof: { kind: 'secret', secret: { reveal: () => 'x' } } } as const;
  const parts = { tenantId: TENANT_ID, cloud: GLOBAL_CLOUD, client, clock: { wall: () => new Date() } };

  expect(() => createPersonSignIn({ ...parts, loginUrl: 'http://login.example.com' })).toThrow(RangeError);
});
