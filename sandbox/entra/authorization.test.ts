import { createHash, createPublicKey, createVerify, randomBytes, type JsonWebKey } from 'node:crypto';
import { BOT, SEED_PASSWORD, TENANT_ID } from '../credentials.js';
import { EntraWorld } from './testing/entra-world.js';
import { Browser, type SeenPage } from './testing/browser.js';

let world: EntraWorld;
let browser: Browser;
beforeAll(async () => {
  world = await EntraWorld.start();
});
afterAll(() => world.stop());
beforeEach(async () => {
  await world.reset();
  browser = new Browser();
});

const ANA = { id: '0e0b1ec7-0000-4000-8000-000000000004', login: 'ana.agent@contoso.example' };
const CALLBACK = 'http://localhost:3978/link/callback';
const VERIFIER = randomBytes(32).toString('base64url');
const CHALLENGE = createHash('sha256').update(VERIFIER).digest('base64url');

type Changes = Readonly<Record<string, string | undefined>>;

function withChanges(fields: Readonly<Record<string, string>>, changes: Changes): URLSearchParams {
  const all = Object.entries({ ...fields, ...changes });
  return new URLSearchParams(all.filter((entry): entry is [string, string] => entry[1] !== undefined));
}

function ask(changes: Changes = {}): Promise<SeenPage> {
  const query = withChanges(
    {
      ...{ client_id: BOT.clientId, response_type: 'code', redirect_uri: CALLBACK, scope: 'openid profile' },
      ...{ state: 'the state', nonce: 'the nonce', code_challenge: CHALLENGE, code_challenge_method: 'S256' },
      ...{ response_mode: 'query', prompt: 'select_account' },
    },
    changes,
  );
  return browser.open(`${world.base}/${TENANT_ID}/oauth2/v2.0/authorize?${query.toString()}`);
}

async function getCode(): Promise<string> {
  const back = await browser.send(await ask(), { login: ANA.login, passwd: SEED_PASSWORD });
  return new URL(back.headers.get('location') ?? '').searchParams.get('code') ?? '';
}

async function redeem(code: string, changes: Changes = {}): Promise<{ status: number; body: Record<string, unknown> }> {
  const body = withChanges(
    {
      ...{ grant_type: 'authorization_code', client_id: BOT.clientId, client_secret: BOT.clientSecret },
      ...{ code, redirect_uri: CALLBACK, code_verifier: VERIFIER },
    },
    changes,
  );
  const response = await fetch(`${world.base}/${TENANT_ID}/oauth2/v2.0/token`, { method: 'POST', body });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

describe('the code flow', () => {
  it('sends the browser back with state and a code, which gives an id_token that the keys verify', async () => {
    const back = await browser.send(await ask(), { login: ANA.login, passwd: SEED_PASSWORD });
    const came = new URL(back.headers.get('location') ?? '');
    const { body } = await redeem(came.searchParams.get('code') ?? '');

    const [header = '', payload = '', signature = ''] = String(body['id_token']).split('.');
    const keys = (await (await fetch(`${world.base}/${TENANT_ID}/discovery/v2.0/keys`)).json()) as {
      keys: JsonWebKey[];
    };
    const key = createPublicKey({ key: keys.keys[0] as JsonWebKey, format: 'jwk' });
    expect([back.status, came.origin + came.pathname, came.searchParams.get('state')]).toEqual([
      ...[303, CALLBACK, 'the state'],
    ]);
    expect(createVerify('sha256').update(`${header}.${payload}`).verify(key, signature, 'base64url')).toBe(true);
    expect(JSON.parse(Buffer.from(payload, 'base64url').toString())).toMatchObject({
      ...{ aud: BOT.clientId, iss: `https://login.microsoftonline.com/${TENANT_ID}/v2.0`, tid: TENANT_ID },
      ...{ oid: ANA.id, nonce: 'the nonce', preferred_username: ANA.login, name: 'Ana Agent', ver: '2.0' },
    });
  });

  it('asks again with prompt=select_account, and not without', async () => {
    await getCode();

    const asked = await ask();
    const straight = await ask({ prompt: undefined });

    expect(asked.action).toContain('/login');
    expect(straight.headers.get('location')).toContain(`${CALLBACK}?code=`);
  });

  it('asks again when max_age has passed, and says then when the password was typed', async () => {
    await getCode();

    const [asked, straight] = [
      await ask({ prompt: undefined, max_age: '0' }),
      await ask({ prompt: undefined, max_age: '3600' }),
    ];

    const code = new URL(straight.headers.get('location') ?? '').searchParams.get('code') ?? '';
    const [, payload = ''] = String((await redeem(code)).body['id_token']).split('.');
    const { auth_time: at } = JSON.parse(Buffer.from(payload, 'base64url').toString()) as { auth_time: number };
    expect(asked.action).toContain('/login');
    expect(Math.abs(Date.now() / 1_000 - at)).toBeLessThan(600);
  });

  it('lets the form of its page lead to the application, and nowhere else', async () => {
    const page = await ask();

    expect(page.headers.get('content-security-policy')).toContain("form-action 'self' http://localhost:3978;");
  });

  it.each([
    ['an unknown client', { client_id: TENANT_ID }, 700016],
    ['another address of this machine', { redirect_uri: 'http://localhost:3978/link/callback/' }, 50011],
    ['another host', { redirect_uri: 'https://evil.example/link/callback' }, 50011],
    ['an address with a query', { redirect_uri: `${CALLBACK}?next=x` }, 50011],
    ['no redirect URI', { redirect_uri: undefined }, 900144],
    ['an implicit token', { response_type: 'id_token' }, 700054],
    ['no openid', { scope: 'profile' }, 90023],
    ['a plain challenge', { code_challenge_method: 'plain' }, 90023],
    ['an age that is none', { max_age: 'old' }, 90023],
    ['claims that are none', { claims: '{' }, 90023],
  ])('refuses %s on a page of its own', async (_what, changes, code) => {
    const page = await ask(changes);

    expect([page.headers.get('location'), page.errorCode]).toEqual([null, code]);
  });
});

describe('a code', () => {
  it('is redeemed once', async () => {
    const code = await getCode();

    const [first, second] = [await redeem(code), await redeem(code)];

    expect([first.status, second.status]).toEqual([200, 400]);
    expect(second.body).toMatchObject({ error: 'invalid_grant', error_codes: [54005] });
  });

  it.each([
    ['another verifier', { code_verifier: CHALLENGE }, 400, 'invalid_grant', 50148],
    ['no verifier', { code_verifier: undefined }, 400, 'invalid_grant', 50148],
    ['another redirect URI', { redirect_uri: 'http://localhost:1/link/callback' }, 400, 'invalid_grant', 500112],
    ['a wrong secret', { client_secret: 'nope' }, 401, 'invalid_client', 7000215],
    ['a code of nobody', { code: 'x' }, 400, 'invalid_grant', 9002313],
  ])('is not redeemed with %s', async (_what, changes, status, error, code) => {
    const answer = await redeem(await getCode(), changes);

    expect(answer).toMatchObject({ status, body: { error, error_codes: [code] } });
  });

  it('is worth nothing when the account was disabled meanwhile', async () => {
    const code = await getCode();
    await world.graph.api(`/users/${ANA.id}`).patch({ accountEnabled: false });

    await expect(redeem(code)).resolves.toMatchObject({ status: 400, body: { error_codes: [50057] } });
  });
});
