import { openTestDatabase } from '../../../test/support/test-database.js';
import type { Database } from './database.js';
import type { Durable, DurableParts, Json, Step } from './durable.js';
import { createDurable } from './ledger-durable.js';
import type { RunId } from './ids.js';
import { Problem } from './problem.js';
import { ada, recordingLog, silentLog, StandingClock } from './testing/test-parts.js';

let database: Database;
let clock: StandingClock;

beforeAll(async () => {
  database = await openTestDatabase();
}, 30_000);
afterAll(() => database.close());
beforeEach(() => {
  clock = new StandingClock();
});

type Story = (step: Step) => Promise<Json>;

/** A durable whose one kind of work does what the story says now. */
function durableThat(story: Story, parts: Partial<DurableParts> = {}): Durable {
  const durable = createDurable({ database, clock, log: silentLog, ...parts });
  durable.define({ kind: 'story', version: 1, run: ({ step }) => story(step) });
  return durable;
}

function createRun(durable: Durable, reference = 'card'): Promise<RunId> {
  return database.transaction((trx) =>
    durable.create(trx, { kind: 'story', version: 1, input: { region: 'Frankfurt' }, actor: ada, reference }),
  );
}

async function getRun(durable: Durable, runId: RunId) {
  const run = await durable.find(runId);
  if (!run) throw new Error('no run');
  return run;
}

/** A promise and the function that settles it. */
function gate(): { opened: Promise<void>; open: () => void } {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open };
}

const denied = new Problem({
  kind: 'remote',
  what: 'Entra did not let Latchkey add the app.',
  remedy: 'Grant the permission, then press Retry.',
  code: 'Authorization_RequestDenied',
  requestId: 'request-1',
});

test('a run that goes well keeps its outcome, its actor and its steps in order', async () => {
  const durable = durableThat(async (step) => {
    const app = await step('Add the app', async () => ({ appId: 'app-1' }));
    const thumbprint = await step('Make a certificate', async () => 'AB12');
    return { ...app, thumbprint };
  });

  const runId = await createRun(durable);
  const state = await durable.execute(runId);

  expect(state).toBe('done');
  expect(await getRun(durable, runId)).toMatchObject({
    state: 'done',
    input: { region: 'Frankfurt' },
    actor: ada,
    reference: 'card',
    outcome: { appId: 'app-1', thumbprint: 'AB12' },
    steps: [
      { name: 'Add the app', state: 'done' },
      { name: 'Make a certificate', state: 'done' },
    ],
  });
});

test('nothing runs when the transaction that created the run rolls back', async () => {
  const durable = durableThat(async () => 'never');
  let runId: RunId | undefined;

  const creating = database.transaction(async (trx) => {
    runId = await durable.create(trx, { kind: 'story', version: 1, input: null, actor: ada });
    throw new Error('the audit could not be written');
  });

  await expect(creating).rejects.toThrow('audit');
  expect(runId && (await durable.find(runId))).toBeUndefined();
});

test('a retry resumes at the step that failed and does not repeat those that are done', async () => {
  const effects: string[] = [];
  let isPermitted = false;
  const durable = durableThat(async (step) => {
    const app = await step('Add the app', async () => {
      effects.push('app');
      return 'app-1';
    });
    await step('Make a certificate', async () => {
      effects.push('certificate');
      if (!isPermitted) throw denied;
      return null;
    });
    return app;
  });
  const runId = await createRun(durable);

  const first = await durable.execute(runId);
  const failed = await getRun(durable, runId);
  isPermitted = true;
  const second = await durable.execute(runId);
  const done = await getRun(durable, runId);

  expect(first).toBe('failed');
  expect(failed).toMatchObject({ state: 'failed', problem: denied.facts });
  expect(failed.steps.map(({ state }) => state)).toEqual(['done', 'failed']);
  expect(second).toBe('done');
  expect(done.problem).toBeUndefined();
  expect(done.outcome).toBe('app-1');
  expect(effects).toEqual(['app', 'certificate', 'certificate']);
});

