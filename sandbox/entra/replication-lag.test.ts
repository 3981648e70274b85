import { X509Certificate } from 'node:crypto';
import { TENANT_ID } from '../credentials.js';
import { EntraWorld, GENESYS_CLAIMS, REGION_URL, userRoleOf, type GalleryApp } from './testing/entra-world.js';

// Each app has a real RSA key, and making one takes its time on a busy machine.
jest.setTimeout(30_000);

let world: EntraWorld;
beforeAll(async () => {
  world = await EntraWorld.start();
});
afterAll(() => world.stop());
beforeEach(() => world.reset());

const ANA = '0e0b1ec7-0000-4000-8000-000000000004';
const lag = (options: Record<string, string> = {}): Promise<Response> => world.fault('replication-lag', options);
const spPath = (app: GalleryApp): string => `/v1.0/servicePrincipals/${app.principal.id}`;
const appPath = (app: GalleryApp): string => `/v1.0/applications/${app.application.id}`;

async function statuses(path: string, times: number): Promise<number[]> {
  const seen: number[] = [];
  for (let time = 0; time < times; time += 1) seen.push((await world.raw('GET', path)).status);
  return seen;
}

async function read(path: string, headers: Record<string, string> = {}): Promise<Record<string, unknown>> {
  return (await (await world.raw('GET', path, { headers })).json()) as Record<string, unknown>;
}

/** How many objects the list holds, each time it is read. */
async function counts(path: string, times: number): Promise<number[]> {
  const seen: number[] = [];
  for (let time = 0; time < times; time += 1) seen.push(((await read(path))['value'] as unknown[]).length);
  return seen;
}

async function createUser(name: string): Promise<string> {
  const user = {
    accountEnabled: true,
    displayName: name,
    mailNickname: name,
    userPrincipalName: `${name}@contoso.example`,
    passwordProfile: { password: 'Gk7-vanilla-rain' },
  };
  const response = await world.raw('POST', '/v1.0/users', { body: user });
  return ((await response.json()) as { id: string }).id;
}

describe('what was just created', () => {
  it('is there, gone and there again between the delays of two replicas, and stays after the longer one', async () => {
    await lag({ seconds: '10', replicas: '2' });
    const id = await createUser('late');

    const atOnce = await statuses(`/v1.0/users/${id}`, 4);
    world.passWallTime(6);
    const between = await statuses(`/v1.0/users/${id}`, 4);
    world.passWallTime(5);
    const after = await statuses(`/v1.0/users/${id}`, 4);

    expect(atOnce).toEqual([404, 404, 404, 404]);
    expect([...between].sort()).toEqual([200, 200, 404, 404]);
    expect(between[0]).not.toBe(between[1]);
    expect(after).toEqual([200, 200, 200, 200]);
  });

  it('is missing in filtered lists and searches as well', async () => {
    await lag({ seconds: '10', replicas: '1' });
    await createUser('late');
    const eventual = { ConsistencyLevel: 'eventual' };

    const filtered = `/v1.0/users?$filter=userPrincipalName eq 'late@contoso.example'`;
    const search = '/v1.0/users?$search="displayName:late"';
    const early = [(await read(filtered))['value'], (await read(search, eventual))['value']];
    world.passWallTime(11);
    const later = [(await read(filtered))['value'], (await read(search, eventual))['value']];

    expect(early).toEqual([[], []]);
    expect(later).toEqual([
      [expect.objectContaining({ displayName: 'late' })],
      [expect.objectContaining({ displayName: 'late' })],
    ]);
  });

  it('takes longer to be searched than to be read when the index lags more', async () => {
    await lag({ seconds: '2', replicas: '1', index: '60' });
    const id = await createUser('late');
    world.passWallTime(3);

    const search = '/v1.0/users?$search="displayName:late"';
    const found = await read(search, { ConsistencyLevel: 'eventual' });

    expect(await statuses(`/v1.0/users/${id}`, 1)).toEqual([200]);
    expect(found['value']).toEqual([]);
  });

  it('shows both objects of an app or neither, with owners', async () => {
    await lag({ seconds: '4', replicas: '2' });
    const app = await world.instantiate();

    const early = [await statuses(appPath(app), 2), await statuses(spPath(app), 2)];
    world.passWallTime(5);
    const owners = await counts(`${spPath(app)}/owners`, 2);

    expect(early).toEqual([
      [404, 404],
      [404, 404],
    ]);
    expect(owners).toEqual([1, 1]);
    expect(await statuses(appPath(app), 2)).toEqual([200, 200]);
  });

  it('becomes visible at once when the fault is switched off', async () => {
    await lag({ seconds: '1000' });
    const id = await createUser('late');
    const before = await statuses(`/v1.0/users/${id}`, 2);

    await world.control('faults', { fault: 'replication-lag', on: false });

    expect(before).toEqual([404, 404]);
    expect(await statuses(`/v1.0/users/${id}`, 2)).toEqual([200, 200]);
  });

  it('follows the sandbox clock when asked to', async () => {
    await lag({ seconds: '3600', replicas: '1', time: 'business' });
    const id = await createUser('late');
    const before = await statuses(`/v1.0/users/${id}`, 1);

    await world.control('clock', { advance: 'PT2H' });

    expect([before, await statuses(`/v1.0/users/${id}`, 1)]).toEqual([[404], [200]]);
  });

  it('of a moment ago is seen by every other write, which is checked against what is true', async () => {
    const app = await world.readyApp();
    await lag({ seconds: '1000' });
    const id = await createUser('late');

    await world.assign(app, id);

    await expect(world.assign(app, id)).rejects.toMatchObject({ message: expect.stringContaining('already exists') });
    expect(await counts(`${spPath(app)}/appRoleAssignedTo`, 2)).toEqual([0, 0]);
  });
});

