import { X509Certificate } from 'node:crypto';
import { TENANT_ID } from '../credentials.js';
import { GROUPS } from './seed.js';
import { EntraWorld, GENESYS_CLAIMS, REGION_URL, userRoleOf, type GalleryApp } from './testing/entra-world.js';

// Each app has a real RSA key, and making one takes its time on a busy machine.
jest.setTimeout(30_000);

let world: EntraWorld;
beforeAll(async () => {
  world = await EntraWorld.start();
});
afterAll(() => world.stop());
beforeEach(() => world.reset());

const POLICIES = '/v1.0/policies/claimsMappingPolicies';
const DEFINITION = {
  ClaimsMappingPolicy: {
    Version: 1,
    IncludeBasicClaimSet: 'true',
    ClaimsSchema: [
      { Source: 'user', ID: 'userprincipalname', SamlClaimType: 'Email' },
      { Value: 'contoso-gc', SamlClaimType: 'OrganizationName' },
    ],
  },
};
const body = (definition: unknown): object => ({
  displayName: 'genesys-claims',
  definition: [typeof definition === 'string' ? definition : JSON.stringify(definition)],
});
const spPath = (app: GalleryApp): string => `/v1.0/servicePrincipals/${app.principal.id}`;
const read = async (path: string): Promise<Record<string, unknown>> =>
  (await (await world.raw('GET', path)).json()) as Record<string, unknown>;
const createPolicy = async (): Promise<string> =>
  ((await (await world.raw('POST', POLICIES, { body: body(DEFINITION) })).json()) as { id: string }).id;
const reference = (app: GalleryApp, address: string): Promise<Response> =>
  world.raw('POST', `${spPath(app)}/claimsMappingPolicies/$ref`, { body: { '@odata.id': address } });

describe('a claims mapping policy', () => {
  it('is created, assigned, listed, and taken away again', async () => {
    const app = await world.readyApp();
    const created = await world.raw('POST', POLICIES, { body: body(DEFINITION) });
    const policy = (await created.json()) as { id: string };

    const assigned = await reference(app, `https://graph.microsoft.com${POLICIES}/${policy.id}`);
    const listed = await read(`${spPath(app)}/claimsMappingPolicies`);
    const appliesTo = await read(`${POLICIES}/${policy.id}/appliesTo`);
    const removed = await world.raw('DELETE', `${spPath(app)}/claimsMappingPolicies/${policy.id}/$ref`);

    expect([created.status, assigned.status, removed.status]).toEqual([201, 204, 204]);
    expect(policy).toMatchObject({
      isOrganizationDefault: false,
      deletedDateTime: null,
      displayName: 'genesys-claims',
    });
    expect(listed['value']).toEqual([expect.objectContaining({ id: policy.id })]);
    expect(appliesTo['value']).toEqual([expect.objectContaining({ id: app.principal.id })]);
    expect((await read(`${spPath(app)}/claimsMappingPolicies`))['value']).toEqual([]);
  });

  it.each([
    ['keys in other letters', { claimsMappingPolicy: DEFINITION.ClaimsMappingPolicy }],
    ['a constant in ID', schema({ ID: 'contoso-gc', SamlClaimType: 'OrganizationName' })],
    ['a constant with a source', schema({ Source: 'user', Value: 'x', SamlClaimType: 'OrganizationName' })],
    ['an unknown source property', schema({ Source: 'user', ID: 'shoesize', SamlClaimType: 'Email' })],
    ['no JSON', '{'],
  ])('with %s is refused', async (_mistake, definition) => {
    const response = await world.raw('POST', POLICIES, { body: body(definition) });

    expect([response.status, await response.json()]).toEqual([
      400,
      { error: expect.objectContaining({ message: 'Property definition has an invalid value.' }) },
    ]);
  });

  it('is assigned once, never beside another, never by an address with a tenant in it', async () => {
    const app = await world.instantiate();
    const [one, two] = [await createPolicy(), await createPolicy()];
    const answers = [
      await reference(app, `https://graph.microsoft.com/v1.0/${TENANT_ID}/policies/claimsMappingPolicies/${one}`),
      await reference(app, `https://graph.microsoft.com/v1.0/directoryObjects/${one}`),
      await reference(app, `https://graph.microsoft.com${POLICIES}/${one}`),
      await reference(app, `https://graph.microsoft.com${POLICIES}/${two}`),
      await reference(app, `https://graph.microsoft.com${POLICIES}/${TENANT_ID}`),
    ];

    expect(answers.map((answer) => answer.status)).toEqual([400, 204, 400, 400, 404]);
  });

  function schema(entry: object): object {
    return { ClaimsMappingPolicy: { ...DEFINITION.ClaimsMappingPolicy, ClaimsSchema: [entry] } };
  }
});

describe('the beta claims policy', () => {
  it('does not exist at all in a cloud without it', async () => {
    const app = await world.instantiate();
    await world.fault('no-claims-policy-api');
    const path = `/beta/servicePrincipals/${app.principal.id}/claimsPolicy`;

    const answers = [await world.raw('GET', path), await world.raw('PUT', path, { body: GENESYS_CLAIMS })];

    expect(answers.map((answer) => answer.status)).toEqual([400, 400]);
    expect(await answers[1]?.json()).toMatchObject({
      error: { code: 'BadRequest', message: "Resource not found for the segment 'claimsPolicy'." },
    });
  });
});

