import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { openOnDisk, START_PARAMETERS } from '../open-pglite.js';
import { SyncedNodeFS } from '../synced-file-system.js';
import { cutPower, seeded } from './power-cut.js';
import { RecordedSyncedFS, RecordedUnsyncedFS } from './recorded-operations.js';

/** What a power cut did to a database. */
export type Verdict = 'good' | 'unreadable' | 'lost rows' | 'inconsistent';

export interface Trial {
  readonly verdicts: Readonly<Record<Verdict, number>>;
  /** What the images that are not good said, with the seed that makes each again. */
  readonly complaints: readonly string[];
  /** Rows that had been acknowledged before the cuts, of all images together. */
  readonly acknowledged: number;
}

export interface Load {
  readonly rows: number;
  readonly images: number;
  readonly seed: number;
}

/** Writes rows over a recorded file system, then cuts the power at random moments and looks at what is left. */
export async function tryPowerCuts(fileSystem: 'synced' | 'unsynced', { rows, images, seed }: Load): Promise<Trial> {
  const work = mkdtempSync(join(tmpdir(), 'latchkey-power-cut-'));
  try {
    const before = join(work, 'before');
    const live = join(work, 'live');
    await makeTables(before);
    cpSync(before, live, { recursive: true });
    const recording = await record(fileSystem, live, rows);
    const verdicts: Record<Verdict, number> = { good: 0, unreadable: 0, 'lost rows': 0, inconsistent: 0 };
    const complaints: string[] = [];
    let atStake = 0;
    for (let image = 0; image < images; image++) {
      const folder = join(work, 'image');
      const acknowledged = cutPower({ recording, before, folder, random: seeded(seed + image) });
      atStake += acknowledged.length;
      const { verdict, because } = await judge(folder, acknowledged);
      verdicts[verdict] += 1;
      if (verdict !== 'good') complaints.push(`seed ${String(seed + image)}: ${verdict}, ${because}`);
      rmSync(folder, { recursive: true });
    }
    return { verdicts, complaints, acknowledged: atStake };
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

const neverFails = (error: unknown): never => {
  throw error;
};

async function makeTables(folder: string): Promise<void> {
  const pglite = await openOnDisk(folder, new SyncedNodeFS(folder, neverFails));
  await pglite.exec(`
    create table entry (number integer primary key, text text not null, in_transaction boolean not null);
    create index entry_text on entry (text);
    create table counter (value integer not null);
    insert into counter values (0);`);
  await pglite.close();
}

/** A third of the rows together with a counter, as in a business transaction; checkpoints in between. */
async function record(kind: 'synced' | 'unsynced', folder: string, rows: number) {
  const fs = kind === 'synced' ? new RecordedSyncedFS(folder) : new RecordedUnsyncedFS(folder);
  const startParams = kind === 'synced' ? [...START_PARAMETERS] : PGlite.defaultStartParams;
  const pglite = await PGlite.create({ dataDir: folder, fs, startParams });
  for (let row = 0; row < rows; row++) {
    const isInTransaction = row % 3 === 0;
    const insert = `insert into entry values (${String(row)}, '${textOf(row)}', ${String(isInTransaction)});`;
    await pglite.exec(isInTransaction ? `begin; ${insert} update counter set value = value + 1; commit` : insert);
    fs.recording.acknowledge(row);
    if (row % 60 === 59) await pglite.exec('checkpoint');
  }
  await pglite.close();
  return fs.recording;
}

/** Long enough for rows to cross disk pages. */
function textOf(row: number): string {
  return `${String(row)} `.repeat(20 + (row % 7) * 40);
}

async function judge(folder: string, acknowledged: readonly number[]): Promise<{ verdict: Verdict; because: string }> {
  let pglite: PGlite;
  try {
    pglite = await openOnDisk(folder, new SyncedNodeFS(folder, neverFails));
  } catch (error) {
    return { verdict: 'unreadable', because: messageOf(error) };
  }
  try {
    return await compare(pglite, acknowledged);
  } catch (error) {
    return { verdict: 'inconsistent', because: messageOf(error) };
  } finally {
    await pglite.close().catch(() => undefined);
  }
}

async function compare(
  pglite: PGlite,
  acknowledged: readonly number[],
): Promise<{ verdict: Verdict; because: string }> {
  const select = 'select number, text, in_transaction from entry order by number';
  const [heap, index] = [await selectBy('heap', pglite, select), await selectBy('index', pglite, select)];
  const byText = await selectBy('index', pglite, 'select number, text, in_transaction from entry order by text');
  const { rows: counters } = await pglite.query<{ value: number }>('select value from counter');
  const numbers = new Set(heap.map(({ number }) => number));
  const lost = acknowledged.filter((row) => !numbers.has(row));
  if (lost.length > 0)
    return { verdict: 'lost rows', because: `${String(lost.length)} of ${String(acknowledged.length)}` };
  const counted = heap.filter(({ in_transaction }) => in_transaction).length;
  const problems = [
    heap.length > acknowledged.length + 1 && 'rows that nobody wrote',
    heap.some(({ number, text }) => text !== textOf(number)) && 'another text',
    (counters.length !== 1 || counters[0]?.value !== counted) &&
      `counter ${JSON.stringify(counters)} for ${String(counted)}`,
    JSON.stringify(heap) !== JSON.stringify(index) && 'heap and primary key differ',
    heap.length !== byText.length && 'heap and index differ',
  ].filter(Boolean);
  return problems.length > 0
    ? { verdict: 'inconsistent', because: problems.join(', ') }
    : { verdict: 'good', because: '' };
}

interface Entry {
  number: number;
  text: string;
  in_transaction: boolean;
}

async function selectBy(way: 'heap' | 'index', pglite: PGlite, select: string): Promise<Entry[]> {
  const on = (isOn: boolean): string => (isOn ? 'on' : 'off');
  await pglite.exec(`set enable_seqscan = ${on(way === 'heap')}; set enable_indexscan = ${on(way === 'index')};
    set enable_indexonlyscan = off; set enable_bitmapscan = off; set enable_sort = ${on(way === 'heap')}`);
  return (await pglite.query<Entry>(select)).rows;
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}

/** The program: `node power-cut-trial.js synced|unsynced <rows> <images> <seed>`; sends the trial to its parent. */
async function main([fileSystem, rows, images, seed]: readonly string[]): Promise<void> {
  if (fileSystem !== 'synced' && fileSystem !== 'unsynced') throw new Error('Say "synced" or "unsynced".');
  const trial = await tryPowerCuts(fileSystem, { rows: Number(rows), images: Number(images), seed: Number(seed) });
  if (process.send) process.send(trial, () => process.exit(0));
  else process.stdout.write(`${JSON.stringify(trial, undefined, 2)}\n`, () => process.exit(0));
}

if (require.main === module) {
  main(process.argv.slice(2)).catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? String(error.stack) : String(error)}\n`);
    process.exit(1);
  });
}