test('a step that is begun again still tells when it was begun first', async () => {
  const begun: Date[] = [];
  const durable = durableThat(async (step) => {
    await step('Add the app', async ({ startedAt }) => {
      begun.push(startedAt);
      if (begun.length < 3) throw denied;
      return null;
    });
    return null;
  });
  const runId = await createRun(durable);

  for (let attempt = 0; attempt < 3; attempt++) {
    await durable.execute(runId);
    clock.advance(10);
  }

  expect(begun.map((at) => at.toISOString())).toEqual(Array(3).fill('2026-11-24T09:00:00.000Z'));
});

test('a frozen process whose run was taken over changes nothing any more when it wakes', async () => {
  const firstIsIn = gate();
  const firstMayGoOn = gate();
  const storyOf = (mine: number): Story => {
    return async (step) => {
      await step('Add the app', async () => {
        if (mine === 1) {
          firstIsIn.open();
          await firstMayGoOn.opened;
        }
        return `by ${String(mine)}`;
      });
      await step('Make a certificate', async () => `by ${String(mine)}`);
      return `by ${String(mine)}`;
    };
  };
  const frozen = durableThat(storyOf(1));
  const durable = durableThat(storyOf(2));
  const runId = await createRun(durable);

  const first = frozen.execute(runId);
  await firstIsIn.opened;
  const second = await durable.goOn(runId);
  const afterSecond = await getRun(durable, runId);
  firstMayGoOn.open();
  const firstState = await first;

  expect(second).toBe('done');
  expect(afterSecond.outcome).toBe('by 2');
  expect(firstState).toBe('done'); // the state it found, not one it made
  expect(await getRun(durable, runId)).toEqual(afterSecond);
});

test('work that hides a lost claim cannot end the run either', async () => {
  const firstIsIn = gate();
  const firstMayGoOn = gate();
  const storyOf = (mine: number): Story => {
    return async (step) => {
      await step('Wait', async () => {
        if (mine === 1) {
          firstIsIn.open();
          await firstMayGoOn.opened;
        }
        return null;
      }).catch(() => null);
      return `by ${String(mine)}`;
    };
  };
  const frozen = durableThat(storyOf(1));
  const durable = durableThat(storyOf(2));
  const runId = await createRun(durable);

  const first = frozen.execute(runId);
  await firstIsIn.opened;
  await durable.execute(runId);
  firstMayGoOn.open();
  await first;

  expect((await getRun(durable, runId)).outcome).toBe('by 2');
});

test('the outcome is recorded in the transaction that ends the run, or neither happens', async () => {
  let isAuditWritable = false;
  const durable = durableThat(async () => 'set up', {
    onOutcome: async (trx, run) => {
      const at = clock.now();
      await trx.insertInto('delivery').values({ channel: 'audit', delivery_id: run.id, at }).execute();
      if (!isAuditWritable) throw new Error('disk full');
    },
  });
  const runId = await createRun(durable);
  const recorded = () => database.db.selectFrom('delivery').where('delivery_id', '=', runId).selectAll().execute();

  const first = await durable.execute(runId);
  const afterFirst = { run: await getRun(durable, runId), recorded: await recorded() };
  isAuditWritable = true;
  const second = await durable.execute(runId);

  expect(first).toBe('interrupted');
  expect(afterFirst).toMatchObject({ run: { state: 'running' }, recorded: [] });
  expect(second).toBe('done');
  expect(await recorded()).toHaveLength(1);
});

test('the recorder sees the run as it ended, with its problem', async () => {
  const seen: unknown[] = [];
  const durable = durableThat(
    (step) =>
      step('Add the app', async () => {
        throw denied;
      }),
    { onOutcome: async (_trx, run, ending) => void seen.push(run.state, run.problem, run.steps[0]?.state, ending) },
  );

  await durable.execute(await createRun(durable));

  expect(seen).toEqual(['failed', denied.facts, 'failed', { problem: denied.facts }]);
});

