import { createClock } from '../src/services/platform/clock.js';
import { openDatabase, type Database } from '../src/services/platform/database.js';
import type { Durable } from '../src/services/platform/durable.js';
import { createDurable } from '../src/services/platform/ledger-durable.js';
import { createLog } from '../src/services/platform/log.js';
import { BareInserts } from './baselines/bare-insert.js';
import { withOpened, type Opened } from './support/processes.js';
import type { Figure } from './support/report.js';
import type { Size } from './support/size.js';
import { interleave, median, timed } from './support/statistics.js';

const SIZES = {
  full: { rounds: 15, warmUp: 3, steps: 40 },
  tiny: { rounds: 2, warmUp: 1, steps: 5 },
} satisfies Record<Size, object>;

const BODY = 'x'.repeat(200);

/** What a step costs the ledger (two writes: begun, done), claim and ending of the run shared out; against a bare insert. */
export function benchLedger(size: Size): Promise<Figure[]> {
  return withOpened(async (opened) => [
    await stepFigure('ledger: a step, database in a folder', await open(opened, { dataDir: opened.folder() }), size),
    await stepFigure('ledger: a step, database in memory', await open(opened, { inMemory: true }), size),
  ]);
}

async function open(opened: Opened, where: { dataDir: string } | { inMemory: true }): Promise<Database> {
  const database = await openDatabase({ dataDir: '', log: createLog({ level: 'error' }), ...where });
  opened.closeLater(() => database.close());
  return database;
}

async function stepFigure(name: string, database: Database, size: Size): Promise<Figure> {
  const { rounds, warmUp, steps } = SIZES[size];
  const durable = createDurable({ database, clock: createClock(), log: createLog({ level: 'error' }) });
  durable.define({
    ...{ kind: 'bench', version: 1 },
    run: async ({ step }) => {
      for (let number = 1; number <= steps; number += 1) await step(`Step ${number}`, async () => BODY);
      return null;
    },
  });
  const rows = await BareInserts.into(database);
  const results = await interleave(
    {
      ours: () => timed(() => runOnce(database, durable)),
      baseline: () =>
        timed(async () => {
          for (let number = 1; number <= steps; number += 1) await rows.insert(BODY);
        }),
    },
    { rounds, warmUp },
  );
  return { name, unit: 'ms', ours: median(results.ours) / steps, baseline: median(results.baseline) / steps };
}

async function runOnce(database: Database, durable: Durable): Promise<void> {
  const actor = { personId: '11111111-1111-4111-8111-111111111111', name: 'Ada Admin', channel: 'teams' };
  const runId = await database.transaction((trx) =>
    durable.create(trx, { kind: 'bench', version: 1, input: null, actor }),
  );
  const state = await durable.execute(runId);
  if (state !== 'done') throw new Error(`The run is ${state}.`);
}
