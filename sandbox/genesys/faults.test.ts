import { GENESYS } from '../credentials.js';
import { HOME_DIVISION, ROLES } from './directory.js';
import { startSandbox, type RunningSandbox } from './testing/running-sandbox.js';
import { TEST_ISSUER, TEST_RPI, samlResponse, testCertificate } from './testing/signed-response.js';

const OLD = testCertificate();
const NEW = testCertificate();
const USERS = '/api/v2/users';
const ADFS = '/api/v2/identityproviders/adfs';

let sandbox: RunningSandbox;
let token: string;

beforeEach(async () => {
  sandbox = await startSandbox();
  token = String((await login()).body['access_token']);
});
afterEach(() => sandbox.stop());

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: Record<string, unknown>;
}

async function send(method: string, path: string, body?: object): Promise<Answer> {
  return answer(
    await fetch(sandbox.url + path, {
      method,
      headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
      ...(body ? { body: JSON.stringify(body) } : {}),
    }),
  );
}

async function login(): Promise<Answer> {
  const basic = Buffer.from(`${GENESYS.clientId}:${GENESYS.clientSecret}`).toString('base64');
  const headers = { Authorization: `Basic ${basic}` };
  const body = new URLSearchParams({ grant_type: 'client_credentials' });
  return answer(await fetch(`${sandbox.url}/login.${GENESYS.region}/oauth/token`, { method: 'POST', headers, body }));
}

async function answer(response: Response): Promise<Answer> {
  const { status, headers } = response;
  const text = await response.text();
  return { status, headers, text, body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>) };
}

async function fault(setting: object): Promise<Answer> {
  const init = { method: 'POST', body: JSON.stringify(setting) };
  return answer(await fetch(`${sandbox.url}/_sandbox/faults`, init));
}

async function createUser(email: string): Promise<Answer> {
  return send('POST', USERS, { name: email, email, state: 'active' });
}

async function search(email: string): Promise<unknown> {
  const query = [
    { fields: ['email'], value: email, type: 'EXACT' },
    { fields: ['state'], values: ['active', 'inactive', 'deleted'], type: 'EXACT' },
  ];
  return (await send('POST', `${USERS}/search`, { query })).body['total'];
}

function providerWith(...certificates: { pem: string }[]): object {
  return {
    name: 'Entra',
    issuerURI: TEST_ISSUER,
    ssoTargetURI: 'https://login.microsoftonline.com/t/saml2',
    relyingPartyIdentifier: TEST_RPI,
    certificates: certificates.map(({ pem }) => pem),
  };
}

async function signsInWith(signer: typeof OLD): Promise<boolean> {
  const attributes = [
    ['Email', 'ada.admin@contoso.example'],
    ['OrganizationName', GENESYS.shortName],
  ] as const;
  const assertionId = `_${String(Math.random()).slice(2)}`;
  const response = samlResponse({ signer, now: sandbox.clock.now(), attributes, assertionId });
  const reply = await fetch(`${sandbox.url}/login.${GENESYS.region}/saml`, {
    method: 'POST',
    redirect: 'manual',
    body: new URLSearchParams({ SAMLResponse: response }),
  });
  return reply.status === 303;
}

/** Asks again until it is so, slowly enough for the budget of a token; a change that shows late shows at last. */
async function becomes(look: () => Promise<boolean>): Promise<void> {
  while (!(await look())) await new Promise((next) => setTimeout(next, 50));
}

test('a fault, an option or a value that does not exist is an error that names what does', async () => {
  const wrong = [{ fault: 'throtled' }, { fault: 'conflict', often: '2' }, { fault: 'stale-reads', only: 'roles' }];

  const refusals = await Promise.all(wrong.map(fault));

  expect(refusals.map(({ status }) => status)).toEqual([400, 400, 400]);
  expect(refusals.map(({ body }) => body['error'])).toEqual([
    expect.stringContaining('Known: throttled, '),
    'The fault conflict has no option "often". Known: times.',
    'The option only of stale-reads must be one of users, providers, not "roles".',
  ]);
});

