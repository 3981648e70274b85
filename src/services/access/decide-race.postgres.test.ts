import { ADA, ANA, DANA, OMAR, RequestStand, upn } from '../../../test/support/request-stand.js';
import { seeded } from '../../../test/support/interleaver.js';
import { createTestDatabase, describeOnPostgres, type TestDatabase } from '../../../test/support/test-database.js';
import type { Actor } from '../operations/operation.js';
import type { Genesys } from '../genesys/genesys.js';
import { testPipeline } from '../operations/testing/test-pipeline.js';
import { openDatabase, type Database } from '../platform/database.js';
import type { Durable } from '../platform/durable.js';
import { newId } from '../platform/ids.js';
import { Problem } from '../platform/problem.js';
import { silentLog } from '../platform/testing/test-parts.js';
import type { AccessService } from './access-service.js';
import { LeaseService } from './lease-service.js';
import { holdLeasesOf } from './lease-store.js';
import { addRequest } from './request-store.js';
import { requestOf, stageOf } from './testing/examples.js';

/** Nothing of it is asked before the access is given, which is after these tests. */
const NO_GENESYS = {} as Genesys;
const REQUESTS = 60;

describeOnPostgres('Two approvers in two chats on two replicas, with all that others do at the same instant', () => {
  let own: TestDatabase;
  let database: Database;
  let stand: RequestStand;
  const replicas: { service: AccessService; leases: LeaseService; durable: Durable }[] = [];

  beforeAll(async () => {
    own = await createTestDatabase();
    database = await openDatabase({ dataDir: '', postgres: own.server, log: silentLog });
    stand = await RequestStand.open(database);
    await stand.hasChat(OMAR, DANA);
    for (let replica = 0; replica < 2; replica += 1) {
      const parts = stand.parts({ agent: {} });
      const { pipeline, durable } = testPipeline(parts);
      const leases = new LeaseService({ ...parts, pipeline, durable, genesys: NO_GENESYS });
      replicas.push({ service: stand.serviceOf({ ...parts, leases }), leases, durable });
    }
  }, 60_000);
  afterAll(async () => {
    for (const { durable } of replicas) await durable.stop();
    await stand?.close();
    await database?.close();
    await own?.drop();
  });

  /** Of one of several people, each of whom has asked for several roles. */
  async function openRequest(quorum: number, of: number): Promise<{ id: string; asker: Actor }> {
    const id = newId();
    const personId = `0e0b1ec7-0000-4000-8000-0000000001${String(of).padStart(2, '0')}`;
    const asker: Actor = { ...ANA, personId };
    const approval = [stageOf([upn('omar.owner'), upn('dana.deputy')], quorum)];
    const person = { id: personId, name: asker.name, userPrincipalName: upn('ana.agent') };
    const at = stand.clock.now();
    const asked = requestOf({ id, asker: person, person, askedAt: at, stageAt: at }, { approval, id });
    await database.transaction((trx) => addRequest(trx, asked));
    return { id, asker };
  }

  /** What everybody does about one request; what comes too late is no fault. */
  async function race({ id: requestId, asker }: { id: string; asker: Actor }, random: () => number): Promise<string[]> {
    const [one, other] = replicas as [(typeof replicas)[0], (typeof replicas)[0]];
    const deny = random() < 0.3;
    const deeds = [
      one.service.vote(OMAR, { requestId, vote: 'approve', reason: '' }),
      other.service.vote(OMAR, { requestId, vote: 'approve', reason: '' }),
      other.service.vote(
        { ...DANA, channel: 'slack' },
        { requestId, vote: deny ? 'deny' : 'approve', reason: 'as told' },
      ),
    ].map((voted) => voted.then(({ outcome }) => outcome.kind));
    if (random() < 0.3) deeds.push(one.service.cancel(asker, requestId).then(() => 'counted'));
    if (random() < 0.3) deeds.push(later(() => other.service.takeBack(OMAR, requestId)));
    if (random() < 0.1) deeds.push(later(() => offBoard(one, asker.personId)));
    return Promise.all(deeds.map((deed) => deed.catch(wordOf)));
  }

  async function later(deed: () => Promise<unknown>): Promise<'counted'> {
    await new Promise(setImmediate);
    await deed();
    return 'counted';
  }

  function offBoard({ service, leases }: (typeof replicas)[0], personId: string): Promise<void> {
    return database.transaction(async (trx) => {
      await holdLeasesOf(trx, personId);
      await service.cancelAllOf(trx, personId, ADA);
      await leases.endAll(trx, personId, { reason: 'off-boarded', by: ADA });
    });
  }

  function wordOf(error: unknown): string {
    const codes = ['request-moved-on', 'not-your-request'];
    if (error instanceof Problem && codes.includes(error.facts.code ?? '')) return 'too late';
    throw error;
  }

  test('one lease at most that was not called off, one decision, and no fault', async () => {
    const random = seeded(20_261_130);
    for (let round = 0; round < REQUESTS / 10; round += 1) {
      const open = Array.from({ length: 10 }, (_, at) => openRequest(random() < 0.6 ? 1 : 2, round * 4 + (at % 4)));
      await Promise.all((await Promise.all(open)).map((asked) => race(asked, random)));
    }

    const requests = await database.db.selectFrom('access_request').select(['id', 'state', 'lease']).execute();
    const effects = await database.db
      .selectFrom('access_lease')
      .select(['id', 'request', 'state'])
      .where((row) => row.or([row('end_reason', 'is', null), row('end_reason', '!=', 'called-off')]))
      .execute();
    expect(requests).toHaveLength(REQUESTS);
    for (const { id, state, lease } of requests) {
      const own = effects.filter(({ request }) => request === id);
      expect([id, state, own.map((one) => one.id)]).toEqual([id, state, state === 'approved' ? [lease] : []]);
    }
    // Something of each kind has happened, or the test would prove nothing.
    const states = new Set(requests.map(({ state }) => state));
    expect([...states].sort()).toEqual(expect.arrayContaining(['approved', 'cancelled', 'denied']));
  }, 120_000);
});
