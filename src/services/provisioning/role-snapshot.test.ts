import { randomUUID } from 'node:crypto';
import { openTestDatabase } from '../../../test/support/test-database.js';
import type { Database } from '../platform/database.js';
import { jsonText, type Json } from '../platform/json.js';
import { ada } from '../platform/testing/test-parts.js';
import { rolesLastSeen, type HeldRole } from './role-snapshot.js';

let database: Database;
beforeAll(async () => {
  database = await openTestDatabase();
}, 30_000);
afterAll(() => database?.close());

const role = (roleName: string): HeldRole => ({
  ...{ roleId: roleName.toLowerCase(), roleName, divisionId: 'home', divisionName: 'Home' },
});

/** A run that ended in that minute of an hour. */
async function runOf(kind: string, minute: number, outcome: Json, state: 'done' | 'failed' = 'done'): Promise<void> {
  const at = new Date(Date.UTC(2026, 10, 24, 9, minute));
  const json = { input: jsonText({}), actor: jsonText(ada), outcome: jsonText(outcome) };
  await database.db
    .insertInto('run')
    .values({ ...json, id: randomUUID(), kind, version: 1, state, reference: kind, started_at: at, changed_at: at })
    .execute();
}

test('the newest run that had to do with the user tells the roles, whichever kind it was', async () => {
  await runOf('off-board', 5, { personId: 'p', genesysUserId: 'u1', genesysRoles: [role('Supervisor')] });
  await runOf('provision-person', 3, { personId: 'p', genesysUserId: 'u1', genesysRoles: [role('Agent')] });
  await runOf('off-board', 9, { personId: 'p', genesysUserId: 'u2', genesysRoles: [] });

  await expect(rolesLastSeen(database, { userId: 'u1', personId: 'p' })).resolves.toEqual([role('Supervisor')]);
  await expect(rolesLastSeen(database, { userId: 'u2', personId: 'p' })).resolves.toEqual([]);
});

test('what did not end, is of another kind, or says nothing of roles, tells none', async () => {
  await runOf('provision-person', 1, { personId: 'p', genesysUserId: 'u3', genesysRoles: [role('Agent')] }, 'failed');
  await runOf('assign-person', 2, { personId: 'p', genesysUserId: 'u3', genesysRoles: [role('Agent')] });
  await runOf('provision-person', 4, { personId: 'p', roleName: 'Agent' });

  await expect(rolesLastSeen(database, { userId: 'u3', personId: 'p' })).resolves.toBeUndefined();
  await expect(rolesLastSeen(database, { userId: "u1' or true --", personId: 'p' })).resolves.toBeUndefined();
});

test('roles that were noted of another person are not those of whoever has the address now', async () => {
  await runOf('off-board', 1, { personId: 'ana', genesysUserId: 'u4', genesysRoles: [role('Agent')] });
  await runOf('off-board', 2, { personId: 'bernd', genesysUserId: 'u4', genesysRoles: [role('Admin')] });

  await expect(rolesLastSeen(database, { userId: 'u4', personId: 'bernd' })).resolves.toEqual([role('Admin')]);
  await expect(rolesLastSeen(database, { userId: 'u4', personId: 'ana' })).resolves.toBeUndefined();
});
