import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { KyselyPlugin } from 'kysely';
import { isOnPostgres, openTestDatabase } from '../../../test/support/test-database.js';
import { isNewDelivery } from './conversation-store.js';
import type { Database } from './database.js';
import { createInbox, type Inbox, type LeftBehind } from './inbox.js';
import { Spool } from './spool.js';
import { StandingClock, recordingLog, silentLog } from './testing/test-parts.js';
import type { Sweep } from './tick.js';

let database: Database;
let clock: StandingClock;

beforeAll(async () => {
  database = await openTestDatabase();
}, 30_000);
afterAll(() => database.close());
beforeEach(async () => {
  clock = new StandingClock();
  await database.db.deleteFrom('inbox').execute();
  await database.db.deleteFrom('delivery').execute();
});

/** One process; another name is another one, or the next life. */
function lifeOf(holder: string): Inbox {
  return createInbox({ database, clock, channel: 'slack', holder, log: silentLog });
}

/** As when a process has died: its leases run out, where there are any. */
async function dies(): Promise<void> {
  if (database.isShared)
    await database.db
      .updateTable('inbox')
      .set({ held_until: new Date(0) })
      .execute();
}

function rows() {
  return database.db.selectFrom('inbox').selectAll().orderBy('seq').execute();
}

/** As the tick asks them. */
async function sweeps(inbox: Inbox): Promise<void> {
  await Promise.all(inbox.sweeps.map(({ sweep }) => sweep(clock.now())));
}

function takeUpOf(inbox: Inbox): Sweep {
  const found = inbox.sweeps.find(({ name }) => name === 'deliveries that were left behind');
  if (!found) throw new Error('nothing takes up what was left behind');
  return found;
}

/** Everything that a sweep hands over, each done as it comes. */
async function takesUp(inbox: Inbox): Promise<LeftBehind[]> {
  const taken: LeftBehind[] = [];
  const end = inbox.onLeftBehind(async (left) => {
    taken.push(left);
    await inbox.done(left.deliveryId);
  });
  // The batches after the first follow by themselves, between these.
  for (let round = 0; round < 10; round += 1) await sweeps(inbox);
  end();
  return taken;
}

test('what is kept is there until it is done, and is taken note of as one that came', async () => {
  const inbox = lifeOf('one');

  expect(await inbox.keep('d1', { text: 'help' }).arrival).toBe('new');

  expect(await rows()).toMatchObject([
    { channel: 'slack', delivery_id: 'd1', delivery: { text: 'help' }, received_at: clock.wall(), tries: 1 },
  ]);
  expect(await isNewDelivery(database.db, { channel: 'slack', deliveryId: 'd1', at: clock.now() })).toBe(false);
  await inbox.done('d1');
  expect(await rows()).toEqual([]);
});

test('what comes again is known: while it is worked on, by whichever process, and afterwards', async () => {
  const [one, other] = [lifeOf('one'), lifeOf('other')];

  expect(await Promise.all(['d1', 'd1', 'd2'].map((id) => one.keep(id, {}).arrival))).toEqual(['new', 'known', 'new']);
  expect(await other.keep('d1', {}).arrival).toBe('known');
  await one.done('d1');
  expect(await one.keep('d1', {}).arrival).toBe('known');
  expect((await rows()).map(({ delivery_id }) => delivery_id)).toEqual(['d2']);
});

test('what came at once is kept in the order in which it came', async () => {
  const inbox = lifeOf('one');
  const ids = Array.from({ length: 40 }, (_, index) => `d${index}`);

  await Promise.all(ids.map((id) => inbox.keep(id, {}).arrival));

  expect((await rows()).map(({ delivery_id }) => delivery_id)).toEqual(ids);
});

test('text that jsonb cannot hold stops nothing', async () => {
  const inbox = lifeOf('one');

  expect(await inbox.keep('d1', { text: 'a\u0000b\ud800' }).arrival).toBe('new');

  expect(await rows()).toMatchObject([{ delivery: { text: 'a\uFFFDb\uFFFD' } }]);
});

test('what a dead process left behind is taken up in order, once, under its id and with its time', async () => {
  const first = lifeOf('one');
  for (const id of ['d1', 'd2', 'd3']) await first.keep(id, { id }).arrival;
  await first.done('d2');
  const received = clock.wall();
  await dies();
  clock.advance(5);

  const next = lifeOf('two');
  const taken = await takesUp(next);

  expect(taken).toEqual([
    { deliveryId: 'd1', delivery: { id: 'd1' }, receivedAt: received, tries: 1 },
    { deliveryId: 'd3', delivery: { id: 'd3' }, receivedAt: received, tries: 1 },
  ]);
  expect(await rows()).toEqual([]);
  expect(await takesUp(lifeOf('three'))).toEqual([]);
});