describe('throttling', () => {
  test('names the seconds in header, code and text, does nothing, and is over after so many times', async () => {
    await fault({ fault: 'throttled', retryAfter: '7', times: '2', match: `POST ${USERS}` });

    const refused = [await createUser('a@contoso.example'), await createUser('a@contoso.example')];
    const other = await send('GET', USERS);
    const created = await createUser('a@contoso.example');

    expect(refused[0]).toMatchObject({
      status: 429,
      body: { code: 'too.many.requests.retry.after', message: expect.stringContaining('[7] seconds') as string },
    });
    expect(refused[0]?.headers.get('retry-after')).toBe('7');
    expect(refused[0]?.headers.get('inin-correlation-id')).toBe(refused[0]?.body['contextId']);
    expect([refused[1]?.status, other.status, created.status]).toEqual([429, 200, 200]);
  });

  test('may give no hint at all when to come back', async () => {
    await fault({ fault: 'throttled', retryAfter: 'none' });

    const refused = await send('GET', USERS);

    expect([refused.status, refused.body['code']]).toEqual([429, 'too.many.requests']);
    expect([refused.headers.get('retry-after'), refused.headers.get('inin-ratelimit-reset')]).toEqual([null, null]);
  });

  test('of tokens is a 400 of its own, and no fault of the API strikes the token endpoint', async () => {
    await fault([{ fault: 'token-throttled' }, { fault: 'throttled', times: 'always' }]);

    const refused = await login();
    const next = await login();

    expect(refused).toMatchObject({
      status: 400,
      body: { error: 'invalid_request', description: expect.stringMatching(/^rate limit exceeded;/) as string },
    });
    expect(next.status).toBe(200);
  });

  test('strikes once, not twice, where the API is asked under its canonical host', async () => {
    await fault({ fault: 'throttled', times: '2' });

    const path = `/api.${GENESYS.region}${USERS}`;
    const statuses = [await send('GET', path), await send('GET', path), await send('GET', path)];

    expect(statuses.map(({ status }) => status)).toEqual([429, 429, 200]);
  });

  test('comes earlier when the budget of a token is smaller, as the headers say', async () => {
    await fault({ fault: 'budgets', requests: '2', seconds: '30' });

    const answers = [await send('GET', USERS), await send('GET', USERS), await send('GET', USERS)];

    expect(answers.map(({ status }) => status)).toEqual([200, 200, 429]);
    expect(answers[0]?.headers.get('inin-ratelimit-allowed')).toBe('2');
    expect(Number(answers[2]?.headers.get('retry-after'))).toBeLessThanOrEqual(30);
    expect(answers[2]?.body).toMatchObject({ limit: { value: 2 } });
  });
});

describe('answers that get lost', () => {
  test('503 has an empty body and a correlation id, and nothing happened', async () => {
    await fault({ fault: 'unavailable', match: 'POST' });

    const refused = await createUser('a@contoso.example');

    expect([refused.status, refused.text]).toEqual([503, '']);
    expect(refused.headers.get('inin-correlation-id')).toMatch(/^[0-9a-f-]{36}$/);
    expect(await search('a@contoso.example')).toBe(0);
  });

  test('504 comes after the user was created, the roles given and the provider stored', async () => {
    await fault({ fault: 'gateway-timeout-after-commit', times: '4' });
    const [, agent] = ROLES;

    const user = await createUser('a@contoso.example');
    const { users } = await sandbox.state();
    const id = users.find(({ email }) => email === 'a@contoso.example')?.id ?? '';
    const grants = [{ roleId: agent?.id, divisionId: HOME_DIVISION.id }];
    const found = await search('a@contoso.example');
    const roles = await send('POST', `/api/v2/authorization/subjects/${id}/bulkadd`, { grants });
    const stored = await send('PUT', ADFS, providerWith(OLD));
    const given = (await sandbox.state()).grants.filter(({ subjectId }) => subjectId === id);
    const deleted = await send('DELETE', ADFS);

    expect([user, roles, stored, deleted].map(({ status }) => status)).toEqual([504, 504, 504, 504]);
    expect(user.body).toMatchObject({ code: 'request.timeout', status: 504 });
    expect(found).toBe(1);
    expect(given.map(({ role }) => role.name)).toEqual(['employee', 'Agent']);
    expect((await send('GET', ADFS)).status).toBe(404);
  });

  test('a refused change and a search are not struck', async () => {
    await fault({ fault: 'gateway-timeout-after-commit' });

    const refused = await send('PUT', ADFS, {});
    const found = await search('nobody@contoso.example');
    const created = await createUser('a@contoso.example');

    expect([refused.status, found, created.status]).toEqual([400, 0, 504]);
  });

  test('a slow answer outlasts a caller who gives up, and the work is done', async () => {
    await fault({ fault: 'slow-replies', ms: '60000', match: `POST ${USERS}` });
    const impatient = fetch(sandbox.url + USERS, {
      method: 'POST',
      headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({ name: 'A', email: 'a@contoso.example' }),
      signal: AbortSignal.timeout(200),
    });

    await expect(impatient).rejects.toThrow('timeout');

    expect((await sandbox.state()).users.map(({ email }) => email)).toContain('a@contoso.example');
  });

  test.each([
    ['invalid.password', 400],
    ['unable.to.set.password', 500],
  ])('%s is the answer although the user exists now', async (code, status) => {
    await fault({ fault: 'created-but-refused', code });

    const refused = await createUser('a@contoso.example');

    expect(refused).toMatchObject({ status, body: { code } });
    expect(await search('a@contoso.example')).toBe(1);
  });
});

