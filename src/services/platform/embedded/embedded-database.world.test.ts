import { fork, type ChildProcess } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NodeFS } from '@electric-sql/pglite/nodefs';
import { openDatabase } from '../database.js';
import { Problem } from '../problem.js';
import { compilePlatform } from '../testing/compiled.js';
import { silentLog } from '../testing/test-parts.js';
import { openEmbeddedOnDisk } from './embedded-database.js';
import { SyncedNodeFS } from './synced-file-system.js';

const folders: string[] = [];
let compiled: string;
/** A data folder as the first start leaves it; copied, as making one takes seconds. */
let started: string;

beforeAll(async () => {
  compiled = compilePlatform();
  folders.push(compiled);
  started = emptyFolder();
  await (await open(started)).close();
}, 60_000);
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

function emptyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-data-'));
  folders.push(folder);
  return folder;
}

function startedFolder(): string {
  const folder = emptyFolder();
  cpSync(started, folder, { recursive: true });
  return folder;
}

const since = new Date('2026-11-24T09:00:00Z');
const end = (_: unknown, error: unknown): never => {
  throw error;
};
const endOn = (error: unknown): never => end('disk-failed', error);

function open(dataDir: string) {
  return openDatabase({ dataDir, log: silentLog });
}

async function problemOf(promise: Promise<unknown>): Promise<Problem> {
  const caught: unknown = await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(caught instanceof Problem)) throw new Error(`No problem, but ${String(caught)}`);
  return caught;
}

/** A process that opens the folder and commits row after row, saying so after each. */
function startWriter(dataDir: string): {
  child: ChildProcess;
  acknowledged: number[];
  whenAcknowledged: Promise<void>;
} {
  const acknowledged: number[] = [];
  const program = join(compiled, 'writer.js');
  writeFileSync(
    program,
    `const { openDatabase } = require('./database.js');
    const { createLog } = require('./log.js');
    (async () => {
      const { db } = await openDatabase({ dataDir: process.argv[2], log: createLog({ level: 'silent' }) });
      for (let number = 0; ; number++) {
        await db.insertInto('delivery').values({ channel: 'test', delivery_id: String(number), at: new Date(0) }).execute();
        process.send(number);
      }
    })();`,
  );
  const child = fork(program, [dataDir], { execArgv: [] });
  const whenAcknowledged = new Promise<void>((resolve, reject) => {
    child.on('message', (number) => {
      if (acknowledged.push(Number(number)) === 20) resolve();
    });
    child.on('exit', () => reject(new Error('The writer ended before it had written.')));
  });
  return { child, acknowledged, whenAcknowledged };
}

async function kill(child: ChildProcess): Promise<void> {
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await gone;
}

test('what was written is there after closing and opening again', async () => {
  const dataDir = startedFolder();
  const before = await open(dataDir);
  await before.db.insertInto('delivery').values({ channel: 'teams', delivery_id: '1', at: since }).execute();
  await before.close();

  const after = await open(dataDir);

  expect(await after.db.selectFrom('delivery').selectAll().execute()).toEqual([
    { channel: 'teams', delivery_id: '1', at: since },
  ]);
  await after.close();
}, 60_000);

test('a second opener is told which process has the folder, and gets it once that one has closed', async () => {
  const dataDir = startedFolder();
  const first = await open(dataDir);

  const problem = await problemOf(open(dataDir));
  await first.close();
  const third = await open(dataDir);
  await third.close();

  expect(problem.facts).toMatchObject({ kind: 'refused', code: 'data-folder-in-use' });
  expect(problem.facts.what).toContain(`process ${String(process.pid)}`);
  expect(problem.facts.remedy).toContain('DATA_DIR');
}, 60_000);

