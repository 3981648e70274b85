import { BOT, BOT_PERMISSIONS, TENANT_ID } from '../../sandbox/credentials.js';
import { IDENTITY_HEADER } from '../../sandbox/entra/managed-identity.js';
import type { EntraOptions } from '../../src/services/entra/entra-client.js';
import type { Entra } from '../../src/services/entra/entra.js';
import { createReachable } from '../../src/services/sso/test-links.js';
import { BOT_AT_ENTRA, WaitingClock } from './remote-stand.js';
import { RemoteStand, Stranger } from './tls-stand.js';

const DOMAINS = [{ name: 'contoso.example', isManaged: true }];

const environment = { ...process.env };
let stand: RemoteStand;
beforeAll(async () => {
  stand = await RemoteStand.start('http');
});
afterAll(() => stand.close());
afterEach(() => {
  process.env = { ...environment };
});

/** On a resource of that kind. The SDK decides once for each process which it is on, so it is loaded anew. */
async function entraOn(resource: Record<string, string>, own: Partial<EntraOptions> = {}): Promise<Entra> {
  process.env = { ...environment, ...resource };
  jest.resetModules();
  const { createEntra } = await import('../../src/services/entra/entra-client.js');
  const clock = new WaitingClock();
  return createEntra({
    ...{ ...BOT_AT_ENTRA, clientId: undefined, credential: { kind: 'managed-identity' } },
    ...{ graphBaseUrl: stand.entraUrl, loginUrl: stand.entraUrl },
    reachable: createReachable({ entraLoginUrl: stand.entraUrl }),
    ...{ clock, sleep: clock.sleep, budgetMs: 5_000, ...own },
  });
}

const appService = (url = stand.entraUrl): Record<string, string> => ({
  IDENTITY_ENDPOINT: `${url}/msi/token`,
  IDENTITY_HEADER,
});
const machine = (): Record<string, string> => ({ AZURE_POD_IDENTITY_AUTHORITY_HOST: stand.entraUrl });

describe.each([
  ['App Service', '/msi/token', appService],
  ['a virtual machine', '/metadata/identity/oauth2/token/', machine],
])('the managed identity on %s', (_, path, resource) => {
  test.each([
    ['of the system', undefined],
    ['assigned by a user', BOT.clientId],
  ])('%s signs in without a secret, and Graph answers to it', async (_kind, clientId) => {
    const entra = await entraOn(resource(), { clientId });

    await expect(entra.grantedPermissions()).resolves.toEqual([...BOT_PERMISSIONS]);
    await expect(entra.listDomains()).resolves.toEqual(DOMAINS);
    expect(await stand.seenByEntra()).toContain(`GET ${path}`);
  });

  test('that is not there is told with what to do', async () => {
    const entra = await entraOn(resource(), { clientId: TENANT_ID });

    await expect(entra.listDomains()).rejects.toMatchObject({
      facts: { code: 'managed-identity', remedy: expect.stringContaining('AZURE_CLIENT_ID') },
    });
  });
});

test('nobody outside this machine is asked for it, whatever the environment says', async () => {
  const refused = { facts: { code: 'foreign-host', what: expect.stringContaining('Nothing was sent there') } };

  for (const url of ['http://identity.example', 'http://10.0.0.5:8081', 'http://169.254.169.254.example']) {
    await expect((await entraOn(appService(url))).listDomains()).rejects.toMatchObject(refused);
  }
});

test('without it nothing else is tried: no secret of the environment, no developer tool', async () => {
  const nobody = await Stranger.listen({ status: 404, body: '{}' });
  const { AZURE_CLIENT_ID, AZURE_CLIENT_SECRET } = {
    AZURE_CLIENT_ID: BOT.clientId,
    AZURE_CLIENT_SECRET: BOT.clientSecret,
  };
  try {
    const env = { ...appService(nobody.url), AZURE_TENANT_ID: TENANT_ID, AZURE_CLIENT_ID, AZURE_CLIENT_SECRET };
    const entra = await entraOn(env);

    await expect(entra.listDomains()).rejects.toMatchObject({ facts: { code: 'managed-identity' } });
    expect(nobody.seen).toEqual([expect.stringMatching(/^GET \/msi\/token\?/)]);
  } finally {
    await nobody.close();
  }
});
