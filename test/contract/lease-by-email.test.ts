import type { Database } from '../../src/services/platform/database.js';
import { openTestDatabase } from '../support/test-database.js';
import { LeaseStand, personOf } from './lease-stand.js';

let database: Database;
let stand: LeaseStand;
beforeAll(async () => {
  database = await openTestDatabase();
  stand = await LeaseStand.open(database);
}, 60_000);
afterAll(async () => {
  await stand?.close();
  await database?.close();
});

test('whoever is known by an e-mail alone gives back what they have, and revokes nothing', async () => {
  const { lease } = await stand.grant('Ana');
  const byEmail = (givenName: string) => {
    const { id, displayName: name } = personOf(givenName);
    return { personId: id, name, channel: 'slack', channelUserId: 'U1', proof: 'email' } as const;
  };

  for (const givenName of ['Omar', 'Ada'])
    await expect(stand.leases.revoke(byEmail(givenName), lease.id, 'No longer needed')).rejects.toMatchObject({
      facts: { code: 'not-proven' },
    });
  expect((await stand.lease(lease.id)).state).toBe('active');

  await stand.leases.giveBack(byEmail('Ana'), lease.id);
  await stand.standsStill();

  expect(await stand.lease(lease.id)).toMatchObject({ endReason: 'given-back', endedBy: 'Ana Agent' });
});