test('what this process works on itself is never taken up by it, and nothing is without a worker', async () => {
  const inbox = lifeOf('one');
  await inbox.keep('d1', {}).arrival;
  await dies();

  expect(await takesUp(inbox)).toEqual([]);
  await sweeps(inbox);
  expect(await rows()).toHaveLength(1);
});

test('how often work was begun is counted, and what was begun more than once is worked on alone', async () => {
  const ids = ['poison', ...Array.from({ length: 9 }, (_, index) => `d${index}`)];
  const first = lifeOf('0');
  for (const id of ids) await first.keep(id, {}).arrival;
  const begun: string[][] = [];
  let tries = 0;

  for (let life = 1; life <= 3; life += 1) {
    await dies();
    const inbox = lifeOf(String(life));
    const together: string[] = [];
    const counted: Promise<unknown>[] = [];
    // Who dies finishes nothing that was begun with it.
    inbox.onLeftBehind(async (left) => {
      together.push(left.deliveryId);
      if (left.deliveryId === 'poison') tries = left.tries;
      counted.push(inbox.begin(left.deliveryId));
      await new Promise(() => undefined);
    });
    await sweeps(inbox);
    await Promise.all(counted);
    begun.push(together);
  }

  expect(begun[0]).toEqual(ids.slice(0, 8));
  expect(begun[1]).toEqual(ids.slice(8));
  expect(begun[2]).toEqual(['poison']);
  expect(tries).toBe(2);
});

/** The embedded database has one process: whoever else holds something is dead. */
const testOfReplicas = isOnPostgres() ? test : test.skip;

testOfReplicas('of two who look at once each delivery goes to one', async () => {
  const first = lifeOf('dead');
  for (let index = 0; index < 20; index += 1) await first.keep(`d${index}`, {}).arrival;
  await dies();

  const taken = await Promise.all([takesUp(lifeOf('one')), takesUp(lifeOf('two'))]);

  const ids = taken.flat().map(({ deliveryId }) => deliveryId);
  expect(new Set(ids).size).toBe(20);
  expect(ids).toHaveLength(20);
});

testOfReplicas('a sign of life keeps others away', async () => {
  const living = lifeOf('one');
  await living.keep('d1', {}).arrival;
  await dies();
  await sweeps(living);

  expect(await takesUp(lifeOf('two'))).toEqual([]);
});

test('what was taken up and not begun counts for nothing, however many processes have ended on it', async () => {
  await lifeOf('0').keep('d1', {}).arrival;
  for (let life = 1; life <= 5; life += 1) {
    await dies();
    const inbox = lifeOf(String(life));
    inbox.onLeftBehind(() => new Promise(() => undefined));
    await sweeps(inbox);
  }
  await dies();

  expect(await takesUp(lifeOf('next'))).toMatchObject([{ deliveryId: 'd1', tries: 1 }]);
});

test('whoever ends in order leaves what it has not begun at once, and counts no beginning of the rest', async () => {
  await lifeOf('0').keep('d1', {}).arrival;
  await dies();
  const ending = lifeOf('1');
  const counted: Promise<unknown>[] = [];
  ending.onLeftBehind(async ({ deliveryId }) => {
    counted.push(ending.begin(deliveryId));
    await new Promise(() => undefined);
  });
  await sweeps(ending);
  await Promise.all(counted);
  await ending.keep('waiting', {}).arrival;

  await ending.leave();

  const next = lifeOf('2');
  // What it had begun may go on until the process has ended, where it is not the only one.
  expect((await takesUp(next)).map(({ deliveryId }) => deliveryId)).toEqual(
    database.isShared ? ['waiting'] : ['d1', 'waiting'],
  );
  await dies();
  expect([...(await takesUp(next))].map(({ tries }) => tries)).toEqual(database.isShared ? [1] : []);
});

test('what was released is taken up again after its pause, by the same process too, and no try is counted', async () => {
  const inbox = lifeOf('one');
  await inbox.keep('d1', {}).arrival;
  await inbox.release('d1', 3_600);
  expect(await takesUp(inbox)).toEqual([]);

  await database.db
    .updateTable('inbox')
    .set({ held_until: new Date(0) })
    .execute();
  let isReleased = false;
  const end = inbox.onLeftBehind(async ({ deliveryId }) => {
    await inbox.begin(deliveryId);
    await inbox.release(deliveryId, 0);
    isReleased = true;
    end();
  });
  while (!isReleased) await sweeps(inbox);

  expect(await takesUp(inbox)).toMatchObject([{ deliveryId: 'd1', tries: 1 }]);
});

test('what somebody else has taken up meanwhile is not begun', async () => {
  await lifeOf('0').keep('d2', {}).arrival;
  await dies();
  const slow = lifeOf('slow');
  slow.onLeftBehind(() => new Promise(() => undefined));
  await sweeps(slow);
  await dies();
  expect(await takesUp(lifeOf('other'))).toHaveLength(1);

  expect(await slow.begin('d2')).toBe(false);
});

