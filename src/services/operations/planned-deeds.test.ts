import { z } from 'zod';
import { openTestDatabase } from '../../../test/support/test-database.js';
import type { Entra } from '../entra/entra.js';
import { listAudit } from '../platform/audit.js';
import type { Database } from '../platform/database.js';
import { newId, type RunId } from '../platform/ids.js';
import type { Json } from '../platform/json.js';
import { Problem } from '../platform/problem.js';
import { ada, omar, StandingClock } from '../platform/testing/test-parts.js';
import type { Concluded, Operation } from './operation.js';
import type { Verdict } from './permissions.js';
import { mayAll, testPipeline } from './testing/test-pipeline.js';

let database: Database;
let stand: ReturnType<typeof testPipeline>;
/** Object ids of those who hold a role. */
let admins: string[];
let verdict: Verdict;
let deed: () => Promise<string>;
let concluded: Concluded<{ name: string }>[];

const operation: Operation<{ name: string }, string> = {
  ...{ kind: 'give', version: 1, right: 'decision', input: z.object({ name: z.string() }) },
  wanted: ({ name }) => `give ${name} access`,
  concerns: () => [],
  judge: () => verdict,
  run: ({ step }) => step('Give it', () => deed(), { safePoint: true }),
  concluded: async (_trx, end) => void concluded.push(end),
};

beforeAll(async () => {
  database = await openTestDatabase();
}, 30_000);
afterAll(() => database.close());

beforeEach(() => {
  admins = [ada.personId];
  verdict = { isAllowed: true, through: 'the decision' };
  deed = async () => 'given';
  concluded = [];
  const findStanding: Entra['findStanding'] = async (id) => {
    const standing = await mayAll.findStanding(id);
    return standing && (admins.includes(id) ? standing : { ...standing, active: [] });
  };
  stand = testPipeline({ database, clock: new StandingClock(), entra: { findStanding } as Entra });
  stand.pipeline.register(operation);
});

function plan(): Promise<RunId> {
  const planned = { input: { name: 'B.Simon' }, actor: omar, reference: newId() };
  return database.transaction((trx) => stand.pipeline.plan(trx, operation, planned));
}

async function goneOn(runId: RunId) {
  stand.pipeline.goOn(runId);
  await stand.ended({ kind: 'started', runId });
  return stand.durable.find(runId);
}

async function newestEntry(): Promise<Json | undefined> {
  return (await listAudit(database.db, { limit: 1 }))[0]?.body;
}

test('a planned deed is there with its intent as soon as the decision is committed, and done when told to go on', async () => {
  const runId = await plan();

  expect(await newestEntry()).toMatchObject({ what: 'give B.Simon access', actor: { name: 'Omar Owner' } });
  expect(await goneOn(runId)).toMatchObject({ state: 'done', outcome: 'given', actor: omar });
  expect(concluded).toEqual([{ input: { name: 'B.Simon' }, runId }]);
});

test('a decision that is not committed leaves no deed', async () => {
  const before = await newestEntry();
  let runId: RunId | undefined;

  const decided = database.transaction(async (trx) => {
    runId = await stand.pipeline.plan(trx, operation, { input: { name: 'X' }, actor: omar, reference: newId() });
    throw new Error('Somebody else was faster.');
  });

  await expect(decided).rejects.toThrow('faster');
  expect(runId && (await stand.durable.find(runId))).toBeUndefined();
  expect(await newestEntry()).toEqual(before);
});

test('nobody starts it, an administrator included', async () => {
  const claim = { reference: newId(), verb: 'give', revision: 1 };

  await expect(stand.pipeline.start(operation, { actor: ada, input: { name: 'X' }, claim })).rejects.toThrow(
    'follows a decision',
  );
});

test('whoever decided needs no role, and the decision is read again before the first effect', async () => {
  const runId = await plan();
  verdict = { isAllowed: false, rule: 'self', why: 'It was taken back.', remedy: 'Ask again.' };

  const run = await goneOn(runId);

  expect(run).toMatchObject({ state: 'failed', problem: { kind: 'refused', why: 'It was taken back.' } });
  expect(concluded).toMatchObject([{ problem: { code: 'self' } }]);
});

test('one that failed is gone on with by whoever may manage SSO, and by nobody else', async () => {
  deed = () => Promise.reject(new Problem({ kind: 'remote', what: 'Genesys said no.', remedy: 'Look there.' }));
  const runId = await plan();
  const failed = await goneOn(runId);
  deed = async () => 'given at last';
  const claim = { reference: `run:${runId}`, verb: 'retry-run', revision: failed?.revision ?? 0 };

  await expect(stand.pipeline.retry(runId, { actor: omar, claim })).rejects.toMatchObject({
    facts: { code: 'role-missing' },
  });
  await stand.pipeline.retry(runId, { actor: ada, claim });
  await stand.ended({ kind: 'started', runId });

  expect(await stand.durable.find(runId)).toMatchObject({ state: 'done', outcome: 'given at last' });
  expect(concluded.map(({ problem }) => problem?.what)).toEqual(['Genesys said no.', undefined]);
});
