import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { openDatabase, type Database } from '../database.js';
import { compilePlatform } from '../testing/compiled.js';
import { silentLog } from '../testing/test-parts.js';
import { backUp, restore } from './backup.js';
import { DataFolders, problemOf } from './testing/data-folders.js';

const since = new Date('2026-11-24T09:00:00Z');
const folders = new DataFolders();
let database: Database;
let backup: string;

beforeAll(async () => {
  database = await open(folders.empty());
  await write(database, 'before');
  backup = join(folders.empty(), 'latchkey.tar.gz');
  await backUp(database, backup);
}, 120_000);
afterAll(async () => {
  await database.close();
  folders.removeAll();
});

function open(dataDir: string): Promise<Database> {
  return openDatabase({ dataDir, log: silentLog });
}

async function write({ db }: Database, id: string): Promise<void> {
  await db.insertInto('delivery').values({ channel: 'test', delivery_id: id, at: since }).execute();
}

async function written({ db }: Database): Promise<string[]> {
  const rows = await db.selectFrom('delivery').select('delivery_id').orderBy('delivery_id').execute();
  return rows.map(({ delivery_id }) => delivery_id);
}

function changed(change: (tar: Buffer) => Buffer): string {
  const file = join(folders.empty(), 'changed.tar.gz');
  writeFileSync(file, gzipSync(change(gunzipSync(readFileSync(backup)))));
  return file;
}

test('a backup of the running database has all that was written before it, and nothing that was written later', async () => {
  const dataDir = folders.empty();
  await write(database, 'later');

  await restore({ file: backup, dataDir, since });

  const restored = await open(dataDir);
  expect(await written(restored)).toEqual(['before']);
  await write(restored, 'after');
  expect(await written(restored)).toEqual(['after', 'before']);
  await restored.close();
  expect(await written(database)).toEqual(['before', 'later']);
}, 120_000);

test('the program restores a backup, and says why where it cannot', async () => {
  const compiled = compilePlatform();
  const program = join(compiled, 'embedded/restore-backup.js');
  const dataDir = folders.empty();

  const first = spawnSync(process.execPath, [program, backup, dataDir], { encoding: 'utf8' });
  const second = spawnSync(process.execPath, [program, backup, dataDir], { encoding: 'utf8' });
  rmSync(compiled, { recursive: true });

  expect([first.status, first.stderr]).toEqual([0, '']);
  expect(second.status).toBe(1);
  expect(second.stderr).toContain('There is a database');
  const restored = await open(dataDir);
  expect(await written(restored)).toEqual(['before']);
  await restored.close();
}, 120_000);

test('what is written while a backup is made waits, and is not lost', async () => {
  const file = join(folders.empty(), 'busy.tar.gz');

  await Promise.all([backUp(database, file), ...['w1', 'w2', 'w3'].map((id) => write(database, id))]);

  expect(await written(database)).toEqual(expect.arrayContaining(['w1', 'w2', 'w3']));
}, 60_000);

test('only its owner can read a backup, and nothing half-written lies beside it', () => {
  expect(statSync(backup).mode & 0o777).toBe(0o600);
  expect(readdirSync(join(backup, '..'))).toEqual(['latchkey.tar.gz']);
});

test('a backup that cannot be written is a Problem, and leaves the last one as it was', async () => {
  const folder = folders.empty();
  const file = join(folder, 'latchkey.tar.gz');
  writeFileSync(file, 'the last one');
  mkdirSync(join(folder, '.latchkey.tar.gz.unfinished', 'in the way'), { recursive: true });

  const nowhere = await problemOf(backUp(database, join(folder, 'no', 'folder.tar.gz')));
  const obstructed = await problemOf(backUp(database, file));

  expect(nowhere.code).toBe('backup-not-written');
  expect(obstructed.code).toBe('backup-not-written');
  expect(readFileSync(file, 'utf8')).toBe('the last one');
}, 60_000);

test('a database in memory is not backed up, and says so', async () => {
  const inMemory = await openDatabase({ dataDir: '', inMemory: true, log: silentLog });

  const problem = await problemOf(backUp(inMemory, join(folders.empty(), 'latchkey.tar.gz')));
  await inMemory.close();

  expect(problem.code).toBe('backup-not-embedded');
}, 60_000);

test('nothing is restored over a database', async () => {
  const dataDir = folders.empty();
  mkdirSync(join(dataDir, 'db'));
  writeFileSync(join(dataDir, 'db', 'PG_VERSION'), '18\n');

  const problem = await problemOf(restore({ file: backup, dataDir, since }));

  expect(problem.code).toBe('restore-over-database');
  expect(readdirSync(join(dataDir, 'db'))).toEqual(['PG_VERSION']);
});

test('nothing is restored under a running Latchkey', async () => {
  const dataDir = folders.empty();
  await restore({ file: backup, dataDir, since });
  const running = await open(dataDir);

  const problem = await problemOf(restore({ file: backup, dataDir, since }));
  await running.close();

  expect(problem.code).toBe('data-folder-in-use');
}, 120_000);

test.each([
  ['cut off', () => truncated(), 'backup-unreadable'],
  ['no archive', () => text(), 'backup-unreadable'],
  ['not there', () => join(folders.empty(), 'nothing.tar.gz'), 'backup-unreadable'],
  ['without a version', () => changed((tar) => replaced(tar, 'PG_VERSION', 'XX_VERSION')), 'backup-unreadable'],
  ['of another PostgreSQL', () => changed((tar) => ofVersion(tar, '17')), 'backup-of-another-postgres'],
])('a backup that is %s is refused, and the folder stays empty', async (_, fileOf, code) => {
  const dataDir = folders.empty();

  const problem = await problemOf(restore({ file: fileOf(), dataDir, since }));

  expect(problem.code).toBe(code);
  expect(existsSync(join(dataDir, 'db'))).toBe(false);
});

function truncated(): string {
  const file = join(folders.empty(), 'truncated.tar.gz');
  const whole = readFileSync(backup);
  writeFileSync(file, whole.subarray(0, whole.length - 1_000));
  return file;
}

function text(): string {
  const file = join(folders.empty(), 'holiday.txt');
  writeFileSync(file, 'sun');
  return file;
}

function replaced(tar: Buffer, from: string, to: string): Buffer {
  const copy = Buffer.from(tar);
  for (let at = copy.indexOf(from); at >= 0; at = copy.indexOf(from)) copy.write(to, at, 'latin1');
  return copy;
}

/** Of the version file at the top only; each database inside has one, too. */
function ofVersion(tar: Buffer, major: string): Buffer {
  const copy = Buffer.from(tar);
  for (let at = 0; at < copy.length; at += 512) {
    if (/^\/?PG_VERSION\0/.test(copy.toString('latin1', at, at + 16))) copy.write(major, at + 512, 'latin1');
  }
  return copy;
}
