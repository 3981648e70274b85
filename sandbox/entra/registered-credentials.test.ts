import {
  createHash,
  createHmac,
  constants,
  generateKeyPairSync,
  randomUUID,
  sign,
  X509Certificate,
  type KeyObject,
} from 'node:crypto';
import { BOT, TENANT_ID } from '../credentials.js';
import { createSelfSignedCertificate } from '../saml/certificate.js';
import { EntraWorld } from './testing/entra-world.js';

const YEAR_MS = 365 * 86_400_000;
const ENDPOINT = `https://login.microsoftonline.com/${TENANT_ID}/oauth2/v2.0/token`;

let world: EntraWorld;
beforeAll(async () => {
  world = await EntraWorld.start();
});
afterAll(() => world.stop());
beforeEach(() => world.reset());

function certificate(notAfter = new Date(Date.now() + YEAR_MS)): {
  pem: string;
  key: string;
  sha1: string;
  sha256: string;
} {
  const made = createSelfSignedCertificate({ commonName: 'bot', notBefore: new Date(Date.now() - YEAR_MS), notAfter });
  const hash = (name: string): string => createHash(name).update(new X509Certificate(made.pem).raw).digest('base64url');
  return { pem: made.pem, key: made.privateKeyPem, sha1: hash('sha1'), sha256: hash('sha256') };
}

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const seconds = (): number => Math.floor(Date.now() / 1_000);

function jwt(header: Record<string, unknown>, claims: Record<string, unknown>, key: string | KeyObject): string {
  const body = `${encode(header)}.${encode(claims)}`;
  const isPss = header['alg'] === 'PS256';
  const signature = sign('sha256', Buffer.from(body), {
    key: key as KeyObject,
    padding: isPss ? constants.RSA_PKCS1_PSS_PADDING : constants.RSA_PKCS1_PADDING,
    ...(isPss ? { saltLength: 32 } : {}),
  });
  return `${body}.${signature.toString('base64url')}`;
}

const ownClaims = (): Record<string, unknown> => ({
  ...{ aud: ENDPOINT, iss: BOT.clientId, sub: BOT.clientId, jti: randomUUID() },
  ...{ nbf: seconds(), exp: seconds() + 600 },
});

async function ask(assertion: string, own: Record<string, string | undefined> = {}): Promise<number | string> {
  const answer = await world.requestToken({
    client_secret: undefined,
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: assertion,
    ...own,
  });
  const body = (await answer.json()) as { access_token?: string; error_codes?: number[] };
  return body.access_token ? 'a token' : (body.error_codes?.[0] ?? answer.status);
}

describe('a client assertion by certificate', () => {
  const own = certificate();
  beforeEach(async () => void (await world.control('bot-credentials', { certificate: own.pem })));

  test.each<[string, Record<string, unknown>]>([
    ['PS256 and the SHA-256', { alg: 'PS256', 'x5t#S256': own.sha256 }],
    ['RS256 and the SHA-1', { alg: 'RS256', x5t: own.sha1 }],
  ])('with %s of the certificate gets a token, and again', async (_, header) => {
    const assertion = jwt(header, ownClaims(), own.key);

    expect([await ask(assertion), await ask(assertion)]).toEqual(['a token', 'a token']);
  });

  test.each<[string, number, Record<string, unknown>, Record<string, unknown>]>([
    ['for another endpoint', 700023, {}, { aud: 'https://login.microsoftonline.com/other/oauth2/v2.0/token' }],
    [
      'for a look-alike endpoint',
      700023,
      {},
      { aud: `https://login.microsoftonline.com.evil.example/${TENANT_ID}/oauth2/v2.0/token` },
    ],
    ['of another app', 700021, {}, { sub: TENANT_ID }],
    ['that has ended', 700024, {}, { exp: seconds() - 1 }],
    ['without an end', 700024, {}, { exp: undefined }],
    ['of the future', 700024, {}, { nbf: seconds() + 3_600 }],
    ['without an id', 50027, {}, { jti: undefined }],
    ['with an unknown certificate', 700027, { 'x5t#S256': 'AAAA' }, {}],
    ['with another algorithm', 50027, { alg: 'RS512' }, {}],
  ])('%s is refused with %i', async (_, code, header, claims) => {
    const assertion = jwt({ alg: 'PS256', 'x5t#S256': own.sha256, ...header }, { ...ownClaims(), ...claims }, own.key);

    expect(await ask(assertion)).toBe(code);
  });

  test('signed by another key, by the public key as a secret, or not at all is refused', async () => {
    const header = { alg: 'PS256', 'x5t#S256': own.sha256 };
    const body = (alg: string): string => `${encode({ ...header, alg })}.${encode(ownClaims())}`;
    const mac = createHmac('sha256', own.pem).update(body('HS256')).digest('base64url');

    expect(await ask(jwt(header, ownClaims(), certificate().key))).toBe(700027);
    expect(await ask(`${body('HS256')}.${mac}`)).toBe(50027);
    expect(await ask(`${body('none')}.AA`)).toBe(50027);
    expect(await ask('not.a.jwt')).toBe(50027);
  });

  test('of a certificate that has expired is refused', async () => {
    const old = certificate(new Date(Date.now() - 1_000));
    await world.control('bot-credentials', { certificate: old.pem });

    expect(await ask(jwt({ alg: 'PS256', 'x5t#S256': old.sha256 }, ownClaims(), old.key))).toBe(700027);
  });

  test('counts as one only with the right type, and is forgotten by a reset', async () => {
    const assertion = jwt({ alg: 'PS256', 'x5t#S256': own.sha256 }, ownClaims(), own.key);

    expect(await ask(assertion, { client_assertion_type: 'password' })).toBe(90023);
    await world.reset();
    expect(await ask(assertion)).toBe(700027);
  });
});

