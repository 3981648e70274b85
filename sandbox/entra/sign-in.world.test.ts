import { X509Certificate } from 'node:crypto';
import { deflateRawSync } from 'node:zlib';
import { SEED_PASSWORD, TENANT_ID } from '../credentials.js';
import { authnRequest, Browser, readResponse, redirectUrl, type SeenPage } from './testing/browser.js';
import {
  constantClaim,
  EntraWorld,
  REGION_URL,
  type GalleryApp,
  type TokenSigningCertificate,
} from './testing/entra-world.js';

const ANA = { id: '0e0b1ec7-0000-4000-8000-000000000004', login: 'ana.agent@contoso.example' };
const GUS = { id: '0e0b1ec7-0000-4000-8000-000000000009', login: 'gus_fabrikam.example#EXT#@contoso.example' };
const PERSON_CLAIMS = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims';

// Each app has a real RSA key, and making one takes its time on a busy machine.
jest.setTimeout(30_000);

let world: EntraWorld;
let app: GalleryApp & { certificate: TokenSigningCertificate };
let browser: Browser;
beforeAll(async () => {
  world = await EntraWorld.start();
});
afterAll(() => world.stop());
beforeEach(() => {
  browser = new Browser();
});

async function freshApp(): Promise<void> {
  await world.reset();
  app = await world.readyApp();
}

const start = (issuer = app.application.appId, options?: Parameters<typeof authnRequest>[1]): Promise<SeenPage> =>
  browser.open(redirectUrl(world.base, authnRequest(issuer, options)));
const launchUrl = (appId = app.application.appId, query = `tenantId=${TENANT_ID}`): string =>
  `${world.base}/launcher.myapps.microsoft.com/api/signin/${appId}?${query}`;
const signIn = (page: SeenPage, login = ANA.login, passwd = SEED_PASSWORD): Promise<SeenPage> =>
  browser.send(page, { login, passwd });
const patchPrincipal = (change: object): Promise<unknown> =>
  world.graph.api(`/servicePrincipals/${app.principal.id}`).patch(change);

