import { CompiledQuery } from 'kysely';
import { openTestDatabase } from '../../../test/support/test-database.js';
import type { Database } from './database.js';
import { createDurable } from './ledger-durable.js';
import type { RunId } from './ids.js';
import { ada, recordingLog, StandingClock } from './testing/test-parts.js';
import { createWake, type Wake } from './wake.js';

let database: Database;
let wake: Wake;
const { log, lines } = recordingLog();
/** What was looked at, and who waits for the next look. */
const looked: RunId[] = [];
let nextLook: (runId: RunId) => void = () => undefined;

beforeAll(async () => {
  database = await openTestDatabase({ log });
  wake = createWake({ database, log });
  await wake.start(async (runId) => {
    looked.push(runId);
    nextLook(runId);
    return false;
  });
}, 60_000);
afterAll(async () => {
  await wake.stop();
  await database.close();
});

const create = (fails = false): Promise<RunId> => {
  const durable = createDurable({ database, clock: new StandingClock(), log, wake });
  return database.transaction(async (trx) => {
    const runId = await durable.create(trx, { kind: 'story', version: 1, input: null, actor: ada });
    if (fails) throw new Error('the audit could not be written');
    return runId;
  });
};

async function jobs(): Promise<unknown[]> {
  const { rows } = await database.db.executeQuery<{ data: unknown }>(
    CompiledQuery.raw('select data from wake.job order by created_on'),
  );
  return rows.map(({ data }) => data);
}

test('a run and the look at it are committed together, or neither is', async () => {
  const runId = await create();
  await expect(create(true)).rejects.toThrow('audit');

  expect(await jobs()).toEqual([{ runId }]);
});

test('a look that was arranged comes, and nothing goes wrong meanwhile', async () => {
  const runId = await create();
  await database.db.executeQuery(CompiledQuery.raw('update wake.job set start_after = now()'));

  await new Promise<void>((resolve) => {
    nextLook = (seen) => seen === runId && resolve();
    if (looked.includes(runId)) resolve();
  });

  expect(lines()).not.toContainEqual(expect.objectContaining({ level: 50 }));
}, 30_000);
