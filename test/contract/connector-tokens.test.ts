import { createVerify, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, Server } from 'node:http';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createConnectorTokens, type ConnectorIdentity } from '../../src/services/entra/connector-tokens.js';
import { TestAuthority } from '../support/test-authority.js';
import { read, TENANT } from './teams-stand.js';
import { trust } from './tls-stand.js';

const APP = 'b07c1e7a-5a1e-4c0d-9e51-1a7c4e7b0003';
const SCOPE = 'https://api.botframework.com/.default';
const authority = new TestAuthority();
const folder = mkdtempSync(join(tmpdir(), 'latchkey-bot-'));
const bot = authority.issue({ commonName: 'the bot' });
const thumbprint = new X509Certificate(bot.cert).fingerprint.replaceAll(':', '');
const environment = { ...process.env };

/** Entra's sign-in, as little as it takes: it writes down what it is asked and gives tokens one after the other. */
class SignIn {
  readonly asked: { method: string; path: string; form: Record<string, string> }[] = [];
  /** Status and body of the next answers, before it gives tokens again. */
  answers: { status: number; body: object }[] = [];
  readonly url: string;
  readonly #server: Server;
  #given = 0;

  private constructor(server: Server, scheme: string) {
    this.#server = server;
    this.url = `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`;
    server.on('request', (request: IncomingMessage, response) => {
      void read(request).then((text) => {
        const path = request.url ?? '';
        this.asked.push({ method: request.method ?? '', path, form: Object.fromEntries(new URLSearchParams(text)) });
        const { status, body } = this.#reply(path);
        response.writeHead(status, { 'Content-Type': 'application/json' });
        response.end(JSON.stringify(body));
      });
    });
  }

  static async start(scheme: 'http' | 'https'): Promise<SignIn> {
    const tls = authority.issue({ commonName: 'sign-in', hosts: ['127.0.0.1'] });
    const server = scheme === 'https' ? createTlsServer(tls) : createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new SignIn(server, scheme);
  }

  get forms(): Record<string, string>[] {
    return this.asked.filter(({ path }) => path.includes('/token')).map(({ form }) => form);
  }

  #reply(path: string): { status: number; body: object } {
    if (path.includes('.well-known')) {
      const endpoint = `${this.url}/${TENANT}/oauth2/v2.0`;
      const body = { token_endpoint: `${endpoint}/token`, authorization_endpoint: endpoint, issuer: endpoint };
      return { status: 200, body: { ...body, jwks_uri: endpoint } };
    }
    const access_token = `token-${this.#given + 1}`;
    const expires_on = String(Math.floor(Date.now() / 1_000) + 3_600);
    const token = { token_type: 'Bearer', expires_in: 3_599, expires_on, resource: 'x', access_token };
    const answer = this.answers.shift();
    if (answer === undefined) this.#given++;
    return answer ?? { status: 200, body: token };
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}

let signIn: SignIn;
let endTrust: () => void;

beforeAll(() => {
  endTrust = trust(authority);
});
afterAll(() => {
  endTrust();
  rmSync(folder, { recursive: true, force: true });
});
afterEach(async () => {
  process.env = { ...environment };
  await signIn.close();
});