test('what comes again while its row is taken up is worked on once, and nothing of it stays', async () => {
  await lifeOf('0').keep('d1', { text: 'help' }).arrival;
  await dies();
  const [takenUp, known] = [held(), held()];
  const answers = [takenUp, known];
  const slow = answering(async () => answers.shift()?.promise);
  const inbox = createInbox({ database: slow, clock, channel: 'slack', holder: 'one', log: silentLog });
  const begun: boolean[] = [];
  inbox.onLeftBehind(async ({ deliveryId }) => {
    await known.promise;
    begun.push(await inbox.begin(deliveryId));
    await inbox.done(deliveryId);
  });

  const takingUp = takeUpOf(inbox).sweep(clock.now());
  while (answers.length === 2) await nextTurn();
  const { arrival } = inbox.keep('d1', { text: 'help' });
  while (answers.length === 1) await nextTurn();
  takenUp.release();
  await takingUp;
  known.release();

  expect(await arrival).toBe('known');
  for (let round = 0; round < 10; round += 1) await sweeps(inbox);
  expect(begun).toEqual([true]);
  expect(await rows()).toEqual([]);
});

test('what nobody has taken up for a day is dropped, and the operator is told; what is worked on stays', async () => {
  const { log, lines } = recordingLog();
  const inbox = createInbox({ database, clock, channel: 'slack', holder: 'one', log });
  await lifeOf('0').keep('old', {}).arrival;
  await lifeOf('0').keep('of today', {}).arrival;
  await dies();
  await inbox.keep('long work', {}).arrival;
  const old = new Date(clock.wall().getTime() - 25 * 60 * 60 * 1_000);
  const ages = { old: old, 'long work': old, 'of today': clock.wall() };
  for (const [id, received_at] of Object.entries(ages))
    await database.db.updateTable('inbox').set({ received_at }).where('delivery_id', '=', id).execute();

  await sweeps(inbox);

  expect((await rows()).map(({ delivery_id }) => delivery_id)).toEqual(['of today', 'long work']);
  expect(lines()).toMatchObject([{ dropped: 1 }]);
});

