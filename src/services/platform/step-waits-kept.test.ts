import { openTestDatabase } from '../../../test/support/test-database.js';
import type { Database } from './database.js';
import type { Durable, Json, RunRecord, Step } from './durable.js';
import { createDurable } from './ledger-durable.js';
import type { RunId } from './ids.js';
import { Problem } from './problem.js';
import { whileWaiting, type Pause } from './step-waits.js';
import { ada, silentLog, StandingClock } from './testing/test-parts.js';

let database: Database;
const clock = new StandingClock();

beforeAll(async () => {
  database = await openTestDatabase();
}, 30_000);
afterAll(() => database.close());

function durableThat(story: (step: Step) => Promise<Json>): Durable {
  const durable = createDurable({ database, clock, log: silentLog });
  durable.define({ kind: 'story', version: 1, run: ({ step }) => story(step) });
  return durable;
}

function createRun(durable: Durable): Promise<RunId> {
  return database.transaction((trx) => durable.create(trx, { kind: 'story', version: 1, input: null, actor: ada }));
}

async function getRun(durable: Durable, runId: RunId): Promise<RunRecord> {
  const run = await durable.find(runId);
  if (!run) throw new Error('no run');
  return run;
}

const NOTE = 'Entra does not show the new application everywhere yet; this can still take up to 2 minutes.';

/** A wait within a deed, during which the test may look. */
function waits<T>(during: () => Promise<unknown>, after: (pause: Pause) => Promise<T>): Promise<T> {
  const pace = { wall: () => clock.wall(), sleep: async () => void (await during()) };
  return whileWaiting(pace, async (pause) => {
    await pause(5_000, NOTE);
    return after(pause);
  });
}

/** Resolves when a change of a run has been told that fits. */
function seen(durable: Durable, fits: (run: RunRecord) => boolean): Promise<RunRecord> {
  return new Promise((resolve) => {
    durable.onProgress((runId) => {
      void durable.find(runId).then((run) => {
        if (run && fits(run)) resolve(run);
      });
    });
  });
}

const waitsNow = ({ steps }: RunRecord): boolean => steps.some(({ waitingFor }) => waitingFor !== undefined);
const asked = new Problem({ kind: 'waiting', what: 'Entra does not show it yet.', remedy: 'There is nothing to do.' });
const denied = new Problem({ kind: 'remote', what: 'Entra did not let Latchkey.', remedy: 'Grant it.' });

test('a step that waits says what for, at a higher revision, and no more once it goes on', async () => {
  const revisions: number[] = [];
  const durable = durableThat(async (step) =>
    step('Add the app', async () => {
      const noted = seen(durable, waitsNow);
      await waits(
        () => noted,
        () => Promise.resolve(),
      );
      const waited = await noted;
      revisions.push(waited.revision);
      expect(waited.steps).toMatchObject([{ name: 'Add the app', state: 'started', waitingFor: NOTE }]);
      return null;
    }),
  );
  const runId = await createRun(durable);

  const state = await durable.execute(runId);

  const run = await getRun(durable, runId);
  expect(state).toBe('done');
  expect(waitsNow(run)).toBe(false);
  expect(revisions[0]).toBeGreaterThan(2);
  expect(run.revision).toBeGreaterThan(revisions[0] ?? Infinity);
});

test.each([
  ['fails', denied, 'failed'],
  ['waits for a remote side longer than it is asked', asked, 'waiting'],
])('a step that %s in a wait leaves no note behind', async (_, problem, state) => {
  const durable = durableThat(async (step) =>
    step('Add the app', async () => {
      const noted = seen(durable, waitsNow);
      return waits(
        () => noted,
        () => Promise.reject(problem),
      );
    }),
  );
  const runId = await createRun(durable);

  await durable.execute(runId);

  const run = await getRun(durable, runId);
  expect(run.state).toBe(state);
  expect(waitsNow(run)).toBe(false);
});

test('what a process that died left behind is gone when the step is begun again', async () => {
  const died = durableThat(async (step) => step('Add the app', () => new Promise(() => undefined)));
  const runId = await createRun(died);
  void died.execute(runId);
  await seen(died, ({ steps }) => steps.length === 1);
  await database.db.updateTable('step').set({ waiting_for: NOTE }).where('run_id', '=', runId).execute();
  const durable: Durable = durableThat(async (step) =>
    step('Add the app', async () => waitsNow(await getRun(durable, runId))),
  );

  await durable.goOn(runId);

  expect((await getRun(durable, runId)).outcome).toBe(false);
});

test('a run that somebody else has taken is not written to, and its deed suffers nothing from that', async () => {
  const durable = durableThat(async (step) =>
    step('Add the app', async () => {
      await database.db
        .updateTable('run')
        .set((run) => ({ fence: run('fence', '+', 1) }))
        .where('state', '=', 'running')
        .execute();
      return waits(
        () => Promise.resolve(),
        () => Promise.resolve('went on'),
      );
    }),
  );
  const runId = await createRun(durable);

  await durable.execute(runId);

  const run = await getRun(durable, runId);
  expect([run.state, run.revision, waitsNow(run)]).toEqual(['running', 2, false]);
});
