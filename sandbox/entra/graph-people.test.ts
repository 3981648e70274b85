import { BOT, DIRECTORY_ROLES, PEOPLE } from '../credentials.js';
import { GROUPS } from './seed.js';
import { EntraWorld, userRoleOf } from './testing/entra-world.js';

// Each app has a real RSA key, and making one takes its time on a busy machine.
jest.setTimeout(30_000);

let world: EntraWorld;
beforeAll(async () => {
  world = await EntraWorld.start();
});
afterAll(() => world.stop());
beforeEach(() => world.reset());

const ADA = '0e0b1ec7-0000-4000-8000-000000000001';
const OMAR = '0e0b1ec7-0000-4000-8000-000000000002';
const ANA = '0e0b1ec7-0000-4000-8000-000000000004';
const PIM = '0e0b1ec7-0000-4000-8000-000000000007';
const NEW_USER = {
  accountEnabled: true,
  displayName: 'T.Simon',
  mailNickname: 't.simon',
  userPrincipalName: 't.simon@contoso.example',
  passwordProfile: { forceChangePasswordNextSignIn: true, password: 'Gk7-vanilla-rain' },
};
const filtered = (path: string, filter: string): Promise<{ value: Record<string, unknown>[] }> =>
  world.graph.api(path).filter(encodeURIComponent(filter)).get() as Promise<{ value: Record<string, unknown>[] }>;

describe('people', () => {
  it('are found by id, by sign-in name whatever its case, and as guests with an encoded name', async () => {
    const gus = encodeURIComponent('gus_fabrikam.example#EXT#@contoso.example');

    const found = await Promise.all(
      [ANA, 'Ana.Agent@CONTOSO.example', gus].map((key) => world.graph.api(`/users/${key}`).get()),
    );

    expect(found.map((user) => user.displayName)).toEqual(['Ana Agent', 'Ana Agent', 'Guest Gus']);
  });

  it.each([
    ["userPrincipalName eq 'b.simon@contoso.example'", ['B.Simon']],
    ["mail eq 'mia@mail.contoso.example'", ['Mia Mailmismatch']],
    ["startsWith(displayName,'O') or startswith(userPrincipalName,'dana')", ['Omar Owner', 'Dana Deputy']],
    ["displayName eq 'Nobody''s'", []],
  ])('are found by %s', async (filter, names) => {
    expect((await filtered('/users', filter)).value.map((user) => user['displayName'])).toEqual(names);
  });

  it.each([
    ["endsWith(mail,'x')", 'Request_UnsupportedQuery'],
    ["mail ne 'x'", 'Request_UnsupportedQuery'],
    ["nickname eq 'x'", 'BadRequest'],
    ["mail eq 'x", 'BadRequest'],
  ])('%s is refused', async (filter, code) => {
    await expect(filtered('/users', filter)).rejects.toMatchObject({ statusCode: 400, code });
  });

  it('can be searched only with the special header', async () => {
    const search = (): ReturnType<typeof world.graph.api> =>
      world.graph.api('/users').search('"displayName:simon"').count(true);

    await expect(search().get()).rejects.toMatchObject({ statusCode: 400, code: 'Request_UnsupportedQuery' });
    const found = await search().header('ConsistencyLevel', 'eventual').get();

    expect(found).toMatchObject({ '@odata.count': 1, value: [{ displayName: 'B.Simon' }] });
  });

  it('show the usual properties, or exactly the selected ones', async () => {
    const usual = await world.graph.api(`/users/${ANA}`).get();
    const selected = await world.graph.api(`/users/${ANA}`).select('id,accountEnabled').get();

    expect(usual).not.toHaveProperty('accountEnabled');
    expect(usual).toMatchObject({ id: ANA, jobTitle: 'Contact centre agent' });
    expect(Object.keys(selected)).toEqual(['@odata.context', 'id', 'accountEnabled']);
    await expect(world.graph.api(`/users/${ANA}`).select('pasword').get()).rejects.toMatchObject({ statusCode: 400 });
  });

  it('come in pages whose links point to Graph', async () => {
    const names: string[] = [];
    let page = await world.graph.api('/users').top(3).select('displayName').get();
    for (;;) {
      names.push(...page.value.map((user: { displayName: string }) => user.displayName));
      const next: string | undefined = page['@odata.nextLink'];
      if (next === undefined) break;
      expect(next).toMatch(/^https:\/\/graph\.microsoft\.com\/v1\.0\/users\?/);
      page = await world.graph.api(next).get();
    }

    expect(names).toEqual(PEOPLE.map((person) => person.displayName));
    await expect(world.graph.api('/users').top(1000).get()).rejects.toMatchObject({ statusCode: 400 });
  });

  it('have a manager or none', async () => {
    expect(await world.graph.api(`/users/${ANA}/manager`).get()).toMatchObject({ id: OMAR });
    await expect(world.graph.api(`/users/${OMAR}/manager`).get()).rejects.toMatchObject({ statusCode: 404 });
  });
});