test('a fault of ours is logged whole, but the person is not shown its text', async () => {
  const { log, lines, text } = recordingLog();
  const durable = durableThat(
    async () => {
      throw new TypeError('cannot read x of Bearer abc.def.ghi');
    },
    { log },
  );

  const runId = await createRun(durable);
  const state = await durable.execute(runId);

  const { problem } = await getRun(durable, runId);
  expect(state).toBe('failed');
  expect(problem?.kind).toBe('internal');
  expect(problem?.what).not.toContain('cannot read');
  expect(lines()).toContainEqual(expect.objectContaining({ msg: 'A run failed through a fault of ours', runId }));
  expect(text()).toContain('cannot read x of Bearer ***');
});

test('a run that was under way when the process died goes on at the next start where it stopped', async () => {
  const isInSecondStep = gate();
  const before = durableThat(async (step) => {
    await step('Add the app', async () => 'app-1');
    return step('Make a certificate', () => {
      isInSecondStep.open();
      return new Promise<never>(() => undefined); // the process dies here
    });
  });
  const runId = await createRun(before);
  void before.execute(runId);
  await isInSecondStep.opened;

  const after = durableThat(async (step) => {
    const app = await step('Add the app', () => Promise.reject(new Error('must not run again')));
    await step('Make a certificate', async () => null);
    return app;
  });
  const abandoned = await after.listAbandoned();
  const state = await after.goOn(runId);

  expect(abandoned).toContain(runId);
  expect(state).toBe('done');
  expect((await getRun(after, runId)).outcome).toBe('app-1');
});

test('a run that is done is not executed again', async () => {
  let executions = 0;
  const durable = durableThat(async () => ++executions);
  const runId = await createRun(durable);

  await durable.execute(runId);
  const again = await durable.execute(runId);

  expect([again, executions]).toEqual(['done', 1]);
});

test('every committed change is told, and finds a higher revision', async () => {
  const durable = durableThat((step) => step('Add the app', async () => null));
  const runId = await createRun(durable);
  const revisions: Promise<number>[] = [];
  durable.onProgress((id) => void revisions.push(getRun(durable, id).then(({ revision }) => revision)));

  await durable.execute(runId);

  const seen = await Promise.all(revisions);
  expect(seen).toHaveLength(4); // claimed, step begun, step done, run done
  expect(seen).toEqual([...seen].sort((a, b) => a - b));
  expect(seen.at(-1)).toBe(4);
});

test('a listener that fails does not stop the work', async () => {
  const durable = durableThat((step) => step('Add the app', async () => 'app-1'));
  durable.onProgress(() => {
    throw new Error('the card is gone');
  });

  const state = await durable.execute(await createRun(durable));

  expect(state).toBe('done');
});

test('two steps of the same name in one run are a fault of ours', async () => {
  const durable = durableThat(async (step) => {
    await step('Add the app', async () => 1);
    return step('Add the app', async () => 2);
  });
  const runId = await createRun(durable);

  const state = await durable.execute(runId);

  expect(state).toBe('failed');
  expect((await getRun(durable, runId)).problem?.kind).toBe('internal');
});

test('work of a release that this one does not know fails with the way out', async () => {
  const durable = durableThat(async () => null);
  const runId = await database.transaction((trx) =>
    durable.create(trx, { kind: 'story', version: 99, input: null, actor: ada }),
  );

  const state = await durable.execute(runId);

  expect(state).toBe('failed');
  expect((await getRun(durable, runId)).problem).toMatchObject({ code: 'unknown-work' });
});

test('executing a run that does not exist rejects nothing and says interrupted', async () => {
  const durable = durableThat(async () => null);

  const state = await durable.execute('33333333-3333-4333-8333-333333333333' as RunId);

  expect(state).toBe('interrupted');
});