testOfReplicas('a row that cannot be deleted makes nobody take its process for dead', async () => {
  const failing = new Proxy(database.db, {
    get: (target, name) => {
      if (name === 'deleteFrom') throw new Error('nothing can be deleted');
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  const parts = { clock, channel: 'slack', holder: 'one', log: silentLog };
  const living = createInbox({ ...parts, database: { ...database, db: failing } });
  for (const id of ['answered', 'worked on']) await living.keep(id, {}).arrival;
  await living.done('answered');
  await dies();

  await Promise.allSettled(living.sweeps.map(({ sweep }) => sweep(clock.now())));

  expect(await takesUp(lifeOf('two'))).toEqual([]);
});

test('a store that does not answer is said to whoever keeps, and what was answered is deleted when it is back', async () => {
  const { log, lines } = recordingLog();
  let isAway = false;
  const failing = new Proxy(database.db, {
    get: (target, name) => {
      if (isAway) throw new Error('the database is away');
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  const inbox = createInbox({ database: { ...database, db: failing }, clock, channel: 'slack', holder: 'one', log });
  await inbox.keep('d1', {}).arrival;
  isAway = true;

  await expect(inbox.keep('d2', {}).arrival).rejects.toThrow('away');
  await inbox.done('d1');
  expect(lines()).toHaveLength(1);

  isAway = false;
  expect(await rows()).toHaveLength(1);
  await sweeps(inbox);
  expect(await rows()).toEqual([]);
  expect(await inbox.keep('d2', {}).arrival).toBe('new');
});

/** On PostgreSQL there is none. */
const describeWithSpool = isOnPostgres() ? describe.skip : describe;

describeWithSpool('With a spool', () => {
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
    return createInbox({ ...parts, clock, channel: 'slack', holder, log });
  }

  test('what comes is kept before its row is, and stands in the spool until then', async () => {
    const answer = held();
    const inbox = spoolingLife('one', () => answer.promise);

    const { kept, arrival } = inbox.keep('d1', { text: 'help' });

    expect(await kept).toBe('new');
    expect(await inbox.keep('d1', {}).kept).toBe('known');
    expect([spooled(), await rows()]).toEqual([['d1'], []]);
    answer.release();
    expect(await arrival).toBe('new');
    expect(spooled()).toEqual([]);
    expect(await rows()).toMatchObject([
      { delivery_id: 'd1', delivery: { text: 'help' }, received_at: clock.wall(), holder: 'one' },
    ]);
    await inbox.done('d1');
    expect(await rows()).toEqual([]);
  });

  test('what came in an earlier life is kept all the same, and known once the database has said so', async () => {
    await lifeOf('0').keep('d1', {}).arrival;
    const { kept, arrival } = spoolingLife('one').keep('d1', {});

    expect([await kept, await arrival]).toEqual(['new', 'known']);
    expect(spooled()).toEqual([]);
    expect((await rows()).map(({ holder }) => holder)).toEqual(['0']);
  });

  test('what a process had spooled when it died is taken up by the next one, with its time, before what comes then', async () => {
    const first = spoolingLife('one', () => new Promise(() => undefined));
    for (const id of ['d1', 'd2']) await first.keep(id, { id }).kept;
    const received = clock.wall();
    await dies();
    clock.advance(5);
    const next = spoolingLife('two');

    await next.recover();
    await next.keep('d3', {}).arrival;

    expect(spooled()).toEqual([]);
    expect((await rows()).map(({ delivery_id, holder }) => [delivery_id, holder])).toEqual([
      ['d1', ''],
      ['d2', ''],
      ['d3', 'two'],
    ]);
    expect(await takesUp(next)).toEqual([
      { deliveryId: 'd1', delivery: { id: 'd1' }, receivedAt: received, tries: 1 },
      { deliveryId: 'd2', delivery: { id: 'd2' }, receivedAt: received, tries: 1 },
    ]);
  });

  test('what had its row already when the process died, or was answered, comes from the spool no second time', async () => {
    const spool = opened();
    for (const deliveryId of ['a row', 'answered']) spool.note({ deliveryId, delivery: {}, receivedAt: clock.wall() });
    const first = lifeOf('one');
    for (const id of ['a row', 'answered']) await first.keep(id, {}).arrival;
    await first.done('answered');
    await dies();
    const next = spoolingLife('two');

    await next.recover();

    expect((await takesUp(next)).map(({ deliveryId }) => deliveryId)).toEqual(['a row']);
    expect(await rows()).toEqual([]);
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
    expect((await takesUp(next)).map(({ deliveryId }) => deliveryId)).toEqual(['put off', 'under way']);
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
    expect(await takesUp(inbox)).toEqual([]);
    expect(spooled()).toEqual(['put off', 'worked on']);

    before = async () => undefined;
    expect(await takesUp(inbox)).toMatchObject([{ deliveryId: 'put off', tries: 1 }]);
    expect([spooled(), await rows()]).toEqual([['worked on'], []]);
    await inbox.done('worked on');
    expect(statSync(file()).size).toBe(0);
  });

  test('what became of what was spooled is said: how many are rows, and how many had come before', async () => {
    const { log, lines } = recordingLog();
    for (const id of ['d1', 'd2', 'd3']) opened().note({ deliveryId: id, delivery: {}, receivedAt: clock.wall() });
    await lifeOf('0').keep('d2', {}).arrival;

    await spoolingLife('one', undefined, log).recover();
    expect(lines()).toMatchObject([{ level: 40, rows: 2, known: 1 }]);

    opened().note({ deliveryId: 'd4', delivery: {}, receivedAt: clock.wall() });
    await spoolingLife('two', undefined, log).recover();
    expect(lines()[1]).toMatchObject({ level: 30, rows: 1 });
  });

  test('what the disk does not take waits for its row, which says so where it is not taken either', async () => {
    const { log, lines } = recordingLog();
    const answer = held();
    const spool = new Spool({ file: join(folder, 'away', 'spool.jsonl'), log });
    const slow = after(() => answer.promise);
    const inbox = createInbox({ database: slow, clock, channel: 'slack', holder: 'one', spool, log });

    const { kept, arrival } = inbox.keep('d1', {});

    expect(kept).toBe(arrival);
    void inbox.keep('d2', {});
    expect(lines()).toMatchObject([{ level: 40, error: { code: 'ENOENT' } }]);
    answer.release();
    expect(await kept).toBe('new');
    while ((await rows()).length < 2) await nextTurn();
  });
});

/** A database that waits for that before it keeps anything, or fails with it. */
function after(before: () => Promise<unknown>): Database {
  const executor = replacing(database.db.getExecutor(), 'executeQuery', (execute) => async (...args: unknown[]) => {
    await before();
    return execute(...args);
  });
  return { ...database, db: replacing(database.db, 'getExecutor', () => () => executor) };
}

/** A database whose answers come after that. */
function answering(after: () => Promise<unknown>): Database {
  const transformResult: KyselyPlugin['transformResult'] = async ({ result }) => {
    await after();
    return result;
  };
  return { ...database, db: database.db.withPlugin({ transformQuery: ({ node }) => node, transformResult }) };
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

function held(): { promise: Promise<void>; release: () => void } {
  let release = (): void => undefined;
  const promise = new Promise<void>((resolve) => (release = resolve));
  return { promise, release };
}
