import { GENESYS, PEOPLE } from '../../sandbox/credentials.js';
import { createGenesysSandbox } from '../../sandbox/genesys/genesys-sandbox.js';
import { SandboxClock } from '../../sandbox/kit/clock.js';
import type { SandboxServer } from '../../sandbox/kit/server.js';
import { SandboxStore } from '../../sandbox/kit/store.js';
import { createSelfSignedCertificate } from '../../sandbox/saml/certificate.js';
import { createGenesys, type GenesysOptions } from '../../src/services/genesys/genesys-client.js';
import type { Genesys, GenesysDivision, IdentityProviderSettings } from '../../src/services/genesys/genesys.js';
import { Problem, type ProblemFacts } from '../../src/services/platform/problem.js';
import { regionByKey } from '../../src/services/sso/genesys-region.js';
import { FlakyWire, WaitingClock, type Passing } from './remote-stand.js';

const FRANKFURT = regionByKey('eu_central_1');
const TENANT = '6f3b9c52-1d2e-4a7f-9c1b-0a8d5e4c7b21';
const B_SIMON = { name: 'B.Simon', email: 'b.simon@contoso.example' };

let server: SandboxServer;
let store: SandboxStore;
let wire: FlakyWire;
let clock: WaitingClock;
let genesys: Genesys;

beforeEach(async () => {
  store = new SandboxStore(':memory:');
  const addresses = { entra: 'http://127.0.0.1:9', genesys: '', teams: 'http://127.0.0.1:9' };
  server = createGenesysSandbox({ store, clock: new SandboxClock(store), addresses });
  wire = await FlakyWire.to(`http://127.0.0.1:${await server.listen(0)}`);
  addresses.genesys = wire.url;
  clock = new WaitingClock();
  genesys = client();
});

afterEach(async () => {
  await wire.close();
  await server.close();
  store.close();
});

function client(own: Partial<GenesysOptions> = {}): Genesys {
  return createGenesys({
    region: FRANKFURT,
    clientId: GENESYS.clientId,
    clientSecret: GENESYS.clientSecret,
    gatewayUrl: wire.url,
    clock,
    sleep: clock.sleep,
    budgetMs: 120_000,
    ...own,
  });
}

async function problemOf(work: Promise<unknown>): Promise<ProblemFacts> {
  const error = await work.then(
    () => undefined,
    (caught: unknown) => caught,
  );
  if (!(error instanceof Problem)) throw new Error(`Expected a Problem, got ${String(error)}`);
  return error.facts;
}

const isCall =
  (method: string, path: string) =>
  (passing: Passing): boolean =>
    passing.method === method && passing.path.includes(path);

const errorBody = (code: string, message = code, status = 400): string => JSON.stringify({ message, code, status });

async function home(): Promise<GenesysDivision> {
  const division = (await genesys.listDivisions()).find(({ isHome }) => isHome);
  if (!division) throw new Error('There is no home division.');
  return division;
}

