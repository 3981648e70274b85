import { ANA, asks, DANA, OMAR, RequestStand, SIMON } from '../../../test/support/request-stand.js';
import { openTestDatabase } from '../../../test/support/test-database.js';
import type { AccessService } from '../access/access-service.js';
import type { AccessFinding } from '../access/reconcile-access.js';
import { changeLease, type LeaseChange } from '../access/lease-store.js';
import type { LeaseState } from '../access/lease.js';
import { OperationRegistry } from '../operations/operation-registry.js';
import type { Database } from '../platform/database.js';
import { newRunId } from '../platform/ids.js';
import { jsonText } from '../platform/json.js';
import type { RunState } from '../platform/schema.js';
import type { Health } from './health.js';
import { HealthService } from './health-service.js';

let database: Database;
let stand: RequestStand;
let service: AccessService;
let findings: readonly AccessFinding[];

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
  await database.db.deleteFrom('run').execute();
  await stand.hasChat(OMAR, DANA);
  service = stand.service({ agent: {} });
  findings = [];
});

function healthService(setUpCertificate?: Date): HealthService {
  return new HealthService({
    ...{ database, clock: stand.clock, operations: new OperationRegistry() },
    pipeline: { permitted: () => Promise.reject(new Error('Nobody asks here.')) },
    policyStanding: () => service.policyStanding(),
    directoryLook: () => ({ at: stand.clock.now(), findings }),
    findSetUpCertificate: async () => setUpCertificate,
  });
}

async function health(): Promise<Health> {
  const found = await healthService().find(['look']);
  if (!found) throw new Error('It is not theirs.');
  return found;
}

/** A lease of Ana's that has come to that state now. */
async function leaseIn(state: LeaseState, more: LeaseChange = {}): Promise<string> {
  const { id } = await asks(service, { by: ANA });
  await service.vote(OMAR, { requestId: id, vote: 'approve', reason: '' });
  const leaseId = (await service.findShared(id))?.lease?.id ?? '';
  const at = stand.clock.now();
  const change = { state, dueAt: null, ...more };
  await database.transaction((trx) => changeLease(trx, { id: leaseId, from: ['planned'], at, change }));
  return leaseId;
}

async function runIn(state: RunState, more: { parks?: number; kind?: string } = {}): Promise<string> {
  const [id, at] = [newRunId(), stand.clock.now()];
  await database.db
    .insertInto('run')
    .values({
      ...{ id, kind: 'set-up-sso', version: 1, input: jsonText({}), actor: jsonText({ ...OMAR, channel: 'teams' }) },
      ...{ state, reference: id, started_at: at, changed_at: at, parks: 0, ...more },
    })
    .execute();
  return id;
}

test('health is for those who may look, and for nobody else', async () => {
  expect(await healthService().find([])).toBeUndefined();
  expect(await healthService().find(['create-people'])).toBeUndefined();
  expect(await healthService().find(['look'])).toBeDefined();
});

test('while all is well there is nothing in it', async () => {
  await leaseIn('active', { beginsAt: stand.clock.now() });
  await runIn('waiting');
  await runIn('failed');

  expect(await health()).toMatchObject({
    ...{ leases: { total: 0 }, runs: { total: 0 }, overdue: { count: 0 }, cardsBehind: 0 },
    directory: { findings: [] },
  });
});

test('a giving that failed is told until the lease is over', async () => {
  const leaseId = await leaseIn('failed');
  const before = (await health()).leases.first;
  stand.clock.advance(9 * 60);

  expect(before).toMatchObject([{ kind: 'not-given', lease: { id: leaseId } }]);
  expect((await health()).leases.total).toBe(0);
});

test('an end is told when it takes longer than it may, and sessions that stay open for long', async () => {
  await leaseIn('ending', { endRunId: newRunId() });
  const atOnce = (await health()).leases.total;
  stand.clock.advance(3);
  const later = (await health()).leases.first;
  await database.db.updateTable('access_lease').set({ closed_at: stand.clock.now() }).execute();
  const closed = (await health()).leases.total;
  stand.clock.advance(31);

  expect([atOnce, closed]).toEqual([0, 0]);
  expect(later).toMatchObject([{ kind: 'not-taken', lease: { person: { id: ANA.personId } } }]);
  expect((await health()).leases.first).toMatchObject([{ kind: 'sessions-open' }]);
});

test('runs that wait for an hour are told, and those that somebody has to go on with', async () => {
  const waiting = await runIn('waiting', { parks: 3 });
  const stopped = await runIn('interrupted');
  const atOnce = (await health()).runs.first.map(({ runId }) => runId);
  stand.clock.advance(61);

  expect(atOnce).toEqual([stopped]);
  expect((await health()).runs.first.map(({ kind, runId }) => [kind, runId]).sort()).toEqual(
    [
      ['waits', waiting],
      ['stopped', stopped],
    ].sort(),
  );
});

test('what is due and was left lying is told, and news that was not taken', async () => {
  await asks(service, { by: SIMON });
  const atOnce = await health();
  stand.clock.advance(30 * 24 * 60);
  const { overdue, undelivered } = await health();

  expect([atOnce.overdue.count, atOnce.undelivered.count]).toEqual([0, 0]);
  expect(overdue.count).toBe(1);
  expect(undelivered.count).toBeGreaterThan(0);
});

test('a finding is told as long as the lease is as it was found', async () => {
  const id = await leaseIn('active', { beginsAt: stand.clock.now() });
  const lease = await stand.leases.find(id);
  findings = lease ? [{ kind: 'gone', lease }] : [];
  const before = (await health()).directory.findings.map(({ kind }) => kind);
  await database.db.updateTable('access_lease').set({ state: 'ending' }).where('id', '=', id).execute();

  expect(before).toEqual(['gone']);
  expect((await health()).directory.findings).toEqual([]);
});

test('the certificate is that of the last look, before it that of the last set-up', async () => {
  const [setUp, seen] = [new Date('2029-01-01T00:00:00Z'), new Date('2027-01-01T00:00:00Z')];
  const standing = healthService(setUp);
  const before = (await standing.find(['look']))?.certificateUntil;
  standing.sawSigningCertificate(seen);

  expect([before, (await standing.find(['look']))?.certificateUntil]).toEqual([setUp, seen]);
});

test('it says since when the process is there, as Entra may never have been compared', async () => {
  const startedAt = stand.clock.now();
  const service = healthService();
  stand.clock.advance(16);

  expect((await service.find(['look']))?.startedAt).toEqual(startedAt);
});
