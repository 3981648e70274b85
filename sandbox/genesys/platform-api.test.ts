import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import platformClient from 'purecloud-platform-client-v2';
import { BOT, GENESYS, PEOPLE } from '../credentials.js';
import { DIVISIONS, HOME_DIVISION, ROLES } from './directory.js';
import { REQUESTS_PER_MINUTE } from './rate-limit.js';
import { startSandbox, type RunningSandbox } from './testing/running-sandbox.js';
import { TEST_ISSUER, testCertificate } from './testing/signed-response.js';

type Client = InstanceType<typeof platformClient.ApiClientClass>;

// The vendor's SDK reads a settings file from the home folder and watches it; both must not touch a developer's own.
const home = process.env['HOME'];
const emptyHome = mkdtempSync(join(tmpdir(), 'genesys-home-'));
beforeAll(() => {
  process.env['HOME'] = emptyHome;
  platformClient.ApiClient.config.live_reload_config = false;
});
afterAll(() => {
  process.env['HOME'] = home;
  rmSync(emptyHome, { recursive: true, force: true });
});

let sandbox: RunningSandbox;
beforeEach(async () => {
  sandbox = await startSandbox();
});
afterEach(() => sandbox.stop());

function client(region = GENESYS.region as string): Client {
  const created = new platformClient.ApiClientClass();
  created.config.live_reload_config = false;
  created.setGateway({
    protocol: 'http',
    host: '127.0.0.1',
    port: sandbox.port,
    path_params_login: `login.${region}`,
    path_params_api: `api.${region}`,
  });
  return created;
}

async function signedInClient(): Promise<Client> {
  const created = client();
  await created.loginClientCredentialsGrant(GENESYS.clientId, GENESYS.clientSecret);
  return created;
}

/** What the call was refused with: the SDK rejects with the parsed body, or with an Axios error for a login. */
async function refusal(call: Promise<unknown>): Promise<Record<string, unknown>> {
  try {
    await call;
  } catch (error) {
    const response = (error as { response?: { status: number; data: object } } | undefined)?.response;
    return response ? { status: response.status, ...response.data } : ((error ?? {}) as Record<string, unknown>);
  }
  throw new Error('The call was not refused.');
}

async function fault(setting: object): Promise<void> {
  const reply = await fetch(`${sandbox.url}/_sandbox/faults`, { method: 'POST', body: JSON.stringify(setting) });
  expect(reply.status).toBe(200);
}

async function token(): Promise<string> {
  const basic = Buffer.from(`${GENESYS.clientId}:${GENESYS.clientSecret}`).toString('base64');
  const reply = await fetch(`${sandbox.url}/oauth/token`, {
    method: 'POST',
    headers: { Authorization: `Basic ${basic}`, 'Content-Type': 'application/x-www-form-urlencoded' },
    body: 'grant_type=client_credentials',
  });
  return ((await reply.json()) as { access_token: string }).access_token;
}

describe('logging in', () => {
  test('a client gets a token, and the token says which organisation it is for', async () => {
    const api = new platformClient.TokensApi(await signedInClient());

    const info = await api.getTokensMe();

    expect(info.organization).toEqual({ id: GENESYS.organizationId, name: GENESYS.displayName });
    expect(info.OAuthClient?.id).toBe(GENESYS.clientId);
  });

  test('an unknown client is "client not found", a wrong secret is "authentication failed"', async () => {
    expect(await refusal(client().loginClientCredentialsGrant(BOT.clientId, GENESYS.clientSecret))).toMatchObject({
      status: 400,
      error: 'invalid_client',
      description: 'client not found',
    });
    expect(await refusal(client().loginClientCredentialsGrant(GENESYS.clientId, 'wrong'))).toMatchObject({
      status: 401,
      error: 'invalid_client',
      description: 'authentication failed',
    });
  });

  test('the right client in the wrong region is "client not found" as well', async () => {
    const login = client('mypurecloud.com').loginClientCredentialsGrant(GENESYS.clientId, GENESYS.clientSecret);

    expect(await refusal(login)).toMatchObject({
      status: 400,
      error: 'invalid_client',
      description: 'client not found',
    });
  });

  test('a call without a token, with a strange one, or in another region is refused with 401', async () => {
    const without = await fetch(`${sandbox.url}/api/v2/organizations/me`);
    const strange = await fetch(`${sandbox.url}/api/v2/organizations/me`, { headers: { Authorization: 'Bearer x' } });
    const abroad = await fetch(`${sandbox.url}/api.mypurecloud.com/api/v2/organizations/me`, {
      headers: { Authorization: `Bearer ${await token()}` },
    });

    expect(await without.json()).toMatchObject({ status: 401, code: 'authentication.required' });
    expect(await strange.json()).toMatchObject({ status: 401, code: 'bad.credentials' });
    expect(abroad.status).toBe(401);
  });

  test('a token expires at once when told to, and the next one works', async () => {
    const api = await signedInClient();
    await fault({ fault: 'token-expired-now' });

    const refused = await refusal(new platformClient.OrganizationApi(api).getOrganizationsMe());
    await api.loginClientCredentialsGrant(GENESYS.clientId, GENESYS.clientSecret);
    const organization = await new platformClient.OrganizationApi(api).getOrganizationsMe();

    expect(refused).toMatchObject({ status: 401, code: 'bad.credentials' });
    expect(organization.thirdPartyOrgName).toBe(GENESYS.shortName);
  });

  test('a token asked for after the switch is a new one', async () => {
    await fault({ fault: 'token-expired-now' });

    const organization = await new platformClient.OrganizationApi(await signedInClient()).getOrganizationsMe();

    expect(organization.id).toBe(GENESYS.organizationId);
  });
});