describe('conflicts', () => {
  test('a version is outdated as often as told; the one read afterwards is right', async () => {
    const { body: user } = await createUser('a@contoso.example');
    const path = `${USERS}/${String(user['id'])}`;
    await fault({ fault: 'conflict' });

    const refused = await send('PATCH', path, { version: user['version'], title: 'Agent' });
    const { version } = (await send('GET', path)).body;
    const changed = await send('PATCH', path, { version, title: 'Agent' });

    expect(refused).toMatchObject({ status: 409, body: { code: 'general.conflict' } });
    expect(refused.body['message']).toContain(`current version is ${String(version)}`);
    expect(changed).toMatchObject({ status: 200, body: { title: 'Agent' } });
  });

  test('may come as 400 with the same code', async () => {
    const { body: user } = await createUser('a@contoso.example');
    await fault([{ fault: 'conflicts-as-400' }, { fault: 'conflict' }]);

    const outdated = await send('PATCH', `${USERS}/${String(user['id'])}`, { version: user['version'], title: 'x' });
    const taken = await createUser('a@contoso.example');

    expect(outdated).toMatchObject({ status: 400, body: { code: 'general.conflict', status: 400 } });
    expect(taken).toMatchObject({ status: 400, body: { code: 'general.conflict' } });
  });
});

describe('while changes show late', () => {
  test('a new user is in no search but blocks the address, and is found at last', async () => {
    await fault({ fault: 'stale-reads', seconds: '0.4', only: 'users' });

    const created = await createUser('a@contoso.example');
    const hidden = await search('a@contoso.example');
    const twin = await createUser('A@contoso.example');
    const read = await send('GET', `${USERS}/${String(created.body['id'])}`);

    expect([created.status, hidden, twin.status, read.status]).toEqual([200, 0, 409, 200]);
    await becomes(async () => (await search('a@contoso.example')) === 1);
  });

  test('a user is found in the former state until the change shows', async () => {
    const { body: user } = await createUser('a@contoso.example');
    await fault({ fault: 'stale-reads', seconds: '60' });

    await send('DELETE', `${USERS}/${String(user['id'])}`);
    const query = [{ fields: ['state'], values: ['deleted'], type: 'EXACT' }];
    const late = await send('POST', `${USERS}/search`, { query });
    await fault({ fault: 'stale-reads', on: false });
    const now = await send('POST', `${USERS}/search`, { query });

    expect([late.body['total'], now.body['total']]).toEqual([0, 1]);
  });

  test('a provider is 404 after its first PUT, then shows what was stored', async () => {
    await fault({ fault: 'stale-reads', seconds: '0.4' });

    const put = await send('PUT', ADFS, providerWith(OLD));
    const hidden = await send('GET', ADFS);

    expect([put.status, hidden.status]).toEqual([200, 404]);
    await becomes(async () => (await send('GET', ADFS)).status === 200);
  });

  test('sign-ins are checked against the former certificates until the new ones show', async () => {
    await send('PUT', ADFS, providerWith(OLD));
    await fault({ fault: 'stale-reads', seconds: '60' });
    await send('PUT', ADFS, providerWith(OLD, NEW));
    await send('PUT', ADFS, providerWith(NEW));

    const early = [await signsInWith(OLD), await signsInWith(NEW)];
    const shown = (await send('GET', ADFS)).body['certificate'];
    await fault({ fault: 'stale-reads', on: false });
    const late = [await signsInWith(OLD), await signsInWith(NEW)];

    expect([early, late]).toEqual([
      [true, false],
      [false, true],
    ]);
    expect(shown).toBe(OLD.der.toString('base64'));
  });

  test('a sign-in stands in the audit when business time has moved on', async () => {
    await send('PUT', ADFS, providerWith(OLD));
    await fault({ fault: 'audit-delay', seconds: '90' });
    await signsInWith(OLD);
    const audited = async (): Promise<unknown> => {
      const interval = `2020-01-01T00:00:00Z/2100-01-01T00:00:00Z`;
      return (await send('POST', '/api/v2/audits/query/realtime', { interval })).body['total'];
    };

    const before = await audited();
    sandbox.clock.advance('PT2M');

    expect([before, await audited()]).toEqual([0, 1]);
  });
});

describe('single sign-on only', () => {
  const PASSWORDS = '/api/v2/identityproviders/purecloud';

  test('shows in the password login, says so on the login page, and keeps the last provider', async () => {
    await send('PUT', ADFS, providerWith(OLD));
    await fault({ fault: 'sso-only' });

    const shown = await send('GET', PASSWORDS);
    const page = await fetch(`${sandbox.url}/login.${GENESYS.region}/?org=${GENESYS.shortName}`);
    const kept = await send('DELETE', ADFS);
    await send('PUT', '/api/v2/identityproviders/okta', providerWith(NEW));
    const removed = await send('DELETE', ADFS);

    expect(shown.body).toMatchObject({ id: 'purecloud', disabled: true });
    expect(await page.text()).toContain('Password login is disabled in this organisation');
    expect([kept.status, removed.status]).toEqual([400, 200]);
  });

  test('is switched by a PUT, whoever switched it before', async () => {
    await fault({ fault: 'sso-only' });

    const off = await send('PUT', PASSWORDS, { disabled: false });
    const read = await send('GET', PASSWORDS);
    const on = await send('PUT', PASSWORDS, { disabled: true });

    expect([off, read, on].map(({ body }) => body['disabled'])).toEqual([false, false, true]);
  });
});
