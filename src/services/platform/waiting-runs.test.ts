import { openTestDatabase } from '../../../test/support/test-database.js';
import type { Database } from './database.js';
import type { Durable, DurableParts, Json } from './durable.js';
import type { RunId } from './ids.js';
import { createDurable } from './ledger-durable.js';
import { Problem } from './problem.js';
import { ada, silentLog, StandingClock } from './testing/test-parts.js';
import type { WorkContext } from './work.js';

let database: Database;
let clock: StandingClock;
/** When each run is to be asked again, in the order in which it was parked. */
let resumedAfter: number[];

beforeAll(async () => {
  database = await openTestDatabase();
}, 30_000);
afterAll(() => database.close());
beforeEach(() => {
  clock = new StandingClock();
  resumedAfter = [];
});

type Story = (context: WorkContext<Json>) => Promise<Json>;

function durableThat(story: Story, parts: Partial<DurableParts> = {}): Durable {
  const wake: DurableParts['wake'] = {
    arrange: async () => undefined,
    resumeAfter: async (_trx, _runId, seconds) => void resumedAfter.push(seconds),
  };
  const durable = createDurable({ database, clock, log: silentLog, wake, ...parts });
  durable.define({ kind: 'story', version: 1, run: story });
  return durable;
}

function createRun(durable: Durable): Promise<RunId> {
  return database.transaction((trx) =>
    durable.create(trx, { kind: 'story', version: 1, input: null, actor: ada, reference: 'card' }),
  );
}

function tell(durable: Durable, runId: RunId, value: string, name = 'decision') {
  return database.transaction((trx) => durable.signal(trx, runId, { name, value, actor: ada }));
}

const NOT_YET = new Problem({
  kind: 'waiting',
  what: 'Entra has not shown the app yet.',
  remedy: 'Latchkey asks again by itself.',
});

const untilApproved: Story = async ({ step, waitFor }) => {
  await step('Ask', async () => 'asked');
  const answer = await waitFor('decision', {
    what: 'Waiting for an approver.',
    remedy: 'An approver presses a button.',
    until: new Date('2026-11-24T10:00:00.000Z'),
  });
  return step('Act on it', async () => answer?.value ?? 'nobody answered');
};

describe('a run that waits for a person', () => {
  test('is executed by nobody, says what it waits for, and goes on with the answer', async () => {
    const durable = durableThat(untilApproved);
    const runId = await createRun(durable);

    expect(await durable.execute(runId)).toBe('waiting');
    expect(await durable.find(runId)).toMatchObject({
      state: 'waiting',
      problem: { kind: 'waiting', what: 'Waiting for an approver.' },
      steps: [{ name: 'Ask', state: 'done' }],
    });
    expect(resumedAfter).toEqual([]); // nobody is asked again and again
    await tell(durable, runId, 'approved');

    expect(await durable.goOn(runId)).toBe('done');
    expect(await durable.find(runId)).toMatchObject({ outcome: 'approved' });
  });

  test('takes the first answer, whoever else answers and when', async () => {
    const durable = durableThat(untilApproved);
    const runId = await createRun(durable);
    await durable.execute(runId);

    const said = ['approved', 'denied', 'approved'];
    const answers = await Promise.all(said.map((value) => tell(durable, runId, value)));
    await durable.goOn(runId);
    const late = await tell(durable, runId, 'expired');

    expect(answers.filter(({ isFirst }) => isFirst)).toHaveLength(1);
    // On several connections any of them may be the first.
    const taken = said[answers.findIndex(({ isFirst }) => isFirst)];
    expect([...answers, late].map(({ signal }) => signal.value)).toEqual(Array(4).fill(taken));
    expect(await durable.find(runId)).toMatchObject({ state: 'done', outcome: taken });
  });

  test('keeps an answer that came before it waited, and one that comes while it is about to', async () => {
    const early = durableThat(untilApproved);
    const runId = await createRun(early);
    await tell(early, runId, 'approved');
    expect(await early.execute(runId)).toBe('done');

    let isTold = false;
    const racing = durableThat(async (context) => {
      // The execution has read the signals when the answer comes, and waits after that.
      if (!isTold) await tell(racing, context.runId, 'denied');
      isTold = true;
      return untilApproved(context);
    });
    const racedRun = await createRun(racing);
    expect(await racing.execute(racedRun)).toBe('done');
    const raced = await racing.find(racedRun);
    expect(raced).toMatchObject({ outcome: 'denied' });
    expect(raced).not.toHaveProperty('problem'); // what it was about to wait for is nothing that went wrong
  });

  test('goes on at once when the answer comes while its execution here is ending', async () => {
    const durable = durableThat(untilApproved);
    const runId = await createRun(durable);
    let answered: Promise<unknown> = Promise.resolve();
    // Each time something has happened, one look after the other: the last one sees it wait.
    durable.onProgress(() => {
      answered = answered.then(async () => {
        if ((await durable.find(runId))?.state === 'waiting') await tell(durable, runId, 'approved');
      });
    });

    await durable.execute(runId);
    await answered;

    expect(await durable.goOn(runId)).toBe('done');
  });

  test('goes on without an answer when its business time has come, also after a restart', async () => {
    const runId = await createRun(durableThat(untilApproved));
    await durableThat(untilApproved).execute(runId);
    const restarted = durableThat(untilApproved);
    await restarted.dueRuns.sweep(clock.now());
    expect(await restarted.find(runId)).toMatchObject({ state: 'waiting' });

    clock.advance(61);
    await restarted.dueRuns.sweep(clock.now());
    await restarted.goOn(runId);

    expect(await restarted.find(runId)).toMatchObject({ state: 'done', outcome: 'nobody answered' });
  });

  test('is no poison, however often it is looked at', async () => {
    const durable = durableThat(untilApproved);
    const runId = await createRun(durable);
    for (let look = 0; look < 12; look++) expect(await durable.goOn(runId)).toBe('waiting');

    await tell(durable, runId, 'approved');
    expect(await durable.goOn(runId)).toBe('done');
  });
});

