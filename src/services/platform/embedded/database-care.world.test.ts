import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import { openDatabase, type Database } from '../database.js';
import { recordingLog, silentLog, StandingClock } from '../testing/test-parts.js';
import { backupSweep, databaseCare, vacuumSweep } from './database-care.js';
import { DataFolders } from './testing/data-folders.js';

const DAY = 24 * 60;
const QUIET = 10;
const folders = new DataFolders();
let database: Database;
let clock: StandingClock;

beforeAll(async () => {
  database = await openDatabase({ dataDir: folders.empty(), log: silentLog });
  await sql`create table heap (number integer, text text)`.execute(database.db);
}, 120_000);
beforeEach(() => {
  clock = new StandingClock();
});
afterAll(async () => {
  await database.close();
  folders.removeAll();
});

async function fill(rows: number): Promise<void> {
  await sql`truncate heap`.execute(database.db);
  await sql`insert into heap select number, repeat('x', 200) from generate_series(1, ${rows}::integer) number`.execute(
    database.db,
  );
}

async function deleteUpTo(number: number): Promise<void> {
  await sql`delete from heap where number <= ${number}`.execute(database.db);
}

/** Vacuum gives the pages after the last live row back, so only it makes the table smaller. */
async function bytes(): Promise<number> {
  const { rows } = await sql<{ size: string }>`select pg_relation_size('heap') as size`.execute(database.db);
  return Number(rows[0]?.size);
}

test('the first ten minutes after a start are left alone', async () => {
  await fill(100);
  await deleteUpTo(100);
  const vacuum = vacuumSweep({ database, clock, log: silentLog });

  clock.advance(QUIET - 1);
  await vacuum.sweep(clock.now());
  const early = await bytes();
  clock.advance(1);
  await vacuum.sweep(clock.now());

  expect(early).toBeGreaterThan(0);
  expect(await bytes()).toBe(0);
}, 60_000);

test('dead rows are cleared each 24 hours, not before', async () => {
  const vacuum = vacuumSweep({ database, clock, log: silentLog });
  clock.advance(QUIET);
  await vacuum.sweep(clock.now());
  await fill(100);
  await deleteUpTo(100);

  clock.advance(DAY - 1);
  await vacuum.sweep(clock.now());
  const early = await bytes();
  clock.advance(1);
  await vacuum.sweep(clock.now());

  expect(early).toBeGreaterThan(0);
  expect(await bytes()).toBe(0);
}, 60_000);

test('after a big delete they are cleared at the next look, and only in that table', async () => {
  const { log, lines } = recordingLog();
  const vacuum = vacuumSweep({ database, clock, log });
  clock.advance(QUIET);
  await vacuum.sweep(clock.now());
  await fill(8_000);

  await deleteUpTo(8_000);
  clock.advance(1);
  await vacuum.sweep(clock.now());

  expect(await bytes()).toBe(0);
  expect(lines().map(({ tables }) => tables)).toEqual([expect.any(Number), 1]);
}, 60_000);

test('others get their turn while the database is vacuumed', async () => {
  const vacuum = vacuumSweep({ database, clock, log: silentLog });
  clock.advance(QUIET);
  let isDone = false;
  const vacuuming = vacuum.sweep(clock.now()).then(() => (isDone = true));
  let answeredMeanwhile = 0;
  while (!isDone) {
    await sql`select 1`.execute(database.db);
    if (!isDone) answeredMeanwhile += 1;
  }
  await vacuuming;

  expect(answeredMeanwhile).toBeGreaterThan(10);
}, 60_000);

test('the database is backed up each 24 hours, across restarts, and the last seven are kept', async () => {
  const backupFolder = join(folders.empty(), 'backups');
  for (let day = 0; day < 8; day++) {
    const afterRestart = backupSweep({ database, clock, log: silentLog, backupFolder });
    await afterRestart.sweep(clock.now());
    clock.advance(DAY / 2);
    await afterRestart.sweep(clock.now());
    await afterRestart.sweep(clock.now());
    clock.advance(DAY / 2);
    if (day === 0) writeFileSync(join(backupFolder, 'note.txt'), 'not ours');
  }

  expect(readdirSync(backupFolder)).toEqual([
    'latchkey-20261125T210000Z.tar.gz',
    'latchkey-20261126T210000Z.tar.gz',
    'latchkey-20261127T210000Z.tar.gz',
    'latchkey-20261128T210000Z.tar.gz',
    'latchkey-20261129T210000Z.tar.gz',
    'latchkey-20261130T210000Z.tar.gz',
    'latchkey-20261201T210000Z.tar.gz',
    'note.txt',
  ]);
}, 120_000);

test('a database in memory needs no care', async () => {
  const inMemory = await openDatabase({ dataDir: '', inMemory: true, log: silentLog });

  const sweeps = databaseCare({ database: inMemory, clock, log: silentLog, backupFolder: folders.empty() });
  await inMemory.close();

  expect(sweeps).toEqual([]);
}, 60_000);
