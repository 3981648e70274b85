import { z } from 'zod';
import type { Entra } from '../entra/entra.js';
import { openTestDatabase } from '../../../test/support/test-database.js';
import type { Database } from '../platform/database.js';
import { newId } from '../platform/ids.js';
import { Problem } from '../platform/problem.js';
import { ada, omar, StandingClock } from '../platform/testing/test-parts.js';
import { accessInEntra } from './access-clash.js';
import type { Operation } from './operation.js';
import type { Started } from './run-operation.js';
import { mayAll, testPipeline } from './testing/test-pipeline.js';

const B_SIMON = '0e0b1ec7-0000-4000-8000-000000000005';
const ANA = '0e0b1ec7-0000-4000-8000-000000000004';
const LATER = new Problem({ kind: 'waiting', what: 'Entra does not show it yet.', remedy: 'Latchkey looks again.' });

let database: Database;
let world: ReturnType<typeof testPipeline>;
/** What each deed does; a test says how it ends. */
let deeds: Record<'give' | 'take', () => Promise<string>>;
let effects: string[];
let clock: StandingClock;

const operation = (kind: 'give' | 'take'): Operation<{ personId: string }, string> => ({
  ...{ kind, version: 1, right: 'manage-sso', input: z.object({ personId: z.string() }) },
  access: { direction: kind === 'give' ? 'gives' : 'takes', of: ({ personId }) => [accessInEntra(personId)] },
  wanted: ({ personId }) => `${kind} the access of ${personId}`,
  concerns: () => [],
  run: ({ step }) =>
    step(kind, async () => {
      effects.push(kind);
      return deeds[kind]();
    }),
});
const operations = { give: operation('give'), take: operation('take') };

beforeAll(async () => {
  database = await openTestDatabase();
}, 30_000);
afterAll(() => database.close());

beforeEach(async () => {
  for (const table of ['step', 'run', 'claim'] as const) await database.db.deleteFrom(table).execute();
  clock = new StandingClock();
  world = testPipeline({ database, clock, entra: mayAll as Entra });
  for (const one of Object.values(operations)) world.pipeline.register(one);
  deeds = { give: async () => 'given', take: async () => 'taken' };
  effects = [];
});
afterEach(() => world.durable.stop());

const start = (kind: 'give' | 'take', personId = B_SIMON, actor = ada): Promise<Started> =>
  world.pipeline.start(operations[kind], {
    ...{ actor, input: { personId } },
    claim: { reference: newId(), verb: kind, revision: 0 },
  });

/** A run in the middle of its deed. */
async function underWay(kind: 'give' | 'take'): Promise<{ started: Started; end: () => Promise<void> }> {
  let end = (): void => undefined;
  deeds[kind] = () => new Promise((resolve) => (end = () => resolve(kind)));
  const started = await start(kind);
  while (effects.length === 0) await new Promise(setImmediate);
  return { started, end: async () => (end(), world.ended(started)) };
}

/** A run that waits for Entra. */
async function parked(kind: 'give' | 'take'): Promise<Started> {
  deeds[kind] = () => Promise.reject(LATER);
  const started = await start(kind);
  await world.ended(started);
  deeds[kind] = async () => kind;
  return started;
}

/** A run that has failed. */
async function failed(kind: 'give' | 'take'): Promise<Started> {
  deeds[kind] = () => Promise.reject(new Problem({ kind: 'refused', what: 'Entra refuses.', remedy: 'Ask an admin.' }));
  const started = await start(kind);
  await world.ended(started);
  deeds[kind] = async () => kind;
  return started;
}

async function retry(started: Started): Promise<Started> {
  const run = await stateOf(started);
  if (!run) throw new Error('No run was started.');
  const claim = { reference: run.id, verb: 'retry-run', revision: run.revision };
  return world.pipeline.retry(run.id, { actor: omar, claim });
}

const goOn = async ({ runId }: Started): Promise<void> => {
  if (runId) await world.durable.goOn(runId);
};
const stateOf = async ({ runId }: Started) => (runId ? world.durable.find(runId) : undefined);

test.each([
  ['give', 'take'],
  ['take', 'give'],
  ['give', 'give'],
] as const)('while one is about to %s, another one who wants to %s is told who and what', async (first, second) => {
  const { end } = await underWay(first);

  const refused = start(second, B_SIMON.toUpperCase(), omar);

  await expect(refused).rejects.toMatchObject({
    facts: {
      ...{ kind: 'refused', code: 'access-under-way' },
      what: `Ada Admin has begun to ${first} the access of ${B_SIMON}, and that is still under way.`,
    },
  });
  await end();
  deeds = { give: async () => 'given', take: async () => 'taken' };
  await expect(start(second)).resolves.toMatchObject({ kind: 'started' });
});

test('another person is nobody’s business', async () => {
  const { end } = await underWay('take');

  await expect(start('give', ANA)).resolves.toMatchObject({ kind: 'started' });

  await end();
});

test('what waits to give access keeps nobody from taking it, and gives nothing afterwards', async () => {
  const giving = await parked('give');

  await world.ended(await start('take', B_SIMON, omar));
  await goOn(giving);

  expect(effects).toEqual(['give', 'take']);
  expect(await stateOf(giving)).toMatchObject({
    state: 'failed',
    problem: {
      code: 'access-taken-meanwhile',
      what: `Ada Admin has begun to take the access of ${B_SIMON} meanwhile.`,
    },
  });
});

test('a taking that had failed before and is retried while the giving waits wins, too', async () => {
  const taking = await failed('take');
  clock.advance(60_000);
  const giving = await parked('give');
  clock.advance(60_000);

  await world.ended(await retry(taking));
  clock.advance(60_000);
  await goOn(giving);

  expect(effects).toEqual(['take', 'give', 'take']);
  expect(await stateOf(giving)).toMatchObject({ state: 'failed', problem: { code: 'access-taken-meanwhile' } });
});

test('a giving that goes on while a retried taking is under way gives nothing', async () => {
  const taking = await failed('take');
  clock.advance(60_000);
  const giving = await parked('give');
  clock.advance(60_000);
  let end = (): void => undefined;
  deeds.take = () => new Promise((resolve) => (end = () => resolve('taken')));
  const retried = await retry(taking);
  while (effects.length < 3) await new Promise(setImmediate);

  await goOn(giving);

  expect(effects).toEqual(['take', 'give', 'take']);
  expect(await stateOf(giving)).toMatchObject({ state: 'failed', problem: { code: 'access-taken-meanwhile' } });
  end();
  await world.ended(retried);
});

test('a taking that has failed before and rests keeps nobody from giving', async () => {
  await failed('take');
  clock.advance(60_000);
  const giving = await parked('give');

  await goOn(giving);

  expect(await stateOf(giving)).toMatchObject({ state: 'done' });
});

test('what waits to take access away lets nobody give it', async () => {
  const taking = await parked('take');

  await expect(start('give')).rejects.toMatchObject({ facts: { code: 'access-under-way' } });

  await goOn(taking);
  await expect(start('give')).resolves.toMatchObject({ kind: 'started' });
});

test('a giving that was there before a taking that is over goes on', async () => {
  await world.ended(await start('take'));
  clock.advance(1);
  const giving = await parked('give');

  await goOn(giving);

  expect(await stateOf(giving)).toMatchObject({ state: 'done' });
});
