import { EntraWorld, REGION_URL, type GalleryApp } from './testing/entra-world.js';

// Each app has a real RSA key, and making one takes its time on a busy machine.
jest.setTimeout(30_000);

let world: EntraWorld;
beforeAll(async () => {
  world = await EntraWorld.start();
});
afterAll(() => world.stop());
beforeEach(() => world.reset());

const ADA = '0e0b1ec7-0000-4000-8000-000000000001';
const ANA = '0e0b1ec7-0000-4000-8000-000000000004';
const BIN = '/v1.0/directory/deletedItems';
const spPath = (app: GalleryApp): string => `/v1.0/servicePrincipals/${app.principal.id}`;
const appPath = (app: GalleryApp): string => `/v1.0/applications/${app.application.id}`;
const status = async (method: string, path: string): Promise<number> => (await world.raw(method, path)).status;
const read = async (path: string): Promise<Record<string, unknown>> =>
  (await (await world.raw('GET', path)).json()) as Record<string, unknown>;

async function idsIn(kind: string): Promise<string[]> {
  const { value } = (await read(`${BIN}/microsoft.graph.${kind}`)) as { value: { id: string }[] };
  return value.map(({ id }) => id);
}

describe('a deleted application', () => {
  it('lies in the bin together with its service principal, and both come back one after the other', async () => {
    const app = await world.readyApp();
    await world.putClaims(app);
    await world.assign(app, ANA);
    const before = [await read(appPath(app)), await read(`${spPath(app)}?$select=keyCredentials,tags`)];

    expect(await status('DELETE', appPath(app))).toBe(204);
    expect([await status('GET', appPath(app)), await status('GET', spPath(app))]).toEqual([404, 404]);
    expect([await idsIn('application'), await idsIn('servicePrincipal')]).toEqual([
      [app.application.id],
      [app.principal.id],
    ]);
    expect(await read(`${BIN}/${app.application.id}`)).toMatchObject({
      '@odata.type': '#microsoft.graph.application',
      deletedDateTime: expect.stringMatching(/^\d{4}-/),
    });

    const tooEarly = await world.raw('POST', `${BIN}/${app.principal.id}/restore`);
    const application = await world.raw('POST', `${BIN}/${app.application.id}/restore`);
    const stillDeleted = await status('GET', spPath(app));
    const principal = await world.raw('POST', `${BIN}/${app.principal.id}/restore`);

    expect([tooEarly.status, application.status, stillDeleted, principal.status]).toEqual([400, 200, 404, 200]);
    expect(await application.json()).toMatchObject({ id: app.application.id, deletedDateTime: null });
    expect([await read(appPath(app)), await read(`${spPath(app)}?$select=keyCredentials,tags`)]).toEqual(before);
    expect((await read(`${spPath(app)}/appRoleAssignedTo`))['value']).toHaveLength(1);
    expect((await read(`${spPath(app)}/owners`))['value']).toHaveLength(1);
    expect(await status('GET', `/beta/servicePrincipals/${app.principal.id}/claimsPolicy`)).toBe(200);
    expect([await idsIn('application'), await idsIn('servicePrincipal')]).toEqual([[], []]);
  });

  it('keeps its identifier reserved until it is gone for good', async () => {
    const [old, next] = [await world.readyApp(), await world.instantiate()];
    await world.raw('PATCH', spPath(next), { body: { preferredSingleSignOnMode: 'saml' } });
    const identify = async (): Promise<number> =>
      (await world.raw('PATCH', appPath(next), { body: { identifierUris: [REGION_URL] } })).status;
    await status('DELETE', appPath(old));

    const reserved = await identify();
    const purged = await status('DELETE', `${BIN}/${old.application.id}`);

    expect([reserved, purged, await identify()]).toEqual([400, 204, 204]);
    expect(await status('POST', `${BIN}/${old.application.id}/restore`)).toBe(404);
  });

  it('cannot be deleted twice, and not by a bot that does not own it', async () => {
    const app = await world.instantiate();
    await world.fault('not-owned');
    const foreign = await world.instantiate();

    const answers = [
      await status('DELETE', appPath(app)),
      await status('DELETE', appPath(app)),
      await status('DELETE', appPath(foreign)),
    ];

    expect(answers).toEqual([204, 404, 403]);
  });

  it('may refuse to go while it is in SAML mode', async () => {
    const app = await world.readyApp();
    await world.fault('saml-app-delete-refused');

    const refused = await world.raw('DELETE', appPath(app));
    await world.raw('PATCH', spPath(app), { body: { preferredSingleSignOnMode: null } });

    expect([refused.status, await refused.json()]).toEqual([
      400,
      expect.objectContaining({ error: expect.objectContaining({ code: 'DeletingSamlSpNotAllowed' }) }),
    ]);
    expect(await status('DELETE', appPath(app))).toBe(204);
  });
});

describe('a deleted service principal', () => {
  it('leaves its application, which can be deleted after it', async () => {
    const app = await world.instantiate();

    const answers = [
      await status('DELETE', spPath(app)),
      await status('GET', appPath(app)),
      await status('DELETE', appPath(app)),
    ];

    expect(answers).toEqual([204, 200, 204]);
  });
});

describe('a deleted person', () => {
  it('is out of every list and comes back with assignments', async () => {
    const app = await world.readyApp();
    await world.assign(app, ANA);
    const before = await read(`/v1.0/users/${ANA}?$select=displayName,mail,userPrincipalName`);

    expect(await status('DELETE', `/v1.0/users/${ANA}`)).toBe(204);
    expect(await status('GET', `/v1.0/users/${ANA}`)).toBe(404);
    expect((await read(`${spPath(app)}/appRoleAssignedTo`))['value']).toEqual([]);
    expect(await idsIn('user')).toEqual([ANA]);

    expect(await status('POST', `${BIN}/${ANA}/restore`)).toBe(200);
    expect(await read(`/v1.0/users/${ANA}?$select=displayName,mail,userPrincipalName`)).toEqual(before);
    expect((await read(`${spPath(app)}/appRoleAssignedTo`))['value']).toHaveLength(1);
  });

  it('does not come back while somebody else has the sign-in name', async () => {
    await status('DELETE', `/v1.0/users/${ANA}`);
    await world.raw('POST', '/v1.0/users', {
      body: {
        accountEnabled: true,
        displayName: 'Another Ana',
        mailNickname: 'ana.agent',
        userPrincipalName: 'ana.agent@contoso.example',
        passwordProfile: { password: 'Gk7-vanilla-rain' },
      },
    });

    expect(await status('POST', `${BIN}/${ANA}/restore`)).toBe(400);
  });

  it('is never an administrator, nor deleted without the permission', async () => {
    const administrator = await status('DELETE', `/v1.0/users/${ADA}`);
    await world.fault('permission-removed', { permission: 'User.ReadWrite.All' });

    expect([administrator, await status('DELETE', `/v1.0/users/${ANA}`)]).toEqual([403, 403]);
  });

  it('shows no password hash in the bin or in the state', async () => {
    await status('DELETE', `/v1.0/users/${ANA}`);

    const shown = JSON.stringify([await read(`${BIN}/${ANA}`), await world.state()]);

    expect(shown).not.toMatch(/"hash"|"salt"|PRIVATE KEY/);
  });
});
