import { setImmediate as nextTurn } from 'node:timers/promises';
import type { KyselyPlugin } from 'kysely';
import { isOnPostgres, openTestDatabase } from '../../../test/support/test-database.js';
import { isNewDelivery } from './conversation-store.js';
import type { Database } from './database.js';
import { createInbox, type Inbox } from './inbox.js';
import { InboxStand, held } from './testing/inbox-stand.js';
import { recordingLog, silentLog } from './testing/test-parts.js';
import type { Sweep } from './tick.js';

let database: Database;
let stand: InboxStand;

beforeAll(async () => {
  database = await openTestDatabase();
}, 30_000);
afterAll(() => database.close());
beforeEach(async () => {
  stand = await InboxStand.over(database);
});

function takeUpOf(inbox: Inbox): Sweep {
  const found = inbox.sweeps.find(({ name }) => name === 'deliveries that were left behind');
  if (!found) throw new Error('nothing takes up what was left behind');
  return found;
}

test('what is kept is there until it is done, and is taken note of as one that came', async () => {
  const inbox = stand.lifeOf('one');

  expect(await inbox.keep('d1', { text: 'help' }).arrival).toBe('new');

  expect(await stand.rows()).toMatchObject([
    { channel: 'slack', delivery_id: 'd1', delivery: { text: 'help' }, received_at: stand.clock.wall(), tries: 1 },
  ]);
  expect(await isNewDelivery(database.db, { channel: 'slack', deliveryId: 'd1', at: stand.clock.now() })).toBe(false);
  await inbox.done('d1');
  expect(await stand.rows()).toEqual([]);
});

test('what comes again is known: while it is worked on, by whichever process, and afterwards', async () => {
  const [one, other] = [stand.lifeOf('one'), stand.lifeOf('other')];

  expect(await Promise.all(['d1', 'd1', 'd2'].map((id) => one.keep(id, {}).arrival))).toEqual(['new', 'known', 'new']);
  expect(await other.keep('d1', {}).arrival).toBe('known');
  await one.done('d1');
  expect(await one.keep('d1', {}).arrival).toBe('known');
  expect((await stand.rows()).map(({ delivery_id }) => delivery_id)).toEqual(['d2']);
});

test('what came at once is kept in the order in which it came', async () => {
  const inbox = stand.lifeOf('one');
  const ids = Array.from({ length: 40 }, (_, index) => `d${index}`);

  await Promise.all(ids.map((id) => inbox.keep(id, {}).arrival));

  expect((await stand.rows()).map(({ delivery_id }) => delivery_id)).toEqual(ids);
});

test('text that jsonb cannot hold stops nothing', async () => {
  const inbox = stand.lifeOf('one');

  expect(await inbox.keep('d1', { text: 'a\u0000b\ud800' }).arrival).toBe('new');

  expect(await stand.rows()).toMatchObject([{ delivery: { text: 'a\uFFFDb\uFFFD' } }]);
});

test('what a dead process left behind is taken up in order, once, under its id and with its time', async () => {
  const first = stand.lifeOf('one');
  for (const id of ['d1', 'd2', 'd3']) await first.keep(id, { id }).arrival;
  await first.done('d2');
  const received = stand.clock.wall();
  await stand.dies();
  stand.clock.advance(5);

  const next = stand.lifeOf('two');
  const taken = await stand.takesUp(next);

  expect(taken).toEqual([
    { deliveryId: 'd1', delivery: { id: 'd1' }, receivedAt: received, tries: 1 },
    { deliveryId: 'd3', delivery: { id: 'd3' }, receivedAt: received, tries: 1 },
  ]);
  expect(await stand.rows()).toEqual([]);
  expect(await stand.takesUp(stand.lifeOf('three'))).toEqual([]);
});

test('what this process works on itself is never taken up by it, and nothing is without a worker', async () => {
  const inbox = stand.lifeOf('one');
  await inbox.keep('d1', {}).arrival;
  await stand.dies();

  expect(await stand.takesUp(inbox)).toEqual([]);
  await stand.sweeps(inbox);
  expect(await stand.rows()).toHaveLength(1);
});

