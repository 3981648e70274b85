import { z } from 'zod';
import type { Entra, Standing } from '../entra/entra.js';
import { listAudit } from '../platform/audit.js';
import { openTestDatabase } from '../../../test/support/test-database.js';
import type { Database } from '../platform/database.js';
import type { Durable } from '../platform/durable.js';
import { createDurable } from '../platform/ledger-durable.js';
import { newId } from '../platform/ids.js';
import { Problem } from '../platform/problem.js';
import { ada, omar, silentLog, StandingClock } from '../platform/testing/test-parts.js';
import type { Operation } from './operation.js';
import { OperationRegistry } from './operation-registry.js';
import { outcomeRecorder } from './outcome-recorder.js';
import { Pipeline, type Started } from './run-operation.js';

const CLOUD_APP_ADMIN = '158c047a-c907-4556-b7ef-446551a6b5f7';
const CREATED = '33333333-3333-4333-8333-333333333333';

type Outcome = { readonly personId: string };

let database: Database;
let durable: Durable;
let pipeline: Pipeline;
let clock: StandingClock;
/** What the deed does; a test says when it ends, and how. */
let deed: () => Promise<Outcome>;
let executions: number;

const operation: Operation<{ name: string }, Outcome> = {
  ...{
    kind: 'story',
    version: 1,
    right: 'manage-sso',
    exclusiveAmong: ['story'],
    input: z.object({ name: z.string() }),
  },
  wanted: ({ name }) => `tell the story of ${name}`,
  concerns: () => [],
  run: async ({ step }) =>
    step('Tell it', async () => {
      executions += 1;
      return deed();
    }),
};

/** Everybody administers applications, except in a test that says otherwise. */
let roles: readonly string[];
let isEntraAway: boolean;
const entra = {
  findStanding: async (personId: string): Promise<Standing> => {
    if (isEntraAway) throw new Problem({ kind: 'remote', answer: 'unavailable', what: 'Away.', remedy: 'Wait.' });
    return {
      person: {
        id: personId,
        name: 'Ada Admin',
        userPrincipalName: 'a@contoso.example',
        isEnabled: true,
        isGuest: false,
      },
      active: roles.map((roleTemplateId) => ({ roleTemplateId, scope: '/' })),
      eligible: [],
    };
  },
} as unknown as Entra;

beforeAll(async () => {
  database = await openTestDatabase();
}, 30_000);
afterAll(() => database.close());

beforeEach(async () => {
  for (const table of ['step', 'run', 'claim'] as const) await database.db.deleteFrom(table).execute();
  clock = new StandingClock();
  executions = 0;
  roles = [CLOUD_APP_ADMIN];
  isEntraAway = false;
  deed = async () => ({ personId: CREATED });
  const operations = new OperationRegistry();
  durable = createDurable({ database, clock, log: silentLog, onOutcome: outcomeRecorder({ clock, operations }) });
  pipeline = new Pipeline({ database, durable, clock, entra, log: silentLog, operations });
  pipeline.register(operation);
});

const newClaim = () => ({ reference: newId(), verb: 'run', revision: 1 });
const start = (claim = newClaim()): Promise<Started> =>
  pipeline.start(operation, { actor: ada, input: { name: 'B.Simon' }, claim });

/** The run in that state, once it is. */
async function reached(started: Started, state: string) {
  for (;;) {
    const run = started.runId === undefined ? undefined : await durable.find(started.runId);
    if (run?.state === state) return run;
    await new Promise(setImmediate);
  }
}

async function failedRun() {
  deed = () => Promise.reject(new Problem({ kind: 'remote', what: 'Entra was away.', remedy: 'Press Retry.' }));
  const run = await reached(await start(), 'failed');
  deed = async () => ({ personId: CREATED });
  return run;
}

const retryClaim = (run: { id: string; revision: number }) => ({
  reference: `run:${run.id}`,
  verb: 'retry-run',
  revision: run.revision,
});

test('a second click hears who was first, and finds the run that was started', async () => {
  const claim = newClaim();
  const first = await start(claim);

  const second = await start(claim);

  expect(second).toEqual({ kind: 'already', by: 'Ada Admin', at: clock.now(), runId: first.runId });
  await reached(first, 'done');
  expect(executions).toBe(1);
});

test('two of a kind that would undo each other do not run at once, and the refused click can be made again', async () => {
  let end = (): void => undefined;
  deed = () => new Promise((resolve) => (end = () => resolve({ personId: CREATED })));
  const first = await start();
  await reached(first, 'running');
  const claim = newClaim();

  await expect(start(claim)).rejects.toMatchObject({ facts: { kind: 'refused', code: 'already-under-way' } });

  while (executions === 0) await new Promise(setImmediate);
  end();
  await reached(first, 'done');
  deed = async () => ({ personId: CREATED });
  await expect(start(claim)).resolves.toMatchObject({ kind: 'started' });
});