test('a step whose result is nothing (null) is not done again', async () => {
  let effects = 0;
  let mayFinish = false;
  const durable = durableThat(async (step) => {
    await step('Clear the Sign-on URL', async () => {
      effects += 1;
      return null;
    });
    if (!mayFinish) throw denied;
    return null;
  });
  const runId = await createRun(durable);

  await durable.execute(runId);
  mayFinish = true;
  await durable.execute(runId);

  expect(effects).toBe(1);
});

test('two looks at a run that is under way here do nothing twice', async () => {
  const mayFinish = gate();
  let effects = 0;
  const durable = durableThat((step) =>
    step('Add the app', async () => {
      effects += 1;
      await mayFinish.opened;
      return null;
    }),
  );
  const runId = await createRun(durable);

  const looks = await Promise.all([durable.look(runId, { resume: false }), durable.look(runId, { resume: false })]);
  const under = durable.execute(runId);
  mayFinish.open();
  await under;

  expect(looks).toEqual([true, true]);
  expect(effects).toBe(1);
  expect((await getRun(durable, runId)).fence).toBe(1);
  expect(await durable.look(runId, { resume: false })).toBe(false);
});

test('a look sets nothing going that has failed: that is for a person to decide', async () => {
  const durable = durableThat((step) => step('Add the app', () => Promise.reject(denied)));
  const runId = await createRun(durable);
  await durable.execute(runId);

  expect(await durable.look(runId, { resume: false })).toBe(false);
  expect(await durable.goOn(runId)).toBe('failed');
  expect((await getRun(durable, runId)).fence).toBe(1);
});

/** A process that dies in that step: what it was doing never ends. */
async function dieIn(name: string, runId: RunId): Promise<void> {
  const isIn = gate();
  const dying = durableThat(async (step) => {
    const known = name === 'Make a certificate' ? await step('Add the app', async () => 'app-1') : null;
    await step(name, () => {
      isIn.open();
      return new Promise<never>(() => undefined);
    });
    return known;
  });
  void dying.goOn(runId);
  await isIn.opened;
}

test('a run that was begun five times without getting further waits for a person', async () => {
  const { log, lines } = recordingLog();
  const durable = durableThat(async () => 'done at last', { log });
  const runId = await createRun(durable);
  for (let life = 0; life < 5; life++) await dieIn('Add the app', runId);

  const state = await durable.goOn(runId);

  expect(state).toBe('interrupted');
  expect(await getRun(durable, runId)).toMatchObject({ state: 'interrupted', fence: 5 });
  expect(lines()).toContainEqual(expect.objectContaining({ runId, claims: 5 }));
  expect(await durable.execute(runId)).toBe('done'); // Retry
});

test('a run that finishes a step in each of its lives goes on however often the process dies', async () => {
  const durable = durableThat(async (step) => step('Add the app', async () => 'app-1'));
  const runId = await createRun(durable);
  for (let life = 0; life < 4; life++) await dieIn('Add the app', runId);
  for (let life = 0; life < 4; life++) await dieIn('Make a certificate', runId);

  expect(await durable.goOn(runId)).toBe('done');
});

