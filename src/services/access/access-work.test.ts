import { ADA, ANA, asks, DANA, MIA, OMAR, RequestStand, SIMON, upn } from '../../../test/support/request-stand.js';
import { openTestDatabase } from '../../../test/support/test-database.js';
import type { Database } from '../platform/database.js';
import type { RequestCard } from './access-cards.js';

let database: Database;
let stand: RequestStand;

beforeAll(async () => {
  database = await openTestDatabase();
  stand = await RequestStand.open(database);
}, 60_000);
afterAll(async () => {
  await stand?.close();
  await database?.close();
});
beforeEach(async () => {
  await stand.forgets();
  await stand.hasChat(OMAR, DANA);
});

const ids = (cards: readonly RequestCard[]): string[] => cards.map(({ request }) => request.id);
const ROLES = { agent: {}, lead: { approval: [{ people: [upn('dana.deputy')] }] } };

describe('The card of a request', () => {
  test('is there for whoever asked, whom it is for and who was asked, each with their own buttons', async () => {
    const service = stand.service(ROLES);
    const { id } = await asks(service, { by: MIA, personId: ANA.personId });

    const can = async (reader: string): Promise<readonly string[] | undefined> => (await service.find(id, reader))?.can;

    expect(await can(MIA.personId)).toEqual(['cancel']);
    expect(await can(ANA.personId)).toEqual(['cancel']);
    expect(await can(OMAR.personId.toUpperCase())).toEqual(['approve', 'approve-less', 'deny']);
    expect(await can(DANA.personId)).toEqual(['approve', 'approve-less', 'deny']);
  });

  test('is there for nobody else, an administrator included', async () => {
    const service = stand.service(ROLES);
    const { id } = await asks(service);

    expect(await service.find(id, ADA.personId)).toBeUndefined();
    expect(await service.find(id, SIMON.personId)).toBeUndefined();
    expect(await service.find(id, '')).toBeUndefined();
  });

  test('in a channel of several has the buttons of an approver; what is over has none', async () => {
    const service = stand.service(ROLES);
    const { id } = await asks(service);
    expect((await service.findShared(id))?.can).toEqual(['approve', 'approve-less', 'deny']);

    await service.vote(OMAR, { requestId: id, vote: 'deny', reason: 'no' });

    expect((await service.findShared(id))?.can).toEqual([]);
    expect(await service.findShared('x')).toBeUndefined();
  });

  test('is there for whoever asked, whom it is for and each approver, once for each', async () => {
    const service = stand.service(ROLES);

    const own = await asks(service);
    const other = await asks(service, { by: MIA, personId: SIMON.personId });

    const names = (request: typeof own): string[] => service.audienceOf(request).map(({ name }) => name);
    expect(names(own)).toEqual(['Ana Agent', 'Omar Owner', 'Dana Deputy']);
    expect(names(other)).toEqual(['Mia Mailmismatch', 'B.Simon', 'Omar Owner', 'Dana Deputy']);
  });
});

describe('My work', () => {
  test('is what waits for me, what I have asked for, and what I have; who has waited longest comes first', async () => {
    const service = stand.service(ROLES);
    const first = await asks(service);
    stand.clock.advance(1);
    const second = await asks(service, { roleId: 'lead' });
    stand.clock.advance(1);
    const third = await asks(service, { by: SIMON });
    const { request } = await service.vote(OMAR, { requestId: first.id, vote: 'approve', reason: '' });

    const [omar, dana, ana] = await Promise.all([OMAR, DANA, ANA].map(({ personId }) => service.workOf(personId)));

    expect(ids(omar?.waitingForMe ?? [])).toEqual([third.id]);
    expect(ids(dana?.waitingForMe ?? [])).toEqual([second.id, third.id]);
    expect(ids(ana?.mine ?? [])).toEqual([second.id, first.id]);
    expect(ids(ana?.access ?? [])).toEqual([first.id]);
    expect(ana?.access[0]?.lease.id).toBe(request.leaseId);
    expect(ana?.waitingForMe).toEqual([]);
  });

  test('does not show me what I have voted on and others have not', async () => {
    const service = stand.service({
      agent: { approval: [{ people: ['omar.owner', 'dana.deputy'].map(upn), quorum: 2 }] },
    });
    const { id } = await asks(service);
    await service.vote(OMAR, { requestId: id, vote: 'approve', reason: '' });

    expect(ids((await service.workOf(OMAR.personId)).waitingForMe)).toEqual([]);
    expect(ids((await service.workOf(DANA.personId)).waitingForMe)).toEqual([id]);
  });

  test('hides nothing behind what I have voted on (T7)', async () => {
    const quorum = { approval: [{ people: ['omar.owner', 'dana.deputy'].map(upn), quorum: 2 }] };
    const names = Array.from({ length: 12 }, (_, at) => `role-${String(at)}`);
    const service = stand.service(Object.fromEntries(names.map((name) => [name, quorum])));
    const [oldest, ...newer] = await Promise.all(names.map((roleId) => asks(service, { roleId })));
    for (const { id } of newer) await service.vote(OMAR, { requestId: id, vote: 'approve', reason: '' });

    expect(ids((await service.workOf(OMAR.personId)).waitingForMe)).toEqual([oldest?.id]);
  });

  test('says how many there are beside those that are shown', async () => {
    const names = Array.from({ length: 9 }, (_, at) => `role-${String(at)}`);
    const service = stand.service(Object.fromEntries(names.map((name) => [name, {}])));
    for (const roleId of names) {
      await asks(service, { roleId });
      stand.clock.advance(1);
    }

    const [omar, ana] = await Promise.all([OMAR, ANA].map(({ personId }) => service.workOf(personId)));

    expect(omar?.waitingForMe.map(({ request }) => request.rules.role.id)).toEqual(names.slice(0, 8));
    expect(omar?.totals).toEqual({ waitingForMe: 9, mine: 0, access: 0 });
    expect(ana?.mine).toHaveLength(8);
    expect(ana?.totals).toEqual({ waitingForMe: 0, mine: 9, access: 0 });
  });

  test('of somebody who has nothing to do is empty', async () => {
    expect(await stand.service(ROLES).workOf(ADA.personId)).toEqual({
      ...{ waitingForMe: [], mine: [], access: [] },
      totals: { waitingForMe: 0, mine: 0, access: 0 },
    });
  });
});

test('every change is told in each chat, with its request, until the listener has taken it', async () => {
  const service = stand.service(ROLES);
  const parts = stand.parts(ROLES);
  const { id } = await asks(service);
  await service.vote(OMAR, { requestId: id, vote: 'approve', reason: '' });
  await service.takeBack(OMAR, id);

  const told: string[] = [];
  const listening = stand.serviceOf(parts);
  listening.onChanged(async (requestId, chat) => void told.push(`${chat} ${requestId}`));
  await stand.delivers();

  // The request, the vote, and taking it back with what it calls off.
  const each = Array.from({ length: 4 }, () => [`slack ${id}`, `teams ${id}`]).flat();
  expect(told.sort()).toEqual(each.sort());
});
