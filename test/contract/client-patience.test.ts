import { GENESYS } from '../../sandbox/credentials.js';
import type { SandboxAddresses } from '../../sandbox/addresses.js';
import { createEntraSandbox } from '../../sandbox/entra/entra-sandbox.js';
import { createGenesysSandbox } from '../../sandbox/genesys/genesys-sandbox.js';
import { SandboxClock } from '../../sandbox/kit/clock.js';
import type { SandboxServer } from '../../sandbox/kit/server.js';
import { SandboxStore } from '../../sandbox/kit/store.js';
import { createSelfSignedCertificate } from '../../sandbox/saml/certificate.js';
import { createEntra, type EntraOptions } from '../../src/services/entra/entra-client.js';
import type { Entra, InstanceIds } from '../../src/services/entra/entra.js';
import { createGenesys } from '../../src/services/genesys/genesys-client.js';
import { Problem, type ProblemFacts } from '../../src/services/platform/problem.js';
import { regionByKey } from '../../src/services/sso/genesys-region.js';
import { createReachable } from '../../src/services/sso/test-links.js';
import { BOT_AT_ENTRA, FlakyWire, WaitingClock } from './remote-stand.js';

const GALLERY_NAME = 'Genesys Cloud for Azure';
const INSTANTIATE = /\/instantiate$/;
const ADD_CERTIFICATE = /\/addTokenSigningCertificate$/;

const stores: SandboxStore[] = [];
const servers: SandboxServer[] = [];
const wires: FlakyWire[] = [];

/** A server of the sandbox behind a wire that counts. */
async function stand(
  create: (parts: { store: SandboxStore; clock: SandboxClock; addresses: SandboxAddresses }) => SandboxServer,
): Promise<{ server: SandboxServer; wire: FlakyWire }> {
  const store = new SandboxStore(':memory:');
  const nobody = 'http://127.0.0.1:9';
  const addresses: SandboxAddresses = { entra: nobody, genesys: nobody, teams: nobody };
  const server = create({ store, clock: new SandboxClock(store), addresses });
  const wire = await FlakyWire.to(`http://127.0.0.1:${await server.listen(0)}`);
  Object.assign(addresses, { entra: wire.url, genesys: wire.url });
  stores.push(store);
  servers.push(server);
  wires.push(wire);
  return { server, wire };
}

afterEach(async () => {
  await Promise.all(wires.splice(0).map((wire) => wire.close()));
  await Promise.all(servers.splice(0).map((server) => server.close()));
  for (const store of stores.splice(0)) store.close();
});

async function problemOf(work: Promise<unknown>): Promise<ProblemFacts> {
  const error = await work.then(
    () => undefined,
    (caught: unknown) => caught,
  );
  if (!(error instanceof Problem)) throw new Error(`Expected a Problem, got ${String(error)}`);
  return error.facts;
}

