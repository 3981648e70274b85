import { sql } from 'kysely';
import { RequestStand } from '../../../test/support/request-stand.js';
import { createTestDatabase, describeOnPostgres, type TestDatabase } from '../../../test/support/test-database.js';
import type { Genesys } from '../genesys/genesys.js';
import { accessInGenesys, holdAccess } from '../operations/access-clash.js';
import { testPipeline } from '../operations/testing/test-pipeline.js';
import { appendAudit } from '../platform/audit.js';
import { openDatabase, type Database } from '../platform/database.js';
import type { Durable } from '../platform/durable.js';
import { newId, newRunId } from '../platform/ids.js';
import { ada, recordingLog, silentLog } from '../platform/testing/test-parts.js';
import { LeaseService } from './lease-service.js';
import { changeLease, insertLease } from './lease-store.js';
import { addRequest } from './request-store.js';
import { requestOf } from './testing/examples.js';

/** No end gets that far: Entra knows nobody here. */
const NO_GENESYS = {} as Genesys;
const PEOPLE = 60;

describeOnPostgres('Many ends at the same minute, on two replicas, with what others do about the same people', () => {
  let own: TestDatabase;
  let database: Database;
  let stand: RequestStand;
  const log = recordingLog();
  const replicas: { leases: LeaseService; durable: Durable }[] = [];

  beforeAll(async () => {
    own = await createTestDatabase();
    database = await openDatabase({ dataDir: '', postgres: own.server, log: silentLog });
    stand = await RequestStand.open(database);
    for (let replica = 0; replica < 2; replica += 1) {
      const parts = { ...stand.parts({ agent: {} }), log: log.log };
      const { pipeline, durable } = testPipeline(parts);
      replicas.push({ leases: new LeaseService({ ...parts, pipeline, durable, genesys: NO_GENESYS }), durable });
    }
  }, 60_000);
  afterAll(async () => {
    for (const { durable } of replicas) await durable.stop();
    await stand?.close();
    await database?.close();
    await own?.drop();
  });

  /** Due now. */
  async function activeLease(of: number): Promise<string> {
    const id = `0e0b1ec7-0000-4000-8000-0000000002${String(of).padStart(2, '0')}`;
    const person = { id, name: 'Ana Agent', userPrincipalName: `ana${String(of)}@contoso.example` };
    const at = stand.clock.now();
    const request = requestOf({ id: newId(), state: 'granted', asker: person, person, askedAt: at, stageAt: at });
    const lease = {
      id: newId(),
      requestId: request.id,
      person,
      roleId: 'agent',
      roleName: 'Agent',
      gift: request.gift,
    };
    await database.transaction(async (trx) => {
      await addRequest(trx, request);
      await insertLease(trx, { ...lease, minutes: 1, endsAt: at, runId: newRunId(), startsAt: at, at });
      await changeLease(trx, { id: lease.id, from: ['planned'], at, change: { state: 'active', beginsAt: at } });
    });
    return id;
  }

  /** As whoever provisions them: first the person, then the audit. */
  function provisions(personId: string): Promise<void> {
    return database.transaction(async (trx) => {
      await holdAccess(trx, [accessInGenesys(personId)]);
      await appendAudit(trx, { at: stand.clock.now(), kind: 'intent', body: { concerns: [personId] } });
    });
  }

  test('each is begun once, and nobody waits for somebody who waits for them', async () => {
    const people = await Promise.all(Array.from({ length: PEOPLE }, (_, at) => activeLease(at)));

    await Promise.all([
      ...replicas.map(({ leases }) => leases.sweep.sweep(stand.clock.now())),
      ...people.map(provisions),
      ...people.slice(0, 20).map((id) =>
        database.transaction(async (trx) => {
          await replicas[0]?.leases.endAll(trx, id, { reason: 'off-boarded', by: ada });
        }),
      ),
    ]);

    const leases = await database.db.selectFrom('access_lease').select(['state', 'end_run']).execute();
    expect(leases.filter(({ state }) => state !== 'ending' && state !== 'ended')).toEqual([]);
    const runs = await database.db.selectFrom('run').select('id').where('kind', '=', 'end-access').execute();
    expect(runs.map(({ id }) => id).sort()).toEqual(leases.map(({ end_run }) => end_run).sort());
    expect(log.lines().filter(({ lease }) => lease !== undefined)).toEqual([]);
    await sql`select pg_stat_force_next_flush()`.execute(database.db);
    const { rows } = await sql<{ deadlocks: string }>`
      select deadlocks from pg_stat_database where datname = current_database()`.execute(database.db);
    expect(rows).toEqual([{ deadlocks: '0' }]);
  }, 120_000);
});
