import { PEOPLE } from '../../sandbox/credentials.js';
import { createEntraSandbox } from '../../sandbox/entra/entra-sandbox.js';
import { GROUPS } from '../../sandbox/entra/seed.js';
import { SandboxClock } from '../../sandbox/kit/clock.js';
import type { SandboxServer } from '../../sandbox/kit/server.js';
import { SandboxStore } from '../../sandbox/kit/store.js';
import { createEntra } from '../../src/services/entra/entra-client.js';
import type { Entra } from '../../src/services/entra/entra.js';
import { createReachable } from '../../src/services/sso/test-links.js';
import { BOT_AT_ENTRA, FlakyWire, WaitingClock, type Passing } from './remote-stand.js';

const AGENTS = GROUPS['Genesys Agents'];
const ANA = PEOPLE.find(({ givenName }) => givenName === 'Ana')?.id ?? '';

let server: SandboxServer;
let store: SandboxStore;
let wire: FlakyWire;
let entra: Entra;

beforeEach(async () => {
  store = new SandboxStore(':memory:');
  const addresses = { entra: '', genesys: 'http://127.0.0.1:9', teams: 'http://127.0.0.1:9' };
  server = createEntraSandbox({ store, clock: new SandboxClock(store), addresses });
  wire = await FlakyWire.to(`http://127.0.0.1:${String(await server.listen(0))}`);
  addresses.entra = wire.url;
  const clock = new WaitingClock();
  entra = createEntra({
    ...BOT_AT_ENTRA,
    ...{ graphBaseUrl: wire.url, loginUrl: wire.url, reachable: createReachable({ entraLoginUrl: wire.url }) },
    ...{ clock, sleep: clock.sleep, budgetMs: 20_000 },
  });
  server.faults.set({ fault: 'permission-added', permission: 'GroupMember.ReadWrite.All' });
});
afterEach(async () => {
  await wire.close();
  await server.close();
  store.close();
});

const isWrite = ({ method, path }: Passing): boolean => method !== 'GET' && path.includes('/members/');
const writes = (): number => wire.seen.filter(isWrite).length;
const isIn = async (): Promise<boolean> => (await entra.listGroupsOf(ANA)).includes(AGENTS);

test('somebody is put into a group once, and taken out of it once', async () => {
  const done = [await entra.addMember(AGENTS, ANA), await entra.addMember(AGENTS, ANA), await isIn()];
  const undone = [await entra.removeMember(AGENTS, ANA), await entra.removeMember(AGENTS, ANA), await isIn()];

  expect([done, undone]).toEqual([
    [true, false, true],
    [true, false, false],
  ]);
  expect(writes()).toBe(2);
});

test('an answer that is lost leaves nothing in doubt, and the membership is ours', async () => {
  wire.losesAnswerTo(isWrite, { status: 504 });
  await expect(entra.addMember(AGENTS, ANA)).resolves.toBe(true);
  wire.losesAnswerTo(isWrite, { status: 504 });

  await expect(entra.removeMember(AGENTS, ANA)).resolves.toBe(true);

  expect(await isIn()).toBe(false);
});

test('somebody whom others have put in meanwhile was not put in by us', async () => {
  const there = {
    error: {
      code: 'Request_BadRequest',
      message: "One or more added object references already exist for the following modified properties: 'members'.",
    },
  };
  wire.losesAnswerTo(isWrite, { status: 400, body: JSON.stringify(there) });

  await expect(entra.addMember(AGENTS, ANA)).resolves.toBe(false);
});

test('it is done when a read says so, and not before', async () => {
  wire.answersFor(isWrite, { status: 204 }, Infinity);

  await expect(entra.addMember(AGENTS, ANA)).rejects.toMatchObject({ facts: { kind: 'waiting' } });
});

test('without the permission it is named', async () => {
  server.faults.set({ fault: 'permission-added', permission: 'GroupMember.ReadWrite.All', on: false });

  await expect(entra.addMember(AGENTS, ANA)).rejects.toMatchObject({
    facts: { answer: 'denied', missing: ['GroupMember.ReadWrite.All'] },
  });
});
