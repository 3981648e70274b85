import type { SandboxAddresses } from '../../sandbox/addresses.js';
import { PEOPLE } from '../../sandbox/credentials.js';
import { createEntraSandbox } from '../../sandbox/entra/entra-sandbox.js';
import { SandboxClock } from '../../sandbox/kit/clock.js';
import type { SandboxServer } from '../../sandbox/kit/server.js';
import { SandboxStore } from '../../sandbox/kit/store.js';
import { createEntra } from '../../src/services/entra/entra-client.js';
import type { Entra, InstanceIds } from '../../src/services/entra/entra.js';
import { Problem, type ProblemFacts } from '../../src/services/platform/problem.js';
import { createReachable } from '../../src/services/sso/test-links.js';
import { Consoles, type MadeApp } from '../support/consoles.js';
import { SandboxControl } from '../support/sandbox-control.js';
import { BOT_AT_ENTRA, FlakyWire, WaitingClock } from './remote-stand.js';

const WISH = { emailFrom: 'userprincipalname', organizationName: 'contoso-gc' } as const;

let server: SandboxServer;
let store: SandboxStore;
let wire: FlakyWire;
let consoles: Consoles;
let entra: Entra;
let app: MadeApp;
let ids: InstanceIds;

beforeEach(async () => {
  store = new SandboxStore(':memory:');
  const addresses: SandboxAddresses = { entra: '', genesys: 'http://127.0.0.1:9', teams: 'http://127.0.0.1:9' };
  server = createEntraSandbox({ store, clock: new SandboxClock(store), addresses });
  const direct = `http://127.0.0.1:${await server.listen(0)}`;
  wire = await FlakyWire.to(direct);
  addresses.entra = wire.url;
  const clock = new WaitingClock();
  entra = createEntra({
    ...BOT_AT_ENTRA,
    ...{ graphBaseUrl: wire.url, loginUrl: wire.url, reachable: createReachable({ entraLoginUrl: wire.url }) },
    ...{ clock, sleep: clock.sleep, budgetMs: 120_000 },
  });
  const control = new SandboxControl(direct);
  consoles = new Consoles({ entra: control, genesys: control });
  app = await consoles.addsFromGallery();
  ids = { applicationObjectId: app.applicationId, servicePrincipalId: app.servicePrincipalId, appId: app.appId };
});

afterEach(async () => {
  await wire.close();
  await server.close();
  store.close();
});

async function problemOf(work: Promise<unknown>): Promise<ProblemFacts> {
  const error = await work.then(
    () => undefined,
    (caught: unknown) => caught,
  );
  if (!(error instanceof Problem)) throw new Error(`Expected a Problem, got ${String(error)}`);
  return error.facts;
}

async function policies(): Promise<{ displayName: string; definition: string[] }[]> {
  const path = '/v1.0/policies/claimsMappingPolicies';
  return ((await consoles.graph('GET', path)) as { value: { displayName: string; definition: string[] }[] }).value;
}

