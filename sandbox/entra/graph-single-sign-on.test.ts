import { X509Certificate } from 'node:crypto';
import { BOT, TENANT_ID } from '../credentials.js';
import { constantClaim, EntraWorld, GENESYS_CLAIMS, REGION_URL, type GalleryApp } from './testing/entra-world.js';

// Each app has a real RSA key, and making one takes its time on a busy machine.
jest.setTimeout(30_000);

let world: EntraWorld;
beforeAll(async () => {
  world = await EntraWorld.start();
});
afterAll(() => world.stop());
beforeEach(() => world.reset());

const spPath = (app: GalleryApp): string => `/servicePrincipals/${app.principal.id}`;
const appPath = (app: GalleryApp): string => `/applications/${app.application.id}`;

describe('the gallery', () => {
  it('finds Genesys by name or part of it, and nothing for another name', async () => {
    const exact = await world.graph
      .api('/applicationTemplates')
      .filter("displayName eq 'Genesys Cloud for Azure'")
      .get();
    const part = await world.graph.api('/applicationTemplates').filter("contains(displayName,'genesys')").get();
    const none = await world.graph.api('/applicationTemplates').filter("displayName eq 'PureCloud'").get();
    const all = await world.graph.api('/applicationTemplates').get();

    expect([exact.value.length, part.value.length, none.value.length]).toEqual([1, 1, 0]);
    expect(exact.value[0]).toMatchObject({ supportedSingleSignOnModes: ['saml'] });
    expect(all.value.length).toBeGreaterThan(2);
  });

  it('makes two objects with two ids, owned by the caller, with nothing set', async () => {
    const app = await world.instantiate();

    expect(app.application.id).not.toBe(app.principal.id);
    expect(app.application.appId).toBe(app.principal.appId);
    expect(app.application).toMatchObject({ identifierUris: [], web: { redirectUris: [] } });
    expect(app.principal).toMatchObject({ preferredSingleSignOnMode: null, keyCredentials: [] });
    expect(app.principal.appRoles.map((role) => role.displayName)).toEqual(['User', 'msiam_access']);
    for (const path of [appPath(app), spPath(app)]) {
      const owners = await world.graph.api(`${path}/owners`).get();
      expect(owners.value).toEqual([expect.objectContaining({ id: BOT.servicePrincipalId })]);
    }
  });

  it('makes another app each time, found again by template', async () => {
    const first = await world.instantiate();
    await world.instantiate();

    const found = await world.graph
      .api('/servicePrincipals')
      .filter(`applicationTemplateId eq '${String(first.application['applicationTemplateId'])}'`)
      .get();

    expect(found.value).toHaveLength(2);
  });

  it('refuses every change of an app that the bot does not own', async () => {
    await world.control('faults', { fault: 'not-owned' });
    const app = await world.instantiate();

    await expect(world.graph.api(spPath(app)).patch({ notes: 'x' })).rejects.toMatchObject({ statusCode: 403 });
    await expect(world.graph.api(appPath(app)).patch({ notes: 'x' })).rejects.toMatchObject({ statusCode: 403 });
    await expect(world.addCertificate(app)).rejects.toMatchObject({ statusCode: 403 });
  });

  it('does not find an application by its application id or the other object’s id', async () => {
    const app = await world.instantiate();

    await expect(world.graph.api(`/applications/${app.application.appId}`).get()).rejects.toMatchObject({
      statusCode: 404,
      code: 'Request_ResourceNotFound',
    });
    await expect(world.graph.api(`/applications/${app.principal.id}`).get()).rejects.toMatchObject({ statusCode: 404 });
    const byKey = await world.graph.api(`/applications(appId='${app.application.appId}')`).get();
    expect(byKey.id).toBe(app.application.id);
  });
});