describe('a new person', () => {
  it('has no mailbox and no visible password', async () => {
    const created = await world.graph.api('/users').post(NEW_USER);

    expect(created).toMatchObject({ displayName: 'T.Simon', mail: null });
    expect(created).not.toHaveProperty('passwordProfile');
    const state = JSON.stringify(await world.state());
    expect(state).toContain('t.simon');
    expect(state).not.toContain(NEW_USER.passwordProfile.password);
  });

  it.each([
    ['no password', { passwordProfile: undefined }, "property 'passwordProfile'"],
    ['no nickname', { mailNickname: undefined }, "property 'mailNickname'"],
    ['a nickname with @', { mailNickname: 'a@b' }, 'mailNickname'],
    ['a weak password', { passwordProfile: { password: 'longenough' } }, 'password complexity'],
    ['a common password', { passwordProfile: { password: 'Password1!' } }, 'password complexity'],
    ['another domain', { userPrincipalName: 'a@fabrikam.example' }, 'domain portion'],
    ['an accent in the name', { userPrincipalName: 'jörg@contoso.example' }, 'userPrincipalName'],
    ['a name that exists, in other case', { userPrincipalName: 'B.Simon@contoso.example' }, 'already exists'],
    ['an unknown property', { upn: 'x' }, "property 'upn'"],
  ])('with %s is refused', async (_, change, words) => {
    const refused = world.graph.api('/users').post({ ...NEW_USER, ...change });

    await expect(refused).rejects.toMatchObject({
      statusCode: 400,
      code: 'Request_BadRequest',
      message: expect.stringContaining(words),
    });
    expect((await world.state()).users).toHaveLength(PEOPLE.length);
  });

  it('whose name is taken is told which property is in conflict', async () => {
    const refused = await world.graph
      .api('/users')
      .post({ ...NEW_USER, userPrincipalName: 'b.simon@contoso.example' })
      .catch((error: { body: string }) => JSON.parse(error.body) as object);

    expect(refused).toMatchObject({ details: [{ code: 'ObjectConflict', target: 'userPrincipalName' }] });
  });

  it('can be switched off; an administrator cannot', async () => {
    await world.graph.api(`/users/${ANA}`).patch({ accountEnabled: false });

    expect(await world.graph.api(`/users/${ANA}`).select('accountEnabled').get()).toMatchObject({
      accountEnabled: false,
    });
    await expect(world.graph.api(`/users/${ADA}`).patch({ accountEnabled: false })).rejects.toMatchObject({
      statusCode: 403,
    });
  });
});

describe('resetting a password', () => {
  const reset = (): Promise<unknown> =>
    world.graph.api(`/users/${ANA}`).patch({ passwordProfile: { password: 'Gk7-vanilla-rain' } });

  it('is possible while the bot is User Administrator, and only then', async () => {
    await reset();
    world.takeRolesFrom(BOT.servicePrincipalId);

    await expect(reset()).rejects.toMatchObject({ statusCode: 403, code: 'Authorization_RequestDenied' });
    await expect(world.graph.api(`/users/${ANA}`).patch({ jobTitle: 'Agent' })).resolves.toBeUndefined();
  });

  it('is refused for an administrator', async () => {
    const refused = world.graph.api(`/users/${ADA}`).patch({ passwordProfile: { password: 'Gk7-vanilla-rain' } });

    await expect(refused).rejects.toMatchObject({ statusCode: 403 });
  });
});

describe('assignments', () => {
  it('have an id made of the person’s, and are seen from both sides', async () => {
    const app = await world.readyApp();

    const made = await world.assign(app, ANA);

    const bytes = Buffer.from(made.id, 'base64url');
    const ofApp = await world.graph.api(`/servicePrincipals/${app.principal.id}/appRoleAssignedTo`).get();
    const ofAna = await filtered(`/users/${ANA}/appRoleAssignments`, `resourceId eq ${app.principal.id}`);
    expect(made.id).toHaveLength(43);
    expect(bytes.subarray(0, 4)).toEqual(Buffer.from('0e0b1ec7', 'hex').reverse());
    expect(bytes.subarray(8, 16).toString('hex')).toBe('8000000000000004');
    expect(ofApp.value).toMatchObject([{ id: made.id, principalType: 'User', principalDisplayName: 'Ana Agent' }]);
    expect(ofAna.value).toMatchObject([{ id: made.id }]);
  });

  it.each([
    ['the all-zero role', '00000000-0000-0000-0000-000000000000'],
    ['a role of another app', '18d14569-c3bd-439b-9a66-3a2aee01d14f'],
  ])('with %s are refused', async (_, appRoleId) => {
    const app = await world.readyApp();

    await expect(world.assign(app, ANA, appRoleId)).rejects.toMatchObject({
      statusCode: 400,
      message: 'Permission being assigned was not found on application',
    });
  });

  it('are refused a second time, and gone after they were removed', async () => {
    const app = await world.readyApp();
    const { id } = await world.assign(app, ANA);
    const path = `/servicePrincipals/${app.principal.id}/appRoleAssignedTo/${id}`;

    await expect(world.assign(app, ANA)).rejects.toMatchObject({
      statusCode: 400,
      message: 'Permission being assigned already exists on the object',
    });
    await world.graph.api(path).delete();

    await expect(world.graph.api(path).delete()).rejects.toMatchObject({
      statusCode: 400,
      message: 'EntitlementGrant being updated or deleted is not found.',
    });
    expect((await world.state()).appRoleAssignments).toEqual([]);
  });

  it('need the id of the service principal, not of the application', async () => {
    const app = await world.readyApp();
    const body = { principalId: ANA, resourceId: app.application.id, appRoleId: userRoleOf(app) };

    await expect(world.graph.api(`/users/${ANA}/appRoleAssignments`).post(body)).rejects.toMatchObject({
      statusCode: 400,
      message: 'Not a valid reference update.',
    });
  });

  it('compare a GUID without quotes only', async () => {
    const refused = filtered(`/users/${ANA}/appRoleAssignments`, `resourceId eq '${ANA}'`);

    await expect(refused).rejects.toMatchObject({ statusCode: 400, code: 'BadRequest' });
  });
});