describe('Entra', () => {
  let server: SandboxServer;
  let wire: FlakyWire;

  beforeEach(async () => {
    ({ server, wire } = await stand(createEntraSandbox));
  });

  function client(own: Partial<EntraOptions> = {}): Entra {
    const clock = new WaitingClock();
    return createEntra({
      ...BOT_AT_ENTRA,
      graphBaseUrl: wire.url,
      loginUrl: wire.url,
      reachable: createReachable({ entraLoginUrl: wire.url }),
      clock,
      sleep: clock.sleep,
      budgetMs: 5_000,
      ...own,
    });
  }

  const add = async (entra: Entra, since: Date, isRepeated = false): Promise<InstanceIds> =>
    entra.addFromGallery(await entra.getGalleryTemplate(GALLERY_NAME), { since, isRepeated });

  test('An application that stays invisible for longer than the budget is waited for, and never made again', async () => {
    const [entra, since] = [client(), new Date()];
    server.faults.set({ fault: 'replication-lag', seconds: '600', replicas: '1' });

    const first = await problemOf(add(entra, since));
    const second = await problemOf(add(entra, since));
    server.faults.set({ fault: 'replication-lag', on: false });
    const ids = await add(entra, since);

    expect([first.kind, second.kind]).toEqual(['waiting', 'waiting']);
    expect(wire.count('POST', INSTANTIATE)).toBe(1);
    expect(await entra.getInstance(ids)).toMatchObject({ isOwnedByLatchkey: true });
  });

  test('An application that an ended process has made is found, though Entra shows it seconds later', async () => {
    const since = new Date(Date.now() - 2_000);
    server.faults.set({ fault: 'replication-lag', seconds: '600', replicas: '1' });
    await problemOf(add(client(), since));
    const showsIt = async (): Promise<void> => {
      server.faults.set({ fault: 'replication-lag', on: false });
      return Promise.resolve();
    };

    await add(client({ sleep: showsIt }), since, true);

    expect(wire.count('POST', INSTANTIATE)).toBe(1);
  });

  test('A certificate that stays invisible for longer than the budget is waited for, and never made again', async () => {
    const entra = client();
    const ids = await add(entra, new Date());
    const wish = { name: 'Latchkey run-1', notAfter: new Date(Date.now() + 300 * 86_400_000) };
    server.faults.set({ fault: 'replication-lag', seconds: '600', replicas: '1' });

    const facts = await problemOf(entra.addSigningCertificate(ids, wish));
    const again = await problemOf(entra.addSigningCertificate(ids, wish));
    server.faults.set({ fault: 'replication-lag', on: false });
    await entra.addSigningCertificate(ids, wish);

    expect([facts.kind, again.kind]).toEqual(['waiting', 'waiting']);
    expect(wire.count('POST', ADD_CERTIFICATE)).toBe(1);
    expect((await entra.getInstance(ids)).certificates).toHaveLength(1);
  });

  describe('A certificate that a process has made which died before it could note that', () => {
    const certificate = { name: 'Latchkey run-3', notAfter: new Date(Date.now() + 300 * 86_400_000) };
    let ids: InstanceIds;
    let wish: typeof certificate & { since: Date; isRepeated: boolean };

    beforeEach(async () => {
      wish = { ...certificate, since: new Date(), isRepeated: true };
      const died = client();
      ids = await add(died, new Date());
      server.faults.set({ fault: 'replication-lag', seconds: '600', replicas: '1' });
      await problemOf(died.addSigningCertificate(ids, { ...wish, isRepeated: false }));
    });

    const becomesVisible = (): void => server.faults.set({ fault: 'replication-lag', on: false });

    test('is found although Entra does not show it at first, and not made again', async () => {
      let looks = 0;
      const clock = new WaitingClock();
      const sleep = async (ms: number): Promise<void> => {
        looks += 1;
        if (looks === 3) becomesVisible();
        return clock.sleep(ms);
      };

      const found = await client({ clock, sleep, budgetMs: 60_000 }).addSigningCertificate(ids, wish);

      expect(found.isActive).toBe(false);
      expect(wire.count('POST', ADD_CERTIFICATE)).toBe(1);
    });

    test('is looked for as long as the budget that began with the first attempt, and only then made again', async () => {
      const clock = new WaitingClock();
      const next = client({ clock, sleep: clock.sleep, budgetMs: 60_000 });

      const facts = await problemOf(next.addSigningCertificate(ids, wish));

      expect(facts.kind).toBe('waiting');
      expect(wire.count('POST', ADD_CERTIFICATE)).toBe(2);
      const waited = clock.waits.reduce((sum, ms) => sum + ms, 0);
      expect(waited).toBeGreaterThan(80_000); // for the first one, and then for its own
    });

    test('is told as a twin when it shows up too late: one is used, and both sign nothing', async () => {
      const warned: string[] = [];
      const log = { debug: () => undefined, warn: (_fields: unknown, words: string) => void warned.push(words) };
      const next = client({ log: log as unknown as NonNullable<EntraOptions['log']> });
      await problemOf(next.addSigningCertificate(ids, wish));
      becomesVisible();

      const used = await next.addSigningCertificate(ids, wish);

      const { certificates } = await next.getInstance(ids);
      expect(certificates.map(({ isActive }) => isActive)).toEqual([false, false]);
      expect(certificates.map(({ thumbprint }) => thumbprint)).toContain(used.thumbprint);
      expect(warned).toContain('A twin of the certificate stays, inactive.');
      expect(wire.count('POST', ADD_CERTIFICATE)).toBe(2);
    });
  });

  test('An attempt that was refused here is looked for again once another process had the run in between', async () => {
    const clock = new WaitingClock();
    let looks = 0;
    const sleep = async (ms: number): Promise<void> => {
      looks += 1;
      if (looks === 3) server.faults.set({ fault: 'replication-lag', on: false });
      return clock.sleep(ms);
    };
    const entra = client({ clock, sleep, budgetMs: 60_000 });
    const ids = await add(client(), new Date());
    const wish = { name: 'Latchkey run-5', notAfter: new Date(Date.now() + 300 * 86_400_000), since: new Date() };
    server.faults.set({ fault: 'permission-removed', permission: 'Application.ReadWrite.OwnedBy' });
    await problemOf(entra.addSigningCertificate(ids, { ...wish, claim: 1 }));
    server.faults.set({ fault: 'permission-removed', on: false });
    server.faults.set({ fault: 'replication-lag', seconds: '600', replicas: '1' });
    await problemOf(client().addSigningCertificate(ids, { ...wish, isRepeated: true, claim: 2 }));
    const made = wire.count('POST', ADD_CERTIFICATE);

    await entra.addSigningCertificate(ids, { ...wish, isRepeated: true, claim: 3 });

    expect(wire.count('POST', ADD_CERTIFICATE)).toBe(made);
  });

  test('An attempt that was refused for certain is not looked for when it is repeated', async () => {
    const entra = client({ budgetMs: 60_000 });
    const ids = await add(entra, new Date());
    const wish = { name: 'Latchkey run-4', notAfter: new Date(Date.now() + 86_400_000), since: new Date() };
    server.faults.set({ fault: 'permission-removed', permission: 'Application.ReadWrite.OwnedBy' });
    await problemOf(entra.addSigningCertificate(ids, wish));
    server.faults.set({ fault: 'permission-removed', on: false });
    const before = wire.count('GET', /servicePrincipals/);

    await entra.addSigningCertificate(ids, { ...wish, isRepeated: true });

    expect(wire.count('GET', /servicePrincipals/) - before).toBeLessThanOrEqual(3);
  });

  test.each([
    ['an application', INSTANTIATE],
    ['a certificate', ADD_CERTIFICATE],
  ])('%s whose answer comes after the time-out is found, not made again', async (_, path) => {
    const entra = client({ timeoutMs: 400 });
    await entra.grantedPermissions();
    server.faults.set({ fault: 'slow-replies', ms: '900', match: path.source.replaceAll(/\\|\$/g, '') });

    const ids = await add(entra, new Date());
    await entra.addSigningCertificate(ids, { name: 'Latchkey run-2', notAfter: new Date(Date.now() + 86_400_000) });

    expect(wire.count('POST', path)).toBe(1);
  });

  test('The twin of an application that showed up after the whole budget is switched off', async () => {
    const [entra, since] = [client(), new Date()];
    server.faults.set({ fault: 'gateway-timeout-after-commit', match: '/instantiate' });
    server.faults.set({ fault: 'replication-lag', seconds: '600', replicas: '1' });

    const facts = await problemOf(add(entra, since));
    server.faults.set({ fault: 'replication-lag', on: false });
    const kept = await add(entra, since);

    expect(facts.kind).toBe('waiting');
    const template = await entra.getGalleryTemplate(GALLERY_NAME);
    const all = await Promise.all((await entra.findInstances(template.id)).map((one) => entra.getInstance(one)));
    const enabled = all.filter(({ isEnabled }) => isEnabled).map(({ appId }) => appId);
    expect([all.length, enabled]).toEqual([2, [kept.appId]]);
  });

  test('A clock that is wrong by an hour does not hide what an unanswered call has made', async () => {
    const entra = client();
    const since = new Date(Date.now() + 3_600_000);
    server.faults.set({ fault: 'gateway-timeout-after-commit', match: '/instantiate' });

    await add(entra, since);

    expect(wire.count('POST', INSTANTIATE)).toBe(1);
  });

  test('An application of this minute is waited for, wherever it is read', async () => {
    const entra = client();
    server.faults.set({ fault: 'replication-lag', seconds: '600', replicas: '1' });
    const [facts] = [await problemOf(add(entra, new Date()))];
    const { applications } = server.options.state() as {
      applications: { displayName: string; id: string; appId: string }[];
    };
    const app = applications.find(({ displayName }) => displayName === GALLERY_NAME);
    const ids = { applicationObjectId: app?.id ?? '', appId: app?.appId ?? '', servicePrincipalId: app?.id ?? '' };

    const reads = [await problemOf(entra.getInstance(ids)), await problemOf(entra.getFederationMetadata(ids.appId))];

    expect([facts, ...reads].map(({ kind }) => kind)).toEqual(['waiting', 'waiting', 'waiting']);
  });

  test('A busy token endpoint is asked again, though it says so with a 400', async () => {
    server.faults.set({ fault: 'token-throttled', times: '2' });

    await expect(client().grantedPermissions()).resolves.not.toHaveLength(0);
  });

  test('A token endpoint that stays busy is named as what it is: busy, and the credential is not blamed', async () => {
    server.faults.set({ fault: 'token-throttled', times: 'always' });

    const facts = await problemOf(client().grantedPermissions());

    expect(facts).toMatchObject({ answer: 'throttled', code: 'AADSTS90055' });
    expect(facts.requestId).toBeDefined();
    expect(facts.remedy).toContain('nothing is wrong with the credential');
  });
});

