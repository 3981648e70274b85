import { openTestDatabase } from '../../../test/support/test-database.js';
import type { Database } from './database.js';
import type { Json } from './json.js';
import { createOutbox, publish, type Outbox } from './outbox.js';
import { silentLog, StandingClock } from './testing/test-parts.js';

let database: Database;
let clock: StandingClock;

beforeAll(async () => {
  database = await openTestDatabase();
}, 30_000);
afterAll(() => database.close());
beforeEach(async () => {
  clock = new StandingClock();
  await database.db.deleteFrom('outbox').execute();
});

function tells(...payloads: Json[]): Promise<void> {
  return database.transaction(async (trx) => {
    for (const payload of payloads) await publish(trx, { type: 'run-ended', payload, at: clock.now() });
  });
}

/** An outbox whose handler refuses while `isAway` says so, and what has arrived there. */
function outboxTo(isAway: () => boolean = () => false): { outbox: Outbox; arrived: Json[] } {
  const outbox = createOutbox({ database, clock, log: silentLog });
  const arrived: Json[] = [];
  outbox.on('run-ended', async (payload) => {
    if (isAway()) throw new Error('Teams does not answer.');
    arrived.push(payload);
  });
  return { outbox, arrived };
}

test('what was committed arrives once and in order, what was rolled back never', async () => {
  const { outbox, arrived } = outboxTo();
  await tells(1, 2);
  await database
    .transaction(async (trx) => {
      await publish(trx, { type: 'run-ended', payload: 'never', at: clock.now() });
      throw new Error('rolled back');
    })
    .catch(() => undefined);
  await tells(3);

  await outbox.sweep.sweep(clock.now());
  await outbox.sweep.sweep(clock.now());

  expect(arrived).toEqual([1, 2, 3]);
});

test('what a dead process left behind is delivered by the next one', async () => {
  await tells('left behind');
  const { outbox, arrived } = outboxTo();

  await outbox.sweep.sweep(clock.now());

  expect(arrived).toEqual(['left behind']);
});

test('what could not be delivered is tried again, less and less often, and holds up nothing else', async () => {
  let isAway = true;
  const { outbox, arrived } = outboxTo(() => isAway);
  await tells('late');
  await outbox.sweep.sweep(clock.now());
  await outbox.sweep.sweep(clock.now()); // too early
  const { attempts } = await database.db.selectFrom('outbox').select('attempts').executeTakeFirstOrThrow();
  isAway = false;
  await tells('prompt');
  await outbox.sweep.sweep(clock.now());
  const beforeTheWait = [...arrived];
  clock.advance(1);
  await outbox.sweep.sweep(clock.now());

  expect(attempts).toBe(1);
  expect(beforeTheWait).toEqual(['prompt']);
  expect(arrived).toEqual(['prompt', 'late']);
});

test('one that hangs holds up its own type alone, and of several at once not even that', async () => {
  let come = (): void => undefined;
  const away = new Promise<void>((resolve) => (come = resolve));
  const outbox = createOutbox({ database, clock, log: silentLog });
  const arrived: string[] = [];
  const arrives = (type: string) => async (payload: Json) => {
    if (payload === 'hangs') await away;
    arrived.push(`${type} ${String(payload)}`);
  };
  outbox.on('one', arrives('one'));
  outbox.on('many', arrives('many'), 2);
  outbox.on('other', arrives('other'));
  await database.transaction(async (trx) => {
    for (const type of ['one', 'many'])
      for (const payload of ['hangs', 1, 2]) await publish(trx, { type, payload, at: clock.now() });
    await publish(trx, { type: 'other', payload: 1, at: clock.now() });
  });

  const swept = outbox.sweep.sweep(clock.now());
  while (arrived.length < 3) await new Promise((turn) => setTimeout(turn, 5));
  const meanwhile = [...arrived].sort();
  come();
  await swept;

  expect(meanwhile).toEqual(['many 1', 'many 2', 'other 1']);
  expect(arrived.filter((one) => one.startsWith('one'))).toEqual(['one hangs', 'one 1', 'one 2']);
  expect(arrived).toHaveLength(7);
});

test('an event that nobody handles yet stays for whoever will', async () => {
  await tells('kept');
  const nobody = createOutbox({ database, clock, log: silentLog });
  await nobody.sweep.sweep(clock.now());

  const { outbox, arrived } = outboxTo();
  await outbox.sweep.sweep(clock.now());

  expect(arrived).toEqual(['kept']);
});

test('a place that has a handler takes no second one', () => {
  const { outbox } = outboxTo();

  expect(() => outbox.on('run-ended', async () => undefined)).toThrow('Two handlers');
});