test('after kill -9 every acknowledged row is there, and the folder is free at once', async () => {
  const dataDir = startedFolder();
  const { child, acknowledged, whenAcknowledged } = startWriter(dataDir);
  await whenAcknowledged;
  const whileAlive = await problemOf(open(dataDir));

  await kill(child);
  const database = await open(dataDir);

  const rows = await database.db.selectFrom('delivery').select('delivery_id').execute();
  await database.close();
  expect(whileAlive.facts.what).toContain(`process ${String(child.pid)}`);
  expect(rows.map((row) => Number(row.delivery_id))).toEqual(expect.arrayContaining(acknowledged));
  expect(acknowledged.length).toBeGreaterThanOrEqual(20);
}, 60_000);

test('after a kill -9 in the middle of the very first start the next one starts anew', async () => {
  const dataDir = emptyFolder();
  const { child, whenAcknowledged } = startWriter(dataDir);
  whenAcknowledged.catch(() => undefined);
  await untilThere(dataDir, /^db\.unfinished-/);
  await kill(child);

  const database = await open(dataDir);

  expect(await database.db.selectFrom('delivery').selectAll().execute()).toEqual([]);
  await database.close();
}, 60_000);

test('what a killed first start left is cleared away', async () => {
  const dataDir = startedFolder();
  mkdirSync(join(dataDir, 'db.unfinished-Ab12'));

  await (await open(dataDir)).close();

  expect(readdirSync(dataDir).filter((name) => name.startsWith('db'))).toEqual(['db']);
}, 60_000);

async function untilThere(folder: string, name: RegExp): Promise<void> {
  while (!readdirSync(folder).some((entry) => name.test(entry))) await new Promise((resolve) => setImmediate(resolve));
}

test('Latchkey refuses to start on a file system that does not sync, and lets the folder go', async () => {
  class DeafFileSystem extends SyncedNodeFS {
    override init(...given: Parameters<NodeFS['init']>): ReturnType<NodeFS['init']> {
      return NodeFS.prototype.init.apply(this, given);
    }
  }
  const dataDir = startedFolder();
  const fileSystemOf = (folder: string) => new DeafFileSystem(folder, endOn);

  const problem = await problemOf(openEmbeddedOnDisk({ dataDir, since, end, fileSystemOf }));
  const afterwards = await openEmbeddedOnDisk({ dataDir, since, end });
  await afterwards.close();

  expect(problem.facts.code).toBe('commits-not-synced');
}, 60_000);

test('each commit is synced to the disk, a read is not', async () => {
  let fileSystem: SyncedNodeFS | undefined;
  const fileSystemOf = (folder: string) => (fileSystem = new SyncedNodeFS(folder, endOn));
  const { pool, close } = await openEmbeddedOnDisk({ dataDir: startedFolder(), since, end, fileSystemOf });
  await pool.query('create table note (number integer)');
  const before = fileSystem?.syncCount ?? 0;

  for (let number = 0; number < 10; number++) await pool.query('insert into note values ($1)', [number]);
  const afterWrites = fileSystem?.syncCount ?? 0;
  await pool.query('select * from note');
  const afterRead = fileSystem?.syncCount ?? 0;
  await close();

  expect(afterWrites - before).toBeGreaterThanOrEqual(10);
  expect(afterRead).toBe(afterWrites);
}, 60_000);

test.each([
  ['another PostgreSQL', { PG_VERSION: '17\n' }, 'database-of-another-postgres', 'PostgreSQL 17'],
  ['something else', { 'holiday.jpg': 'sun' }, 'not-a-database', 'not a Latchkey database'],
])('a folder of %s is refused with advice and left alone', async (_, files, code, words) => {
  const dataDir = emptyFolder();
  mkdirSync(join(dataDir, 'db'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(dataDir, 'db', name), text);

  const problem = await problemOf(open(dataDir));

  expect(problem.facts.code).toBe(code);
  expect(problem.facts.what).toContain(words);
  for (const [name, text] of Object.entries(files)) expect(readFileSync(join(dataDir, 'db', name), 'utf8')).toBe(text);
});

test('a data folder that cannot be made is named', async () => {
  const file = join(emptyFolder(), 'file');
  writeFileSync(file, '');

  const problem = await problemOf(open(join(file, 'data')));

  expect(problem.facts).toMatchObject({ kind: 'input', code: 'data-folder-unusable' });
});