test('nothing is read for somebody who may not, and the refusal is in the audit', async () => {
  roles = [];
  let reads = 0;
  const prepare = async (): Promise<unknown> => (reads += 1);

  const refused = pipeline.start(operation, { actor: ada, claim: newClaim(), prepare, wanted: 'tell stories' });

  await expect(refused).rejects.toMatchObject({ facts: { kind: 'refused', what: 'You cannot tell stories.' } });
  expect(reads).toBe(0);
  await expect(listAudit(database.db, { limit: 1 })).resolves.toMatchObject([{ kind: 'refusal' }]);
});

test('a failed run goes on after Retry, once', async () => {
  const run = await failedRun();

  const started = await Promise.all(
    [omar, ada].map((actor) =>
      pipeline
        .retry(run.id, { actor, claim: retryClaim(run) })
        .then(({ kind }) => kind)
        .catch((error: Problem) => error.facts.kind),
    ),
  );

  expect(started.filter((kind) => kind === 'started')).toHaveLength(1);
  expect(started.filter((kind) => kind === 'already' || kind === 'stale')).toHaveLength(1);
  await reached({ kind: 'started', runId: run.id }, 'done');
  expect(executions).toBe(2);
});

test('a Retry with another revision than the run has starts nothing, and leaves Retry open', async () => {
  const run = await failedRun();

  const forged = pipeline.retry(run.id, { actor: ada, claim: { ...retryClaim(run), revision: run.revision + 1 } });

  await expect(forged).rejects.toMatchObject({ facts: { kind: 'stale' } });
  await expect(durable.find(run.id)).resolves.toMatchObject({ state: 'failed', revision: run.revision });
  await expect(pipeline.retry(run.id, { actor: ada, claim: retryClaim(run) })).resolves.toMatchObject({
    kind: 'started',
  });
  await reached({ kind: 'started', runId: run.id }, 'done');
});

test('a crash right after the click on Retry leaves a run that goes on at the next start', async () => {
  const run = await failedRun();
  const operations = new OperationRegistry();
  operations.add(operation);
  const halted = {
    find: durable.find.bind(durable),
    reopen: durable.reopen.bind(durable),
    execute: () => new Promise(() => undefined),
  } as unknown as Durable;
  const dying = new Pipeline({ database, durable: halted, clock, entra, log: silentLog, operations });
  await dying.retry(run.id, { actor: ada, claim: retryClaim(run) });

  expect(await durable.listAbandoned()).toContain(run.id);
  expect(await durable.goOn(run.id)).toBe('done');
});

test('after a restart, a run whose actor lost the right stops at its safe point, and somebody who may goes on', async () => {
  const guarded: Operation<{ name: string }, Outcome> = {
    ...operation,
    kind: 'guarded-story',
    run: async ({ step }) => {
      await step('Prepare it', async () => null);
      return step('Tell it', () => deed(), { safePoint: true });
    },
  };
  pipeline.register(guarded);
  const runId = await database.transaction((trx) =>
    durable.create(trx, { kind: guarded.kind, version: 1, input: { name: 'B.Simon' }, actor: ada }),
  );

  roles = [];
  expect(await durable.goOn(runId)).toBe('failed');
  const stopped = await durable.find(runId);
  roles = [CLOUD_APP_ADMIN];
  const retried = await pipeline.retry(runId, {
    actor: omar,
    claim: retryClaim(stopped ?? { id: runId, revision: 0 }),
  });

  expect(stopped).toMatchObject({
    problem: {
      kind: 'refused',
      what: 'Latchkey was restarted meanwhile, and Ada Admin may no longer tell the story of B.Simon.',
    },
    steps: [{ name: 'Prepare it', state: 'done' }],
  });
  const kinds = (await listAudit(database.db, { person: ada.personId, limit: 5 })).map(({ kind }) => kind);
  expect(kinds).toContain('refusal');
  await reached(retried, 'done');
});

test('after a restart, a run waits where Entra cannot tell whether its actor still may', async () => {
  const guarded: Operation<{ name: string }, Outcome> = {
    ...operation,
    kind: 'guarded-story',
    run: ({ step }) => step('Tell it', () => deed(), { safePoint: true }),
  };
  pipeline.register(guarded);
  const runId = await database.transaction((trx) =>
    durable.create(trx, { kind: guarded.kind, version: 1, input: { name: 'B.Simon' }, actor: ada }),
  );

  isEntraAway = true;
  expect(await durable.goOn(runId)).toBe('waiting');
  isEntraAway = false;
  expect(await durable.goOn(runId)).toBe('done');
});

test('somebody who was created is found in the audit, though nobody knew the id before', async () => {
  await reached(await start(), 'done');

  const [entry] = await listAudit(database.db, { person: CREATED, limit: 1 });

  expect(entry).toMatchObject({ kind: 'outcome', body: { concerns: [CREATED] } });
});