describe('at a safe point', () => {
  const story: Story = async (step) => {
    await step('Make a certificate', async () => null);
    await step('Let Entra sign with it', async () => null, { safePoint: true });
    return 'set up';
  };

  /** Asks whether the actor still may, and remembers that it was asked. */
  function durableThatAsks(isPermitted: boolean): { durable: Durable; asked: string[] } {
    const asked: string[] = [];
    const durable = createDurable({ database, clock, log: silentLog });
    durable.define({
      ...{ kind: 'story', version: 1, run: ({ step }) => story(step) },
      permit: async ({ actor }) => {
        asked.push(actor.name);
        if (!isPermitted) throw new Problem({ kind: 'refused', what: 'Ada may no longer.', remedy: 'Ask Omar.' });
      },
    });
    return { durable, asked };
  }

  test('a run that was never interrupted asks nobody', async () => {
    const { durable, asked } = durableThatAsks(false);
    const runId = await createRun(durable);

    expect(await durable.execute(runId)).toBe('done');
    expect(asked).toEqual([]);
  });

  test('a run that went on by itself asks, and goes on when its actor still may', async () => {
    const { durable, asked } = durableThatAsks(true);
    const runId = await createRun(durable);
    await dieIn('Make a certificate', runId);

    expect(await durable.goOn(runId)).toBe('done');
    expect(asked).toEqual(['Ada Admin']);
  });

  test('a run whose actor lost the right stops before it, with what it did and the reason', async () => {
    const { durable } = durableThatAsks(false);
    const runId = await createRun(durable);

    expect(await durable.goOn(runId)).toBe('failed');
    expect(await getRun(durable, runId)).toMatchObject({
      problem: { kind: 'refused', what: 'Ada may no longer.' },
      steps: [{ name: 'Make a certificate', state: 'done' }],
    });
  });

  test('a step that was begun before the restart is ended without asking: it is past the safe point', async () => {
    const { durable, asked } = durableThatAsks(false);
    const runId = await createRun(durable);
    await dieIn('Let Entra sign with it', runId);

    expect(await durable.goOn(runId)).toBe('done');
    expect(asked).toEqual([]);
  });
});

test('a database that is away in the middle of a run is waited for by the next look', async () => {
  const { database: refusing, away, back } = databaseThatCanBeAway();
  const isInStep = gate();
  const mayFinish = gate();
  const effects: string[] = [];
  const story: Story = async (step) => {
    await step('Add the app', async () => {
      effects.push('app');
      isInStep.open();
      await mayFinish.opened;
      return null;
    });
    await step('Make a certificate', async () => effects.push('certificate'));
    return null;
  };
  const durable = durableThat(story, { database: refusing });
  const runId = await createRun(durable);

  const executing = durable.execute(runId);
  await isInStep.opened;
  away();
  mayFinish.open();
  const stopped = await executing;
  const lookMeanwhile = durable.look(runId, { resume: false });
  await expect(lookMeanwhile).rejects.toThrow('away');
  back();
  const goesOn = await durable.look(runId, { resume: false });

  expect([stopped, goesOn]).toEqual(['interrupted', true]);
  expect(await durable.goOn(runId)).toBe('done');
  expect(effects).toEqual(['app', 'app', 'certificate']); // begun again: it looks before it acts
});

/** The database, whose pool refuses while it is away. */
function databaseThatCanBeAway(): { database: Database; away: () => void; back: () => void } {
  let isAway = false;
  const refuse = (): void => {
    if (isAway) throw new Error('The database is away.');
  };
  const db = database.db.withPlugin({
    transformQuery: ({ node }) => {
      refuse();
      return node;
    },
    transformResult: async ({ result }) => result,
  });
  const transaction: Database['transaction'] = async (work) => {
    refuse();
    return db.transaction().execute(work);
  };
  return {
    database: { ...database, db, transaction },
    away: () => void (isAway = true),
    back: () => void (isAway = false),
  };
}

test('the clock jumping ahead in the middle of a run changes nothing but the times', async () => {
  const durable = durableThat(async (step) => {
    await step('Add the app', async () => {
      clock.advance(60 * 24 * 30);
      return null;
    });
    return step('Make a certificate', async () => 'AB12');
  });
  const runId = await createRun(durable);

  expect(await durable.execute(runId)).toBe('done');
  const { steps } = await getRun(durable, runId);
  expect(steps.map(({ state, startedAt, finishedAt }) => [state, startedAt, finishedAt])).toEqual([
    ['done', new Date('2026-11-24T09:00:00Z'), new Date('2026-12-24T09:00:00Z')],
    ['done', new Date('2026-12-24T09:00:00Z'), new Date('2026-12-24T09:00:00Z')],
  ]);
});