describe('the organisation', () => {
  test('has a short name, two divisions, four roles and a password provider', async () => {
    const api = await signedInClient();
    const authorization = new platformClient.AuthorizationApi(api);

    const organization = await new platformClient.OrganizationApi(api).getOrganizationsMe();
    const divisions = await authorization.getAuthorizationDivisions();
    const home = await authorization.getAuthorizationDivisionsHome();
    const roles = await authorization.getAuthorizationRoles();
    const purecloud = await new platformClient.IdentityProviderApi(api).getIdentityprovidersPurecloud();

    expect(organization).toMatchObject({ name: 'Contoso Contact Centre', thirdPartyOrgName: 'contoso-gc' });
    expect(divisions.entities?.map(({ name }) => name)).toEqual(['Home', 'Berlin']);
    expect(home).toMatchObject({ name: 'Home', homeDivision: true });
    expect(roles.entities?.map(({ name }) => name)).toEqual(['employee', 'Agent', 'Supervisor', 'admin']);
    expect(purecloud).toMatchObject({ id: 'purecloud', disabled: false });
  });

  test('tells which licences roles would need', async () => {
    const supervisor = ROLES.find(({ name }) => name === 'Supervisor')?.id ?? '';

    const licences = await new platformClient.LicenseApi(await signedInClient()).postLicenseInfer({
      body: [supervisor],
    });

    expect(licences).toEqual(['cloudCX2', 'wemUpgrade1']);
  });

  test('a client is no user', async () => {
    const call = new platformClient.UsersApi(await signedInClient()).getUsersMe();

    expect(await refusal(call)).toMatchObject({ status: 400, code: 'not.a.user' });
  });
});

