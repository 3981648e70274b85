import { ANA, asks, DANA, OMAR, RequestStand, upn } from '../../../test/support/request-stand.js';
import { openTestDatabase } from '../../../test/support/test-database.js';
import type { Genesys } from '../genesys/genesys.js';
import type { Database } from '../platform/database.js';
import { parseRunId } from '../platform/ids.js';
import { LeaseLedger } from './lease-ledger.js';

let database: Database;
let stand: RequestStand;

beforeAll(async () => {
  database = await openTestDatabase();
  stand = await RequestStand.open(database);
  await stand.hasChat(OMAR, DANA);
}, 60_000);
afterAll(async () => {
  await stand?.close();
  await database?.close();
});

test('a break-glass that failed and is given a day later is to be reviewed within a day from then on', async () => {
  const service = stand.service({ agent: { breakGlass: { people: [upn('ana.agent')], atMost: '3 days' } } });
  const passes = async (minutes: number): Promise<void> => {
    stand.clock.advance(minutes);
    for (const { sweep } of service.sweeps) await sweep(stand.clock.now());
  };
  const { id, leaseId = '' } = await asks(service, { by: ANA, kind: 'break-glass', minutes: 4_320 });
  await database.db.updateTable('access_lease').set({ state: 'failed' }).where('id', '=', leaseId).execute();
  await database.db.updateTable('access_request').set({ state: 'failed' }).where('id', '=', id).execute();
  await passes(1_500);

  const lease = await stand.leases.find(leaseId);
  if (!lease) throw new Error('There is no lease.');
  const { person, roleName, gift, minutes } = lease;
  const given = {
    ...{ leaseId, requestId: id, personId: person.id, personName: person.name, roleName, gift, minutes },
    ...{ userPrincipalName: person.userPrincipalName, startsAt: '' },
  };
  const ledger = new LeaseLedger({ database, clock: stand.clock, genesys: {} as Genesys });
  await ledger.begin(given, parseRunId(lease.runId));
  await ledger.activate(given);
  await passes(1_439);
  const before = await stand.leases.find(leaseId);
  await passes(1);

  expect(before).toMatchObject({ state: 'active' });
  expect(await stand.leases.find(leaseId)).toMatchObject({
    state: 'ending',
    endWhy: 'Nobody has reviewed the break-glass in time.',
  });
});