describe('who Latchkey is', () => {
  test('the organisation has a display name and a short name', async () => {
    await expect(genesys.getOrganization()).resolves.toEqual({
      id: GENESYS.organizationId,
      name: 'Contoso Contact Centre',
      shortName: 'contoso-gc',
    });
  });

  test('login and API go to the gateway, each with its region', async () => {
    await genesys.getOrganization();

    expect(wire.seen.map(({ path }) => path)).toEqual([
      '/login.mypurecloud.de/oauth/token',
      '/api.mypurecloud.de/api/v2/organizations/me',
    ]);
  });

  test('one token serves many calls, even at the same moment', async () => {
    await Promise.all([genesys.getOrganization(), genesys.listRoles(), genesys.listDivisions()]);

    expect(wire.count('POST', /oauth\/token/)).toBe(1);
  });

  test('a token that Genesys refuses is renewed once and the call repeated', async () => {
    await genesys.getOrganization();
    server.faults.set({ fault: 'token-expired-now' });

    await expect(genesys.getOrganization()).resolves.toMatchObject({ shortName: 'contoso-gc' });
    expect(wire.count('POST', /oauth\/token/)).toBe(2);
  });

  test('a token near its end is renewed before the call', async () => {
    await genesys.getOrganization();
    await clock.sleep(86_400_000 - 30_000);

    await genesys.getOrganization();

    expect(wire.count('POST', /oauth\/token/)).toBe(2);
    expect(wire.count('GET', /organizations\/me/)).toBe(2);
  });

  test('a credential of another region is told as such', async () => {
    const facts = await problemOf(client({ region: regionByKey('us_east_1') }).getOrganization());

    expect(facts).toMatchObject({
      kind: 'remote',
      system: 'genesys',
      answer: 'unauthorized',
      code: 'invalid_client',
      status: 400,
    });
    expect(facts.what).toContain('Virginia');
    expect(facts.why).toContain('another region');
  });

  test('a wrong secret is told apart, without any credential', async () => {
    const facts = await problemOf(client({ clientSecret: 'not-the-secret-xyz' }).getOrganization());

    const basic = Buffer.from(`${GENESYS.clientId}:not-the-secret-xyz`).toString('base64');
    expect(facts).toMatchObject({ answer: 'unauthorized', status: 401 });
    expect(JSON.stringify(facts)).not.toMatch(new RegExp(`not-the-secret-xyz|${basic}`));
  });

  test('a throttled token endpoint says so with a 400, and is asked again', async () => {
    const body = JSON.stringify({ error: 'invalid_request', description: 'rate limit exceeded; try later' });
    wire.answersFor(isCall('POST', '/oauth/token'), { status: 400, body }, 2);

    await expect(genesys.getOrganization()).resolves.toMatchObject({ shortName: 'contoso-gc' });
  });

  test('a missing permission is named, with the correlation id', async () => {
    server.faults.set({ fault: 'permission-removed', permission: 'sso:provider:view' });

    const facts = await problemOf(genesys.findIdentityProvider());

    expect(facts).toMatchObject({ answer: 'denied', status: 403, missing: ['sso:provider:view'] });
    expect(facts.requestId).toMatch(/^[0-9a-f-]{36}$/);
  });

  test('a gateway that is not on this machine is refused before anything is sent', () => {
    expect(() => client({ gatewayUrl: 'http://gateway.example:80' })).toThrow(RangeError);
  });
});

describe('the single sign-on provider', () => {
  function certificate(commonName: string): string {
    return createSelfSignedCertificate({
      commonName,
      notBefore: new Date(Date.now() - 86_400_000),
      notAfter: new Date(Date.now() + 365 * 86_400_000),
    }).der.toString('base64');
  }

  const settings = (...certificates: string[]): IdentityProviderSettings => ({
    name: 'Microsoft Entra ID',
    issuerUri: `https://sts.windows.net/${TENANT}/`,
    targetUri: `https://login.microsoftonline.com/${TENANT}/saml2`,
    relyingPartyIdentifier: '17cad0e7-cd2b-4e51-a75d-ba810f3e4902',
    certificates,
  });

  test('an empty slot is nothing, not an error', async () => {
    await expect(genesys.findIdentityProvider()).resolves.toBeUndefined();
  });

  test('what was written is read back', async () => {
    const one = certificate('one');

    const provider = await genesys.ensureIdentityProvider(settings(one), undefined);

    const { certificates, ...rest } = settings(one);
    expect(provider).toMatchObject({ ...rest, isDisabled: false });
    expect(provider.certificates.map((trusted) => trusted.certificate)).toEqual(certificates);
    expect(provider.certificates[0]?.thumbprint).toMatch(/^[0-9A-F]{40}$/);
    await expect(genesys.findIdentityProvider()).resolves.toEqual(provider);
  });

  test('a second certificate stands beside the first one', async () => {
    const [one, two] = [certificate('one'), certificate('two')];
    const before = await genesys.ensureIdentityProvider(settings(one), undefined);

    const after = await genesys.ensureIdentityProvider(settings(one, two), before);

    expect(after.certificates.map((trusted) => trusted.certificate)).toEqual([one, two]);
  });

  test('a certificate that is given in PEM is the same certificate', async () => {
    const one = certificate('one');
    const before = await genesys.ensureIdentityProvider(settings(one), undefined);
    const pem = `-----BEGIN CERTIFICATE-----\n${one.match(/.{1,64}/g)?.join('\n') ?? ''}\n-----END CERTIFICATE-----\n`;

    await genesys.ensureIdentityProvider(settings(pem), before);

    expect(wire.count('PUT', /identityproviders/)).toBe(1);
  });

  test('fields that Latchkey does not manage are sent back as they were read, and a disabled provider is enabled', async () => {
    await genesys.ensureIdentityProvider(settings(certificate('one')), undefined);
    const strange = {
      signAuthnRequests: true,
      metadataURL: 'https://metadata.example/x',
      displayOnLogin: false,
    };
    store
      .collection('identityProviders')
      .put('adfs', { ...store.collection('identityProviders').get('adfs'), ...strange, disabled: true });
    const before = await genesys.findIdentityProvider();

    const after = await genesys.ensureIdentityProvider(settings(certificate('two')), before);

    expect(before?.unmanaged).toEqual(strange);
    expect(after.unmanaged).toEqual(strange);
    expect(after.isDisabled).toBe(false);
  });

  test('a provider that is not shown at once is waited for', async () => {
    wire.answersFor(
      isCall('GET', '/identityproviders/adfs'),
      { status: 404, body: errorBody('not.found', 'not there', 404) },
      5,
    );

    await expect(genesys.ensureIdentityProvider(settings(certificate('one')), undefined)).resolves.toMatchObject({
      name: 'Microsoft Entra ID',
    });
  });

  test('one that never shows is waiting, not failed', async () => {
    wire.answersFor(isCall('GET', '/identityproviders/adfs'), { status: 404, body: '{}' }, 1_000);

    expect(await problemOf(genesys.ensureIdentityProvider(settings(certificate('one')), undefined))).toMatchObject({
      kind: 'waiting',
    });
  });

  test('a certificate of this second is tried again until Genesys finds it valid', async () => {
    wire.answersFor(
      isCall('PUT', '/identityproviders/adfs'),
      { status: 400, body: errorBody('certificate.not.yet.valid') },
      3,
    );

    await expect(genesys.ensureIdentityProvider(settings(certificate('one')), undefined)).resolves.toBeDefined();
  });

  test('an expired certificate is explained', async () => {
    server.faults.set({ fault: 'certificate-expired' });

    const facts = await problemOf(genesys.ensureIdentityProvider(settings(certificate('one')), undefined));

    expect(facts).toMatchObject({ answer: 'invalid', code: 'certificate.expired' });
    expect(facts.why).toContain('expired');
  });

  test('six certificates are refused before anything is sent', async () => {
    const six = ['1', '2', '3', '4', '5', '6'].map(certificate);

    expect(await problemOf(genesys.ensureIdentityProvider(settings(...six), undefined))).toMatchObject({
      kind: 'refused',
    });
    expect(wire.seen).toEqual([]);
  });
});