describe('the single sign-on provider', () => {
  const certificate = testCertificate();
  const der = certificate.der.toString('base64');
  const settings = {
    name: 'Entra',
    issuerURI: TEST_ISSUER,
    ssoTargetURI: 'https://login.microsoftonline.com/t/saml2',
    relyingPartyIdentifier: 'app-id',
    certificate: der,
  };

  async function providers(): Promise<InstanceType<typeof platformClient.IdentityProviderApi>> {
    return new platformClient.IdentityProviderApi(await signedInClient());
  }

  test('is 404 until it is put, and after it was deleted', async () => {
    const api = await providers();

    const before = await refusal(api.getIdentityprovidersAdfs());
    await api.putIdentityprovidersAdfs(settings);
    await api.deleteIdentityprovidersAdfs();
    const after = await refusal(api.getIdentityprovidersAdfs());

    expect(before).toMatchObject({ status: 404, code: 'not.found' });
    expect(after).toMatchObject({ status: 404, code: 'not.found' });
  });

  test('answers a PUT with its name only; GET shows what was stored', async () => {
    const api = await providers();

    const put = await api.putIdentityprovidersAdfs(settings);
    const got = await api.getIdentityprovidersAdfs();

    expect(put).toEqual({ id: 'adfs', name: 'Entra', disabled: false, selfUri: '/api/v2/identityproviders/adfs' });
    expect(got).toMatchObject({ ...settings, id: 'adfs', disabled: false });
  });

  test('shows one certificate in `certificate` and several in `certificates`, base64 without armour', async () => {
    const api = await providers();
    const second = testCertificate();

    await api.putIdentityprovidersAdfs({ ...settings, certificate: certificate.pem, certificates: [certificate.pem] });
    const one = await api.getIdentityprovidersAdfs();
    await api.putIdentityprovidersAdfs({ ...settings, certificates: [der, second.pem] });
    const two = await api.getIdentityprovidersAdfs();

    expect([one.certificate, one.certificates]).toEqual([der, undefined]);
    expect([two.certificate, two.certificates]).toEqual([undefined, [der, second.der.toString('base64')]]);
  });

  test('is replaced as a whole by the next PUT', async () => {
    const api = await providers();
    await api.putIdentityprovidersAdfs({ ...settings, sloURI: 'https://slo.example', forceAuthn: true });

    await api.putIdentityprovidersAdfs(settings);
    const got = await api.getIdentityprovidersAdfs();

    expect([got.sloURI, got.forceAuthn]).toEqual([undefined, undefined]);
  });

  const day = 86_400_000;
  const expired = testCertificate({ notAfter: new Date(Date.now() - 1000) });
  const future = testCertificate({ notBefore: new Date(Date.now() + day) });
  const invalid: [string, object][] = [
    ['missing.issuer.uri', { issuerURI: undefined }],
    ['missing.issuer.uri', { issuerURI: ' ' }],
    ['invalid.target.url', { ssoTargetURI: 'http://login.microsoftonline.com/t/saml2' }],
    ['invalid.target.url', { ssoTargetURI: undefined }],
    ['certificate.invalid.base64', { certificate: '*** no base64 ***' }],
    ['certificate.invalid.base64', { certificate: '', certificates: ['A'] }],
    ['certificate.unparseable', { certificate: Buffer.from('no certificate').toString('base64') }],
    ['certificate.expired', { certificate: expired.pem }],
    ['certificate.not.yet.valid', { certificate: future.pem }],
    ['invalid.nameid.format', { nameIdentifierFormat: 'urn:odd' }],
    ['invalid.value', { ssoBinding: 'urn:odd' }],
    ['bad.request', { disabled: 'yes' }],
  ];
  test.each(invalid)('is refused with %s: %j', async (code, change) => {
    const api = await providers();

    const refused = await refusal(api.putIdentityprovidersAdfs({ ...settings, ...change }));

    expect(refused).toMatchObject({ status: 400, code });
    expect(refused['contextId']).toMatch(/^[0-9a-f-]{36}$/);
  });

  test('takes five certificates and not six', async () => {
    const api = await providers();
    const six = Array.from({ length: 6 }, () => testCertificate().pem);

    await api.putIdentityprovidersAdfs({ ...settings, certificate: six[0], certificates: six.slice(0, 5) });
    const refused = await refusal(api.putIdentityprovidersAdfs({ ...settings, certificates: six }));

    expect((await api.getIdentityprovidersAdfs()).certificates).toHaveLength(5);
    expect(refused).toMatchObject({ status: 400, code: 'constraint.validation' });
  }, 30_000);

  test('judges certificates by the sandbox clock', async () => {
    const api = await providers();
    sandbox.clock.advance('P1200D');

    expect(await refusal(api.putIdentityprovidersAdfs(settings))).toMatchObject({ code: 'certificate.expired' });
  });

  test('refuses every certificate while they count as expired', async () => {
    const api = await providers();
    await fault({ fault: 'certificate-expired' });

    expect(await refusal(api.putIdentityprovidersAdfs(settings))).toMatchObject({ code: 'certificate.expired' });
  });

  test('stands in the list of providers and in the state, with its certificate', async () => {
    const api = await providers();
    await api.putIdentityprovidersAdfs(settings);

    const list = await api.getIdentityproviders();
    const state = await sandbox.state();

    expect(list.entities).toMatchObject([{ id: 'adfs', certificate: der }]);
    expect(state.identityProviders).toMatchObject([{ id: 'adfs', issuerURI: TEST_ISSUER, certificate: der }]);
  });
});