test('how often work was begun is counted, and what was begun more than once is worked on alone', async () => {
  const ids = ['poison', ...Array.from({ length: 9 }, (_, index) => `d${index}`)];
  const first = stand.lifeOf('0');
  for (const id of ids) await first.keep(id, {}).arrival;
  const begun: string[][] = [];
  let tries = 0;

  for (let life = 1; life <= 3; life += 1) {
    await stand.dies();
    const inbox = stand.lifeOf(String(life));
    const together: string[] = [];
    const counted: Promise<unknown>[] = [];
    // Who dies finishes nothing that was begun with it.
    inbox.onLeftBehind(async (left) => {
      together.push(left.deliveryId);
      if (left.deliveryId === 'poison') tries = left.tries;
      counted.push(inbox.begin(left.deliveryId));
      await new Promise(() => undefined);
    });
    await stand.sweeps(inbox);
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
  const first = stand.lifeOf('dead');
  for (let index = 0; index < 20; index += 1) await first.keep(`d${index}`, {}).arrival;
  await stand.dies();

  const taken = await Promise.all([stand.takesUp(stand.lifeOf('one')), stand.takesUp(stand.lifeOf('two'))]);

  const ids = taken.flat().map(({ deliveryId }) => deliveryId);
  expect(new Set(ids).size).toBe(20);
  expect(ids).toHaveLength(20);
});

testOfReplicas('a sign of life keeps others away', async () => {
  const living = stand.lifeOf('one');
  await living.keep('d1', {}).arrival;
  await stand.dies();
  await stand.sweeps(living);

  expect(await stand.takesUp(stand.lifeOf('two'))).toEqual([]);
});

test('what was taken up and not begun counts for nothing, however many processes have ended on it', async () => {
  await stand.lifeOf('0').keep('d1', {}).arrival;
  for (let life = 1; life <= 5; life += 1) {
    await stand.dies();
    const inbox = stand.lifeOf(String(life));
    inbox.onLeftBehind(() => new Promise(() => undefined));
    await stand.sweeps(inbox);
  }
  await stand.dies();

  expect(await stand.takesUp(stand.lifeOf('next'))).toMatchObject([{ deliveryId: 'd1', tries: 1 }]);
});

test('whoever ends in order leaves what it has not begun at once, and counts no beginning of the rest', async () => {
  await stand.lifeOf('0').keep('d1', {}).arrival;
  await stand.dies();
  const ending = stand.lifeOf('1');
  const counted: Promise<unknown>[] = [];
  ending.onLeftBehind(async ({ deliveryId }) => {
    counted.push(ending.begin(deliveryId));
    await new Promise(() => undefined);
  });
  await stand.sweeps(ending);
  await Promise.all(counted);
  await ending.keep('waiting', {}).arrival;

  await ending.leave();

  const next = stand.lifeOf('2');
  // What it had begun may go on until the process has ended, where it is not the only one.
  expect((await stand.takesUp(next)).map(({ deliveryId }) => deliveryId)).toEqual(
    database.isShared ? ['waiting'] : ['d1', 'waiting'],
  );
  await stand.dies();
  expect([...(await stand.takesUp(next))].map(({ tries }) => tries)).toEqual(database.isShared ? [1] : []);
});

test('what was released is taken up again after its pause, by the same process too, and no try is counted', async () => {
  const inbox = stand.lifeOf('one');
  await inbox.keep('d1', {}).arrival;
  await inbox.release('d1', 3_600);
  expect(await stand.takesUp(inbox)).toEqual([]);

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
  while (!isReleased) await stand.sweeps(inbox);

  expect(await stand.takesUp(inbox)).toMatchObject([{ deliveryId: 'd1', tries: 1 }]);
});

test('what somebody else has taken up meanwhile is not begun', async () => {
  await stand.lifeOf('0').keep('d2', {}).arrival;
  await stand.dies();
  const slow = stand.lifeOf('slow');
  slow.onLeftBehind(() => new Promise(() => undefined));
  await stand.sweeps(slow);
  await stand.dies();
  expect(await stand.takesUp(stand.lifeOf('other'))).toHaveLength(1);

  expect(await slow.begin('d2')).toBe(false);
});

test('what comes again while its row is taken up is worked on once, and nothing of it stays', async () => {
  await stand.lifeOf('0').keep('d1', { text: 'help' }).arrival;
  await stand.dies();
  const [takenUp, known] = [held(), held()];
  const answers = [takenUp, known];
  const slow = answering(async () => answers.shift()?.promise);
  const inbox = createInbox({ database: slow, clock: stand.clock, channel: 'slack', holder: 'one', log: silentLog });
  const begun: boolean[] = [];
  inbox.onLeftBehind(async ({ deliveryId }) => {
    await known.promise;
    begun.push(await inbox.begin(deliveryId));
    await inbox.done(deliveryId);
  });

  const takingUp = takeUpOf(inbox).sweep(stand.clock.now());
  while (answers.length === 2) await nextTurn();
  const { arrival } = inbox.keep('d1', { text: 'help' });
  while (answers.length === 1) await nextTurn();
  takenUp.release();
  await takingUp;
  known.release();

  expect(await arrival).toBe('known');
  for (let round = 0; round < 10; round += 1) await stand.sweeps(inbox);
  expect(begun).toEqual([true]);
  expect(await stand.rows()).toEqual([]);
});

test('what nobody has taken up for a day is dropped, and the operator is told; what is worked on stays', async () => {
  const { log, lines } = recordingLog();
  const inbox = createInbox({ database, clock: stand.clock, channel: 'slack', holder: 'one', log });
  await stand.lifeOf('0').keep('old', {}).arrival;
  await stand.lifeOf('0').keep('of today', {}).arrival;
  await stand.dies();
  await inbox.keep('long work', {}).arrival;
  const old = new Date(stand.clock.wall().getTime() - 25 * 60 * 60 * 1_000);
  const ages = { old: old, 'long work': old, 'of today': stand.clock.wall() };
  for (const [id, received_at] of Object.entries(ages))
    await database.db.updateTable('inbox').set({ received_at }).where('delivery_id', '=', id).execute();

  await stand.sweeps(inbox);

  expect((await stand.rows()).map(({ delivery_id }) => delivery_id)).toEqual(['of today', 'long work']);
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
  const parts = { clock: stand.clock, channel: 'slack', holder: 'one', log: silentLog };
  const living = createInbox({ ...parts, database: { ...database, db: failing } });
  for (const id of ['answered', 'worked on']) await living.keep(id, {}).arrival;
  await living.done('answered');
  await stand.dies();

  await Promise.allSettled(living.sweeps.map(({ sweep }) => sweep(stand.clock.now())));

  expect(await stand.takesUp(stand.lifeOf('two'))).toEqual([]);
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
  const inbox = createInbox({
    database: { ...database, db: failing },
    clock: stand.clock,
    channel: 'slack',
    holder: 'one',
    log,
  });
  await inbox.keep('d1', {}).arrival;
  isAway = true;

  await expect(inbox.keep('d2', {}).arrival).rejects.toThrow('away');
  await inbox.done('d1');
  expect(lines()).toHaveLength(1);

  isAway = false;
  expect(await stand.rows()).toHaveLength(1);
  await stand.sweeps(inbox);
  expect(await stand.rows()).toEqual([]);
  expect(await inbox.keep('d2', {}).arrival).toBe('new');
});

/** A database whose answers come after that. */
function answering(after: () => Promise<unknown>): Database {
  const transformResult: KyselyPlugin['transformResult'] = async ({ result }) => {
    await after();
    return result;
  };
  return { ...database, db: database.db.withPlugin({ transformQuery: ({ node }) => node, transformResult }) };
}