describe('users', () => {
  test('a person whom Genesys does not know is created active', async () => {
    const { id: divisionId } = await home();

    const { user, was } = await genesys.ensureActiveUser({ ...B_SIMON, divisionId });

    expect(was).toBe('unknown');
    expect(user).toMatchObject({ ...B_SIMON, state: 'active', division: { id: divisionId } });
    await expect(genesys.findUserByEmail('B.Simon@Contoso.example')).resolves.toMatchObject({ id: user.id });
  });

  test('one who is there is left alone', async () => {
    const ada = await genesys.findUserByEmail('ada.admin@contoso.example');

    const ensured = await genesys.ensureActiveUser({
      name: 'Other',
      email: 'ada.admin@contoso.example',
      divisionId: 'x',
    });

    expect(ensured).toEqual({ user: ada, was: 'active' });
    expect(wire.count('PATCH', /users/)).toBe(0);
  });

  test.each([
    ['inactive', 'inactive'],
    ['deleted', 'deleted'],
  ] as const)('one who is %s comes back with the same id', async (_, state) => {
    const { id: divisionId } = await home();
    const { user } = await genesys.ensureActiveUser({ ...B_SIMON, divisionId });
    stored(user.id, { state });

    const back = await genesys.ensureActiveUser({ ...B_SIMON, divisionId });

    expect(back).toMatchObject({ was: state, user: { id: user.id, state: 'active' } });
    expect(wire.count('POST', /\/users$/)).toBe(1);
  });

  test('somebody else who changes the user in between does not stop it', async () => {
    const { id: divisionId } = await home();
    const { user } = await genesys.ensureActiveUser({ ...B_SIMON, divisionId });
    stored(user.id, { state: 'inactive' });
    wire.answersFor(
      isCall('PATCH', '/users/'),
      { status: 409, body: errorBody('general.conflict', 'version', 409) },
      2,
    );

    await expect(genesys.ensureActiveUser({ ...B_SIMON, divisionId })).resolves.toMatchObject({ was: 'inactive' });
  });

  test('one who is deleted is gone, and gone already the second time', async () => {
    const { user } = await genesys.ensureActiveUser({ ...B_SIMON, divisionId: (await home()).id });

    await expect(genesys.deleteUser(user.id)).resolves.toBe(true);
    await expect(genesys.findUserByEmail(B_SIMON.email)).resolves.toMatchObject({ id: user.id, state: 'deleted' });
    await expect(genesys.deleteUser(user.id)).resolves.toBe(false);
  });

  test.each([
    ['409', [{ fault: 'conflict', times: '2' }]],
    ['400', [{ fault: 'conflict', times: '2' }, { fault: 'conflicts-as-400' }]],
  ])('a deletion that is refused with %s, as somebody else changes the user, is tried again', async (_, faults) => {
    const { user } = await genesys.ensureActiveUser({ ...B_SIMON, divisionId: (await home()).id });
    server.faults.set(faults);

    await expect(genesys.deleteUser(user.id)).resolves.toBe(true);
    expect(wire.count('DELETE', /\/users\//)).toBe(3);
  });

  test('a deletion whose answer was lost is done all the same', async () => {
    const { user } = await genesys.ensureActiveUser({ ...B_SIMON, divisionId: (await home()).id });
    wire.losesAnswerTo(({ method }) => method === 'DELETE', 'drop');

    await expect(genesys.deleteUser(user.id)).resolves.toBe(true);
    await expect(genesys.findUserByEmail(B_SIMON.email)).resolves.toMatchObject({ state: 'deleted' });
  });

  test('one who is made inactive is so, stays so, and keeps the roles', async () => {
    const { id: divisionId } = await home();
    const { user } = await genesys.ensureActiveUser({ ...B_SIMON, divisionId });
    const race = { status: 409, body: errorBody('general.conflict', 'version', 409) };
    wire.answersFor(isCall('PATCH', '/users/'), race, 2);

    const [first, second] = [await genesys.deactivateUser(user.id), await genesys.deactivateUser(user.id)];

    expect([first, second]).toEqual([true, false]);
    await expect(genesys.findUserByEmail(B_SIMON.email)).resolves.toMatchObject({ state: 'inactive' });
    expect((await genesys.findGrants(user.id)).map(({ role }) => role.name)).toEqual(['employee']);
    expect(wire.count('PATCH', /\/users\//)).toBe(3);
  });

  test('somebody who was deleted cannot be made inactive, and is left deleted', async () => {
    const { id: divisionId } = await home();
    const { user } = await genesys.ensureActiveUser({ ...B_SIMON, divisionId });
    stored(user.id, { state: 'deleted' });

    await expect(genesys.deactivateUser(user.id)).resolves.toBe(false);

    expect(wire.count('PATCH', /\/users\//)).toBe(0);
  });

  test('the tokens of a user are revoked, again too, and those of nobody are gone already', async () => {
    const { id: divisionId } = await home();
    const { user } = await genesys.ensureActiveUser({ ...B_SIMON, divisionId });

    await genesys.revokeTokens(user.id);
    await genesys.revokeTokens(user.id);
    await genesys.revokeTokens('6e0e5f75-0000-4000-8000-0000000000aa');

    expect(wire.count('DELETE', /\/tokens\//)).toBe(3);
  });

  test.each([
    ['504', { status: 504, body: '' }],
    ['a lost connection', 'drop'],
    ['invalid.password', { status: 400, body: errorBody('invalid.password') }],
    ['unable.to.set.password', { status: 500, body: errorBody('unable.to.set.password', 'no', 500) }],
  ] as const)('created, but the answer was %s: found, not created again', async (_, instead) => {
    const { id: divisionId } = await home();
    wire.losesAnswerTo(({ method, path }) => method === 'POST' && path.endsWith('/users'), instead);

    const { user, was } = await genesys.ensureActiveUser({ ...B_SIMON, divisionId });

    expect(was).toBe('unknown');
    expect(user.state).toBe('active');
    expect(wire.count('POST', /\/users$/)).toBe(1);
  });

  test('never created (503): posted once more, after looking for the whole budget', async () => {
    const { id: divisionId } = await home();
    wire.answersFor(({ method, path }) => method === 'POST' && path.endsWith('/users'), { status: 503, body: '' });

    await expect(genesys.ensureActiveUser({ ...B_SIMON, divisionId })).resolves.toMatchObject({ was: 'unknown' });
    expect(wire.count('POST', /\/users$/)).toBe(2);
    expect(clock.waits.reduce((sum, wait) => sum + wait, 0)).toBeGreaterThan(100_000);
  });

  test('an address that the search shows late is adopted when the creation is refused', async () => {
    const { id: divisionId } = await home();
    await genesys.ensureActiveUser({ ...B_SIMON, divisionId });
    const nothing = JSON.stringify({ total: 0, pageCount: 0, pageSize: 25, pageNumber: 1, types: ['users'] });
    wire.answersFor(isCall('POST', '/users/search'), { status: 200, body: nothing }, 3);

    await expect(genesys.ensureActiveUser({ ...B_SIMON, divisionId })).resolves.toMatchObject({ was: 'active' });
  });

  test('an address that only looks alike is another person', async () => {
    const found = JSON.stringify({
      results: [{ id: 'x', name: 'B', email: 'b.s\u0131mon@contoso.example', state: 'active', version: 1 }],
    });
    wire.answersFor(isCall('POST', '/users/search'), { status: 200, body: found });

    await expect(genesys.findUserByEmail(B_SIMON.email)).resolves.toBeUndefined();
  });

  function stored(id: string, change: object): void {
    const users = store.collection('users');
    users.put(id, { ...users.get(id), ...change });
  }
});

describe('roles and divisions', () => {
  test('roles and divisions are listed', async () => {
    expect((await genesys.listRoles()).map(({ name }) => name)).toEqual(['employee', 'Agent', 'Supervisor', 'admin']);
    expect((await genesys.listDivisions()).map(({ name, isHome }) => [name, isHome])).toEqual([
      ['Home', true],
      ['Berlin', false],
    ]);
  });

  test('a role is added once and others stay', async () => {
    const { id: divisionId } = await home();
    const { user } = await genesys.ensureActiveUser({ ...B_SIMON, divisionId });
    const roleId = (await genesys.listRoles()).find(({ name }) => name === 'Agent')?.id ?? '';

    const first = await genesys.ensureGrant(user.id, { roleId, divisionId });
    const second = await genesys.ensureGrant(user.id, { roleId, divisionId });

    expect([first, second]).toEqual([true, false]);
    expect((await genesys.findGrants(user.id)).map(({ role }) => role.name).sort()).toEqual(['Agent', 'employee']);
  });

  test('the licences of a role are read once in ten minutes, and again after an error', async () => {
    const agent = (await genesys.listRoles()).find(({ name }) => name === 'Supervisor')?.id ?? '';
    wire.answersFor(isCall('POST', '/license/infer'), { status: 403, body: errorBody('not.authorized', 'no', 403) });

    const refused = await problemOf(genesys.licencesOf(agent));
    const [first, second] = [await genesys.licencesOf(agent), await genesys.licencesOf(agent)];

    expect(refused.answer).toBe('denied');
    expect([first, second]).toEqual([
      ['cloudCX2', 'wemUpgrade1'],
      ['cloudCX2', 'wemUpgrade1'],
    ]);
    expect(wire.count('POST', /\/license\/infer$/)).toBe(2);
    await clock.sleep(600_000);
    await genesys.licencesOf(agent);
    expect(wire.count('POST', /\/license\/infer$/)).toBe(3);
  });

  describe('taking roles away', () => {
    const subject = '/authorization/subjects/';

    async function withRoles(
      ...names: string[]
    ): Promise<{ userId: string; grants: { roleId: string; divisionId: string }[] }> {
      const { id: divisionId } = await home();
      const { user } = await genesys.ensureActiveUser({ ...B_SIMON, divisionId });
      const roles = await genesys.listRoles();
      const grants = names.map((name) => ({ roleId: roles.find((role) => role.name === name)?.id ?? '', divisionId }));
      for (const grant of grants) await genesys.ensureGrant(user.id, grant);
      return { userId: user.id, grants };
    }

    const heldBy = async (userId: string): Promise<string[]> =>
      (await genesys.findGrants(userId)).map(({ role }) => role.name).sort();

    test('takes these and no others, in the order given, and a second time nothing', async () => {
      const { userId, grants } = await withRoles('Supervisor', 'Agent');

      const taken = [await genesys.removeGrants(userId, grants), await genesys.removeGrants(userId, grants)];

      expect(taken).toEqual([2, 0]);
      expect(await heldBy(userId)).toEqual(['employee']);
      const sent = wire.seen.filter(isCall('POST', '/bulkremove'));
      expect(sent.map(({ body }) => JSON.parse(body))).toEqual([{ grants }]);
    });

    test('the same role in another division stays', async () => {
      const { userId, grants } = await withRoles('Agent');
      const berlin = (await genesys.listDivisions()).find(({ name }) => name === 'Berlin')?.id ?? '';
      await genesys.ensureGrant(userId, { roleId: grants[0]?.roleId ?? '', divisionId: berlin });

      await genesys.removeGrants(userId, grants);

      expect((await genesys.findGrants(userId)).map(({ divisionName }) => divisionName).sort()).toEqual([
        'Berlin',
        'Home',
      ]);
    });

    test('an answer that is lost leaves nothing in doubt', async () => {
      const { userId, grants } = await withRoles('Agent');
      wire.losesAnswerTo(isCall('POST', '/bulkremove'), {
        status: 504,
        body: errorBody('request.timeout', 'late', 504),
      });

      await expect(genesys.removeGrants(userId, grants)).resolves.toBe(1);

      expect(await heldBy(userId)).toEqual(['employee']);
    });

    test('it is done when a read says so, and not before', async () => {
      const { userId, grants } = await withRoles('Agent');
      wire.answersFor(isCall('POST', '/bulkremove'), { status: 204 }, Infinity);

      const facts = await problemOf(genesys.removeGrants(userId, grants));

      expect(facts).toMatchObject({ kind: 'waiting', system: 'genesys' });
    });

    test('a user who is gone holds nothing', async () => {
      const { userId, grants } = await withRoles('Agent');
      await genesys.deleteUser(userId);
      const before = wire.count('POST', /bulkremove/);

      await expect(genesys.removeGrants(userId, grants)).resolves.toBe(0);

      expect(wire.count('POST', /bulkremove/)).toBe(before);
      expect(wire.seen.some(isCall('GET', subject))).toBe(true);
    });
  });

  test('a grant that comes through a group is not the user’s own', async () => {
    const grants = [{ subjectId: 'the-group', division: { id: 'd' }, role: { id: 'r', name: 'Agent' } }];
    wire.answersFor(isCall('GET', '/authorization/subjects/'), { status: 200, body: JSON.stringify({ grants }) });

    await expect(genesys.findGrants('the-user')).resolves.toEqual([]);
  });
});

describe('bad days', () => {
  test('a call that is throttled waits as told', async () => {
    wire.answersFor(isCall('GET', '/organizations/me'), {
      status: 429,
      headers: { 'retry-after': '7' },
      body: errorBody('too.many.requests', 'slow down', 429),
    });

    await expect(genesys.getOrganization()).resolves.toMatchObject({ shortName: 'contoso-gc' });
    expect(clock.waits).toContain(7_000);
  });

  test('without Retry-After the reset of the limit counts, and a second more', async () => {
    wire.answersFor(isCall('GET', '/organizations/me'), {
      status: 429,
      headers: { 'inin-ratelimit-reset': '11' },
      body: '{}',
    });

    await genesys.getOrganization();

    expect(clock.waits).toContain(12_000);
  });

  test('a lost connection and a 503 without a body are tried again on reads', async () => {
    wire.answersFor(isCall('GET', '/organizations/me'), 'drop');
    wire.answersFor(isCall('GET', '/organizations/me'), { status: 503 });

    await expect(genesys.getOrganization()).resolves.toMatchObject({ shortName: 'contoso-gc' });
  });

  test('Genesys that stays away is a Problem within the budget', async () => {
    wire.answersFor(isCall('GET', '/organizations/me'), { status: 503 }, 1_000);

    expect(await problemOf(genesys.getOrganization())).toMatchObject({ system: 'genesys', answer: 'unavailable' });
  });

  test('an answer of the wrong shape is a Problem, not a crash', async () => {
    wire.answersFor(isCall('GET', '/organizations/me'), { status: 200, body: '<html>' });

    expect(await problemOf(genesys.getOrganization())).toMatchObject({ kind: 'remote', code: 'unexpected-answer' });
  });

  test('a proxy of the environment is not asked for what is on this machine', async () => {
    const before = process.env['HTTP_PROXY'];
    process.env['HTTP_PROXY'] = 'http://127.0.0.1:9';
    try {
      await expect(client().getOrganization()).resolves.toMatchObject({ shortName: 'contoso-gc' });
    } finally {
      if (before === undefined) delete process.env['HTTP_PROXY'];
      else process.env['HTTP_PROXY'] = before;
    }
  });

  test('the seeded people of Genesys are there', async () => {
    const known = PEOPLE.filter(({ genesysRoles }) => genesysRoles);

    const found = await Promise.all(known.map(({ mail }) => genesys.findUserByEmail(mail)));

    expect(found.map((user) => user?.state)).toEqual(known.map(() => 'active'));
  });
});
