import { sql } from 'kysely';
import { openTestDatabase } from '../../../test/support/test-database.js';
import type { Database } from './database.js';
import type { Durable, DurableParts, Json } from './durable.js';
import { beforeEffect } from './effect-guard.js';
import type { RunId } from './ids.js';
import { createDurable } from './ledger-durable.js';
import { createOutbox, publish } from './outbox.js';
import { ada, omar, silentLog, StandingClock } from './testing/test-parts.js';
import type { WorkContext } from './work.js';

let database: Database;
const clock = new StandingClock();

beforeAll(async () => {
  database = await openTestDatabase();
}, 30_000);
afterAll(() => database.close());

type Story = (context: WorkContext<Json>) => Promise<Json>;

/** One replica of several on the database; what it does with a run is the story. */
function replica(holder: string, story: Story, parts: Partial<DurableParts> = {}): Durable {
  const durable = createDurable({ database, clock, log: silentLog, holder, ...parts });
  durable.define({ kind: 'story', version: 1, run: story });
  return durable;
}

function createRun(durable: Durable): Promise<RunId> {
  return database.transaction((trx) => durable.create(trx, { kind: 'story', version: 1, input: null, actor: ada }));
}

/** As if the holder had given no sign of life for too long. */
async function lapse(runId: RunId): Promise<void> {
  await sql`update run set lease_until = clock_timestamp() - interval '1 second' where id = ${runId}`.execute(
    database.db,
  );
}

function gate(): { opened: Promise<void>; open: () => void } {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open };
}

/** A story that stops in its first step until it is let go on; effects are noted where the remote side would see them. */
function heldStory(name: string, effects: string[]) {
  const isIn = gate();
  const mayGoOn = gate();
  const story: Story = async ({ step }) => {
    await step('Add the app', async () => {
      isIn.open();
      await mayGoOn.opened;
      await beforeEffect();
      effects.push(`app by ${name}`);
      return null;
    });
    return step('Make a certificate', async () => name);
  };
  return { story, isIn: isIn.opened, goOn: mayGoOn.open };
}

const quickStory =
  (name: string): Story =>
  async ({ step }) => {
    await step('Add the app', async () => null);
    return step('Make a certificate', async () => name);
  };

/** Replica A is in the middle of a run; B knows the same work. */
async function heldAtA() {
  const effects: string[] = [];
  const held = heldStory('A', effects);
  const a = replica('A', held.story);
  const b = replica('B', quickStory('B'));
  const runId = await createRun(a);
  const executing = a.execute(runId);
  await held.isIn;
  return { effects, held, a, b, runId, executing };
}

test('a run that a living replica executes is left to it, whoever looks at it', async () => {
  const { effects, held, a, b, runId, executing } = await heldAtA();

  const states = [await b.goOn(runId), await b.execute(runId)];
  const abandoned = await b.listAbandoned();
  held.goOn();
  await executing;

  expect(states).toEqual(['running', 'running']);
  expect(abandoned).not.toContain(runId);
  expect(await a.find(runId)).toMatchObject({ state: 'done', outcome: 'A', fence: 1 });
  expect(effects).toEqual(['app by A']);
});

test('a run is its creator’s from the commit on, before it is executed', async () => {
  const a = replica('A', quickStory('A'));
  const b = replica('B', quickStory('B'));
  const runId = await createRun(a);

  expect(await b.goOn(runId)).toBe('running');
  expect(await a.execute(runId)).toBe('done');
});

test('a replica that sleeps past its lease loses the run, has no effect any more and writes nothing', async () => {
  const effects: string[] = [];
  const held = heldStory('A', effects);
  const a = replica('A', held.story);
  const taken: RunId[] = [];
  const b = replica('B', quickStory('B'));
  b.onTaken((runId) => void taken.push(runId));
  const runId = await createRun(a);
  const frozen = a.execute(runId);
  await held.isIn;

  await lapse(runId);
  await b.abandonedRuns.sweep(clock.now());
  const finished = await b.goOn(runId);
  const afterB = await b.find(runId);
  held.goOn();
  await frozen;

  expect(taken).toEqual([runId]);
  expect(finished).toBe('done');
  expect(effects).toEqual([]);
  expect(await a.find(runId)).toEqual(afterB);
});

test('right before an effect the lease is renewed, so that nobody takes the run during a request', async () => {
  const durable = replica('A', async ({ step, runId }) =>
    step('Add the app', async () => {
      await lapse(runId);
      await beforeEffect();
      return (await durable.listAbandoned()).includes(runId);
    }),
  );
  const runId = await createRun(durable);
  await durable.execute(runId);

  expect(await durable.find(runId)).toMatchObject({ outcome: false });
});

test('a replica that ends finishes its step and hands the run over at once, which counts as no vain attempt', async () => {
  const { effects, held, a, b, runId, executing } = await heldAtA();

  const stopped = a.stop();
  held.goOn();
  await stopped;
  const state = await executing;
  const abandoned = await b.listAbandoned();

  expect(state).toBe('interrupted');
  expect(abandoned).toContain(runId);
  expect(await b.goOn(runId)).toBe('done');
  expect(effects).toEqual(['app by A']); // B had its result from the journal
  expect(await b.find(runId)).toMatchObject({ outcome: 'B' });
});

test('a run in the hands of a living replica is not given up by another one, however often it was begun', async () => {
  const held = heldStory('A', []);
  const a = replica('A', held.story);
  const b = replica('B', quickStory('B'));
  const runId = await createRun(a);
  const executing = a.execute(runId);
  await held.isIn;
  await sql`update run set parked_fence = fence - 5 where id = ${runId}`.execute(database.db);

  expect(await b.goOn(runId)).toBe('running');
  held.goOn();
  expect(await executing).toBe('done');
});

test('a signal that arrives at another replica lets the run go on there, also right after it was parked', async () => {
  const story: Story = async ({ waitFor }) => {
    const told = await waitFor('approval', { what: 'Waiting for an approver.', remedy: 'Ask one.' });
    return told?.value ?? null;
  };
  const a = replica('A', story);
  const b = replica('B', story);
  const runId = await createRun(a);
  const parked = await a.execute(runId);

  const told = await database.transaction((trx) =>
    b.signal(trx, runId, { name: 'approval', value: 'yes', actor: omar }),
  );
  const late = await database.transaction((trx) => a.signal(trx, runId, { name: 'approval', value: 'no', actor: ada }));

  expect([parked, told.isFirst, late.isFirst]).toEqual(['waiting', true, false]);
  expect(await b.goOn(runId)).toBe('done');
  expect(await b.find(runId)).toMatchObject({ outcome: 'yes' });
});

test('two replicas that deliver events at the same time deliver each of them once', async () => {
  const arrived: Json[] = [];
  const outboxes = ['A', 'B'].map(() => {
    const outbox = createOutbox({ database, clock, log: silentLog });
    outbox.on('told', async (payload) => {
      await new Promise((turn) => setImmediate(turn));
      arrived.push(payload);
    });
    return outbox;
  });
  const all = Array.from({ length: 20 }, (_, index) => index);
  await database.transaction(async (trx) => {
    for (const payload of all) await publish(trx, { type: 'told', payload, at: clock.now() });
  });

  await Promise.all(outboxes.map(({ sweep }) => sweep.sweep(clock.now())));

  expect([...arrived].sort((one, other) => Number(one) - Number(other))).toEqual(all);
});