describe('what was just changed', () => {
  it('reads old and new in turn after a PATCH, and a later PATCH loses nothing', async () => {
    const app = await world.instantiate();
    await lag({ seconds: '10', replicas: '2' });
    await world.raw('PATCH', spPath(app), { body: { notes: 'first' } });
    world.passWallTime(6);
    await world.raw('PATCH', spPath(app), { body: { description: 'second' } });

    const seen = [await read(spPath(app)), await read(spPath(app))].map((principal) => principal['notes']);
    world.passWallTime(11);

    expect(seen.sort()).toEqual(['first', null]);
    expect(await read(spPath(app))).toMatchObject({ notes: 'first', description: 'second' });
  });

  it('is a claims policy that is not there yet after its PUT', async () => {
    const app = await world.readyApp();
    await lag({ seconds: '10', replicas: '1' });
    await world.putClaims(app);
    const path = `/beta/servicePrincipals/${app.principal.id}/claimsPolicy`;

    const early = await statuses(path, 2);
    world.passWallTime(11);

    expect(early).toEqual([404, 404]);
    expect(await read(path)).toMatchObject({ includeBasicClaimSet: GENESYS_CLAIMS.includeBasicClaimSet });
  });

  it('is an assignment that is still listed after its deletion', async () => {
    const app = await world.readyApp();
    const { id } = await world.assign(app, ANA);
    await lag({ seconds: '10', replicas: '1' });
    await world.raw('DELETE', `/v1.0/users/${ANA}/appRoleAssignments/${id}`);

    const early = await counts(`${spPath(app)}/appRoleAssignedTo`, 1);
    world.passWallTime(11);

    expect([early, await counts(`${spPath(app)}/appRoleAssignedTo`, 1)]).toEqual([[1], [0]]);
  });

  it('is a certificate that the metadata does not show first until the activation has arrived', async () => {
    const app = await world.readyApp();
    const second = await world.addCertificate(app);
    await lag({ seconds: '10', replicas: '1' });
    await world.activate(app, second.thumbprint);
    const first = async (): Promise<string> => {
      const url = `${world.base}/${TENANT_ID}/federationmetadata/2007-06/federationmetadata.xml?appid=${app.application.appId}`;
      const xml = await (await fetch(url)).text();
      return new X509Certificate(Buffer.from(/<X509Certificate>([^<]+)/.exec(xml)?.[1] ?? '', 'base64')).fingerprint;
    };
    const plain = (fingerprint: string): string => fingerprint.replaceAll(':', '');

    const early = plain(await first());
    world.passWallTime(11);

    expect([early, plain(await first())]).toEqual([app.certificate.thumbprint, second.thumbprint]);
  });

  it('is an app that the sign-in page does not know yet', async () => {
    await lag({ seconds: '10', replicas: '1' });
    const app = await world.readyApp();
    const launch = `${world.base}/launcher.myapps.microsoft.com/api/signin/${app.application.appId}?tenantId=${TENANT_ID}`;

    const early = await (await fetch(launch)).text();
    world.passWallTime(11);
    const later = await (await fetch(launch)).text();

    expect(early).toContain('AADSTS700016');
    expect(later).toContain('name="passwd"');
  });
});

describe('writes that come to a replica without the object', () => {
  beforeEach(() => lag({ seconds: '10', replicas: '2', writes: 'lag' }));

  it('are answered with 404 until it knows the object, and then carried out', async () => {
    const app = await world.instantiate();
    const patch = async (): Promise<number> => (await world.raw('PATCH', spPath(app), { body: { notes: 'x' } })).status;

    const early = [await patch(), await patch()];
    world.passWallTime(6);
    const between = [await patch(), await patch()];
    world.passWallTime(5);

    expect(early).toEqual([404, 404]);
    expect(between.sort()).toEqual([204, 404]);
    expect([await patch(), await patch()]).toEqual([204, 204]);
  });

  it('refuse an assignment of somebody unknown as no valid reference', async () => {
    await world.control('faults', { fault: 'replication-lag', on: false });
    const app = await world.readyApp();
    await lag({ seconds: '10', replicas: '1', writes: 'lag' });
    const principalId = await createUser('late');
    const assign = async (): Promise<unknown> =>
      (
        await world.raw('POST', `${spPath(app)}/appRoleAssignedTo`, {
          body: { principalId, resourceId: app.principal.id, appRoleId: userRoleOf(app) },
        })
      ).json();

    const early = await assign();
    world.passWallTime(11);

    expect(early).toMatchObject({ error: { message: 'Not a valid reference update.' } });
    expect(await assign()).toMatchObject({ principalId });
  });

  it('refuse a foreign identifier while SAML mode has not arrived everywhere', async () => {
    await world.control('faults', { fault: 'replication-lag', on: false });
    const app = await world.instantiate();
    await lag({ seconds: '10', replicas: '1', writes: 'lag' });
    await world.raw('PATCH', spPath(app), { body: { preferredSingleSignOnMode: 'saml' } });
    const identify = async (): Promise<Response> =>
      world.raw('PATCH', appPath(app), { body: { identifierUris: [REGION_URL] } });

    const early = await (await identify()).json();
    world.passWallTime(11);

    expect(early).toMatchObject({ error: { code: 'HostNameNotOnVerifiedDomain' } });
    expect((await identify()).status).toBe(204);
  });
});