describe('Genesys', () => {
  const JUNK = 'bm90IGEgY2VydGlmaWNhdGU=';

  test('A certificate that cannot be read but stands there already goes back as it came', async () => {
    const { wire } = await stand(createGenesysSandbox);
    const clock = new WaitingClock();
    const genesys = createGenesys({
      ...{ region: regionByKey('eu_central_1'), clientId: GENESYS.clientId, clientSecret: GENESYS.clientSecret },
      ...{ gatewayUrl: wire.url, clock, sleep: clock.sleep, budgetMs: 5_000 },
    });
    const fresh = createSelfSignedCertificate({
      ...{ commonName: 'x', notBefore: new Date(Date.now() - 1_000), notAfter: new Date(Date.now() + 86_400_000) },
    }).der.toString('base64');
    const wanted = {
      ...{
        name: 'Microsoft Entra ID',
        issuerUri: 'https://sts.windows.net/t/',
        targetUri: 'https://login.example/saml2',
      },
      ...{ relyingPartyIdentifier: 'app-1', certificates: [JUNK, fresh] },
    };
    const standing = (certificates: string[]): string =>
      JSON.stringify({
        ...{ name: wanted.name, issuerURI: wanted.issuerUri, ssoTargetURI: wanted.targetUri, certificates },
        relyingPartyIdentifier: 'app-1',
      });
    const is = (method: string) => (passing: { method: string; path: string }) =>
      passing.method === method && passing.path.includes('/identityproviders/adfs');
    const headers = { 'Content-Type': 'application/json' };
    wire.answersFor(is('GET'), { status: 200, headers, body: standing([JUNK]) });
    wire.answersFor(is('PUT'), { status: 200, headers, body: '{}' });
    wire.answersFor(is('GET'), { status: 200, headers, body: standing([JUNK, fresh]) });

    const before = await genesys.findIdentityProvider();
    const after = await genesys.ensureIdentityProvider(wanted, before);

    const sent = wire.seen.find(is('PUT'))?.body ?? '{}';
    expect(JSON.parse(sent)).toMatchObject({ certificates: [JUNK, fresh] });
    expect(after.certificates.map(({ certificate }) => certificate)).toEqual([JUNK, fresh]);
  });

  test('A new certificate that cannot be read is refused before anything is sent', async () => {
    const { wire } = await stand(createGenesysSandbox);
    const genesys = createGenesys({
      ...{ region: regionByKey('eu_central_1'), clientId: GENESYS.clientId, clientSecret: GENESYS.clientSecret },
      ...{ gatewayUrl: wire.url, clock: new WaitingClock(), budgetMs: 5_000 },
    });

    const facts = await problemOf(
      genesys.ensureIdentityProvider(
        {
          ...{ name: 'x', issuerUri: 'https://sts.windows.net/t/', targetUri: 'https://login.example/saml2' },
          ...{ relyingPartyIdentifier: 'app-1', certificates: [JUNK] },
        },
        undefined,
      ),
    );

    expect(facts).toMatchObject({ kind: 'refused', code: 'provider-certificates' });
    expect(wire.seen).toEqual([]);
  });
});
