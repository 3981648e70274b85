import { GENESYS } from '../credentials.js';
import { startSandbox, type RunningSandbox } from './testing/running-sandbox.js';
import { testCertificate } from './testing/signed-response.js';

const PROVIDERS = '/api/v2/identityproviders';
const certificate = testCertificate();
const settings = {
  name: 'Okta of another department',
  issuerURI: 'http://www.okta.com/exk1',
  ssoTargetURI: 'https://contoso.okta.com/sso/saml',
  certificate: certificate.pem,
};

let sandbox: RunningSandbox;
let token: string;
beforeEach(async () => {
  sandbox = await startSandbox();
  const basic = Buffer.from(`${GENESYS.clientId}:${GENESYS.clientSecret}`).toString('base64');
  const reply = await fetch(`${sandbox.url}/oauth/token`, {
    method: 'POST',
    headers: { Authorization: `Basic ${basic}` },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  });
  token = ((await reply.json()) as { access_token: string }).access_token;
});
afterEach(() => sandbox.stop());

async function send(
  method: string,
  path: string,
  body?: object,
): Promise<{ status: number; body: Record<string, unknown> }> {
  const reply = await fetch(sandbox.url + path, {
    method,
    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  const text = await reply.text();
  return { status: reply.status, body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>) };
}

test('another slot holds a provider of its own beside the ADFS slot', async () => {
  const put = await send('PUT', `${PROVIDERS}/okta`, settings);
  const got = await send('GET', `${PROVIDERS}/okta`);
  const adfs = await send('GET', `${PROVIDERS}/adfs`);
  const list = await send('GET', PROVIDERS);
  const removed = await send('DELETE', `${PROVIDERS}/okta`);

  expect(put).toMatchObject({ status: 200, body: { id: 'okta', name: settings.name } });
  expect(got.body).toMatchObject({ id: 'okta', issuerURI: settings.issuerURI });
  expect(adfs.status).toBe(404);
  expect(list.body).toMatchObject({ total: 1, entities: [{ id: 'okta' }] });
  expect(removed).toEqual({ status: 200, body: {} });
});

test('a custom provider gets an id, is changed and deleted by it', async () => {
  const created = await send('POST', PROVIDERS, { ...settings, endpointCompression: true });
  const path = `${PROVIDERS}/${String(created.body['id'])}`;
  const changed = await send('PUT', path, { ...settings, name: 'Renamed' });
  const removed = await send('DELETE', path);
  const gone = await send('GET', path);

  expect(created).toMatchObject({ status: 200, body: { name: settings.name, endpointCompression: true } });
  expect(changed.body).toMatchObject({ id: created.body['id'], name: 'Renamed' });
  expect([removed.status, gone.status]).toEqual([204, 404]);
});

test.each([
  ['missing.provider.name', 'POST', PROVIDERS, { name: ' ' }],
  ['missing.provider.name', 'PUT', `${PROVIDERS}/generic`, { name: undefined }],
  ['provider.logo.too.large', 'POST', PROVIDERS, { logoImageData: Buffer.alloc(26_000).toString('base64') }],
  ['missing.issuer.uri', 'PUT', `${PROVIDERS}/ping`, { issuerURI: '' }],
])('%s is the answer to %s %s', async (code, method, path, change) => {
  const { status, body } = await send(method, path, { ...settings, ...change });

  expect([status, body['code']]).toEqual([400, code]);
});

test('an id that nobody has is 404, for reading, changing and deleting', async () => {
  const path = `${PROVIDERS}/0a6b8f7e-0000-4000-8000-000000000000`;

  const answers = [await send('GET', path), await send('PUT', path, settings), await send('DELETE', path)];

  expect(answers.map(({ status }) => status)).toEqual([404, 404, 404]);
});

test('an organisation holds thirty providers and not one more', async () => {
  for (let count = 0; count < 30; count += 1) await send('POST', PROVIDERS, settings);

  const more = await send('POST', PROVIDERS, settings);
  const slot = await send('PUT', `${PROVIDERS}/adfs`, settings);

  expect([more.status, slot.status]).toEqual([400, 400]);
});

test('the login page offers each provider that wants to be shown', async () => {
  await send('PUT', `${PROVIDERS}/okta`, settings);
  await send('PUT', `${PROVIDERS}/ping`, { ...settings, name: 'Hidden', displayOnLogin: false });

  const page = await (await fetch(`${sandbox.url}/login.${GENESYS.region}/?org=${GENESYS.shortName}`)).text();

  expect(page).toContain('saml/start?org=contoso-gc&amp;provider=okta');
  expect(page).not.toContain('Hidden');
});