describe('signing in from the service provider', () => {
  beforeEach(freshApp);

  it('ends in a signed assertion about the person for the app that asked', async () => {
    await world.assign(app, ANA.id);
    await world.putClaims(app);
    const asked = await browser.open(
      redirectUrl(world.base, authnRequest(app.application.appId, { id: '_req' }), { relayState: 'deep/link?a=1&b=2' }),
    );

    const page = await signIn(asked);

    const response = readResponse(page, app.certificate.key);
    expect(page.action).toBe('http://127.0.0.1:4020/login.mypurecloud.de/saml');
    expect(page.fields['RelayState']).toBe('deep/link?a=1&b=2');
    expect(response.signatureIsValid).toBe(true);
    expect(response.certificate).toBe(app.certificate.key);
    expect(response.attribute('Response', 'InResponseTo')).toBe('_req');
    expect(response.attribute('Response', 'Destination')).toBe(REGION_URL);
    expect(response.attribute('SubjectConfirmationData', 'Recipient')).toBe(REGION_URL);
    expect(response.attribute('SubjectConfirmationData', 'InResponseTo')).toBe('_req');
    expect(response.text('Audience')).toBe(`spn:${app.application.appId}`);
    expect(response.text('Issuer')).toBe(`https://sts.windows.net/${TENANT_ID}/`);
    expect(response.text('NameID')).toBe(ANA.login);
    expect(response.attribute('NameID', 'Format')).toBe('urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress');
    expect(response.attributes.slice(-5)).toEqual([
      [`${PERSON_CLAIMS}/surname`, 'Agent'],
      [`${PERSON_CLAIMS}/emailaddress`, ANA.login],
      [`${PERSON_CLAIMS}/name`, ANA.login],
      ['Email', ANA.login],
      ['OrganizationName', 'contoso-gc'],
    ]);
  });

  it('names the identifier as audience when the request was issued by it', async () => {
    await world.assign(app, ANA.id);

    const response = readResponse(await signIn(await start(REGION_URL)), app.certificate.key);

    expect(response.text('Audience')).toBe(REGION_URL);
  });

  it('works by the POST binding too', async () => {
    await world.assign(app, ANA.id);
    const asked = await browser.post(`${world.base}/login.microsoftonline.com/${TENANT_ID}/saml2`, {
      SAMLRequest: Buffer.from(authnRequest(REGION_URL)).toString('base64'),
    });

    expect(readResponse(await signIn(asked), app.certificate.key).signatureIsValid).toBe(true);
  });

  it('sends neither Email nor OrganizationName without a claims policy', async () => {
    await world.assign(app, ANA.id);

    const { attributes } = readResponse(await signIn(await start()), app.certificate.key);

    const names = attributes.map(([name]) => name);
    expect(names).toContain(`${PERSON_CLAIMS}/name`);
    expect(names).not.toContain('Email');
    expect(names).not.toContain('OrganizationName');
  });

  it('sends only the policy’s own claims when the basic set is left out', async () => {
    await world.assign(app, ANA.id);
    await world.putClaims(app, { claims: [constantClaim('OrganizationName', 'contoso-gc')] });

    const { attributes } = readResponse(await signIn(await start()), app.certificate.key);

    expect(attributes).toEqual([['OrganizationName', 'contoso-gc']]);
  });

  it('is written so that no value can break the message or its signature', async () => {
    const wild = `<a href="x">&'\r\n\t]]> \u0000\u000b\ufffe 漢😀`;
    await world.assign(app, ANA.id);
    await world.putClaims(app, { claims: [constantClaim('Wild', wild)] });

    const response = readResponse(await signIn(await start()), app.certificate.key);

    expect(response.signatureIsValid).toBe(true);
    expect(response.attributes).toEqual([['Wild', `<a href="x">&'\r\n\t]]>  漢😀`]]);
  });

  it('needs no password the second time, unless the request insists', async () => {
    await world.assign(app, ANA.id);
    await signIn(await start());

    const second = await start();
    const insisting = await start(undefined, { attributes: 'ForceAuthn="true"' });

    expect(readResponse(second, app.certificate.key).signatureIsValid).toBe(true);
    expect(insisting.text).toContain('name="passwd"');
  });

  it('needs the password again once the sessions of that person were revoked, and of nobody else', async () => {
    await world.assign(app, ANA.id);
    await signIn(await start());
    await world.graph.api(`/users/${GUS.id}/revokeSignInSessions`).post({});
    const before = await start();

    const answer: unknown = await world.graph.api(`/users/${ANA.id}/revokeSignInSessions`).post({});

    expect(answer).toMatchObject({ value: true });
    expect(readResponse(before, app.certificate.key).signatureIsValid).toBe(true);
    expect((await start()).text).toContain('name="passwd"');
  });

  it('answers a passive request without a page', async () => {
    const page = await start(undefined, { attributes: 'IsPassive="true"' });

    const response = readResponse(page, app.certificate.key);
    expect(response.xml).toContain('status:NoPassive');
    expect(response.xml).not.toContain('<Assertion');
  });

  it('dates the assertion by business time, 5 minutes back and 60 ahead', async () => {
    await world.assign(app, ANA.id);
    await world.control('clock', { advance: 'P2D' });

    const response = readResponse(await signIn(await start()), app.certificate.key);

    const from = Date.parse(response.attribute('Conditions', 'NotBefore') ?? '');
    const to = Date.parse(response.attribute('Conditions', 'NotOnOrAfter') ?? '');
    expect(to - from).toBe(65 * 60 * 1000);
    expect(Math.round((from - Date.now()) / 3_600_000)).toBe(48);
  });

  it.each([
    ['switched off', { accountEnabled: false }, 7000112],
    ['not in SAML mode', { preferredSingleSignOnMode: null }, 650056],
  ])('is refused when the app is %s', async (_, change, code) => {
    await patchPrincipal(change);

    expect((await start()).errorCode).toBe(code);
  });

  it('is refused when the app has no reply URL', async () => {
    await world.graph.api(`/applications/${app.application.id}`).patch({ web: { redirectUris: [] } });

    expect((await start()).errorCode).toBe(900971);
  });

  it('is refused when the context asked for is not a password', async () => {
    await world.assign(app, ANA.id);
    const content =
      '<samlp:RequestedAuthnContext><AuthnContextClassRef xmlns="urn:oasis:names:tc:SAML:2.0:assertion">urn:oasis:names:tc:SAML:2.0:ac:classes:X509</AuthnContextClassRef></samlp:RequestedAuthnContext>';

    const page = await signIn(await start(undefined, { content }));

    expect(page.errorCode).toBe(75011);
  });
});

