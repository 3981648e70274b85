import { PEOPLE } from '../../sandbox/credentials.js';
import type { SandboxAddresses } from '../../sandbox/addresses.js';
import type { AppRoleAssignment, User } from '../../sandbox/entra/directory-objects.js';
import { createEntraSandbox } from '../../sandbox/entra/entra-sandbox.js';
import { GROUPS } from '../../sandbox/entra/seed.js';
import { SandboxClock } from '../../sandbox/kit/clock.js';
import type { SandboxServer } from '../../sandbox/kit/server.js';
import { SandboxStore } from '../../sandbox/kit/store.js';
import { createEntra } from '../../src/services/entra/entra-client.js';
import type { Entra } from '../../src/services/entra/entra.js';
import { Problem, type ProblemFacts } from '../../src/services/platform/problem.js';
import { assignGroup } from '../../src/services/provisioning/assign-group.js';
import { createReachable } from '../../src/services/sso/test-links.js';
import { Consoles, type MadeApp } from '../support/consoles.js';
import { SandboxControl } from '../support/sandbox-control.js';
import { BOT_AT_ENTRA, FlakyWire, WaitingClock, type Passing } from './remote-stand.js';

const OTHER_TEMPLATE = '33ad69f9-da99-4bed-acd0-3f24235cb205';

let server: SandboxServer;
let store: SandboxStore;
let wire: FlakyWire;
let entra: Entra;
let app: MadeApp;
let application: { servicePrincipalId: string; templateId: string };
let userRole: string;

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
  app = await new Consoles({ entra: control, genesys: control }).addsFromGallery();
  const { servicePrincipalId, applicationId: applicationObjectId, appId } = app;
  const roles = await entra.getAppRoles({ servicePrincipalId, applicationObjectId, appId });
  userRole = roles.find(({ displayName }) => displayName === 'User')?.id ?? '';
  const { id: templateId } = await entra.getGalleryTemplate('Genesys Cloud for Azure');
  application = { servicePrincipalId, templateId };
});

afterEach(async () => {
  await wire.close();
  await server.close();
  store.close();
});

async function problemOf(work: Promise<unknown>): Promise<ProblemFacts> {
  const error = await work.catch((caught: unknown) => caught);
  if (!(error instanceof Problem)) throw new Error(`Expected a Problem, got ${String(error)}`);
  return error.facts;
}

function idOf(givenName: string): string {
  return PEOPLE.find((one) => one.givenName === givenName)?.id ?? '';
}

const isDeletion = ({ method, path }: Passing): boolean => method === 'DELETE' && path.includes('appRoleAssignedTo');
const gone = {
  error: { code: 'Request_BadRequest', message: 'EntitlementGrant being updated or deleted is not found.' },
};

describe('the access of a person', () => {
  test('what a group gives is told from what was given directly, in one call', async () => {
    const { assignment } = await entra.ensureAssignment({
      ...application,
      personId: idOf('Omar'),
      appRoleId: userRole,
    });
    await entra.ensureGroupAssignment({ ...application, groupId: GROUPS['Contact Centre'], appRoleId: userRole });
    const before = wire.seen.length;

    const access = await entra.findAccess(idOf('Omar'), application.servicePrincipalId);
    const ofDana = await entra.findAccess(idOf('Dana'), application.servicePrincipalId);

    expect(wire.seen.length - before).toBe(2);
    expect(access.direct).toEqual([assignment]);
    expect(access.throughGroups).toMatchObject([
      { principalName: 'Contact Centre', kind: 'group', appRoleId: userRole },
    ]);
    // Dana is in a group that is in that group, which Entra does not count.
    expect(ofDana).toEqual({ direct: [], throughGroups: [] });
  });

  test('a role that only a group gives is still given directly when it is asked for', async () => {
    await entra.ensureGroupAssignment({ ...application, groupId: GROUPS['Contact Centre'], appRoleId: userRole });

    const wish = { ...application, personId: idOf('Omar'), appRoleId: userRole };

    expect((await entra.ensureAssignment(wish)).isNew).toBe(true);
    expect(await entra.findAssignments(idOf('Omar'), application.servicePrincipalId)).toHaveLength(1);
  });
});