describe('the policy for identifiers', () => {
  const identify = async (app: GalleryApp, identifier: string): Promise<Response> =>
    world.raw('PATCH', `/v1.0/applications/${app.application.id}`, { body: { identifierUris: [identifier] } });
  const restrictions = async (): Promise<unknown> => {
    const policy = await read('/v1.0/policies/defaultAppManagementPolicy');
    return (policy['applicationRestrictions'] as { identifierUris: { nonDefaultUriAddition: unknown } }).identifierUris
      .nonDefaultUriAddition;
  };
  async function samlApp(): Promise<GalleryApp> {
    const app = await world.instantiate();
    await world.raw('PATCH', spPath(app), { body: { preferredSingleSignOnMode: 'saml' } });
    return app;
  }

  it('is off, until the fault refuses foreign identifiers of every app', async () => {
    const app = await samlApp();
    const off = await restrictions();
    await world.fault('identifier-policy');

    const refused = await identify(app, REGION_URL);
    const own = await identify(app, `api://${app.application.appId}`);

    expect(off).toMatchObject({ state: 'disabled' });
    expect(await restrictions()).toMatchObject({ state: 'enabled', excludeSaml: false });
    expect([refused.status, own.status]).toEqual([400, 204]);
    expect(await refused.json()).toMatchObject({
      error: { message: expect.stringMatching(/^Failed to add identifier URI/) },
    });
  });

  it('may exempt apps in SAML mode', async () => {
    const app = await samlApp();
    await world.fault('identifier-policy', { excludeSaml: 'true' });

    expect((await identify(app, REGION_URL)).status).toBe(204);
  });
});

describe('a tenant without a licence', () => {
  it('has no product and assigns no group, but people', async () => {
    const app = await world.readyApp();
    const principalId = GROUPS['Genesys Agents'];
    const assignGroup = async (): Promise<number> =>
      (
        await world.raw('POST', `/v1.0/groups/${principalId}/appRoleAssignments`, {
          body: { principalId, resourceId: app.principal.id, appRoleId: userRoleOf(app) },
        })
      ).status;
    const licensed = await read('/v1.0/subscribedSkus');
    await world.fault('no-licence');

    const refused = await assignGroup();
    await world.assign(app, '0e0b1ec7-0000-4000-8000-000000000004');

    expect(licensed['value']).toEqual([expect.objectContaining({ skuPartNumber: 'AAD_PREMIUM' })]);
    expect((await read('/v1.0/subscribedSkus'))['value']).toEqual([]);
    expect(refused).toBe(403);
    await world.control('faults', { fault: 'no-licence', on: false });
    expect(await assignGroup()).toBe(201);
  });
});

describe('an active certificate that is made to expire', () => {
  it('has run out in Graph, in its own bytes and by its thumbprint, with the same key', async () => {
    const app = await world.readyApp();
    await world.fault('certificate-expired');

    const principal = (await read(
      `${spPath(app)}?$select=keyCredentials,preferredTokenSigningKeyThumbprint`,
    )) as unknown as {
      keyCredentials: { endDateTime: string; key: string | null }[];
      preferredTokenSigningKeyThumbprint: string;
    };

    const old = new X509Certificate(Buffer.from(app.certificate.key, 'base64'));
    const key = principal.keyCredentials.find((entry) => entry.key !== null)?.key ?? '';
    const aged = new X509Certificate(Buffer.from(key, 'base64'));
    expect(principal.keyCredentials.every((entry) => Date.parse(entry.endDateTime) < Date.now())).toBe(true);
    expect(Date.parse(aged.validTo)).toBeLessThan(Date.now());
    expect(aged.verify(old.publicKey)).toBe(true);
    expect(aged.fingerprint.replaceAll(':', '').toLowerCase()).toBe(principal.preferredTokenSigningKeyThumbprint);
  });

  it('is followed by a valid one once the fault is off', async () => {
    const app = await world.readyApp();
    await world.fault('certificate-expired');
    await world.control('faults', { fault: 'certificate-expired', on: false });

    const next = await world.addCertificate(app);

    expect(Date.parse(next.endDateTime)).toBeGreaterThan(Date.now());
  });

  it('can be removed like any other', async () => {
    const app = await world.readyApp();
    const next = await world.addCertificate(app);
    await world.fault('certificate-expired');
    await world.activate(app, next.thumbprint);
    const { keyCredentials, passwordCredentials } = (await read(spPath(app))) as unknown as Record<
      'keyCredentials' | 'passwordCredentials',
      { customKeyIdentifier: string }[]
    >;
    const kept = (entry: { customKeyIdentifier: string }): boolean =>
      entry.customKeyIdentifier === next.customKeyIdentifier;

    const removed = await world.raw('PATCH', spPath(app), {
      body: { keyCredentials: keyCredentials.filter(kept), passwordCredentials: passwordCredentials.filter(kept) },
    });

    expect([keyCredentials.length, removed.status]).toEqual([4, 204]);
  });
});