describe('before anybody is asked who they are, a request', () => {
  beforeAll(freshApp);

  it.each([
    ['an issuer that no app has', () => start('https://login.mypurecloud.com/saml'), 700016],
    ['the identifier with a slash too much', () => start(`${REGION_URL}/`), 700016],
    [
      'a reply URL that the app does not have',
      () => start(undefined, { attributes: `AssertionConsumerServiceURL="${REGION_URL}/"` }),
      50011,
    ],
    ['an id that begins with a digit', () => start(undefined, { id: '1a' }), 7500529],
    [
      'another binding for the response',
      () => start(undefined, { attributes: 'ProtocolBinding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Artifact"' }),
      75003,
    ],
    [
      'an unknown name format',
      () =>
        start(undefined, {
          content: '<samlp:NameIDPolicy Format="urn:oasis:names:tc:SAML:1.1:nameid-format:X509SubjectName"/>',
        }),
      75016,
    ],
    [
      'a subject',
      () => start(undefined, { content: '<Subject xmlns="urn:oasis:names:tc:SAML:2.0:assertion"/>' }),
      900236,
    ],
    [
      'another tenant',
      () => browser.open(redirectUrl(world.base, authnRequest('x'), { tenant: 'fabrikam.example' })),
      90002,
    ],
    ['no request at all', () => browser.open(`${world.base}/login.microsoftonline.com/${TENANT_ID}/saml2`), 750054],
    ['no XML', () => browser.open(redirectUrl(world.base, 'hello')), 75005],
    ['a document type', () => browser.open(redirectUrl(world.base, `<!DOCTYPE x>${authnRequest('x')}`)), 75005],
    ['a bomb', () => browser.open(redirectUrl(world.base, authnRequest('x'.repeat(5_000_000)))), 75005],
    [
      'base64 that was not URL-encoded',
      () =>
        browser.open(
          `${world.base}/login.microsoftonline.com/${TENANT_ID}/saml2?SAMLRequest=${deflateRawSync('??>>??').toString('base64')}+%20`,
        ),
      75005,
    ],
  ])('with %s is refused', async (_, open, code) => {
    const page = await open();

    expect(page.errorCode).toBe(code);
    expect(page.status).toBe(200);
    expect(page.text).toContain(`AADSTS${code}: `);
    expect(page.text).toMatch(/Correlation ID.*[0-9a-f-]{36}.*Timestamp.*\d{4}-\d\d-\d\dT/s);
    expect(page.text).not.toContain('name="passwd"');
    expect((await world.state()).signIns).toEqual([]);
  });
});

