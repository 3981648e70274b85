import { sql } from 'kysely';
import { appendAudit, listAudit, verifyAudit } from '../src/services/platform/audit.js';
import { openDatabase, type Database } from '../src/services/platform/database.js';
import { createLog } from '../src/services/platform/log.js';
import { BareInserts } from './baselines/bare-insert.js';
import { readEveryRow, scanInDatabase } from './baselines/linear-scan.js';
import { BUSY_PERSON, entryBody, growAudit, personOf } from './support/audit-filling.js';
import { withOpened, type Opened } from './support/processes.js';
import type { Figure } from './support/report.js';
import type { Size } from './support/size.js';
import { interleave, median, percentile, timed } from './support/statistics.js';

const SIZES = {
  full: { entries: [1_000, 10_000, 100_000], rounds: 12, appends: 30, checks: 3 },
  tiny: { entries: [100, 1_000], rounds: 2, appends: 3, checks: 1 },
} satisfies Record<Size, object>;

const PAGE = 50;
const VERIFY = { kind: 'ratio-at-most', value: 2 } as const;
const PERSONS_PAGE = { kind: 'at-most', value: 100 } as const;
/** "Independent of size", with room for noise. */
const GROWTH = { kind: 'ratio-at-most', value: 1.25 } as const;

/**
 * The audit log as it grows, in a real folder: an append against a bare insert, and against one in a log that stays
 * small; a check of the whole chain against linear scans of the same rows; the page of one person.
 * @param isLong goes on to a million entries, which takes minutes.
 */
export function benchAudit(size: Size, { isLong }: { isLong: boolean }): Promise<Figure[]> {
  return withOpened(async (opened) => {
    const [small, growing] = [await openLog(opened), await openLog(opened)];
    const [smallest = 0, ...larger] = SIZES[size].entries;
    await growAudit(small, smallest);
    const rows = await BareInserts.into(growing);
    const figures: Figure[] = [];
    for (const count of [smallest, ...larger, ...(isLong ? [1_000_000] : [])]) {
      await growAudit(growing, count);
      await sql`checkpoint`.execute(growing.db); // what the filling left to be written is not charged to what follows
      const appends = await measureAppends({ small, growing, rows }, size);
      figures.push(...appendFigures({ count, smallest }, appends));
      figures.push(...(await checkFigures(growing, count, size)), ...(await pageFigures(growing, count, size)));
    }
    return figures;
  });
}

async function openLog(opened: Opened): Promise<Database> {
  const database = await openDatabase({ dataDir: opened.folder(), log: createLog({ level: 'error' }) });
  opened.closeLater(() => database.close());
  return database;
}

interface Appends {
  readonly appendMs: number;
  /** In the log that stays small. */
  readonly smallMs: number;
  readonly insertMs: number;
}

async function measureAppends(
  { small, growing, rows }: { small: Database; growing: Database; rows: BareInserts },
  size: Size,
): Promise<Appends> {
  const { rounds, appends } = SIZES[size];
  const append = (database: Database) => (number: number) =>
    database.transaction((trx) => appendAudit(trx, { at: new Date(), kind: 'intent', body: entryBody(number) }));
  const each = (deed: (number: number) => Promise<void>) => async (): Promise<number[]> => {
    const samples: number[] = [];
    for (let number = 0; number < appends; number += 1) samples.push(await timed(() => deed(number)));
    return samples;
  };
  const results = await interleave(
    {
      appendMs: each(append(growing)),
      smallMs: each(append(small)),
      insertMs: each((number) => rows.insert(JSON.stringify(entryBody(number)))),
    },
    { rounds, warmUp: 3 },
  );
  const { appendMs, smallMs, insertMs } = results;
  return { appendMs: median(appendMs.flat()), smallMs: median(smallMs.flat()), insertMs: median(insertMs.flat()) };
}

function appendFigures(
  { count, smallest }: { count: number; smallest: number },
  { appendMs, smallMs, insertMs }: Appends,
): Figure[] {
  const append = { name: `audit: append at ${count} entries`, unit: 'ms', ours: appendMs } as const;
  const againstInsert = { ...append, name: `${append.name}, against a bare insert`, baseline: insertMs };
  if (count === smallest) return [againstInsert];
  return [againstInsert, { ...append, name: `${append.name}, against at ${smallest}`, baseline: smallMs, bar: GROWTH }];
}

async function checkFigures({ db }: Database, count: number, size: Size): Promise<Figure[]> {
  const verify = async (): Promise<void> => {
    const verdict = await verifyAudit(db);
    if (!verdict.ok) throw new Error(`The log is broken at ${verdict.seq}: ${verdict.what}`);
    if (verdict.entries < count) throw new Error(`Only ${verdict.entries} entries were checked.`);
  };
  const results = await interleave(
    {
      verify: () => timed(verify),
      scan: () => timed(() => scanInDatabase(db)),
      read: () => timed(() => readEveryRow(db)),
    },
    { rounds: SIZES[size].checks, warmUp: 1 },
  );
  const ours = median(results.verify);
  const name = `audit: verify ${count} entries`;
  return [
    { name: `${name}, against a scan in the database`, unit: 'ms', ours, baseline: median(results.scan), bar: VERIFY },
    { name: `${name}, against reading the rows`, unit: 'ms', ours, baseline: median(results.read), bar: VERIFY },
  ];
}

const READERS = { 'somebody busy': BUSY_PERSON, 'somebody rare': personOf(2) } as const;

/** The newest entries of a person, and older ones; the slower of both. */
async function pageFigures({ db }: Database, count: number, size: Size): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const [who, person] of Object.entries(READERS)) {
    const slowest: number[] = [];
    for (const page of [{ person }, { person, before: Math.ceil(count / 2) }]) {
      const samples: number[] = [];
      for (let round = 0; round < SIZES[size].rounds; round += 1)
        samples.push(await timed(() => listAudit(db, { ...page, limit: PAGE })));
      slowest.push(percentile(samples, 0.95));
    }
    const name = `audit: page of ${who} among ${count} entries, p95`;
    figures.push({ name, unit: 'ms', ours: Math.max(...slowest), bar: PERSONS_PAGE });
  }
  return figures;
}
