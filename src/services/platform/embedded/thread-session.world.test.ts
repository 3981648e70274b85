import { rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type * as FirstStart from './first-start.js';
import type * as ThreadSession from './thread-session.js';
import type { EndOnFault } from './fatal-faults.js';
import { OneSessionPool } from './one-session-pool.js';
import type { Session } from './session.js';
import { compilePlatform } from '../testing/compiled.js';
import { DataFolders } from './testing/data-folders.js';
import { testPoolOver } from './testing/pool-promises.js';

const folders = new DataFolders();
const compiled = compilePlatform();
afterAll(() => {
  folders.removeAll();
  rmSync(compiled, { recursive: true });
});

/** A thread cannot run the sources. */
const load = createRequire(join(compiled, 'from-here.js'));
const { openSessionInThread } = load('./embedded/thread-session.js') as typeof ThreadSession;
const { makeDatabase } = load('./embedded/first-start.js') as typeof FirstStart;

const end: EndOnFault = (fault, error) => {
  throw new Error(fault, { cause: error });
};

async function emptyDatabase(): Promise<string> {
  const folder = folders.empty();
  await makeDatabase(folder);
  return folder;
}

async function open(): Promise<Session> {
  return openSessionInThread({ folder: await emptyDatabase(), end });
}

testPoolOver(open);

test('while a statement takes its time, everybody else of the process goes on', async () => {
  const pool = new OneSessionPool(await open());
  let turns = 0;
  let isAsking = true;
  const loop = (function turn(): Promise<void> {
    turns += 1;
    return new Promise((resolve) => setImmediate(() => (isAsking ? resolve(turn()) : resolve())));
  })();

  const { rows } = await pool.query<{ count: string }>('select count(*) from generate_series(1, 3000000)');
  isAsking = false;
  await loop;
  await pool.end();

  expect(rows).toEqual([{ count: '3000000' }]);
  // In one thread there is the turn before it and the one after.
  expect(turns).toBeGreaterThan(100);
}, 60_000);

test('a database that cannot be opened is said as a problem, with what was wrong', async () => {
  const folder = await emptyDatabase();
  rmSync(join(folder, 'global/pg_control'));

  const opening = openSessionInThread({ folder, end });

  await expect(opening).rejects.toMatchObject({
    facts: { kind: 'internal', code: 'database-unreadable' },
    cause: { message: expect.stringMatching(/./) as unknown },
  });
}, 60_000);

test('an answer that asks for more than one statement has them all, and bytes arrive as they were sent', async () => {
  const session = await open();

  const several = await session.exec(`select 1 as one; select 'two' as two`);
  const bytes = await session.query('select $1::bytea as bytes', [Buffer.from([0, 255, 7])]);
  const files = await session.dump();
  await session.close();

  expect(several.map(({ rows }) => rows)).toEqual([[{ one: '1' }], [{ two: 'two' }]]);
  expect(bytes.rows).toEqual([{ bytes: '\\x00ff07' }]);
  // Every gzip file begins so (RFC 1952).
  expect([...files.subarray(0, 2)]).toEqual([0x1f, 0x8b]);
}, 60_000);

test('a session that is closed says so to whoever asks it', async () => {
  const session = await open();
  await session.close();

  await expect(session.query('select 1', [])).rejects.toThrow('closed');
  expect(session.isInTransaction()).toBe(false);
}, 60_000);