describe('identifier and reply URL', () => {
  it('takes a foreign identifier only after the service principal is in SAML mode', async () => {
    const app = await world.instantiate();
    const change = { identifierUris: [REGION_URL], web: { redirectUris: [REGION_URL] } };

    await expect(world.graph.api(appPath(app)).patch(change)).rejects.toMatchObject({
      statusCode: 400,
      code: 'HostNameNotOnVerifiedDomain',
    });
    await world.graph.api(spPath(app)).patch({ preferredSingleSignOnMode: 'saml' });
    await world.graph.api(appPath(app)).patch(change);

    const principal = await world.graph.api(spPath(app)).get();
    expect(principal).toMatchObject({
      servicePrincipalNames: [app.application.appId, REGION_URL],
      replyUrls: [REGION_URL],
    });
  });

  it('keeps an identifier unique in the tenant', async () => {
    await world.readyApp();
    const second = await world.instantiate();
    await world.graph.api(spPath(second)).patch({ preferredSingleSignOnMode: 'saml' });

    const refused = world.graph.api(appPath(second)).patch({ identifierUris: [REGION_URL] });

    await expect(refused).rejects.toMatchObject({
      statusCode: 400,
      code: 'Request_BadRequest',
      message: 'Another object with the same value for property identifierUris already exists.',
    });
  });

  it('is found by its identifier', async () => {
    const app = await world.readyApp();

    const found = await world.graph.api('/applications').filter(`identifierUris/any(u:u eq '${REGION_URL}')`).get();

    expect(found.value.map((entry: { id: string }) => entry.id)).toEqual([app.application.id]);
  });

  it('replaces a collection as a whole and keeps the other members of a complex property', async () => {
    const app = await world.readyApp();
    const other = 'https://login.mypurecloud.com/saml';

    await world.graph.api(appPath(app)).patch({ web: { redirectUris: [other] } });

    const { web } = await world.graph.api(appPath(app)).get();
    expect(web.redirectUris).toEqual([other]);
    expect(web.homePageUrl).toContain('metadata=purecloudbygenesys');
  });

  it.each([
    ['a property that does not exist', { signOnUrl: 'https://x.example' }],
    ['the service principal’s property', { preferredSingleSignOnMode: 'saml' }],
    ['a read-only property', { appId: TENANT_ID }],
    ['a value of another type', { identifierUris: REGION_URL }],
    ['a reply URL without https', { web: { redirectUris: ['http://login.mypurecloud.de/saml'] } }],
    ['the same identifier twice', { identifierUris: ['api://x', 'api://x'] }],
    ['an enabled role left out', { appRoles: [] }],
  ])('refuses %s and changes nothing', async (_, change) => {
    const app = await world.readyApp();
    const before = await world.graph.api(appPath(app)).get();

    await expect(world.graph.api(appPath(app)).patch({ notes: 'x', ...change })).rejects.toMatchObject({
      statusCode: 400,
    });

    expect(await world.graph.api(appPath(app)).get()).toEqual(before);
  });

  it.each([
    ['six notification addresses', { notificationEmailAddresses: Array(6).fill('a@contoso.example') }],
    ['an unknown sign-on mode', { preferredSingleSignOnMode: 'SAML' }],
    ['notes of 1,025 characters', { notes: 'x'.repeat(1025) }],
    ['the identifier on the wrong object', { identifierUris: [REGION_URL] }],
  ])('the service principal refuses %s', async (_, change) => {
    const app = await world.instantiate();

    await expect(world.graph.api(spPath(app)).patch(change)).rejects.toMatchObject({ statusCode: 400 });
  });
});