describe('who may sign in', () => {
  beforeEach(freshApp);

  it.each([
    ['wrong password', ANA.login, 'nope', 50126],
    ['unknown person', 'nobody@contoso.example', SEED_PASSWORD, 50034],
  ])('%s: the page stays and says why', async (_, login, passwd, code) => {
    await world.assign(app, ANA.id);

    const page = await signIn(await start(), login, passwd);

    expect(page.errorCode).toBe(code);
    expect(page.text).toContain('name="passwd"');
    expect((await world.state()).signIns).toMatchObject([
      { userPrincipalName: login, appId: app.application.appId, status: { errorCode: code } },
    ]);
    expect(readResponse(await signIn(page), app.certificate.key).signatureIsValid).toBe(true);
  });

  it('a disabled account may not, even with a session from before', async () => {
    await world.assign(app, ANA.id);
    await signIn(await start());
    await world.graph.api(`/users/${ANA.id}`).patch({ accountEnabled: false });

    const page = await start();

    expect(page.text).toContain('name="passwd"');
    expect((await signIn(page)).errorCode).toBe(50057);
  });

  it('someone who is not assigned may not, and may try with another account', async () => {
    const refused = await signIn(await start());
    const link = /href="([^"]*\/switch\?ctx=[^"]*)"/.exec(refused.text)?.[1] ?? '';
    await world.assign(app, GUS.id);

    const again = await browser.open(link);
    const accepted = await signIn(again, GUS.login);

    expect(refused.errorCode).toBe(50105);
    expect(readResponse(accepted, app.certificate.key).text('NameID')).toBe(GUS.login);
    expect((await world.state()).signIns.map((row) => row.status.errorCode)).toEqual([50105, 0]);
  });

  it('anybody may where no assignment is required', async () => {
    await patchPrincipal({ appRoleAssignmentRequired: false });

    expect(readResponse(await signIn(await start()), app.certificate.key).signatureIsValid).toBe(true);
  });

  it('a new person must choose another password first', async () => {
    const created = (await world.graph.api('/users').post({
      accountEnabled: true,
      displayName: 'T.Simon',
      mailNickname: 't.simon',
      userPrincipalName: 't.simon@contoso.example',
      passwordProfile: { forceChangePasswordNextSignIn: true, password: 'Gk7-vanilla-rain' },
    })) as { id: string };
    await world.assign(app, created.id);
    const change = await signIn(await start(), 't.simon@contoso.example', 'Gk7-vanilla-rain');
    const enter = (oldpasswd: string, newpasswd: string, confirmpasswd = newpasswd): Promise<SeenPage> =>
      browser.send(change, { oldpasswd, newpasswd, confirmpasswd });

    const wrongOld = await enter('nope', 'Hx9-orchard-sun');
    const different = await enter('Gk7-vanilla-rain', 'Hx9-orchard-sun', 'Hx9-orchard-son');
    const same = await enter('Gk7-vanilla-rain', 'Gk7-vanilla-rain');
    const weak = await enter('Gk7-vanilla-rain', 'orchards');
    const done = await enter('Gk7-vanilla-rain', 'Hx9-orchard-sun');

    for (const page of [wrongOld, different, same, weak]) expect(page.text).toContain('role="alert"');
    expect(readResponse(done, app.certificate.key).text('NameID')).toBe('t.simon@contoso.example');
    expect((await world.state()).signIns.map((row) => row.status.errorCode)).toEqual([50055, 0]);
    browser = new Browser();
    expect((await signIn(await start(), 't.simon@contoso.example', 'Gk7-vanilla-rain')).errorCode).toBe(50126);
  });

  it('nobody may change a password with a form that skipped the sign-in', async () => {
    const page = await start();

    const skipped = await browser.post(page.action.replace(/\/login$/, '/changepassword'), {
      ...page.fields,
      oldpasswd: SEED_PASSWORD,
      newpasswd: 'Hx9-orchard-sun',
      confirmpasswd: 'Hx9-orchard-sun',
    });

    expect(skipped.errorCode).toBe(90013);
  });

  it('a missing NameID source is named', async () => {
    await world.assign(app, ANA.id);
    await world.putClaims(app, {
      claims: [
        {
          '@odata.type': '#microsoft.graph.samlNameIdClaim',
          nameIdFormat: 'emailAddress',
          configurations: [
            {
              condition: null,
              attribute: { '@odata.type': '#microsoft.graph.sourcedAttribute', id: 'employeeid', source: 'user' },
              transformations: [],
            },
          ],
        },
      ],
    });

    const page = await signIn(await start());

    expect(page.errorCode).toBe(501241);
    expect(page.text).toContain('employeeid');
  });
});