describe('taking a role away', () => {
  const person = (): { kind: 'person'; id: string } => ({ kind: 'person', id: idOf('B.') });
  const held = (): Promise<number> => entra.countAssignments(application.servicePrincipalId);

  test('takes what was given directly, and nothing of a group', async () => {
    const principal = { kind: 'person', id: idOf('Omar') } as const;
    await entra.ensureAssignment({ ...application, personId: principal.id, appRoleId: userRole });
    await entra.ensureGroupAssignment({ ...application, groupId: GROUPS['Contact Centre'], appRoleId: userRole });

    const removed = [
      await entra.removeAssignments({ ...application, principal }),
      await entra.removeAssignments({ ...application, principal }),
    ];

    expect(removed).toEqual([1, 0]);
    const { direct, throughGroups } = await entra.findAccess(principal.id, application.servicePrincipalId);
    expect([direct.length, throughGroups.length]).toEqual([0, 1]);
    expect(wire.count('DELETE', /appRoleAssignedTo/)).toBe(1);
  });

  test('of several roles only those that are named', async () => {
    const other = '5b1d7c3a-0000-4000-8000-000000000001';
    await entra.ensureAssignment({ ...application, personId: idOf('B.'), appRoleId: userRole });

    await entra.removeAssignments({ ...application, principal: person(), appRoleIds: [other] });

    expect(await held()).toBe(1);
  });

  test.each([
    ['the answer was lost', { status: 504, body: '' }],
    ['somebody was faster', { status: 400, body: JSON.stringify(gone) }],
    ['somebody was faster, in other words', { status: 404, body: JSON.stringify(gone) }],
  ])('%s: done, as it is no longer listed', async (_what, instead) => {
    await entra.ensureAssignment({ ...application, personId: idOf('B.'), appRoleId: userRole });
    wire.losesAnswerTo(isDeletion, instead);

    await entra.removeAssignments({ ...application, principal: person() });

    expect(await held()).toBe(0);
  });

  test('said to be gone, and still listed: not done, and waited for', async () => {
    await entra.ensureAssignment({ ...application, personId: idOf('B.'), appRoleId: userRole });
    wire.answersFor(isDeletion, { status: 400, body: JSON.stringify(gone) });

    const facts = await problemOf(entra.removeAssignments({ ...application, principal: person() }));

    expect(facts.kind).toBe('waiting');
    expect(await held()).toBe(1);
  });

  test('from nothing but an instance of the template', async () => {
    await entra.ensureAssignment({ ...application, personId: idOf('B.'), appRoleId: userRole });

    const wish = { ...application, templateId: OTHER_TEMPLATE, principal: person() };
    const facts = await problemOf(entra.removeAssignments(wish));

    expect(facts).toMatchObject({ kind: 'refused', code: 'foreign-application' });
    expect(wire.count('DELETE', /appRole/)).toBe(0);
  });
});

describe('groups', () => {
  test('are found by the beginning of the name, by mail, by id; what is hostile finds nothing', async () => {
    const names = async (text: string): Promise<string[]> => (await entra.findGroups(text)).map(({ name }) => name);

    expect(await names('contact centre l')).toEqual(['Contact Centre Leads']);
    expect(await names('news@contoso.example')).toEqual(['Contact Centre News']);
    expect(await names(GROUPS['Night Shift'])).toEqual(['Night Shift']);
    expect(await names("x' or startsWith(displayName,'")).toEqual([]);
    expect(await names('\u0000')).toEqual([]);
    expect(await entra.findGroup('00000000-0000-4000-8000-00000000dead')).toBeUndefined();
  });

  test('tell what they are, and who is directly in them', async () => {
    const [leads] = await entra.findGroups('Contact Centre Leads');
    const [operators] = await entra.findGroups('Identity Operators');
    const members = await entra.listMembers(GROUPS['Contact Centre']);
    const night = await entra.listMembers(GROUPS['Night Shift']);

    expect(leads).toMatchObject({ isDynamic: true, isSecurityEnabled: true, isRoleAssignable: false });
    expect(operators).toMatchObject({ isDynamic: false, isRoleAssignable: true });
    expect(members.map(({ name, kind }) => `${kind} ${name}`).sort()).toEqual([
      'group Night Shift',
      'person Ada Admin',
      'person Mia Mailmismatch',
      'person Omar Owner',
    ]);
    await expect(entra.firstMembers(GROUPS['Contact Centre'])).resolves.toEqual({ members, isMore: false });
    expect(night.filter(({ isGuest }) => isGuest).map(({ name }) => name)).toEqual(['Guest Gus']);
    expect(await entra.listGroupsOf(idOf('Dana'))).toEqual([GROUPS['Night Shift'], GROUPS['Contact Centre Leads']]);
  });

  test('that the actor is in are refused at the moment of the deed, whoever began it', async () => {
    const operation = assignGroup({ entra });
    const principal = { kind: 'group', id: GROUPS['Contact Centre'], name: 'Contact Centre', detail: '' } as const;
    const input = {
      principal,
      application: { ...application, appId: app.appId },
      role: { id: userRole, name: 'User' },
    };
    const as = (givenName: string): Promise<unknown> =>
      Promise.resolve(operation.judge?.({ personId: idOf(givenName), name: givenName, channel: 'teams' }, input));

    expect(await as('Ada')).toMatchObject({ isAllowed: false, rule: 'self' });
    // In a group that is in it: nothing comes of that, so it is no access for herself.
    expect(await as('Dana')).toMatchObject({ isAllowed: true });
  });
});

test('five thousand people are listed with six calls, and read by fifteen; all within the budgets of Graph', async () => {
  const users = store.collection<User>('users');
  const some = users.get(idOf('B.'));
  const assignments = store.collection<AppRoleAssignment>('assignments');
  const { assignment } = await entra.ensureAssignment({ ...application, personId: idOf('B.'), appRoleId: userRole });
  const first = assignments.get(assignment.id);
  if (!some || !first) throw new Error('There is nobody to multiply.');
  for (let number = 1; number < 5_000; number += 1) {
    const id = `0e0b1ec7-1111-4000-8000-${String(number).padStart(12, '0')}`;
    users.put(id, { ...some, id, userPrincipalName: `p${String(number)}@contoso.example` });
    assignments.put(`a${String(number)}`, { ...first, id: `a${String(number)}`, principalId: id });
  }
  const before = wire.seen.length;

  const all = await entra.listAssignments(application.servicePrincipalId);
  const people = await entra.findPeopleByIds(all.slice(0, 20).map(({ principalId }) => principalId));

  expect(new Set(all.map(({ principalId }) => principalId)).size).toBe(5_000);
  expect(people).toHaveLength(20);
  expect(wire.seen.length - before).toBe(6 + 2);
});
