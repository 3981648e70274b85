import { BOT, BOT_PERMISSIONS, DIRECTORY_ROLES, PEOPLE, TENANT_ID } from '../../sandbox/credentials.js';
import type { SandboxAddresses } from '../../sandbox/addresses.js';
import { createEntraSandbox } from '../../sandbox/entra/entra-sandbox.js';
import { SandboxClock } from '../../sandbox/kit/clock.js';
import type { SandboxServer } from '../../sandbox/kit/server.js';
import { SandboxStore } from '../../sandbox/kit/store.js';
import { createEntra, type EntraOptions } from '../../src/services/entra/entra-client.js';
import type { Entra, GalleryTemplate, InstanceIds } from '../../src/services/entra/entra.js';
import { Problem, type ProblemFacts } from '../../src/services/platform/problem.js';
import { createReachable } from '../../src/services/sso/test-links.js';
import { BOT_AT_ENTRA, FlakyWire, secretProof, WaitingClock, type Passing } from './remote-stand.js';

const DOMAINS = [{ name: 'contoso.example', isManaged: true }];

const GALLERY_NAME = 'Genesys Cloud for Azure';
const IDENTIFIER = 'https://login.mypurecloud.de/saml';
const GROUP_ID = '33ad69f9-da99-4bed-acd0-3f24235cb205';

let server: SandboxServer;
let store: SandboxStore;
let wire: FlakyWire;
let clock: WaitingClock;
let entra: Entra;

beforeEach(async () => {
  store = new SandboxStore(':memory:');
  const addresses: SandboxAddresses = { entra: '', genesys: 'http://127.0.0.1:9', teams: 'http://127.0.0.1:9' };
  server = createEntraSandbox({ store, clock: new SandboxClock(store), addresses });
  const port = await server.listen(0);
  wire = await FlakyWire.to(`http://127.0.0.1:${port}`);
  addresses.entra = wire.url;
  clock = new WaitingClock();
  entra = client();
});

afterEach(async () => {
  await wire.close();
  await server.close();
  store.close();
});

