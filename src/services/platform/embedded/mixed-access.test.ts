import fc from 'fast-check';
import { sql } from 'kysely';
import { openTestDatabase } from '../../../../test/support/test-database.js';
import type { Database } from '../database.js';

let database: Database;
beforeAll(async () => {
  database = await openTestDatabase();
  await sql`create table note (number integer primary key)`.execute(database.db);
}, 60_000);
afterAll(() => database.close());

const insert = (number: number) => sql`insert into note values (${number})`;

/** What one of many callers does at the same time as the others. */
const deeds = {
  write: (number: number) => insert(number).execute(database.db),
  transaction: (number: number) => database.transaction((trx) => insert(number).execute(trx)),
  'rolled back': (number: number) =>
    database
      .transaction(async (trx) => {
        await insert(number).execute(trx);
        throw new Error('Thought better of it.');
      })
      .catch(() => undefined),
  'wrong statement': (number: number) =>
    sql`insert into note values (${number} / ${0}::integer)`.execute(database.db).catch(() => undefined),
  'wrong statement in a transaction': (number: number) =>
    database
      .transaction(async (trx) => {
        await insert(number).execute(trx);
        await sql`select * from nowhere where number = ${number}`.execute(trx);
      })
      .catch(() => undefined),
  question: async (number: number) => {
    const { rows } = await sql<{ asked: number }>`select ${number}::integer as asked`.execute(database.db);
    expect(rows).toEqual([{ asked: number }]);
  },
};
type Deed = keyof typeof deeds;
const KEPT: readonly Deed[] = ['write', 'transaction'];

test('however callers mix, what was acknowledged is there, what was rolled back is not, and each gets its own answer', async () => {
  const names = Object.keys(deeds) as Deed[];
  await fc.assert(
    fc.asyncProperty(fc.array(fc.constantFrom(...names), { minLength: 2, maxLength: 20 }), async (mix) => {
      await sql`truncate note`.execute(database.db);

      await Promise.all(mix.map((deed, number) => deeds[deed](number)));

      const { rows } = await sql<{ number: number }>`select number from note order by number`.execute(database.db);
      const kept = mix.flatMap((deed, number) => (KEPT.includes(deed) ? [number] : []));
      expect(rows.map(({ number }) => number)).toEqual(kept);
    }),
    { numRuns: 40 },
  );
}, 60_000);