describe('people', () => {
  const bSimon = { name: 'B.Simon', email: 'b.simon@contoso.example', divisionId: HOME_DIVISION.id };
  const byEmail = (email: string, ...more: object[]): { query: { type: string }[] } => ({
    query: [{ type: 'EXACT', fields: ['email'], value: email } as { type: string }, ...(more as { type: string }[])],
  });
  const inState = (...values: string[]): object => ({ type: 'EXACT', fields: ['state'], values });

  async function users(): Promise<InstanceType<typeof platformClient.UsersApi>> {
    return new platformClient.UsersApi(await signedInClient());
  }

  test('who have Genesys roles from the start are active and hold them in the home division', async () => {
    const state = await sandbox.state();

    const expected = PEOPLE.filter(({ genesysRoles }) => genesysRoles).map(({ mail }) => mail);
    expect(state.users.map(({ email }) => email)).toEqual(expected);
    expect(state.users.every((user) => user.state === 'active')).toBe(true);
    const omar = state.users.find(({ email }) => email === 'omar.owner@contoso.example');
    const roles = state.grants.filter(({ subjectId }) => subjectId === omar?.id).map(({ role }) => role.name);
    expect(roles).toEqual(['employee', 'Supervisor']);
  });

  test('are created inactive unless the state is sent, with version 1 and the employee role', async () => {
    const api = await users();

    const silent = await api.postUsers(bSimon);
    const active = await api.postUsers({ ...bSimon, email: 't.simon@contoso.example', state: 'active' });

    expect(silent).toMatchObject({ state: 'inactive', version: 1, username: bSimon.email });
    expect(active).toMatchObject({ state: 'active', division: { id: HOME_DIVISION.id, name: 'Home' } });
    const state = await sandbox.state();
    const roles = state.grants.filter(({ subjectId }) => subjectId === active.id).map(({ role }) => role.name);
    expect(roles).toEqual(['employee']);
  });

  test('are refused with a taken e-mail, a missing name, a foreign division', async () => {
    const api = await users();
    await api.postUsers(bSimon);

    const taken = await refusal(api.postUsers({ ...bSimon, email: 'B.SIMON@contoso.example' }));
    const nameless = await refusal(api.postUsers({ ...bSimon, email: 'x@contoso.example', name: '' }));
    const abroad = await refusal(api.postUsers({ ...bSimon, email: 'x@contoso.example', divisionId: 'elsewhere' }));

    expect(taken).toMatchObject({ status: 409, code: 'general.conflict' });
    expect(nameless).toMatchObject({ status: 400, code: 'general.bad.request' });
    expect(abroad).toMatchObject({ status: 403, code: 'missing.division.permission' });
  });

  test('are found by e-mail in any case; nobody found leaves `results` out', async () => {
    const api = await users();
    const { id } = await api.postUsers(bSimon);

    const found = await api.postUsersSearch(byEmail('B.Simon@Contoso.Example'));
    const nobody = await api.postUsersSearch(byEmail('nobody@contoso.example'));

    expect(found.results.map((user) => user.id)).toEqual([id]);
    expect(nobody).toMatchObject({ total: 0 });
    expect(nobody.results).toBeUndefined();
  });

  test('are not found through a letter that only looks the same', async () => {
    const api = await users();
    await api.postUsers({ ...bSimon, email: 'kim@contoso.example' });

    const found = await api.postUsersSearch(byEmail('\u212Aim@contoso.example'));

    expect(found.total).toBe(0);
  });

  test('change with their version; an outdated one is a conflict', async () => {
    const api = await users();
    const created = await api.postUsers(bSimon);
    const id = created.id ?? '';

    const changed = await api.patchUser(id, { version: 1, title: 'Agent', department: 'Care' });
    const outdated = await refusal(api.patchUser(id, { version: 1, title: 'Boss' }));
    const stateOnly = await api.patchUser(id, { version: 2, state: 'active', title: 'Ignored' });

    expect(changed).toMatchObject({ version: 2, title: 'Agent', department: 'Care' });
    expect(outdated).toMatchObject({ status: 409, code: 'general.conflict' });
    expect(stateOnly).toMatchObject({ version: 3, state: 'active', title: 'Agent' });
  });

  test('once deleted keep their e-mail, are found only by that state, and come back without roles', async () => {
    const api = await users();
    const created = await api.postUsers({ ...bSimon, state: 'active' });
    const id = created.id ?? '';

    await api.deleteUser(id);
    const taken = await refusal(api.postUsers(bSimon));
    const usual = await api.postUsersSearch(byEmail(bSimon.email));
    const deleted = await api.postUsersSearch(byEmail(bSimon.email, inState('deleted')));
    const hidden = await refusal(api.getUser(id));
    const seen = await api.getUser(id, { state: 'deleted' });
    const restored = await api.patchUser(id, { version: seen.version, state: 'active' });

    expect(taken).toMatchObject({ status: 409 });
    expect(usual.total).toBe(0);
    expect(deleted.results).toMatchObject([{ id, state: 'deleted', version: 2 }]);
    expect(hidden).toMatchObject({ status: 404 });
    expect(restored).toMatchObject({ state: 'active', version: 3 });
    expect((await sandbox.state()).grants.filter(({ subjectId }) => subjectId === id)).toEqual([]);
  });

  test('are listed by state, by id and page by page', async () => {
    const api = await users();
    const { id = '' } = await api.postUsers(bSimon);

    const inactive = await api.getUsers({ state: 'inactive' });
    const chosen = await api.getUsers({ id: [id, 'unknown'], state: 'any' });
    const paged = await api.getUsers({ pageSize: 2, pageNumber: 2 });

    expect(inactive.entities?.map((user) => user.id)).toEqual([id]);
    expect(chosen.entities?.map((user) => user.id)).toEqual([id]);
    expect([paged.total, paged.pageCount, paged.entities?.length]).toEqual([3, 2, 1]);
  });

  test('have a state that can be read and set with a reason', async () => {
    const api = await users();
    const { id = '' } = await api.postUsers({ ...bSimon, state: 'active' });

    const set = await api.putUserState(id, { state: 'inactive', version: 1, stateChangeReason: 'Leave' });
    const read = await api.getUserState(id);

    expect(set).toMatchObject({ state: 'inactive', version: 2, stateChangeReason: 'Leave' });
    expect(read).toEqual(set);
  });

  test('get and lose roles; what they already have stays as it is', async () => {
    const client = await signedInClient();
    const authorization = new platformClient.AuthorizationApi(client);
    const { id = '' } = await new platformClient.UsersApi(client).postUsers({ ...bSimon, state: 'active' });
    const agent = { roleId: ROLES[1]?.id ?? '', divisionId: DIVISIONS[1]?.id ?? '' };

    await authorization.postAuthorizationSubjectBulkadd(id, { grants: [agent, agent] }, { subjectType: 'PC_USER' });
    const withAgent = await authorization.getAuthorizationSubject(id);
    await authorization.postAuthorizationSubjectBulkremove(id, { grants: [agent] });
    const without = await authorization.getAuthorizationSubject(id);

    expect(withAgent.grants).toMatchObject([
      { subjectId: id, role: { name: 'employee' }, division: { name: 'Home' } },
      { subjectId: id, role: { name: 'Agent' }, division: { name: 'Berlin' } },
    ]);
    expect(without.grants).toHaveLength(1);
  });

  test('get no role at all when one of the roles does not exist', async () => {
    const client = await signedInClient();
    const authorization = new platformClient.AuthorizationApi(client);
    const { id = '' } = await new platformClient.UsersApi(client).postUsers(bSimon);
    const agent = { roleId: ROLES[1]?.id ?? '', divisionId: HOME_DIVISION.id };

    const grants = [agent, { ...agent, roleId: 'unknown' }];
    const refused = await refusal(authorization.postAuthorizationSubjectBulkadd(id, { grants }));

    expect(refused).toMatchObject({ status: 404 });
    expect((await authorization.getAuthorizationSubject(id)).grants).toHaveLength(1);
  });
});