describe('which certificate signs', () => {
  const signer = async (): Promise<string> => {
    browser = new Browser();
    return readResponse(await signIn(await start()), app.certificate.key).certificate;
  };
  beforeEach(async () => {
    await freshApp();
    await world.assign(app, ANA.id);
  });

  it('the active one, never an inactive one while the active one is valid', async () => {
    const second = await world.addCertificate(app, { displayName: 'CN=Second' });

    expect(await signer()).toBe(app.certificate.key);
    await world.activate(app, second.thumbprint);
    expect(await signer()).toBe(second.key);
  });

  it('another valid one as soon as the active one has expired', async () => {
    await world.control('clock', { advance: 'P1000D' });
    const second = await world.addCertificate(app, { displayName: 'CN=Second' });

    expect(await signer()).toBe(app.certificate.key);
    await world.control('clock', { advance: 'P200D' });
    expect(await signer()).toBe(second.key);
  });

  it('the expired one where there is no other', async () => {
    await world.control('clock', { advance: 'P1200D' });

    expect(await signer()).toBe(app.certificate.key);
  });

  it('none without a thumbprint that names one: 50003', async () => {
    await world.activate(app, '0'.repeat(40));

    expect((await start()).errorCode).toBe(50003);
  });

  it('one of Entra’s choice after the thumbprint was cleared', async () => {
    await world.activate(app, null);

    expect(await signer()).toBe(app.certificate.key);
  });

  it('none when nothing was ever activated, and 50146 when there is a policy but no key', async () => {
    await world.reset();
    app = { ...(await world.instantiate()), certificate: app.certificate };
    await patchPrincipal({ preferredSingleSignOnMode: 'saml' });
    const identity = { identifierUris: [REGION_URL], web: { redirectUris: [REGION_URL] } };
    await world.graph.api(`/applications/${app.application.id}`).patch(identity);

    const bare = await start();
    await world.putClaims(app);
    const withPolicy = await start();
    await world.addCertificate(app);
    const inactive = await start();

    expect([bare.errorCode, withPolicy.errorCode, inactive.errorCode]).toEqual([50003, 50146, 50003]);
  });

  it('a stranger’s, when that fault is on', async () => {
    await world.control('faults', { fault: 'certificate-foreign' });

    const response = readResponse(await signIn(await start()), app.certificate.key);

    expect(response.signatureIsValid).toBe(false);
    expect(response.certificate).not.toBe(app.certificate.key);
    expect(readResponse({ ...(await start()) }, response.certificate).signatureIsValid).toBe(true);
  });

  it('is in the metadata first, the other one after it', async () => {
    const second = await world.addCertificate(app, { displayName: 'CN=Second' });
    const metadata = async (query: string): Promise<string[]> => {
      const path = `/login.microsoftonline.com/${TENANT_ID}/federationmetadata/2007-06/federationmetadata.xml${query}`;
      const text = await (await fetch(world.base + path)).text();
      expect(text).toContain(`entityID="https://sts.windows.net/${TENANT_ID}/"`);
      const descriptor = text.slice(text.indexOf('<IDPSSODescriptor'));
      return [...descriptor.matchAll(/<X509Certificate>([^<]*)</g)].map(([, key = '']) => key);
    };

    const ofApp = await metadata(`?appid=${app.application.appId}`);
    const ofTenant = await metadata('');

    expect(ofApp).toEqual([app.certificate.key, second.key]);
    expect(ofTenant).toHaveLength(1);
    expect(ofApp).not.toContain(ofTenant[0]);
  });

  it('made while "expired" is on, has run out already and is shown so', async () => {
    await world.control('faults', { fault: 'certificate-expired' });

    const made = await world.addCertificate(app, { displayName: 'CN=Late' });

    expect(Date.parse(made.endDateTime)).toBeLessThan(Date.now());
  });

  it('the active one after it was made to expire, with the same key', async () => {
    await world.control('faults', { fault: 'certificate-expired' });

    browser = new Browser();
    const response = readResponse(await signIn(await start()), app.certificate.key);

    expect(response.signatureIsValid).toBe(true);
    expect(response.certificate).not.toBe(app.certificate.key);
    expect(Date.parse(new X509Certificate(Buffer.from(response.certificate, 'base64')).validTo)).toBeLessThan(
      Date.now(),
    );
  });

  it('the inactive one, when the active one counts as expired', async () => {
    const second = await world.addCertificate(app, { displayName: 'CN=Second' });
    await world.control('faults', { fault: 'certificate-expired' });

    expect(await signer()).toBe(second.key);
  });
});

describe('a claims mapping policy', () => {
  beforeEach(freshApp);

  it('supersedes the claims policy of the app, and makes room for it again', async () => {
    await world.assign(app, ANA.id);
    await world.putClaims(app);
    const schema = [
      { Value: 'other-org', SamlClaimType: 'OrganizationName' },
      {
        Source: 'user',
        ID: 'objectid',
        SamlClaimType: 'http://schemas.microsoft.com/identity/claims/objectidentifier',
      },
    ];
    const definition = { ClaimsMappingPolicy: { Version: 1, IncludeBasicClaimSet: 'false', ClaimsSchema: schema } };
    const policy = (await world.graph
      .api('/policies/claimsMappingPolicies')
      .post({ displayName: 'mapping', definition: [JSON.stringify(definition)] })) as { id: string };
    const path = `/servicePrincipals/${app.principal.id}/claimsMappingPolicies`;
    const address = `https://graph.microsoft.com/v1.0/policies/claimsMappingPolicies/${policy.id}`;
    const claims = async (): Promise<unknown> => {
      browser = new Browser();
      return Object.fromEntries(readResponse(await signIn(await start()), app.certificate.key).attributes);
    };

    await world.graph.api(`${path}/$ref`).post({ '@odata.id': address });
    const superseded = await claims();
    await world.graph.api(`${path}/${policy.id}/$ref`).delete();

    expect(superseded).toEqual({ OrganizationName: 'other-org' });
    expect(await claims()).toMatchObject({ Email: ANA.login, OrganizationName: 'contoso-gc' });
  });
});