describe('signing certificates', () => {
  it('come as a real certificate with three entries, inactive', async () => {
    const app = await world.instantiate();

    const made = await world.addCertificate(app, { displayName: 'CN=Latchkey run-1' });

    const certificate = new X509Certificate(Buffer.from(made.key, 'base64'));
    const principal = await world.graph.api(spPath(app)).get();
    const sign = principal.keyCredentials.find((entry: { usage: string }) => entry.usage === 'Sign');
    expect(certificate.subject).toBe('CN=Latchkey run-1');
    expect(certificate.fingerprint.replaceAll(':', '')).toBe(made.thumbprint);
    expect(Buffer.from(made.customKeyIdentifier, 'base64').toString('hex').toUpperCase()).toBe(made.thumbprint);
    expect(principal.keyCredentials).toHaveLength(2);
    expect(principal.passwordCredentials).toEqual([expect.objectContaining({ keyId: sign.keyId, secretText: null })]);
    expect(made.keyId).toBe(sign.keyId);
    expect(principal.preferredTokenSigningKeyThumbprint).toBeNull();
  });

  it('show the public key only when it is selected on one object, the private one never', async () => {
    const app = await world.readyApp();

    const plain = await world.graph.api(spPath(app)).get();
    const listed = await world.graph.api('/servicePrincipals').select('keyCredentials,id').get();
    const selected = await world.graph.api(spPath(app)).select('keyCredentials').get();

    const keys = (entries: { key: string | null }[]): (string | null)[] => entries.map((entry) => entry.key);
    expect(keys(plain.keyCredentials)).toEqual([null, null]);
    expect(keys(listed.value.flatMap((entry: { keyCredentials: [] }) => entry.keyCredentials))).toEqual([null, null]);
    expect(keys(selected.keyCredentials)).toEqual([null, app.certificate.key]);
    expect(JSON.stringify(await world.state())).not.toMatch(/PRIVATE KEY|passwordHash|access_token/);
  });

  it.each([
    ['a name without CN=', { displayName: 'Latchkey' }],
    ['an end after more than three years', { displayName: 'CN=x', endDateTime: '2099-01-01T00:00:00Z' }],
    ['an end in the past', { displayName: 'CN=x', endDateTime: '2020-01-01T00:00:00Z' }],
    ['an unknown parameter', { displayName: 'CN=x', keySize: 4096 }],
  ])('refuse %s', async (_, body) => {
    const app = await world.instantiate();

    await expect(world.addCertificate(app, body)).rejects.toMatchObject({ statusCode: 400 });
  });

  it('are dated by business time', async () => {
    const app = await world.instantiate();
    await world.control('clock', { advance: 'P400D' });

    const made = await world.addCertificate(app);

    const daysAhead = (new Date(made.startDateTime).getTime() - Date.now()) / 86_400_000;
    expect(Math.round(daysAhead)).toBe(400);
  });

  it('keep any thumbprint, unchecked and in lower case', async () => {
    const app = await world.instantiate();

    await world.activate(app, 'ABC0DEF');

    const { preferredTokenSigningKeyThumbprint } = await world.graph.api(spPath(app)).get();
    expect(preferredTokenSigningKeyThumbprint).toBe('abc0def');
  });

  it('leave when the complete lists are sent without them, the rest unchanged', async () => {
    const app = await world.readyApp();
    const second = await world.addCertificate(app, { displayName: 'CN=Second' });
    const before = await world.graph.api(spPath(app)).get();
    const others = (entries: { customKeyIdentifier: string }[]): object[] =>
      entries.filter((entry) => entry.customKeyIdentifier !== second.customKeyIdentifier);

    await world.graph.api(spPath(app)).patch({
      keyCredentials: others(before.keyCredentials),
      passwordCredentials: others(before.passwordCredentials),
    });

    const after = await world.graph.api(spPath(app)).select('keyCredentials,passwordCredentials').get();
    expect(after.keyCredentials).toHaveLength(2);
    expect(after.passwordCredentials).toHaveLength(1);
    expect(after.keyCredentials[1].key).toBe(app.certificate.key);
  });

  it('refuse a retained entry that differs from what was read', async () => {
    const app = await world.readyApp();
    const before = await world.graph.api(spPath(app)).get();
    const [sign, verify] = before.keyCredentials;
    const rounded = { ...sign, startDateTime: new Date(sign.startDateTime).toISOString() };

    const refused = world.graph.api(spPath(app)).patch({ keyCredentials: [rounded, verify] });

    await expect(refused).rejects.toMatchObject({
      statusCode: 400,
      message: expect.stringContaining(`Update to existing credential with KeyId '${sign.keyId}' is not allowed`),
    });
  });

  it('refuse to lose one of their three entries', async () => {
    const app = await world.readyApp();

    await expect(world.graph.api(spPath(app)).patch({ keyCredentials: [] })).rejects.toMatchObject({ statusCode: 400 });
  });
});

describe('the claims policy', () => {
  it('does not exist at first, and is what was put afterwards', async () => {
    const app = await world.instantiate();
    const read = (): Promise<unknown> =>
      world.graph
        .api(`${spPath(app)}/claimsPolicy`)
        .version('beta')
        .get();

    await expect(read()).rejects.toMatchObject({ statusCode: 404, code: 'Request_ResourceNotFound' });
    await world.putClaims(app);

    expect(await read()).toMatchObject({ id: app.principal.id, ...GENESYS_CLAIMS });
  });

  it('keeps on PATCH what the body does not name', async () => {
    const app = await world.instantiate();
    await world.putClaims(app);

    await world.graph
      .api(`${spPath(app)}/claimsPolicy`)
      .version('beta')
      .patch({ includeBasicClaimSet: false });

    const policy = await world.graph
      .api(`${spPath(app)}/claimsPolicy`)
      .version('beta')
      .get();
    expect(policy).toMatchObject({ includeBasicClaimSet: false, claims: GENESYS_CLAIMS.claims });
  });

  it.each([
    ['an unknown claim type', { claims: [{ '@odata.type': '#microsoft.graph.claim', name: 'x' }] }],
    ['a claim without a source', { claims: [{ ...constantClaim('x', 'y'), configurations: [] }] }],
    ['an unknown member', { claimz: [] }],
    ['an unknown token format', { claims: [{ ...constantClaim('x', 'y'), tokenFormat: ['SAML'] }] }],
    ['the same claim twice', { claims: [constantClaim('x', 'y'), constantClaim('x', 'z')] }],
    ['text where a flag belongs', { includeBasicClaimSet: 'true' }],
  ])('refuses %s', async (_, policy) => {
    const app = await world.instantiate();

    await expect(world.putClaims(app, policy)).rejects.toMatchObject({ statusCode: 400 });
  });
});