describe('a claims policy that is assigned', () => {
  test('is what a sign-in sends, whatever the portal shows', async () => {
    await entra.setClaims(ids, WISH);
    await consoles.assignsClaimsPolicy('HR', [{ Value: 'other-org', SamlClaimType: 'OrganizationName' }], app);

    const { claims } = await entra.getInstance(ids);

    expect(claims).toMatchObject({ organizationName: 'other-org', policy: { name: 'HR' } });
    expect(claims?.emailFrom).toBeUndefined();
  });

  test('is corrected within, and the portal’s claims are not written', async () => {
    await consoles.assignsClaimsPolicy('HR', [{ Value: 'other-org', SamlClaimType: 'OrganizationName' }], app);

    await entra.setClaims(ids, WISH);

    expect(await entra.findClaims(ids)).toMatchObject({ ...WISH, policy: { name: 'HR' } });
    expect(wire.count('PUT', /claimsPolicy/)).toBe(0);
  });

  test('and shared with another application is refused in words, and stays as it is', async () => {
    const schema = [{ Value: 'other-org', SamlClaimType: 'OrganizationName' }];
    await consoles.assignsClaimsPolicy('Everybody', schema, app, await consoles.addsFromGallery());
    const before = await policies();

    const facts = await problemOf(entra.setClaims(ids, WISH));

    expect(facts).toMatchObject({ kind: 'refused', code: 'claims-policy' });
    expect(facts.why).toContain('other applications');
    expect(await policies()).toEqual(before);
  });

  test('cannot be read without Policy.Read.All, which is named', async () => {
    server.faults.set({ fault: 'permission-removed', permission: 'Policy.Read.All' });
    server.faults.set({ fault: 'permission-removed', permission: 'Policy.ReadWrite.ApplicationConfiguration' });

    expect(await problemOf(entra.findClaims(ids))).toMatchObject({ missing: ['Policy.Read.All'] });
  });
});

describe('a cloud without the portal’s claims API', () => {
  beforeEach(() => server.faults.set({ fault: 'no-claims-policy-api' }));

  test('is told from an application without claims', async () => {
    expect(await entra.getInstance(ids)).toMatchObject({ arePortalClaimsHidden: true });
    expect(await entra.findClaims(ids)).toBeUndefined();
  });

  test('gets one policy of Latchkey’s own, once', async () => {
    await entra.setClaims(ids, WISH);
    await entra.setClaims(ids, WISH);

    expect(await entra.findClaims(ids)).toMatchObject(WISH);
    expect((await policies()).map(({ displayName }) => displayName)).toEqual([`Latchkey claims for ${app.appId}`]);
  });

  test.each(['/policies/claimsMappingPolicies', '$ref'])(
    'done, but the answer to %s was lost: it is found again, not made twice',
    async (end) => {
      const lost = { status: 504, body: '' };
      wire.losesAnswerTo(({ method, path }) => method === 'POST' && decodeURIComponent(path).endsWith(end), lost);

      await entra.setClaims(ids, WISH);

      expect(await entra.findClaims(ids)).toMatchObject(WISH);
      expect(await policies()).toHaveLength(1);
    },
  );

  test('its own policy with another wish is corrected, not joined by a second', async () => {
    await entra.setClaims(ids, { ...WISH, emailFrom: 'mail' });

    await entra.setClaims(ids, WISH);

    expect(await entra.findClaims(ids)).toMatchObject(WISH);
    expect(await policies()).toHaveLength(1);
  });
});

describe('what the tenant says about all its applications', () => {
  test.each([
    ['refuses', { excludeSaml: 'false' }, true],
    ['exempts SAML applications', { excludeSaml: 'true' }, false],
  ])('an identifier policy that %s', async (_what, options, refuses) => {
    server.faults.set({ fault: 'identifier-policy', ...options });

    expect(await entra.refusesIdentifiers()).toBe(refuses);
  });

  test('no policy refuses nothing, and P1 is seen until it is gone', async () => {
    expect([await entra.refusesIdentifiers(), await entra.hasPremium()]).toEqual([false, true]);

    server.faults.set({ fault: 'no-licence' });

    expect(await entra.hasPremium()).toBe(false);
  });
});

test('whoever has another mail address than user principal name is counted among those assigned', async () => {
  const [role] = await entra.getAppRoles(ids);
  for (const name of ['Ana Agent', 'Mia Mailmismatch']) {
    const personId = PEOPLE.find(({ displayName }) => displayName === name)?.id ?? '';
    const { id: templateId } = await entra.getGalleryTemplate('Genesys Cloud for Azure');
    const appRoleId = role?.id ?? '';
    await entra.ensureAssignment({ personId, servicePrincipalId: app.servicePrincipalId, appRoleId, templateId });
  }

  expect(await entra.countAddressMismatches(app.servicePrincipalId)).toBe(1);
});
