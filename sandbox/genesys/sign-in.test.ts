import { inflateRawSync } from 'node:zlib';
import platformClient from 'purecloud-platform-client-v2';
import { GENESYS, PEOPLE } from '../credentials.js';
import { genesysUserId } from './seed.js';
import { startSandbox, type RunningSandbox } from './testing/running-sandbox.js';
import { TEST_ISSUER, TEST_RPI, samlResponse, testCertificate, type ResponseWish } from './testing/signed-response.js';

const SIGNER = testCertificate();
const TARGET = 'https://login.microsoftonline.com/6f3b9c52-1d2e-4a7f-9c1b-0a8d5e4c7b21/saml2';
/** Genesys user id of Ada Admin. */
const ADA = PEOPLE.filter(({ displayName }) => displayName === 'Ada Admin').map(genesysUserId)[0] ?? '';
const AS_ADA = {
  attributes: [
    ['Email', 'Ada.Admin@contoso.example'],
    ['OrganizationName', GENESYS.shortName],
  ],
} as const satisfies Partial<ResponseWish>;

let sandbox: RunningSandbox;
let api: InstanceType<typeof platformClient.ApiClientClass>;

beforeEach(async () => {
  sandbox = await startSandbox();
  platformClient.ApiClient.config.live_reload_config = false;
  api = new platformClient.ApiClientClass();
  api.config.live_reload_config = false;
  api.setGateway({
    protocol: 'http',
    host: '127.0.0.1',
    port: sandbox.port,
    path_params_login: '',
    path_params_api: '',
  });
  await api.loginClientCredentialsGrant(GENESYS.clientId, GENESYS.clientSecret);
});
afterEach(() => sandbox.stop());