describe('what the client may not do', () => {
  test('names the one missing permission in brackets', async () => {
    const api = new platformClient.IdentityProviderApi(await signedInClient());
    await fault({ fault: 'permission-removed', permission: 'sso:provider:view' });

    const refused = await refusal(api.getIdentityprovidersAdfs());

    expect(refused).toMatchObject({ status: 403, code: 'missing.permissions' });
    expect(refused['message']).toMatch(/\[sso:provider:view\]$/);
  });

  test('names every permission of which one would do, once all of them are gone', async () => {
    const api = new platformClient.IdentityProviderApi(await signedInClient());
    const settings = { issuerURI: TEST_ISSUER, ssoTargetURI: 'https://login.microsoftonline.com/t/saml2' };
    await fault({ fault: 'permission-removed', permission: 'sso:provider:add' });
    await api.putIdentityprovidersAdfs(settings);
    await fault({ fault: 'permission-removed', permission: 'sso:provider:edit' });

    const refused = await refusal(api.putIdentityprovidersAdfs(settings));

    expect(refused).toMatchObject({ status: 403, code: 'missing.any.permissions' });
    expect(refused['message']).toMatch(/\[sso:provider:add, sso:provider:edit\]$/);
  });

  test('is allowed again when the permission is back', async () => {
    const api = new platformClient.AuthorizationApi(await signedInClient());
    await fault({ fault: 'permission-removed', permission: 'authorization:role:view' });
    const refused = await refusal(api.getAuthorizationRoles());

    await fault({ fault: 'permission-removed', on: false });
    const roles = await api.getAuthorizationRoles();

    expect(refused).toMatchObject({ status: 403 });
    expect(roles.total).toBe(4);
  });
});