describe('a federated token', () => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const trusted = {
    issuer: 'https://oidc.example/cluster',
    subject: 'system:serviceaccount:latchkey:bot',
    audience: 'api://AzureADTokenExchange',
    keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'one' }],
  };
  const claims = (): Record<string, unknown> => ({
    ...{ iss: trusted.issuer, sub: trusted.subject, aud: trusted.audience },
    exp: seconds() + 600,
  });
  beforeEach(async () => void (await world.control('bot-credentials', { federated: trusted })));

  test('that the app registration trusts gets a token', async () => {
    expect(await ask(jwt({ alg: 'RS256', kid: 'one' }, claims(), privateKey))).toBe('a token');
  });

  test.each<[string, number, Record<string, unknown>]>([
    ['of another issuer', 700211, { iss: 'https://oidc.example/other' }],
    ['of another subject', 700213, { sub: 'system:serviceaccount:other:bot' }],
    ['for another audience', 700212, { aud: 'api://other' }],
    ['that has ended', 700024, { exp: seconds() - 1 }],
  ])('%s is refused with %i', async (_, code, change) => {
    expect(await ask(jwt({ alg: 'RS256', kid: 'one' }, { ...claims(), ...change }, privateKey))).toBe(code);
  });

  test('that its issuer has not signed is refused', async () => {
    const foreign = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;

    expect(await ask(jwt({ alg: 'RS256', kid: 'one' }, claims(), foreign))).toBe(50013);
    expect(await ask(jwt({ alg: 'RS256', kid: 'two' }, claims(), privateKey))).toBe(50013);
  });
});

describe('the endpoints of a managed identity', () => {
  const get = (path: string, headers: Record<string, string>): Promise<Response> => world.raw('GET', path, { headers });
  const resource = 'resource=https%3A%2F%2Fgraph.microsoft.com';

  test.each([
    ['/msi/token?api-version=2019-08-01', { 'x-identity-header': 'sandbox-identity-header' }],
    ['/metadata/identity/oauth2/token?api-version=2018-02-01', { metadata: 'true' }],
  ])('%s gives a token to whoever is on the resource', async (path, headers) => {
    const answer = await get(`${path}&${resource}`, headers);

    expect(await answer.json()).toMatchObject({
      token_type: 'Bearer',
      client_id: BOT.clientId,
      resource: 'https://graph.microsoft.com',
    });
    expect((await get(`${path}&${resource}`, {})).ok).toBe(false);
    expect((await get(`${path}&${resource}&client_id=${TENANT_ID}`, headers)).status).toBe(400);
    expect((await get(`${path}&resource=https%3A%2F%2Fvault.azure.net`, headers)).status).toBe(400);
  });
});