describe('roles and groups', () => {
  it('shows active and eligible roles apart', async () => {
    const roles = '/roleManagement/directory';
    const active = await filtered(`${roles}/roleAssignments`, `principalId eq '${ADA}'`);
    const inactive = await filtered(`${roles}/roleAssignments`, `principalId eq '${PIM}'`);
    const eligible = await filtered(`${roles}/roleEligibilityScheduleInstances`, `principalId eq '${PIM}'`);

    const cloudAdmin = DIRECTORY_ROLES['Cloud Application Administrator'];
    expect(active.value).toContainEqual(
      expect.objectContaining({ roleDefinitionId: cloudAdmin, directoryScopeId: '/' }),
    );
    expect(inactive.value).toEqual([]);
    expect(eligible.value).toMatchObject([{ roleDefinitionId: cloudAdmin, principalId: PIM }]);
  });

  it('knows the seeded groups, and that Ana is in none', async () => {
    const agents = await filtered('/groups', "displayName eq 'Genesys Agents'");
    const members = await world.graph.api(`/groups/${GROUPS['Genesys Agents']}/members`).get();
    const ofAna = await world.graph
      .api(`/users/${ANA}/transitiveMemberOf/microsoft.graph.group`)
      .select('id,displayName,isAssignableToRole')
      .get();

    expect(agents.value).toHaveLength(1);
    expect([members.value, ofAna.value]).toEqual([[], []]);
  });

  it('tells domain and organisation', async () => {
    expect((await world.graph.api('/domains').get()).value).toMatchObject([
      { id: 'contoso.example', isVerified: true, authenticationType: 'Managed' },
    ]);
    expect((await world.graph.api('/organization').get()).value).toHaveLength(1);
  });
});

describe('a batch', () => {
  const get = (id: string, more: object = {}): object => ({ id, method: 'GET', url: `/users/${ANA}`, ...more });
  const send = (requests: object[]): Promise<{ responses: { id: string; status: number; body?: unknown }[] }> =>
    world.graph.api('/$batch').post({ requests }) as Promise<{ responses: { id: string; status: number }[] }>;

  it('answers each request under its id, in an order of its own', async () => {
    const { responses } = await send([get('1'), get('2', { url: '/users/nobody' }), get('3')]);

    expect(responses.map(({ id, status }) => [id, status])).toEqual([
      ['3', 200],
      ['2', 404],
      ['1', 200],
    ]);
  });

  it('does not run what depends on a failure', async () => {
    const app = await world.readyApp();
    const assign = (id: string, principalId: string, dependsOn: string[]): object => ({
      id,
      method: 'POST',
      url: `/users/${principalId}/appRoleAssignments`,
      headers: { 'Content-Type': 'application/json' },
      body: { principalId, resourceId: app.principal.id, appRoleId: userRoleOf(app) },
      dependsOn,
    });

    const { responses } = await send([assign('1', ANA, []), assign('2', ANA, ['1']), assign('3', OMAR, ['2'])]);

    const statusOf = Object.fromEntries(responses.map(({ id, status }) => [id, status]));
    expect(statusOf).toEqual({ 1: 201, 2: 400, 3: 424 });
    expect((await world.state()).appRoleAssignments).toHaveLength(1);
  });

  it.each([
    ['21 requests', Array.from({ length: 21 }, (_, index) => get(String(index)))],
    ['an id twice', [get('1'), get('1')]],
    ['a body without content type', [get('1', { method: 'PATCH', body: {} })]],
    ['a circle', [get('1', { dependsOn: ['2'] }), get('2', { dependsOn: ['1'] })]],
    ['an absolute url', [get('1', { url: 'https://graph.microsoft.com/v1.0/users' })]],
    ['a batch inside', [get('1', { url: '/$batch' })]],
  ])('with %s is refused as a whole', async (_, requests) => {
    await expect(send(requests)).rejects.toMatchObject({ statusCode: 400 });
  });

  it('meets faults for each request inside', async () => {
    await world.control('faults', { fault: 'unavailable-once', path: `/users/${ANA}`, method: 'GET' });

    const { responses } = await send([get('1'), get('2')]);

    expect(responses.map(({ id, status }) => [id, status])).toEqual([
      ['2', 200],
      ['1', 503],
    ]);
  });
});