describe('every answer', () => {
  test('carries a correlation id, which is the contextId of an error, and the state of the rate limit', async () => {
    const headers = { Authorization: `Bearer ${await token()}` };

    const first = await fetch(`${sandbox.url}/api/v2/organizations/me`, { headers });
    const second = await fetch(`${sandbox.url}/api/v2/identityproviders/adfs`, { headers });

    expect(first.headers.get('inin-ratelimit-count')).toBe('1');
    expect(first.headers.get('inin-ratelimit-allowed')).toBe('300');
    expect(Number(first.headers.get('inin-ratelimit-reset'))).toBeLessThanOrEqual(60);
    expect(second.headers.get('inin-ratelimit-count')).toBe('2');
    const body = (await second.json()) as { contextId: string };
    expect(second.headers.get('inin-correlation-id')).toBe(body.contextId);
  });

  test('beyond 300 a minute is a 429 that says when to come back, for that token only', async () => {
    const headers = { Authorization: `Bearer ${await token()}` };
    const call = (): Promise<Response> => fetch(`${sandbox.url}/api/v2/organizations/me`, { headers });
    for (let count = 0; count < REQUESTS_PER_MINUTE; count += 1) await call();

    const refused = await call();
    const other = await fetch(`${sandbox.url}/api/v2/organizations/me`, {
      headers: { Authorization: `Bearer ${await token()}` },
    });

    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await refused.json()).toMatchObject({ code: 'too.many.requests.retry.after', limit: { value: 300 } });
    expect(other.status).toBe(200);
  }, 30_000);

  test('is an ErrorBody for unknown paths, broken JSON and other media types', async () => {
    const headers = { Authorization: `Bearer ${await token()}`, 'Content-Type': 'application/json' };
    const post = (more: object): Promise<Response> =>
      fetch(`${sandbox.url}/api/v2/users`, { method: 'POST', headers, ...more });

    const unknown = await fetch(`${sandbox.url}/api/v2/nothing`, { headers });
    const broken = await post({ body: '{' });
    const text = await post({ body: 'x', headers: { ...headers, 'Content-Type': 'text/plain' } });
    const large = await post({ body: JSON.stringify({ name: 'x'.repeat(512_000) }) });

    expect(await unknown.json()).toMatchObject({ status: 404, code: 'not.found' });
    expect(await broken.json()).toMatchObject({ status: 400, code: 'bad.request' });
    expect(await text.json()).toMatchObject({ status: 415, code: 'unsupported.media.type' });
    expect(await large.json()).toMatchObject({ status: 413, code: 'request.entity.too.large' });
  });

  test('is an empty 503 once, only for the request that was chosen', async () => {
    const headers = { Authorization: `Bearer ${await token()}` };
    const get = (path: string): Promise<Response> => fetch(`${sandbox.url}${path}`, { headers });
    await fault({ fault: 'unavailable-once', path: '/authorization/roles', method: 'GET' });

    const other = await get('/api/v2/organizations/me');
    const struck = await get('/api.mypurecloud.de/api/v2/authorization/roles');
    const again = await get('/api/v2/authorization/roles');

    expect([other.status, struck.status, again.status]).toEqual([200, 503, 200]);
    expect(await struck.text()).toBe('');
  });
});