function fileOf(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const secret = { kind: 'secret', password: { reveal: () => 'the-secret' } } as const;
const certificate = (privateKey: string, own: { thumbprint?: string } = {}) =>
  ({ kind: 'certificate', privateKey: { reveal: () => privateKey }, ...own }) as const;

function tokensOf(proof: ConnectorIdentity['proof'], wall: () => Date = () => new Date()) {
  const cloud = { loginUrl: signIn.url, tokenScope: SCOPE };
  const parts = { clock: { wall }, timeoutMs: 2_000, budgetMs: 3_000 };
  return createConnectorTokens({ appId: APP, tenantId: TENANT, proof, cloud }, parts);
}

const factsOf = (work: Promise<unknown>): Promise<object> =>
  work.then(
    () => Promise.reject(new Error('It was done.')),
    (error: { facts?: object }) => error.facts ?? { error },
  );

describe.each(['http', 'https'] as const)('over %s', (scheme) => {
  beforeEach(async () => {
    signIn = await SignIn.start(scheme);
  });

  test('a bot with a secret signs in for the connector', async () => {
    await expect(tokensOf(secret).get()).resolves.toBe('token-1');
    expect(signIn.forms).toMatchObject([
      { client_id: APP, client_secret: 'the-secret', grant_type: 'client_credentials', scope: SCOPE },
    ]);
  });

  test.each([
    ['in one file with its certificate', () => certificate(fileOf('both.pem', `${bot.key}${bot.cert}`))],
    ['in a file, with its thumbprint', () => certificate(fileOf('key.pem', bot.key), { thumbprint })],
    ['as text, its line breaks written out', () => certificate(bot.key.replaceAll('\n', '\\n'), { thumbprint })],
  ])(
    'a bot with a certificate (key %s) signs a statement that Entra can check, and sends no secret',
    async (_how, proof) => {
      await tokensOf(proof()).get();

      const [form = {}] = signIn.forms;
      const [header = '', claims = '', signature = ''] = (form['client_assertion'] ?? '').split('.');
      const isSigned = createVerify('sha256').update(`${header}.${claims}`).verify(bot.cert, signature, 'base64url');
      const parse = (part: string): object => JSON.parse(Buffer.from(part, 'base64url').toString()) as object;
      expect(isSigned).toBe(true);
      expect(parse(header)).toMatchObject({ alg: 'RS256', x5t: Buffer.from(thumbprint, 'hex').toString('base64url') });
      expect(parse(claims)).toMatchObject({ iss: APP, sub: APP, aud: `${signIn.url}/${TENANT}/oauth2/v2.0/token` });
      expect(form).not.toHaveProperty('client_secret');
    },
  );

  test('a certificate that was renewed on disk counts from the next token on', async () => {
    const path = fileOf('renewed.pem', bot.key + bot.cert);
    const tokens = tokensOf(certificate(path));
    await tokens.get();
    const renewed = authority.issue({ commonName: 'the bot, anew' });
    fileOf('renewed.pem', renewed.key + renewed.cert);
    tokens.renew('token-1');
    await tokens.get();

    const assertions = signIn.forms.map((form) => (form['client_assertion'] ?? '').split('.'));
    const isOf = (cert: string, [header, claims, signature = '']: string[]): boolean =>
      createVerify('sha256').update(`${header}.${claims}`).verify(cert, signature, 'base64url');
    expect(assertions.map((assertion) => [isOf(bot.cert, assertion), isOf(renewed.cert, assertion)])).toEqual([
      [true, false],
      [false, true],
    ]);
  });

  test.each([
    ['7000222', 'expired', 'MicrosoftAppPassword'],
    ['7000215', 'wrong', 'MicrosoftAppPassword'],
    ['700016', 'does not know the bot', 'MicrosoftAppId'],
    ['90002', 'no such tenant', 'MicrosoftAppTenantId'],
  ])('AADSTS%s is told with what is wrong and which setting', async (number, why, setting) => {
    const body = { error: 'invalid_client', error_description: `AADSTS${number}: no.`, error_codes: [Number(number)] };
    signIn.answers = [{ status: 401, body }];

    expect(await factsOf(tokensOf(secret).get())).toMatchObject({
      code: `AADSTS${number}`,
      answer: 'unauthorized',
      why: expect.stringContaining(why),
      remedy: expect.stringContaining(setting),
    });
  });

  test('a sign-in that is busy for a moment is asked again', async () => {
    signIn.answers = [{ status: 503, body: {} }];

    await expect(tokensOf(secret).get()).resolves.toBe('token-1');
  });
});

describe('the token', () => {
  beforeEach(async () => {
    signIn = await SignIn.start('http');
  });

  test('is kept, shared, renewed five minutes before it ends, and when it was refused', async () => {
    let now = new Date('2026-11-24T09:00:00Z');
    const tokens = tokensOf(secret, () => now);
    const first = await Promise.all([tokens.get(), tokens.get()]);
    now = new Date('2026-11-24T09:54:00Z');
    const kept = await tokens.get();
    now = new Date('2026-11-24T09:56:00Z');
    const renewed = await tokens.get();
    tokens.renew('token-1');
    const still = await tokens.get();
    tokens.renew('token-2');

    expect([...first, kept, renewed, still]).toEqual(['token-1', 'token-1', 'token-1', 'token-2', 'token-2']);
    await expect(tokens.get()).resolves.toBe('token-3');
  });

  test('is asked for again after a refusal: a new secret needs no restart of the sign-in', async () => {
    signIn.answers = [{ status: 401, body: { error_description: 'AADSTS7000222' } }];
    const tokens = tokensOf(secret);

    await factsOf(tokens.get());

    await expect(tokens.get()).resolves.toBe('token-1');
  });
});

test('a managed identity is asked for on this machine, for the bot and without a secret', async () => {
  signIn = await SignIn.start('http');
  process.env['IDENTITY_ENDPOINT'] = `${signIn.url}/msi/token`;
  process.env['IDENTITY_HEADER'] = 'the-header';

  await expect(tokensOf({ kind: 'managed-identity' }).get()).resolves.toBe('token-1');

  const [asked] = signIn.asked;
  const query = new URL(asked?.path ?? '', signIn.url).searchParams;
  expect(asked).toMatchObject({ method: 'GET', form: {} });
  expect(query.get('client_id')).toBe(APP);
  expect(query.get('resource')).toBe('https://api.botframework.com');
});

describe('a certificate that cannot be used is told at the start', () => {
  const other = authority.issue({ commonName: 'another' });
  const old = authority.issue({ commonName: 'the bot, last year', notAfter: new Date('2025-11-24T00:00:00Z') });

  beforeEach(async () => {
    signIn = await SignIn.start('http');
  });

  test.each<[string, () => ConnectorIdentity['proof'], string]>([
    ['no such file', () => certificate(join(folder, 'absent.pem'), { thumbprint }), 'no file'],
    ['no key', () => certificate(fileOf('cert.pem', bot.cert), { thumbprint }), 'no private key'],
    [
      'no certificate and no thumbprint',
      () => certificate(fileOf('key.pem', bot.key)),
      'CertificateThumbprint is not set',
    ],
    ['an expired certificate', () => certificate(fileOf('old.pem', old.key + old.cert)), 'expired on 2025-11-24'],
    ['a certificate of another key', () => certificate(fileOf('x.pem', bot.key + other.cert)), 'another key'],
    [
      'another thumbprint',
      () => certificate(fileOf('both.pem', bot.key + bot.cert), { thumbprint: 'A'.repeat(40) }),
      'another certificate',
    ],
  ])('%s', (_what, proof, words) => {
    expect(() => tokensOf(proof())).toThrow(expect.objectContaining({ message: expect.stringContaining(words) }));
  });
});
