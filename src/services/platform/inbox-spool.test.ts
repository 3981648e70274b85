import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { openDatabase, type Database } from './database.js';
import { createInbox, type Inbox } from './inbox.js';
import { Spool } from './spool.js';
import { InboxStand, held } from './testing/inbox-stand.js';
import { recordingLog, silentLog } from './testing/test-parts.js';

// The embedded database alone has a spool.

let database: Database;
let stand: InboxStand;

beforeAll(async () => {
  database = await openDatabase({ dataDir: '', inMemory: true, log: silentLog });
}, 30_000);
afterAll(() => database.close());
beforeEach(async () => {
  stand = await InboxStand.over(database);
});

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'latchkey-inbox-'))));
afterEach(() => rmSync(folder, { recursive: true }));

const file = (): string => join(folder, 'spool.jsonl');
/** What a process that died now would leave in it. */
const spooled = (): string[] =>
  opened()
    .left()
    .map(({ deliveryId }) => deliveryId);
const opened = (): Spool => new Spool({ file: file(), log: silentLog });

/** One process, whose spool is the one that the last one left; what it keeps in the database waits for `before`. */
function spoolingLife(holder: string, before?: () => Promise<unknown>, log = silentLog): Inbox {
  const parts = { database: before ? after(before) : database, spool: opened() };
  return createInbox({ ...parts, clock: stand.clock, channel: 'slack', holder, log });
}

test('what comes is kept before its row is, and stands in the spool until then', async () => {
  const answer = held();
  const inbox = spoolingLife('one', () => answer.promise);

  const { kept, arrival } = inbox.keep('d1', { text: 'help' });

  expect(await kept).toBe('new');
  expect(await inbox.keep('d1', {}).kept).toBe('known');
  expect([spooled(), await stand.rows()]).toEqual([['d1'], []]);
  answer.release();
  expect(await arrival).toBe('new');
  expect(spooled()).toEqual([]);
  expect(await stand.rows()).toMatchObject([
    { delivery_id: 'd1', delivery: { text: 'help' }, received_at: stand.clock.wall(), holder: 'one' },
  ]);
  await inbox.done('d1');
  expect(await stand.rows()).toEqual([]);
});

test('what came in an earlier life is kept all the same, and known once the database has said so', async () => {
  await stand.lifeOf('0').keep('d1', {}).arrival;
  const { kept, arrival } = spoolingLife('one').keep('d1', {});

  expect([await kept, await arrival]).toEqual(['new', 'known']);
  expect(spooled()).toEqual([]);
  expect((await stand.rows()).map(({ holder }) => holder)).toEqual(['0']);
});

test('what a process had spooled when it died is taken up by the next one, with its time, before what comes then', async () => {
  const first = spoolingLife('one', () => new Promise(() => undefined));
  for (const id of ['d1', 'd2']) await first.keep(id, { id }).kept;
  const received = stand.clock.wall();
  await stand.dies();
  stand.clock.advance(5);
  const next = spoolingLife('two');

  await next.recover();
  await next.keep('d3', {}).arrival;

  expect(spooled()).toEqual([]);
  expect((await stand.rows()).map(({ delivery_id, holder }) => [delivery_id, holder])).toEqual([
    ['d1', ''],
    ['d2', ''],
    ['d3', 'two'],
  ]);
  expect(await stand.takesUp(next)).toEqual([
    { deliveryId: 'd1', delivery: { id: 'd1' }, receivedAt: received, tries: 1 },
    { deliveryId: 'd2', delivery: { id: 'd2' }, receivedAt: received, tries: 1 },
  ]);
});

test('what had its row already when the process died, or was answered, comes from the spool no second time', async () => {
  const spool = opened();
  for (const deliveryId of ['a row', 'answered'])
    spool.note({ deliveryId, delivery: {}, receivedAt: stand.clock.wall() });
  const first = stand.lifeOf('one');
  for (const id of ['a row', 'answered']) await first.keep(id, {}).arrival;
  await first.done('answered');
  await stand.dies();
  const next = spoolingLife('two');

  await next.recover();

  expect((await stand.takesUp(next)).map(({ deliveryId }) => deliveryId)).toEqual(['a row']);
  expect(await stand.rows()).toEqual([]);
});