describe('My Apps', () => {
  beforeEach(freshApp);

  it('sends a response that nobody asked for when there is no Sign-on URL', async () => {
    await world.assign(app, ANA.id);
    await patchPrincipal({ samlSingleSignOnSettings: { relayState: 'home' } });

    const page = await signIn(await browser.open(launchUrl()));

    const response = readResponse(page, app.certificate.key);
    expect(response.signatureIsValid).toBe(true);
    expect(response.attribute('Response', 'InResponseTo')).toBeUndefined();
    expect(response.attribute('SubjectConfirmationData', 'InResponseTo')).toBeUndefined();
    expect(response.text('Audience')).toBe(REGION_URL);
    expect(page.fields['RelayState']).toBe('home');
  });

  it('goes to the Sign-on URL when there is one', async () => {
    await patchPrincipal({ loginUrl: 'https://login.mypurecloud.de' });

    const page = await browser.open(launchUrl());

    expect(page.status).toBe(302);
    expect(page.headers.get('location')).toBe('http://127.0.0.1:4020/login.mypurecloud.de/');
  });

  it.each([
    ['no tenant', () => launchUrl(undefined, ''), 90019],
    ['another tenant', () => launchUrl(undefined, 'tenantId=x'), 90002],
    ['an unknown app', () => launchUrl('17cad0e7-cd2b-4e51-a75d-ba810f3e4902'), 700016],
  ])('refuses a link with %s', async (_, url, code) => {
    expect((await browser.open(url())).errorCode).toBe(code);
  });

  it('may be opened by a link preview any number of times before the person comes', async () => {
    await world.assign(app, ANA.id);
    const previews = Array.from({ length: 520 }, async () => (await fetch(launchUrl())).text());
    await Promise.all(previews);

    const page = await signIn(await browser.open(launchUrl()));

    expect(readResponse(page, app.certificate.key).signatureIsValid).toBe(true);
  });

  it('lists what the person may start', async () => {
    await world.assign(app, ANA.id);
    const asked = await browser.open(`${world.base}/myapps.microsoft.com/`);

    const signedIn = await signIn(asked);
    const home = await browser.open(signedIn.headers.get('location') ?? '');

    expect(home.text).toContain('Genesys Cloud for Azure');
    expect(home.text).toContain(`${world.base}/launcher.myapps.microsoft.com/api/signin/${app.application.appId}`);
    await patchPrincipal({ tags: ['HideApp'] });
    expect((await browser.open(`${world.base}/myapps.microsoft.com`)).text).not.toContain('Genesys');
  });
});

describe('every page', () => {
  beforeEach(freshApp);

  it('says that it is a sandbox, runs only its own script and escapes what came from outside', async () => {
    const evil = `<script>alert(1)</script>"'`;
    const pages = [await start(), await start(evil.replace(/</g, '&lt;')), await signIn(await start(), evil)];

    for (const page of pages) {
      expect(page.text).toContain('Sandbox');
      expect(page.text).not.toContain('<script>alert');
      expect(page.headers.get('content-security-policy')).toMatch(/default-src 'none'; script-src 'nonce-/);
      expect(page.headers.get('cache-control')).toBe('no-store');
    }
  });

  it('that carries a response may post to the service provider only', async () => {
    await world.assign(app, ANA.id);

    const page = await signIn(await start());

    expect(page.headers.get('content-security-policy')).toContain("form-action 'self' http://127.0.0.1:4020;");
    expect(page.text).toMatch(/<noscript\s*>/);
  });
});
