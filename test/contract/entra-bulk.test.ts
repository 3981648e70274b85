import type { SandboxAddresses } from '../../sandbox/addresses.js';
import { createEntraSandbox } from '../../sandbox/entra/entra-sandbox.js';
import { SandboxClock } from '../../sandbox/kit/clock.js';
import type { SandboxServer } from '../../sandbox/kit/server.js';
import { SandboxStore } from '../../sandbox/kit/store.js';
import { createEntra } from '../../src/services/entra/entra-client.js';
import type { Entra, InstanceIds } from '../../src/services/entra/entra.js';
import { createReachable } from '../../src/services/sso/test-links.js';
import { BOT_AT_ENTRA, FlakyWire, WaitingClock } from './remote-stand.js';

const PEOPLE = 45;

let store: SandboxStore;
let server: SandboxServer;
let wire: FlakyWire;
let clock: WaitingClock;
let entra: Entra;
let ids: InstanceIds;
let templateId: string;
let people: { personId: string; appRoleId: string }[];

beforeEach(async () => {
  clock = new WaitingClock();
  store = new SandboxStore(':memory:');
  const addresses: SandboxAddresses = { entra: '', genesys: '', teams: 'http://127.0.0.1:9' };
  server = createEntraSandbox({ store, clock: new SandboxClock(store, clock.wall), addresses });
  const url = `http://127.0.0.1:${await server.listen(0)}`;
  Object.assign(addresses, { entra: url, genesys: url });
  wire = await FlakyWire.to(url);
  entra = createEntra({
    ...{ ...BOT_AT_ENTRA, graphBaseUrl: wire.url, loginUrl: url, reachable: createReachable({ entraLoginUrl: url }) },
    ...{ clock, sleep: clock.sleep, budgetMs: 5_000 },
  });
  const template = await entra.getGalleryTemplate('Genesys Cloud for Azure');
  templateId = template.id;
  ids = await entra.addFromGallery(template, { since: new Date() });
  const role = (await entra.getAppRoles(ids)).find(({ displayName }) => displayName === 'User');
  const password = 'Only-For-This-Test-2026!';
  people = [];
  for (let at = 0; at < PEOPLE; at += 1) {
    const mailNickname = `person${String(at)}`;
    const userPrincipalName = `${mailNickname}@contoso.example`;
    const { id } = await entra.createPerson({ name: mailNickname, userPrincipalName, mailNickname, password });
    people.push({ personId: id, appRoleId: role?.id ?? '' });
  }
}, 60_000);

afterEach(async () => {
  await wire.close();
  await server.close();
  store.close();
});

async function assignAll(isRepeated = false): Promise<readonly unknown[]> {
  const appRoleIds = [people[0]?.appRoleId ?? ''];
  const assign = await entra.openAssigning({ servicePrincipalId: ids.servicePrincipalId, templateId, appRoleIds });
  const answers: unknown[] = [];
  for (let at = 0; at < people.length; at += 20) {
    answers.push(...(await assign(people.slice(at, at + 20), { isRepeated })));
  }
  return answers;
}

async function assigned(): Promise<string[]> {
  return (await entra.listAssignments(ids.servicePrincipalId)).map(({ principalId }) => principalId).toSorted();
}

const everybody = (): string[] => people.map(({ personId }) => personId).toSorted();
const isBatch = ({ path }: { path: string }): boolean => path.endsWith('/$batch');

test('Three hundred people to a call are found by name, whatever its case; strangers are not', async () => {
  const names = people.map((_, at) => `PERSON${String(at)}@contoso.example`);
  const before = wire.count('POST', /\$batch/);

  const found = await entra.findPeopleByNames([...names, 'nobody@contoso.example']);

  expect(found.size).toBe(PEOPLE);
  expect(found.get('person7@contoso.example')?.id).toBe(people[7]?.personId);
  expect(wire.count('POST', /\$batch/) - before).toBe(1);
});

test('Twenty people are assigned by one call, each once', async () => {
  expect(await assignAll()).toEqual(people.map(() => 'added'));

  expect(await assigned()).toEqual(everybody());
  expect(wire.count('POST', /\$batch/)).toBe(3);
});

test('Those who are assigned already are told apart, and the others are not lost behind them', async () => {
  const { servicePrincipalId } = ids;
  for (const { personId, appRoleId } of [people[0], people[7], people[44]].filter((one) => one !== undefined)) {
    await entra.ensureAssignment({ personId, appRoleId, servicePrincipalId, templateId });
  }

  const answers = await assignAll();

  expect(answers.flatMap((answer, at) => (answer === 'already' ? [at] : []))).toEqual([0, 7, 44]);
  expect(answers.filter((answer) => answer === 'added')).toHaveLength(PEOPLE - 3);
  expect(await assigned()).toEqual(everybody());
});

test('A throttling storm in the middle of batches loses nobody, and is waited for as long as it says', async () => {
  server.faults.set({ fault: 'throttled', times: '9', retryAfter: '7', match: 'appRoleAssignments' });

  expect(await assignAll()).toEqual(people.map(() => 'added'));

  expect(await assigned()).toEqual(everybody());
  expect(clock.waits.filter((ms) => ms === 7_000)).toHaveLength(9);
});

test('What was done without an answer is found, and is our own', async () => {
  wire.losesAnswerTo(isBatch, { status: 504 });
  server.faults.set({ fault: 'gateway-timeout-after-commit', times: '3', match: 'appRoleAssignments' });

  expect(await assignAll()).toEqual(people.map(() => 'added'));

  expect(await assigned()).toEqual(everybody());
});

test('Somebody who is gone is refused alone', async () => {
  const gone = people[3];
  people[3] = { personId: '00000000-0000-4000-8000-000000000000', appRoleId: gone?.appRoleId ?? '' };

  const answers = await assignAll();

  expect(answers[3]).toMatchObject({ refused: { kind: 'remote', answer: 'not-found' } });
  expect(answers.filter((answer) => answer === 'added')).toHaveLength(PEOPLE - 1);
});

test('Without the permission nobody is assigned, and it is named', async () => {
  server.faults.set({ fault: 'permission-removed', permission: 'AppRoleAssignment.ReadWrite.All' });

  await expect(assignAll()).rejects.toMatchObject({ facts: { missing: ['AppRoleAssignment.ReadWrite.All'] } });
  expect(await assigned()).toEqual([]);
});

test('Another application than Genesys Cloud is refused, and so is a role that was not asked for', async () => {
  const { servicePrincipalId } = ids;
  const appRoleIds = [people[0]?.appRoleId ?? ''];
  const foreign = entra.openAssigning({ servicePrincipalId, appRoleIds, templateId: 'another template' });
  await expect(foreign).rejects.toMatchObject({ facts: { code: 'foreign-application' } });

  const assign = await entra.openAssigning({ servicePrincipalId, appRoleIds, templateId });
  const other = [{ personId: people[0]?.personId ?? '', appRoleId: '00000000-0000-0000-0000-000000000000' }];
  await expect(assign(other, { isRepeated: false })).rejects.toMatchObject({ facts: { kind: 'refused' } });
});