function client(own: Partial<EntraOptions> = {}): Entra {
  return createEntra({
    ...BOT_AT_ENTRA,
    graphBaseUrl: wire.url,
    loginUrl: wire.url,
    reachable: createReachable({ entraLoginUrl: wire.url }),
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

function person(name: string): (typeof PEOPLE)[number] {
  const found = PEOPLE.find((one) => one.displayName === name);
  if (!found) throw new Error(name);
  return found;
}

const template = (): Promise<GalleryTemplate> => entra.getGalleryTemplate(GALLERY_NAME);
const added = async (): Promise<InstanceIds> => entra.addFromGallery(await template(), { since: new Date() });
const inAYear = (): Date => new Date(Date.now() + 365 * 86_400_000);

describe('who Latchkey is', () => {
  test('the permissions in its own token are known by name', async () => {
    const granted = await entra.grantedPermissions();

    expect([...granted].sort()).toEqual([...BOT_PERMISSIONS].sort());
  });

  test('one token serves many calls, even at the same moment', async () => {
    await Promise.all([entra.findPeople('Ada'), entra.findPeople('Omar'), entra.listDomains()]);

    expect(wire.count('POST', /oauth2\/v2\.0\/token/)).toBe(1);
  });

  test('a token that Graph refuses is renewed once and the call repeated', async () => {
    await entra.listDomains();
    server.faults.set({ fault: 'token-expired-now' });

    await expect(entra.listDomains()).resolves.toEqual(DOMAINS);
    expect(wire.count('POST', /oauth2\/v2\.0\/token/)).toBe(2);
  });

  test('a wrong secret is told apart, without the secret', async () => {
    const facts = await problemOf(client({ credential: secretProof('not-the-secret-xyz') }).listDomains());

    expect(facts).toMatchObject({ kind: 'remote', system: 'entra', answer: 'unauthorized', code: 'AADSTS7000215' });
    expect(JSON.stringify(facts)).not.toContain('not-the-secret-xyz');
  });

  test('an unknown tenant and an unknown client are told apart', async () => {
    const tenant = await problemOf(client({ tenantId: GROUP_ID }).listDomains());
    const bot = await problemOf(client({ clientId: GROUP_ID }).listDomains());

    expect([tenant.code, bot.code]).toEqual(['AADSTS90002', 'AADSTS700016']);
  });

  test('a missing permission is named, with the request id', async () => {
    server.faults.set({ fault: 'permission-removed', permission: 'Domain.Read.All' });

    const facts = await problemOf(entra.listDomains());

    expect(facts).toMatchObject({ answer: 'denied', status: 403, missing: ['Domain.Read.All'] });
    expect(facts.requestId).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe('finding people', () => {
  test.each([
    ['an object id', person('B.Simon').id, ['B.Simon']],
    ['a UPN in any case', 'B.SIMON@contoso.example', ['B.Simon']],
    ['a mail that is not the UPN', 'mia@mail.contoso.example', ['Mia Mailmismatch']],
    ['the beginning of a name', 'Ad', ['Ada Admin']],
    ['a guest by UPN, with the # in it', person('Guest Gus').userPrincipalName, ['Guest Gus']],
    ['a surname', 'Agent', ['Ana Agent']],
    ['what comes after an initial', 'simon', ['B.Simon']],
    ['the user name alone, whatever else begins so', 'ana.agent', ['Ana Agent']],
    ['nobody', 'Zoe', []],
    ['an empty text', '   ', []],
    ['an id that nobody has', GROUP_ID, []],
    ['a control character', 'Ada\u0000', []],
  ])('by %s', async (_, text, names) => {
    const people = await entra.findPeople(text);

    expect(people.map(({ name }) => name)).toEqual(names);
  });

  test.each([
    "' or 1 eq 1 or userPrincipalName eq '",
    "x') or startsWith(displayName,'A",
    '&$filter=&$top=999',
    '#',
    '%27',
    "O'Neil",
  ])('text cannot change the question: %s', async (text) => {
    await expect(entra.findPeople(text)).resolves.toEqual([]);
    expect(wire.seen.filter(({ path }) => path.startsWith('/v1.0/users')).length).toBeLessThanOrEqual(2);
  });

  test('a guest is known as a guest', async () => {
    await expect(entra.findPerson(person('Guest Gus').id)).resolves.toMatchObject({ isGuest: true, isEnabled: true });
  });

  test('a UPN is not an identity', async () => {
    await expect(entra.findPerson('b.simon@contoso.example')).resolves.toBeUndefined();
  });
});

describe('standing', () => {
  test('active roles carry their scope', async () => {
    const standing = await entra.findStanding(person('Ada Admin').id);

    expect(standing?.active).toContainEqual({
      roleTemplateId: DIRECTORY_ROLES['Cloud Application Administrator'],
      scope: '/',
    });
    expect(standing?.eligible).toEqual([]);
  });

  test('a role that could be activated is not an active one', async () => {
    const standing = await entra.findStanding(person('Pim Eligible').id);

    expect(standing).toMatchObject({
      active: [],
      eligible: [{ roleTemplateId: DIRECTORY_ROLES['Cloud Application Administrator'], scope: '/' }],
    });
  });

  test('a role through a role-assignable group counts and names the group', async () => {
    giveThroughGroup({ isAssignableToRole: true });

    const standing = await entra.findStanding(person('Ana Agent').id);

    expect(standing?.active).toEqual([
      { roleTemplateId: DIRECTORY_ROLES['User Administrator'], scope: '/', throughGroup: 'SSO admins' },
    ]);
  });

  test('a tenant without a PIM licence has nobody eligible', async () => {
    const refusal = JSON.stringify({ error: { code: 'AadPremiumLicenseRequired', message: 'The tenant needs P2.' } });
    wire.answersFor(({ path }) => path.includes('roleEligibility'), { status: 400, body: refusal }, 9);

    await expect(entra.findStanding(person('Pim Eligible').id)).resolves.toMatchObject({ active: [], eligible: [] });
  });

  test('somebody of another tenant is nobody here', async () => {
    await expect(entra.findStanding(GROUP_ID)).resolves.toBeUndefined();
  });

  test('an answer that Entra cannot give is not an empty standing', async () => {
    wire.answersFor(({ path }) => path.includes('roleAssignments'), { status: 403, body: '{}' }, 9);

    expect(await problemOf(entra.findStanding(person('Ada Admin').id))).toMatchObject({ answer: 'denied' });
  });

  function giveThroughGroup({ isAssignableToRole }: { isAssignableToRole: boolean }): void {
    store.collection('groups').put(GROUP_ID, {
      id: GROUP_ID,
      createdDateTime: '2026-01-01T00:00:00Z',
      displayName: 'SSO admins',
      description: null,
      mailEnabled: false,
      mailNickname: 'sso-admins',
      securityEnabled: true,
      groupTypes: [],
      isAssignableToRole,
    });
    const memberId = person('Ana Agent').id;
    store.collection('memberships').put(`${GROUP_ID}/${memberId}`, { groupId: GROUP_ID, memberId });
    store.collection('roleAssignments').put('through-group', {
      id: 'through-group',
      principalId: GROUP_ID,
      roleDefinitionId: DIRECTORY_ROLES['User Administrator'],
      directoryScopeId: '/',
      appScopeId: null,
    });
  }
});

describe('the sessions of a person', () => {
  test('are ended, and again after a lost answer', async () => {
    const revoke = ({ path }: Passing): boolean => path.endsWith('/revokeSignInSessions');
    wire.losesAnswerTo(revoke, 'drop');

    await expect(entra.revokeSignInSessions(person('B.Simon').id)).resolves.toBe(true);

    expect(wire.count('POST', /revokeSignInSessions$/)).toBe(2);
  });

  test('are none where there is no such person', async () => {
    await expect(entra.revokeSignInSessions('0e0b1ec7-0000-4000-8000-0000000000aa')).resolves.toBe(false);
  });

  test('of an administrator are protected; a permission that is missing is another matter', async () => {
    const ada = await problemOf(entra.revokeSignInSessions(person('Ada Admin').id));
    server.faults.set({ fault: 'permission-removed', permission: 'User.RevokeSessions.All' });
    const anybody = await problemOf(entra.revokeSignInSessions(person('B.Simon').id));

    expect(ada).toMatchObject({ answer: 'denied', why: 'Entra protects the accounts of administrators.' });
    expect(anybody).toMatchObject({ answer: 'denied', missing: ['User.RevokeSessions.All'] });
  });
});

describe('creating a person', () => {
  const wish = {
    name: 'T.Simon',
    userPrincipalName: 't.simon@contoso.example',
    mailNickname: 't.simon',
    password: 'Correct-Horse-42-Battery',
  };

  test('the new person can be found at once', async () => {
    const created = await entra.createPerson(wish);

    await expect(entra.findPeople('t.simon@contoso.example')).resolves.toEqual([created]);
    expect(created).toMatchObject({ name: 'T.Simon', isEnabled: true, isGuest: false });
  });

  test('a UPN that is taken is a conflict', async () => {
    const facts = await problemOf(entra.createPerson({ ...wish, userPrincipalName: 'b.simon@contoso.example' }));

    expect(facts).toMatchObject({ answer: 'conflict', status: 400 });
  });

  test.each([
    ['504', { status: 504, body: 'gateway' }],
    ['a lost connection', 'drop'],
  ] as const)('created, but the answer was %s: found, not made twice', async (_, instead) => {
    wire.losesAnswerTo(({ method, path }) => method === 'POST' && path === '/v1.0/users', instead);

    const created = await entra.createPerson(wish);

    expect(created.userPrincipalName).toBe('t.simon@contoso.example');
    expect(wire.count('POST', /^\/v1\.0\/users$/)).toBe(1);
  });

  test('somebody who is deleted is gone, can be found in the bin, and is gone already the second time', async () => {
    const created = await entra.createPerson(wish);

    await expect(entra.deletePerson(created.id)).resolves.toBe(true);
    await expect(entra.findPerson(created.id)).resolves.toBeUndefined();
    await expect(entra.findDeletedPerson('T.Simon@contoso.example')).resolves.toMatchObject({
      ...{ id: created.id, name: 'T.Simon', deletedAt: expect.any(Date) },
    });
    await expect(entra.findDeletedPerson('T.Simon@contoso.example', 0)).resolves.toBeUndefined();
    await expect(entra.deletePerson(created.id)).resolves.toBe(false);
    await expect(entra.findDeletedPerson('b.simon@contoso.example')).resolves.toBeUndefined();
  });

  test.each([
    ['504', { status: 504, body: 'gateway' }],
    ['a lost connection', 'drop'],
  ] as const)('a deletion whose answer was %s is done all the same', async (_, instead) => {
    const created = await entra.createPerson(wish);
    wire.losesAnswerTo(({ method }) => method === 'DELETE', instead);

    await entra.deletePerson(created.id);

    await expect(entra.findPerson(created.id)).resolves.toBeUndefined();
  });

  test('a deletion that does not show is waited for, and is waiting in the end', async () => {
    const created = await entra.createPerson(wish);
    server.faults.set({ fault: 'replication-lag', seconds: '100000' });

    expect(await problemOf(entra.deletePerson(created.id))).toMatchObject({ kind: 'waiting' });
  });

  test('an administrator is protected, and the problem says so', async () => {
    expect(await problemOf(entra.deletePerson(person('Ada Admin').id))).toMatchObject({ answer: 'denied' });
  });

  test('managed and federated domains are told apart, the default one first', async () => {
    server.faults.set({ fault: 'more-domains' });

    await expect(entra.listDomains()).resolves.toEqual([
      { name: 'contoso.example', isManaged: true },
      { name: 'berlin.contoso.example', isManaged: true },
      { name: 'fed.contoso.example', isManaged: false },
    ]);
  });

  test('a password that the tenant’s own rule refuses has a code of its own, also for a new one', async () => {
    const created = await entra.createPerson(wish);
    server.faults.set({ fault: 'password-rules', minLength: '60' });

    const made = await problemOf(
      entra.createPerson({ ...wish, userPrincipalName: 'u.simon@contoso.example', mailNickname: 'u.simon' }),
    );
    const reset = await problemOf(entra.resetPassword(created.id, wish.password));

    expect([made, reset]).toEqual(
      Array(2).fill(expect.objectContaining({ code: 'password-refused', requestId: expect.any(String) })),
    );
  });

  test('a weak password is refused in words, and the password is not among them', async () => {
    const facts = await problemOf(entra.createPerson({ ...wish, password: 'simple' }));

    expect(facts.answer).toBe('invalid');
    expect(JSON.stringify(facts)).not.toContain('"simple"');
  });

  test('a new first password can be set', async () => {
    const created = await entra.createPerson(wish);

    await expect(entra.resetPassword(created.id, 'Another-Horse-43-Battery')).resolves.toBeUndefined();
  });
});

describe('adding Genesys Cloud from the gallery', () => {
  test('exactly one template has that name', async () => {
    await expect(template()).resolves.toMatchObject({ displayName: GALLERY_NAME });
    expect(await problemOf(entra.getGalleryTemplate("No'thing"))).toMatchObject({ kind: 'refused' });
  });

  test('both objects exist, belong to Latchkey and await SAML', async () => {
    const ids = await added();

    const instance = await entra.getInstance(ids);

    expect(instance).toMatchObject({
      ...ids,
      isOwnedByLatchkey: true,
      isEnabled: true,
      identifiers: [],
      certificates: [],
    });
    expect(instance.claims).toBeUndefined();
    expect(instance.singleSignOnMode).toBeUndefined();
    expect(instance.appRoles.map(({ displayName }) => displayName)).toContain('User');
    await expect(entra.findInstances((await template()).id)).resolves.toEqual([ids]);
  });

  test('an instance that belongs to nobody is not ours', async () => {
    server.faults.set({ fault: 'not-owned' });

    await expect(entra.getInstance(await added())).resolves.toMatchObject({ isOwnedByLatchkey: false, owners: [] });
  });

  test('a run that is resumed adopts what its first attempt made', async () => {
    const since = new Date();
    const first = await entra.addFromGallery(await template(), { since });

    await expect(entra.addFromGallery(await template(), { since })).resolves.toEqual(first);
    expect(wire.count('POST', /instantiate/)).toBe(1);
  });

  test.each([
    ['504', { status: 504, body: '' }],
    ['a lost connection', 'drop'],
  ] as const)('made, but the answer was %s: no twin appears', async (_, instead) => {
    wire.losesAnswerTo(({ path }) => path.includes('/instantiate'), instead);

    const ids = await added();

    await expect(entra.findInstances((await template()).id)).resolves.toEqual([ids]);
    expect(wire.count('POST', /instantiate/)).toBe(1);
  });

  test('never made (503): tried once more, after looking for the whole budget', async () => {
    server.faults.set({ fault: 'unavailable-once', path: '/instantiate', method: 'POST' });

    const ids = await added();

    await expect(entra.findInstances((await template()).id)).resolves.toEqual([ids]);
    expect(wire.count('POST', /instantiate/)).toBe(2);
    expect(clock.waits.reduce((sum, wait) => sum + wait, 0)).toBeGreaterThan(100_000);
  });

  test('a twin that shows up late is switched off', async () => {
    // The first POST has worked, but no list shows it before the second one.
    const hides = ({ method, path }: { method: string; path: string }): boolean =>
      method === 'GET' && path.startsWith('/v1.0/servicePrincipals?') && wire.count('POST', /instantiate/) < 2;
    wire.losesAnswerTo(({ path }) => path.includes('/instantiate'), { status: 504, body: '' });
    wire.answersFor(hides, { status: 200, body: '{"value":[]}' }, 1_000);
    const short = client({ budgetMs: 100 });

    const ids = await short.addFromGallery(await template(), { since: new Date() });

    const { servicePrincipals } = (await state()) as {
      servicePrincipals: { id: string; accountEnabled: boolean; applicationTemplateId: string | null }[];
    };
    const made = servicePrincipals.filter(({ applicationTemplateId }) => applicationTemplateId !== null);
    expect(wire.count('POST', /instantiate/)).toBe(2);
    expect(made).toHaveLength(2);
    expect(made.filter(({ accountEnabled }) => accountEnabled).map(({ id }) => id)).toEqual([ids.servicePrincipalId]);
  });

  test('what is not shown within the budget waits, and says so', async () => {
    const notFound = JSON.stringify({ error: { code: 'Request_ResourceNotFound', message: 'Not there.' } });
    const get = ({ method, path }: { method: string; path: string }): boolean =>
      method === 'GET' && /\/v1\.0\/servicePrincipals\/[0-9a-f-]+\?/.test(path);
    wire.answersFor(get, { status: 404, body: notFound }, 1_000);

    expect(await problemOf(added())).toMatchObject({ kind: 'waiting', system: 'entra' });
  });

  test('what is shown after a while is waited for', async () => {
    const get = ({ method, path }: { method: string; path: string }): boolean =>
      method === 'GET' && /\/v1\.0\/(servicePrincipals|applications)\/[0-9a-f-]+\?/.test(path);
    wire.answersFor(get, { status: 404, body: '{}' }, 7);

    await expect(added()).resolves.toHaveProperty('appId');
  });

  async function state(): Promise<unknown> {
    return (await fetch(`${wire.url}/_sandbox/state`)).json();
  }
});

describe('SAML settings', () => {
  test('mode, identifier and reply URL are set and read back', async () => {
    const ids = await added();

    await entra.setSingleSignOn(ids, { signOnUrl: null });
    await entra.setIdentifierAndReplyUrl(ids, { identifier: IDENTIFIER, replyUrl: IDENTIFIER });

    const instance = await entra.getInstance(ids);
    expect(instance).toMatchObject({ singleSignOnMode: 'saml', identifiers: [IDENTIFIER], replyUrls: [IDENTIFIER] });
    expect(instance.signOnUrl).toBeUndefined();
  });

  test('the Sign-on URL can be set and cleared', async () => {
    const ids = await added();

    await entra.setSingleSignOn(ids, { signOnUrl: 'https://login.mypurecloud.de' });
    const opens = await entra.getInstance(ids);
    await entra.setSingleSignOn(ids, { signOnUrl: null });
    const straight = await entra.getInstance(ids);

    expect([opens.signOnUrl, straight.signOnUrl]).toEqual(['https://login.mypurecloud.de', undefined]);
  });

  test('what others had entered stays', async () => {
    const ids = await added();
    await entra.setSingleSignOn(ids, { signOnUrl: null });
    await entra.setIdentifierAndReplyUrl(ids, {
      identifier: 'https://old.example/saml',
      replyUrl: 'https://old.example/acs',
    });

    await entra.setIdentifierAndReplyUrl(ids, { identifier: IDENTIFIER, replyUrl: IDENTIFIER });

    const instance = await entra.getInstance(ids);
    expect(instance.identifiers).toEqual([IDENTIFIER, 'https://old.example/saml']);
    expect(instance.replyUrls).toEqual([IDENTIFIER, 'https://old.example/acs']);
  });

  test('a second run writes nothing', async () => {
    const ids = await added();
    await entra.setSingleSignOn(ids, { signOnUrl: null });
    await entra.setIdentifierAndReplyUrl(ids, { identifier: IDENTIFIER, replyUrl: IDENTIFIER });
    const before = wire.count('PATCH', /applications/);

    await entra.setIdentifierAndReplyUrl(ids, { identifier: IDENTIFIER, replyUrl: IDENTIFIER });

    expect(wire.count('PATCH', /applications/)).toBe(before);
  });

  test('the domain rule is waited out, as SAML mode may still be on its way', async () => {
    const ids = await added();
    await entra.setSingleSignOn(ids, { signOnUrl: null });
    const rule = JSON.stringify({
      error: { code: 'HostNameNotOnVerifiedDomain', message: 'must use a verified domain' },
    });
    wire.answersFor(({ method }) => method === 'PATCH', { status: 400, body: rule }, 3);

    await entra.setIdentifierAndReplyUrl(ids, { identifier: IDENTIFIER, replyUrl: IDENTIFIER });

    await expect(entra.getInstance(ids)).resolves.toMatchObject({ identifiers: [IDENTIFIER] });
  });

  test('a domain rule that stays is explained', async () => {
    const ids = await added();

    const facts = await problemOf(
      entra.setIdentifierAndReplyUrl(ids, { identifier: IDENTIFIER, replyUrl: IDENTIFIER }),
    );

    expect(facts).toMatchObject({ answer: 'invalid', code: 'HostNameNotOnVerifiedDomain' });
    expect(facts.why).toContain('verified domain');
  });

  test('parallel writes on one application never meet', async () => {
    const ids = await added();
    await entra.setSingleSignOn(ids, { signOnUrl: null });
    const claims = { emailFrom: 'userprincipalname', organizationName: 'contoso-gc' } as const;

    await Promise.all([
      entra.setClaims(ids, claims),
      entra.setSingleSignOn(ids, { signOnUrl: null }),
      entra.setIdentifierAndReplyUrl(ids, { identifier: IDENTIFIER, replyUrl: IDENTIFIER }),
    ]);

    const instance = await entra.getInstance(ids);
    expect(instance).toMatchObject({ identifiers: [IDENTIFIER], claims: { organizationName: 'contoso-gc' } });
  });

  test('a 409 of concurrent writes is tried again', async () => {
    const ids = await added();
    const busy = JSON.stringify({ error: { code: 'Directory_ConcurrencyViolation', message: 'Please wait.' } });
    wire.answersFor(({ method }) => method === 'PATCH', { status: 409, body: busy }, 2);

    await expect(entra.setSingleSignOn(ids, { signOnUrl: null })).resolves.toBeUndefined();
  });
});

describe('claims', () => {
  const wish = { emailFrom: 'mail', organizationName: 'contoso-gc' } as const;

  test('Email, OrganizationName and a NameID are sent, the basic ones too', async () => {
    const ids = await added();

    await entra.setClaims(ids, wish);

    const { claims } = await entra.getInstance(ids);
    expect(claims).toEqual({
      emailFrom: 'mail',
      organizationName: 'contoso-gc',
      nameIdFrom: 'userprincipalname',
      includesBasicClaims: true,
      otherClaims: [],
    });
  });

  test('claims, a NameID and a choice of basic claims that others made stay as they are', async () => {
    const ids = await added();
    await putPolicy(ids, {
      includeBasicClaimSet: false,
      claims: [
        {
          '@odata.type': '#microsoft.graph.samlNameIdClaim',
          nameIdFormat: 'persistent',
          configurations: [from('employeeid')],
        },
        custom('department', from('department')),
        custom('Email', from('userprincipalname')),
      ],
    });

    await entra.setClaims(ids, wish);

    const { claims } = await entra.getInstance(ids);
    expect(claims).toEqual({
      emailFrom: 'mail',
      organizationName: 'contoso-gc',
      nameIdFrom: 'employeeid',
      includesBasicClaims: false,
      otherClaims: ['department'],
    });
  });

  test('claims that are right already are not written again', async () => {
    const ids = await added();
    await entra.setClaims(ids, wish);

    await entra.setClaims(ids, wish);

    expect(wire.count('PUT', /claimsPolicy/)).toBe(1);
  });

  function from(id: string): object {
    return {
      condition: null,
      attribute: {
        '@odata.type': '#microsoft.graph.sourcedAttribute',
        id,
        source: 'user',
        isExtensionAttribute: false,
      },
      transformations: [],
    };
  }

  function custom(name: string, configuration: object): object {
    return {
      '@odata.type': '#microsoft.graph.customClaim',
      name,
      namespace: null,
      tokenFormat: ['saml'],
      samlAttributeNameFormat: null,
      configurations: [configuration],
    };
  }

  async function putPolicy(ids: InstanceIds, policy: object): Promise<void> {
    const form = {
      client_id: BOT.clientId,
      client_secret: BOT.clientSecret,
      grant_type: 'client_credentials',
      scope: 'https://graph.microsoft.com/.default',
    };
    const reply = await fetch(`${wire.url}/${TENANT_ID}/oauth2/v2.0/token`, {
      method: 'POST',
      body: new URLSearchParams(form),
    });
    const { access_token: token } = (await reply.json()) as { access_token: string };
    const put = await fetch(`${wire.url}/beta/servicePrincipals/${ids.servicePrincipalId}/claimsPolicy`, {
      method: 'PUT',
      headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
      body: JSON.stringify(policy),
    });
    expect(put.status).toBe(204);
  }
});

describe('signing certificates', () => {
  test('a new one is listed, inactive, and found again by its name', async () => {
    const ids = await added();

    const made = await entra.addSigningCertificate(ids, { name: 'Latchkey run-1', notAfter: inAYear() });
    const again = await entra.addSigningCertificate(ids, { name: 'Latchkey run-1', notAfter: inAYear() });

    expect(made).toMatchObject({ subject: 'CN=Latchkey run-1', isActive: false });
    expect(made.thumbprint).toMatch(/^[0-9A-F]{40}$/);
    expect(again).toEqual(made);
    expect(wire.count('POST', /addTokenSigningCertificate/)).toBe(1);
  });

  test('made, but the answer was lost: found by its name', async () => {
    const ids = await added();
    wire.losesAnswerTo(({ path }) => path.includes('addTokenSigningCertificate'), { status: 504, body: '' });

    await entra.addSigningCertificate(ids, { name: 'Latchkey run-1', notAfter: inAYear() });

    expect((await entra.getInstance(ids)).certificates).toHaveLength(1);
  });

  test('the activated one is the one of the federation metadata', async () => {
    const ids = await added();
    await entra.setSingleSignOn(ids, { signOnUrl: null });
    const made = await entra.addSigningCertificate(ids, { name: 'Latchkey run-1', notAfter: inAYear() });

    await entra.activateSigningCertificate(ids, made.thumbprint.toLowerCase());

    const instance = await entra.getInstance(ids);
    const metadata = await entra.getFederationMetadata(ids.appId);
    expect(instance.activeThumbprint).toBe(made.thumbprint);
    expect(instance.certificates.find(({ isActive }) => isActive)?.thumbprint).toBe(made.thumbprint);
    expect(metadata).toMatchObject({
      entityId: `https://sts.windows.net/${TENANT_ID}/`,
      signOnUrl: `https://login.microsoftonline.com/${TENANT_ID}/saml2`,
    });
    expect(metadata.thumbprints).toContain(made.thumbprint);
  });

  test('a thumbprint that the application does not have is never activated', async () => {
    const ids = await added();

    const facts = await problemOf(client({ budgetMs: 500 }).activateSigningCertificate(ids, 'AB'.repeat(20)));

    expect(facts.kind).toBe('waiting');
    expect(wire.count('PATCH', /servicePrincipals/)).toBe(0);
  });
});

describe('assigning', () => {
  async function wished(): Promise<{
    personId: string;
    servicePrincipalId: string;
    appRoleId: string;
    templateId: string;
  }> {
    const ids = await added();
    const { appRoles } = await entra.getInstance(ids);
    const role = appRoles.find(({ displayName }) => displayName === 'User');
    return {
      personId: person('B.Simon').id,
      servicePrincipalId: ids.servicePrincipalId,
      appRoleId: role?.id ?? '',
      templateId: (await template()).id,
    };
  }

  test('once is new, twice is not', async () => {
    const wish = await wished();

    const first = await entra.ensureAssignment(wish);
    const second = await entra.ensureAssignment(wish);

    expect([first.isNew, second.isNew]).toEqual([true, false]);
    expect(second.assignment).toEqual(first.assignment);
    await expect(entra.countAssignments(wish.servicePrincipalId)).resolves.toBe(1);
    await expect(entra.findAssignments(wish.personId, wish.servicePrincipalId)).resolves.toEqual([first.assignment]);
  });

  test('two at once give one assignment', async () => {
    const wish = await wished();

    await Promise.all([entra.ensureAssignment(wish), client().ensureAssignment(wish)]);

    await expect(entra.countAssignments(wish.servicePrincipalId)).resolves.toBe(1);
  });

  test('done, but the answer was lost: it is ours and not repeated', async () => {
    const wish = await wished();
    wire.losesAnswerTo(({ method, path }) => method === 'POST' && path.includes('appRoleAssignments'), {
      status: 504,
      body: '',
    });

    const { isNew } = await entra.ensureAssignment(wish);

    expect(isNew).toBe(true);
    await expect(entra.countAssignments(wish.servicePrincipalId)).resolves.toBe(1);
  });

  test.each([
    [400, 'Request_BadRequest', 'Permission being assigned already exists on the object'],
    [409, 'Request_MultipleObjectsWithSameKeyValue', 'EntitlementGrant entry already exists.'],
  ])('somebody was faster (%i %s): counts as done, but is not ours', async (status, code, message) => {
    const wish = await wished();
    const body = JSON.stringify({ error: { code, message } });
    wire.losesAnswerTo(({ method, path }) => method === 'POST' && path.includes('appRoleAssignments'), {
      status,
      body,
    });

    await expect(entra.ensureAssignment(wish)).resolves.toMatchObject({ isNew: false });
  });

  test('an application that has not arrived everywhere yet is waited for', async () => {
    const wish = await wished();
    const body = JSON.stringify({ error: { code: 'Request_BadRequest', message: 'Not a valid reference update.' } });
    wire.answersFor(
      ({ method, path }) => method === 'POST' && path.includes('appRoleAssignments'),
      { status: 400, body },
      3,
    );

    await expect(entra.ensureAssignment(wish)).resolves.toMatchObject({ isNew: true });
  });

  test('nothing but an instance of the template is ever assigned', async () => {
    const wish = await wished();

    const facts = await problemOf(entra.ensureAssignment({ ...wish, templateId: GROUP_ID }));

    expect(facts).toMatchObject({ kind: 'refused', code: 'foreign-application' });
    expect(wire.count('POST', /appRole/)).toBe(0);
  });

  test('a role that the application does not offer is refused before anything is written', async () => {
    const wish = await wished();

    const facts = await problemOf(
      entra.ensureAssignment({ ...wish, appRoleId: '00000000-0000-0000-0000-000000000000' }),
    );

    expect(facts).toMatchObject({ kind: 'refused', code: 'unknown-app-role' });
    expect(wire.count('POST', /appRole/)).toBe(0);
  });
});

describe('bad days', () => {
  test('a read that is throttled waits as told', async () => {
    wire.answersFor(({ path }) => path.includes('/domains'), {
      status: 429,
      headers: { 'retry-after': '7' },
      body: '{}',
    });

    await expect(entra.listDomains()).resolves.toEqual(DOMAINS);
    expect(clock.waits).toContain(7_000);
  });

  test('a lost connection and a 502 page of HTML are tried again on reads', async () => {
    wire.answersFor(({ path }) => path.includes('/domains'), 'drop');
    wire.answersFor(({ path }) => path.includes('/domains'), { status: 502, body: '<html>bad gateway</html>' });

    await expect(entra.listDomains()).resolves.toEqual(DOMAINS);
  });

  test('Entra that stays away is a Problem within the budget', async () => {
    wire.answersFor(({ path }) => path.includes('/domains'), { status: 503, body: '' }, 1_000);

    expect(await problemOf(entra.listDomains())).toMatchObject({ answer: 'unavailable', status: 503 });
  });

  test('an answer of the wrong shape is a Problem, not a crash', async () => {
    wire.answersFor(({ path }) => path.includes('/domains'), { status: 200, body: '{"value":[{"id":7}]}' });

    expect(await problemOf(entra.listDomains())).toMatchObject({ kind: 'remote', code: 'unexpected-answer' });
  });

  test('a next link that leaves Graph is not followed', async () => {
    const body = JSON.stringify({ value: [], '@odata.nextLink': 'https://evil.example/v1.0/domains' });
    wire.answersFor(({ path }) => path.includes('/domains'), { status: 200, body });

    expect(await problemOf(entra.listDomains())).toMatchObject({ code: 'unexpected-answer' });
  });
});