describe('a run that waits for Entra', () => {
  /** The app is shown at the given look. */
  function addsAppShownAtLook(shownAt: number): { story: Story; looks: () => number } {
    let looks = 0;
    const story: Story = ({ step }) =>
      step('Add the app', async () => {
        looks += 1;
        if (looks < shownAt) throw NOT_YET;
        return 'app-1';
      });
    return { story, looks: () => looks };
  }

  test('asks again by itself, less and less often, until it is there', async () => {
    const durable = durableThat(addsAppShownAtLook(4).story);
    const runId = await createRun(durable);

    await durable.execute(runId);
    expect(await durable.find(runId)).toMatchObject({
      state: 'waiting',
      problem: { what: 'Entra has not shown the app yet.' },
      steps: [{ name: 'Add the app', state: 'started' }],
    });
    expect(await durable.look(runId, { resume: false })).toBe(false); // an ordinary look leaves it alone
    for (let look = 0; look < 3; look++) await durable.goOn(runId);

    expect(await durable.find(runId)).toMatchObject({ state: 'done', outcome: 'app-1' });
    expect(resumedAfter).toEqual([15, 30, 60]);
  });

  test('goes on when somebody asks for it', async () => {
    const { story } = addsAppShownAtLook(2);
    const durable = durableThat(story);
    const runId = await createRun(durable);
    await durable.execute(runId);

    const revision = (await durable.find(runId))?.revision ?? -1;
    const isReopened = await database.transaction((trx) => durable.reopen(trx, { runId, revision }));

    expect(isReopened).toBe(true);
    expect(await durable.execute(runId)).toBe('done');
  });

  test('gives up after about a day, and keeps what it was waiting for', async () => {
    const { story, looks } = addsAppShownAtLook(Infinity);
    const durable = durableThat(story);
    const runId = await createRun(durable);

    let state = await durable.execute(runId);
    while (state === 'waiting') state = await durable.goOn(runId);

    expect(state).toBe('failed');
    expect(await durable.find(runId)).toMatchObject({ problem: { what: 'Entra has not shown the app yet.' } });
    expect(looks()).toBe(151);
    expect(resumedAfter.slice(0, 150).reduce((sum, seconds) => sum + seconds) / 3_600).toBeGreaterThan(23);
  });
});
