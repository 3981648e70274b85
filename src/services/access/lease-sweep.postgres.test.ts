import { sql } from 'kysely';
import { RequestStand } from '../../../test/support/request-stand.js';
import { createTestDatabase, describeOnPostgres, type TestDatabase } from '../../../test/support/test-database.js';
import type { Genesys } from '../genesys/genesys.js';
import { accessInEntra, accessInGenesys, holdAccess } from '../operations/access-clash.js';
import { testPipeline } from '../operations/testing/test-pipeline.js';
import { appendAudit } from '../platform/audit.js';
import { openDatabase, type Database } from '../platform/database.js';
import type { Durable } from '../platform/durable.js';
import { newId, newRunId } from '../platform/ids.js';
import { claimRun, endRun } from '../platform/ledger.js';
import type { Transaction } from '../platform/schema.js';
import { recordingLog, silentLog } from '../platform/testing/test-parts.js';
import { LATCHKEY_ACTOR } from './lease-port.js';
import { LeaseService } from './lease-service.js';
import { changeLease, holdLease, insertLease } from './lease-store.js';
import { addRequest } from './request-store.js';
import { requestOf } from './testing/examples.js';

/** No end gets that far: Entra knows nobody here. */
const NO_GENESYS = {} as Genesys;

describeOnPostgres('Ends at the same minute, on two replicas, beside what others do about the same people', () => {
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

  /** Of a person each, due now; the leases in the order of their ids. */
  async function dueLeases(count: number): Promise<{ leaseId: string; personId: string }[]> {
    const at = stand.clock.now();
    const leases = Array.from({ length: count }, () => ({ leaseId: newId(), personId: newId() }));
    for (const { leaseId, personId } of leases) {
      const person = { id: personId, name: 'Ana Agent', userPrincipalName: 'ana@contoso.example' };
      const request = requestOf({ id: newId(), state: 'granted', asker: person, person, askedAt: at, stageAt: at });
      const given = { requestId: request.id, person, roleId: 'agent', roleName: 'Agent', gift: request.gift };
      await database.transaction(async (trx) => {
        await addRequest(trx, request);
        await insertLease(trx, { id: leaseId, ...given, minutes: 1, endsAt: at, runId: newRunId(), startsAt: at, at });
        await changeLease(trx, { id: leaseId, from: ['planned'], at, change: { state: 'active', beginsAt: at } });
      });
    }
    return leases.sort((one, other) => (one.leaseId < other.leaseId ? -1 : 1));
  }

  function sweeps(): Promise<unknown> {
    return Promise.all(replicas.map(({ leases }) => leases.sweep.sweep(stand.clock.now())));
  }

  /** Holds something of a person, and wants more once the ends wait for that. Fails where two wait for each other. */
  async function meets(keys: readonly string[], wants: (trx: Transaction) => Promise<unknown>): Promise<void> {
    let swept: Promise<unknown> | undefined;
    await database.transaction(async (trx) => {
      await sql`set local deadlock_timeout = '50ms'`.execute(trx);
      await holdAccess(trx, keys);
      swept = sweeps();
      while (!(await isSomebodyWaiting())) await new Promise(setImmediate);
      await wants(trx);
    });
    await swept;
  }

  async function isSomebodyWaiting(): Promise<boolean> {
    const { rows } = await sql`
      select 1 from pg_locks join pg_database on pg_database.oid = pg_locks.database
      where locktype = 'advisory' and not granted and datname = current_database()`.execute(database.db);
    return rows.length > 0;
  }

  async function expectAllBegun(): Promise<void> {
    const leases = await database.db.selectFrom('access_lease').select(['state', 'end_run']).execute();
    expect(leases.filter(({ state }) => state === 'active')).toEqual([]);
    const runs = await database.db.selectFrom('run').select('id').where('kind', '=', 'end-access').execute();
    expect(runs.map(({ id }) => id).sort()).toEqual(leases.map(({ end_run }) => end_run).sort());
    expect(log.lines().filter(({ lease }) => lease !== undefined)).toEqual([]);
  }

  test('whoever has the person wants their leases: each is begun once, and nobody waits in a ring', async () => {
    const [, last] = await dueLeases(2);

    await meets([accessInEntra(last?.personId ?? '')], (trx) => holdLease(trx, last?.leaseId ?? ''));

    await expectAllBegun();
  });

  test('whoever provisions the person wants the audit: each is begun once, and nobody waits in a ring', async () => {
    const [, last] = await dueLeases(2);
    const { personId } = last ?? { personId: '' };

    await meets([accessInGenesys(personId)], (trx) =>
      appendAudit(trx, { at: stand.clock.now(), kind: 'intent', body: { concerns: [personId] } }),
    );

    await expectAllBegun();
  });

  test('a giving that fails while somebody ends its lease: both are written, though each has what the other one wants', async () => {
    const [due] = await dueLeases(1);
    const { leaseId, personId } = due ?? { leaseId: '', personId: '' };
    const at = stand.clock.now();
    const [{ leases = undefined, durable = undefined } = {}] = replicas;
    if (!leases || !durable) throw new Error('There is no replica.');
    const run = { kind: 'grant-access', version: 1, input: {}, actor: LATCHKEY_ACTOR };
    const runId = await database.transaction((trx) => durable.create(trx, run));
    const planned = { state: 'planned', run: runId, end_reason: null } as const;
    await database.db.updateTable('access_lease').set(planned).where('id', '=', leaseId).execute();
    const claim = await claimRun(database.db, { runId, from: ['running'], at, holder: undefined });
    if (!claim) throw new Error('The run is somebody else’s.');
    const [hasRun, hasLease] = [arrival(), arrival()];

    const fails = endRun(database, claim, {
      ...{ ending: { problem: { kind: 'internal', what: 'It failed.', remedy: 'None.' } }, at },
      alongside: async (trx) => {
        await sql`set local deadlock_timeout = '50ms'`.execute(trx);
        hasRun.come();
        await hasLease.here;
        await changeLease(trx, { id: leaseId, from: ['planned'], at, change: { state: 'failed' } });
      },
    });
    const ends = database.transaction(async (trx) => {
      await sql`set local deadlock_timeout = '50ms'`.execute(trx);
      await holdLease(trx, leaseId);
      hasLease.come();
      await hasRun.here;
      return leases.endAll(trx, personId, { reason: 'off-boarded', by: LATCHKEY_ACTOR });
    });

    await expect(Promise.all([fails, ends])).resolves.toBeDefined();
    const lease = await leases.find(leaseId);
    expect(lease?.state).toBe('ended');
    expect((await durable.find(runId))?.state).toBe('failed');
  });
});

/** Two that wait until each has come so far. */
function arrival(): { come: () => void; here: Promise<void> } {
  let come = (): void => undefined;
  const here = new Promise<void>((resolve) => (come = resolve));
  return { come, here };
}