function get(path: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${sandbox.url}${path}`, { redirect: 'manual', headers });
}

async function storeProvider(change: object = {}): Promise<void> {
  await new platformClient.IdentityProviderApi(api).putIdentityprovidersAdfs({
    name: 'Microsoft Entra ID',
    issuerURI: TEST_ISSUER,
    ssoTargetURI: TARGET,
    relyingPartyIdentifier: TEST_RPI,
    certificate: SIGNER.der.toString('base64'),
    ...change,
  });
}

function postResponse(wish: Partial<ResponseWish>, region = 'mypurecloud.de'): Promise<Response> {
  const response = samlResponse({ signer: SIGNER, now: sandbox.clock.now(), ...wish });
  return fetch(`${sandbox.url}/login.${region}/saml`, {
    method: 'POST',
    redirect: 'manual',
    body: new URLSearchParams({ SAMLResponse: response, RelayState: 'https://evil.example/' }),
  });
}

/** Starts at Genesys. @returns the AuthnRequest as it left, and its id. */
async function startAtGenesys(): Promise<{ location: URL; xml: string; id: string }> {
  const reply = await get('/login.mypurecloud.de/saml/start?org=contoso-gc&provider=adfs');
  const location = new URL(reply.headers.get('location') ?? '');
  const xml = inflateRawSync(Buffer.from(location.searchParams.get('SAMLRequest') ?? '', 'base64')).toString();
  return { location, xml, id: /ID="([^"]+)"/.exec(xml)?.[1] ?? '' };
}

async function landingPage(reply: Response): Promise<string> {
  const cookie = (reply.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
  const page = await get(reply.headers.get('location') ?? '', { Cookie: cookie });
  return page.text();
}

async function fault(setting: object): Promise<void> {
  await fetch(`${sandbox.url}/_sandbox/faults`, { method: 'POST', body: JSON.stringify(setting) });
}

async function codeOf(reply: Response): Promise<string | undefined> {
  return /<code id="code">([a-z_]+)<\/code>/.exec(await reply.text())?.[1];
}

describe('the login page', () => {
  test('asks for the organisation, and has a strict policy under which only its own script runs', async () => {
    const reply = await get('/login.mypurecloud.de/');
    const body = await reply.text();

    const policy = reply.headers.get('content-security-policy') ?? '';
    const nonce = /script-src 'nonce-([^']+)'/.exec(policy)?.[1];
    expect(policy).toContain("default-src 'none'");
    expect(body).toContain(`<script nonce="${nonce}">`);
    expect(body).toMatch(/Organisation short name/);
    expect(body).toMatch(/Sandbox/);
  });

  test('is found without the last slash', async () => {
    const reply = await get('/login.mypurecloud.de');

    expect(reply.headers.get('location')).toBe('/login.mypurecloud.de/');
  });

  test('offers the provider under its name, unless it is missing, disabled or hidden', async () => {
    const page = async (): Promise<string> => (await get('/login.mypurecloud.de/?org=contoso-gc')).text();

    const missing = await page();
    await storeProvider({ providerName: 'Entra <b>' });
    const offered = await page();
    await storeProvider({ disabled: true });
    const disabled = await page();
    await storeProvider({ displayOnLogin: false });
    const hidden = await page();

    expect(offered).toContain('Log in with Entra &lt;b&gt;');
    expect([missing, disabled, hidden].filter((body) => body.includes('Log in with'))).toEqual([]);
  });

  test.each([
    ['Organisation not found', 'mypurecloud.de', 'contoso', false],
    ['Organisation not found', 'mypurecloud.com', 'contoso-gc', false],
    ['Provider not set up', 'mypurecloud.de', 'contoso-gc', false],
    ['Provider disabled', 'mypurecloud.de', 'contoso-gc', true],
  ])('says %s (%s, %s)', async (heading, region, org, isDisabled) => {
    if (isDisabled) await storeProvider({ disabled: true });

    const reply = await get(`/login.${region}/saml/start?org=${org}&provider=adfs`);

    expect(reply.status).toBeGreaterThanOrEqual(400);
    expect(await reply.text()).toContain(heading);
  });

  test('sends nobody to a host outside the sandbox', async () => {
    await storeProvider({ ssoTargetURI: 'https://idp.other.example/sso' });

    const reply = await get('/login.mypurecloud.de/saml/start?org=contoso-gc&provider=adfs');

    expect(reply.headers.get('location')).toBeNull();
    expect(await reply.text()).toContain('outside the sandbox');
  });
});

describe('a sign-in that starts at Genesys', () => {
  test('asks the target URI, in the name of the relying party identifier, for an answer at the real address', async () => {
    await storeProvider();

    const { location, xml, id } = await startAtGenesys();

    expect(location.origin + location.pathname).toBe(
      'http://127.0.0.1:4010/login.microsoftonline.com/6f3b9c52-1d2e-4a7f-9c1b-0a8d5e4c7b21/saml2',
    );
    expect(id).toMatch(/^_[0-9a-f]{40}$/);
    expect(xml).toContain(`>${TEST_RPI}</saml:Issuer>`);
    expect(xml).toContain('AssertionConsumerServiceURL="https://login.mypurecloud.de/saml"');
    expect(xml).toContain(`Destination="${TARGET}"`);
  });

  test('is found by organisation id as well', async () => {
    await storeProvider();

    const reply = await get(`/login.mypurecloud.de/saml/start?org=${GENESYS.organizationId}&provider=adfs`);

    expect(reply.status).toBe(302);
  });

  test('goes by POST when the provider wants that binding', async () => {
    await storeProvider({ ssoBinding: 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST' });

    const reply = await get('/login.mypurecloud.de/saml/start?org=contoso-gc&provider=adfs');
    const field = /name="SAMLRequest" value="([^"]+)"/.exec(await reply.text())?.[1] ?? '';

    expect(Buffer.from(field, 'base64').toString()).toContain('<samlp:AuthnRequest ');
    expect(reply.headers.get('content-security-policy')).toContain("form-action 'self' http://127.0.0.1:4010");
  });

  test('ends on a page that names the person, the flow and the roles, and survives a reload', async () => {
    await storeProvider();
    const { id } = await startAtGenesys();

    const reply = await postResponse({ ...AS_ADA, inResponseTo: id, audience: `spn:${TEST_RPI}` });
    const page = await landingPage(reply);
    const reloaded = await landingPage(reply);

    expect(reply.status).toBe(303);
    expect(reply.headers.get('location')).toMatch(/^\/login\.mypurecloud\.de\/signed-in\?session=/);
    expect(page).toContain('You are signed in to Contoso Contact Centre as Ada Admin');
    expect(page).toMatch(/SP-initiated/);
    expect(page).toMatch(/employee, admin/);
    expect(reloaded).toContain('as Ada Admin');
  });

  test('must be answered within ten minutes of business time', async () => {
    await storeProvider();
    const { id } = await startAtGenesys();
    sandbox.clock.advance('PT10M');

    expect(await codeOf(await postResponse({ ...AS_ADA, inResponseTo: id }))).toBe('lib');
  });

  test('can be answered although a thousand link previews started one too', async () => {
    await storeProvider();
    for (let count = 0; count < 1_050; count += 1)
      await get('/login.mypurecloud.de/saml/start?org=contoso-gc&provider=adfs');
    const { id } = await startAtGenesys();

    expect((await postResponse({ ...AS_ADA, inResponseTo: id })).status).toBe(303);
  }, 30_000);
});

describe('a sign-in that starts at the identity provider', () => {
  test('works, leaves an audit record and moves the time of the last token', async () => {
    await storeProvider();

    const reply = await postResponse(AS_ADA);
    const page = await landingPage(reply);
    const [audit] = (await sandbox.state()).audits;
    const user = await new platformClient.UsersApi(api).getUser(ADA, { expand: ['lasttokenissued'] });

    expect(page).toMatch(/IdP-initiated/);
    expect(audit).toMatchObject({
      serviceName: 'PeoplePermissions',
      entityType: 'UserSamlAuthentication',
      action: 'Authenticate',
      status: 'SUCCESS',
      entity: { id: 'unknown', name: 'Ada.Admin@contoso.example' },
    });
    expect(user.lastTokenIssued?.dateIssued).toBeDefined();
  });

  test('shows a code, a plain sentence and the correlation id when it fails, and audits that', async () => {
    await storeProvider();

    const reply = await postResponse({ nameId: 'x' });
    const page = await reply.text();
    const [audit] = (await sandbox.state()).audits;

    expect(page).toContain('<code id="code">user</code>');
    expect(page).toContain('Nobody in this organisation has the e-mail address');
    expect(audit).toMatchObject({ action: 'AuthenticationFailed', context: { reason: 'user' } });
    expect(page).toContain(audit?.context['correlation_id'] ?? 'none');
    expect(reply.headers.get('inin-correlation-id')).toBe(audit?.context['correlation_id']);
  });

  test('is refused in a region where the organisation is not', async () => {
    await storeProvider();

    expect(await codeOf(await postResponse(AS_ADA, 'mypurecloud.com'))).toBe('org');
  });

  test('is refused while the provider is disabled', async () => {
    await storeProvider({ disabled: true });

    expect(await codeOf(await postResponse(AS_ADA))).toBe('issuer');
  });

  test('is refused for somebody who was made inactive, and the open session ends', async () => {
    await storeProvider();
    const before = await postResponse(AS_ADA);
    await new platformClient.UsersApi(api).patchUser(ADA, { version: 1, state: 'inactive' });

    const after = await postResponse({ ...AS_ADA, assertionId: '_second' });

    expect(await codeOf(after)).toBe('inactive');
    expect(await landingPage(before)).toContain('You are not signed in here');
  });

  test('ends for a person whose tokens were deleted', async () => {
    await storeProvider();
    const reply = await postResponse(AS_ADA);

    await new platformClient.TokensApi(api).deleteToken(ADA);

    expect(await landingPage(reply)).toContain('You are not signed in here');
  });

  test('shows the session to nobody who lacks its cookie', async () => {
    await storeProvider();
    const reply = await postResponse(AS_ADA);

    const page = await get(reply.headers.get('location') ?? '');

    expect(page.status).toBe(401);
    expect(reply.headers.get('set-cookie')).toMatch(/Path=\/login\.mypurecloud\.de\/signed-in; .*HttpOnly/);
  });

  test('is refused when what is posted is no form, too large, or sent twice', async () => {
    await storeProvider();
    const post = (body: string | URLSearchParams): Promise<Response> =>
      fetch(`${sandbox.url}/login.mypurecloud.de/saml`, { method: 'POST', body });
    const twice = new URLSearchParams([
      ['SAMLResponse', 'PHgvPg=='],
      ['SAMLResponse', 'PHgvPg=='],
    ]);

    expect(await codeOf(await post('text'))).toBe('malformed');
    expect(await codeOf(await post(twice))).toBe('malformed');
    expect(await codeOf(await post(new URLSearchParams({ SAMLResponse: 'A'.repeat(400_001) })))).toBe('too_big');
  });
});

describe('faults at sign-in', () => {
  test('a foreign certificate makes every signature fail, and the stored one is untouched', async () => {
    await storeProvider();
    await fault({ fault: 'certificate-foreign' });
    const failed = await codeOf(await postResponse(AS_ADA));

    await fault({ fault: 'certificate-foreign', on: false });
    const works = await postResponse(AS_ADA);

    expect(failed).toBe('lib');
    expect(works.status).toBe(303);
  });

  test('expired certificates are named as such', async () => {
    await storeProvider();
    await fault({ fault: 'certificate-expired' });

    expect(await codeOf(await postResponse(AS_ADA))).toBe('cert_expired');
  });

  test('a certificate expires by the sandbox clock', async () => {
    await storeProvider();
    sandbox.clock.advance('P1200D');

    expect(await codeOf(await postResponse(AS_ADA))).toBe('cert_expired');
  });
});

describe('the audit', () => {
  test('finds sign-ins by type and action, newest first, in both kinds of query', async () => {
    await storeProvider();
    await postResponse(AS_ADA);
    sandbox.clock.advance('PT1M');
    await postResponse({ nameId: 'x' });
    const now = sandbox.clock.now().getTime();
    const query = {
      interval: `${new Date(now - 3_600_000).toISOString()}/${new Date(now + 3_600_000).toISOString()}`,
      serviceName: 'PeoplePermissions',
      filters: [{ property: 'EntityType', value: 'UserSamlAuthentication' }],
      sort: [{ name: 'Timestamp', sortOrder: 'descending' }],
    };
    const audits = new platformClient.AuditApi(api);

    const started = await audits.postAuditsQuery(query);
    const status = await audits.getAuditsQueryTransactionId(started.id ?? '');
    const results = await audits.getAuditsQueryTransactionIdResults(started.id ?? '');
    const failures = await audits.postAuditsQueryRealtime({
      ...query,
      filters: [...query.filters, { property: 'Action', value: 'AuthenticationFailed' }],
    });

    expect(status.state).toBe('Succeeded');
    expect(results.entities?.map(({ action }) => action)).toEqual(['AuthenticationFailed', 'Authenticate']);
    expect(failures.total).toBe(1);
  });
});

test('the state shows no token, no secret and no cookie', async () => {
  await storeProvider();
  const reply = await postResponse(AS_ADA);
  const cookie = /=([^;]+);/.exec(reply.headers.get('set-cookie') ?? '')?.[1] ?? 'none';

  const text = JSON.stringify(await sandbox.state());

  for (const secret of [GENESYS.clientSecret, cookie, 'access_token']) expect(text).not.toContain(secret);
});
