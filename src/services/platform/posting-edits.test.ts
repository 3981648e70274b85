import { sql } from 'kysely';
import { findPostings, savePosting } from './conversation-store.js';
import { openTestDatabase } from '../../../test/support/test-database.js';
import type { Database } from './database.js';
import { beginEdit, endEdit, forgetEdits, giveUpEdit, type EditClaim } from './posting-edits.js';

let database: Database;
const at = new Date('2026-11-24T09:00:00Z');
const message = { channel: 'teams', conversation: 'a:1', messageId: 'm1' } as const;

beforeAll(async () => {
  database = await openTestDatabase();
}, 30_000);
afterAll(() => database.close());
beforeEach(async () => {
  await database.db.deleteFrom('posting').execute();
  await savePosting(database.db, { ...message, reference: 'run-1', revision: 1, contentHash: 'one', changedAt: at });
});

async function begin(revision: number): Promise<EditClaim> {
  const claim = await beginEdit(database.db, message, revision);
  if (typeof claim === 'string') throw new Error(claim);
  return claim;
}

const shows = async () => {
  const [posting] = await findPostings(database.db, 'run-1');
  return posting && [posting.revision, posting.contentHash];
};

test('one edits at a time; a revision that is shown is not edited again', async () => {
  const claim = await begin(2);
  const meanwhile = await beginEdit(database.db, message, 3);
  const isNoted = await endEdit(database.db, claim, { revision: 2, contentHash: 'two', at });

  expect([claim.contentHash, meanwhile, isNoted]).toEqual(['one', 'busy', true]);
  expect(await shows()).toEqual([2, 'two']);
  expect(await beginEdit(database.db, message, 2)).toBe('shown');
  await expect(begin(3)).resolves.toMatchObject({ contentHash: 'two' });
});

test('the right of whoever sleeps is taken over; their late edit leaves the message in doubt, not in order', async () => {
  const frozen = await begin(2);
  await sql`update posting set editing_until = clock_timestamp() - interval '1 second'`.execute(database.db);
  const claim = await begin(3);
  await endEdit(database.db, claim, { revision: 3, contentHash: 'three', at });

  const isNoted = await endEdit(database.db, frozen, { revision: 2, contentHash: 'two', at });

  expect(isNoted).toBe(false);
  expect(await shows()).toEqual([-1, '']);
  await expect(begin(3)).resolves.toMatchObject({ contentHash: '' });
});

test('a right that was given back, or whose process is dead, is free at once', async () => {
  await giveUpEdit(database.db, await begin(2));
  await begin(2);
  await forgetEdits(database.db);

  await expect(begin(2)).resolves.toMatchObject({ contentHash: 'one' });
});

test('a message that is gone counts as shown: there is nothing to bring up to date', async () => {
  expect(await beginEdit(database.db, { ...message, messageId: 'gone' }, 9)).toBe('shown');
});