test('what the database does not take stays in the spool until it is answered, and is known as long', async () => {
  const { log, lines } = recordingLog();
  const inbox = spoolingLife('one', () => Promise.reject(new Error('the database is away')), log);
  const { kept, arrival } = inbox.keep('d1', {});
  const isRefused = arrival.catch((error: unknown) => error);

  expect(await kept).toBe('new');
  expect(String(await isRefused)).toContain('away');
  expect(await inbox.keep('d1', {}).arrival).toBe('known');
  expect(spooled()).toEqual(['d1']);
  expect(await inbox.begin('d1')).toBe(true);
  await inbox.done('d1');
  await inbox.keep('d2', {}).arrival.catch(() => undefined);
  await inbox.done('d2');

  expect(spooled()).toEqual([]);
  // Once a minute.
  expect(lines()).toMatchObject([{ level: 40 }]);
});

test('what the database did not take and nobody has answered is left to the next life', async () => {
  const refuses = (): Promise<never> => Promise.reject(new Error('the database is away'));
  const inbox = spoolingLife('one', refuses);
  for (const id of ['put off', 'under way']) await inbox.keep(id, {}).arrival.catch(() => undefined);

  await inbox.release('put off', 10);
  await inbox.leave();

  const next = spoolingLife('two');
  await next.recover();
  expect((await stand.takesUp(next)).map(({ deliveryId }) => deliveryId)).toEqual(['put off', 'under way']);
});

test('what the database did not take and was put off becomes a row once it takes it, and is taken up in this life', async () => {
  const refuses = (): Promise<never> => Promise.reject(new Error('the database is away'));
  let before: () => Promise<unknown> = refuses;
  const inbox = spoolingLife('one', () => before());
  for (const id of ['put off', 'worked on']) {
    await inbox.keep(id, {}).arrival.catch(() => undefined);
    await inbox.begin(id);
  }
  await inbox.release('put off', 10);
  expect(await stand.takesUp(inbox)).toEqual([]);
  expect(spooled()).toEqual(['put off', 'worked on']);

  before = async () => undefined;
  expect(await stand.takesUp(inbox)).toMatchObject([{ deliveryId: 'put off', tries: 1 }]);
  expect([spooled(), await stand.rows()]).toEqual([['worked on'], []]);
  await inbox.done('worked on');
  expect(statSync(file()).size).toBe(0);
});

test('what became of what was spooled is said: how many are rows, and how many had come before', async () => {
  const { log, lines } = recordingLog();
  for (const id of ['d1', 'd2', 'd3']) opened().note({ deliveryId: id, delivery: {}, receivedAt: stand.clock.wall() });
  await stand.lifeOf('0').keep('d2', {}).arrival;

  await spoolingLife('one', undefined, log).recover();
  expect(lines()).toMatchObject([{ level: 40, rows: 2, known: 1 }]);

  opened().note({ deliveryId: 'd4', delivery: {}, receivedAt: stand.clock.wall() });
  await spoolingLife('two', undefined, log).recover();
  expect(lines()[1]).toMatchObject({ level: 30, rows: 1 });
});

test('what the disk does not take waits for its row, which says so where it is not taken either', async () => {
  const { log, lines } = recordingLog();
  const answer = held();
  const spool = new Spool({ file: join(folder, 'away', 'spool.jsonl'), log });
  const slow = after(() => answer.promise);
  const inbox = createInbox({ database: slow, clock: stand.clock, channel: 'slack', holder: 'one', spool, log });

  const { kept, arrival } = inbox.keep('d1', {});

  expect(kept).toBe(arrival);
  void inbox.keep('d2', {});
  expect(lines()).toMatchObject([{ level: 40, error: { code: 'ENOENT' } }]);
  answer.release();
  expect(await kept).toBe('new');
  while ((await stand.rows()).length < 2) await nextTurn();
});

/** A database that waits for that before it keeps anything, or fails with it. */
function after(before: () => Promise<unknown>): Database {
  const executor = replacing(database.db.getExecutor(), 'executeQuery', (execute) => async (...args: unknown[]) => {
    await before();
    return execute(...args);
  });
  return { ...database, db: replacing(database.db, 'getExecutor', () => () => executor) };
}

type Method = (...args: unknown[]) => unknown;

function replacing<T extends object>(whole: T, name: string, replaced: (method: Method) => Method): T {
  return new Proxy(whole, {
    get: (target, key) => {
      const value: unknown = Reflect.get(target, key, target);
      if (typeof value !== 'function') return value;
      const method = value.bind(target) as Method;
      return key === name ? replaced(method) : method;
    },
  });
}
