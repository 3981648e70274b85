import { OneSessionPool, type PoolClient } from '../one-session-pool.js';
import type { Session } from '../session.js';

/** What the pool promises, over any session. @param openAnother a session of its own, on an empty database. */
export function testPoolOver(openAnother: () => Promise<Session>): void {
  let session: Session;
  let pool: OneSessionPool;

  beforeAll(async () => {
    session = await openAnother();
    pool = new OneSessionPool(session, { holdAtMostMs: 200 });
    await pool.query('create table note (number integer primary key)');
  }, 60_000);
  afterAll(() => pool.end());
  beforeEach(() => pool.query('truncate note'));

  async function numbers(): Promise<number[]> {
    const { rows } = await pool.query<{ number: number }>('select number from note order by number');
    return rows.map(({ number }) => number);
  }

  test('another caller’s write never ends up in my transaction', async () => {
    const mine = await pool.connect();
    await mine.query('begin');
    await mine.query('insert into note values (1)');
    const theirs = pool.query('insert into note values (2)');

    await mine.query('rollback');
    mine.release();
    await theirs;

    expect(await numbers()).toEqual([2]);
  });

  test('a transaction left open is rolled back when its client is released, even an aborted one', async () => {
    const forgetful = await pool.connect();
    await forgetful.query('begin');
    await forgetful.query('insert into note values (1)');
    await expect(forgetful.query('select * from nowhere')).rejects.toThrow('nowhere');
    forgetful.release();

    await pool.query('insert into note values (2)');

    expect(await numbers()).toEqual([2]);
  });

  test('callers get their turn in the order in which they came', async () => {
    const order: number[] = [];
    const turn = async (caller: number): Promise<void> => {
      const client = await pool.connect();
      order.push(caller);
      client.release();
    };

    await Promise.all([1, 2, 3, 4, 5].map(turn));

    expect(order).toEqual([1, 2, 3, 4, 5]);
  });

  test('a query beside an open transaction is refused after a while, with the usual cause', async () => {
    const holder = await pool.connect();

    const refused = pool.query('select 1');

    await expect(refused).rejects.toMatchObject({ facts: { code: 'database-busy' } });
    holder.release();
    expect(await numbers()).toEqual([]);
  });

  test('whoever gave up waiting does not get the turn any more; the next in line does', async () => {
    const holder = await pool.connect();
    const givesUp = pool.connect();
    await expect(givesUp).rejects.toThrow('nobody else got a turn');
    const patient = pool.query<{ one: number }>('select 1 as one');

    holder.release();

    expect((await patient).rows).toEqual([{ one: 1 }]);
  });

  test('timers keep their time while five hundred queries wait in line', async () => {
    let ticks = 0;
    const timer = setInterval(() => (ticks += 1), 5);

    const queries = Array.from({ length: 500 }, () => pool.query('select 1'));
    let turnsOfTheLoop = 0;
    let isWaiting = true;
    const loop = (function turn(): Promise<void> {
      turnsOfTheLoop += 1;
      return new Promise((resolve) => setImmediate(() => (isWaiting ? resolve(turn()) : resolve())));
    })();
    await Promise.all(queries.map((query) => query.catch(() => undefined)));
    isWaiting = false;
    await loop;
    clearInterval(timer);

    expect(ticks).toBeGreaterThan(2);
    expect(turnsOfTheLoop).toBeGreaterThan(100);
  });

  test('a long line is no fault: everybody gets a turn, however long it takes', async () => {
    const brief = new OneSessionPool(session, { holdAtMostMs: 400 });
    const holdsBriefly = async (): Promise<void> => {
      const client = await brief.connect();
      await new Promise((resolve) => setTimeout(resolve, 5));
      client.release();
    };

    await Promise.all(Array.from({ length: 100 }, holdsBriefly));

    expect(await numbers()).toEqual([]);
  });

  test('a released client cannot be used or released again', async () => {
    const client: PoolClient = await pool.connect();
    client.release();

    await expect(client.query('select 1')).rejects.toThrow('released');
    expect(() => client.release()).toThrow('twice');
  });

  test('values come back as pg gives them', async () => {
    const { rows } = await pool.query(
      `select 9007199254740993::bigint as big, 1.5::numeric as exact, 42 as int, true as yes,
        '2026-11-24T09:00:00.123+01:00'::timestamptz as moment, '{"a":[1,null]}'::jsonb as json,
        '\\x00ff'::bytea as bytes, array['a','b,"c'] as texts, array[1,2]::bigint[] as bigs, null as nothing`,
    );

    expect(rows[0]).toEqual({
      big: '9007199254740993',
      exact: '1.5',
      int: 42,
      yes: true,
      moment: new Date('2026-11-24T08:00:00.123Z'),
      json: { a: [1, null] },
      bytes: Buffer.from([0, 255]),
      texts: ['a', 'b,"c'],
      bigs: ['1', '2'],
      nothing: null,
    });
  });

  test('values go in as pg sends them', async () => {
    const moment = new Date('2026-11-24T09:00:00.123Z');
    const { rows } = await pool.query(
      `select $1::bigint as big, $2::timestamptz as moment, $3::jsonb as json, $4::bytea as bytes, $5::text[] as texts,
        $6::boolean as no, $7::text as nothing, $8::text as text`,
      [7n, moment, { a: 1 }, Buffer.from([0, 255]), ['a', 'b,"c'], false, null, '日本 ’'],
    );

    expect(rows[0]).toEqual({
      big: '7',
      moment,
      json: { a: 1 },
      bytes: Buffer.from([0, 255]),
      texts: ['a', 'b,"c'],
      no: false,
      nothing: null,
      text: '日本 ’',
    });
  });

  test('an error names its SQLSTATE and constraint, but not the values that were sent', async () => {
    await pool.query('insert into note values (1)');

    const error: unknown = await pool.query('insert into note values ($1)', [1]).catch((caught: unknown) => caught);

    expect(error).toMatchObject({ code: '23505', constraint: 'note_pkey' });
    expect(error).not.toHaveProperty('params');
    expect(error).not.toHaveProperty('queryOptions');
  });

  test('an error in one query leaves the next one its own answer', async () => {
    const answers = await Promise.allSettled([
      pool.query('select 1/$1::integer', [0]),
      pool.query<{ value: number }>('select $1::integer as value', [2]),
      pool.query('select * from nowhere where a = $1', [1]),
      pool.query<{ value: number }>('select $1::integer as value', [4]),
    ]);

    expect(answers.map((answer) => (answer.status === 'fulfilled' ? answer.value.rows : answer.status))).toEqual([
      'rejected',
      [{ value: 2 }],
      'rejected',
      [{ value: 4 }],
    ]);
  });

  test('counts say how many rows were changed', async () => {
    const inserted = await pool.query('insert into note values (1), (2), (3)');
    const updated = await pool.query('update note set number = number + 10 where number > $1', [1]);
    const many = await pool.query('delete from note where number = 1; delete from note');

    expect([inserted, updated, many].map(({ command, rowCount }) => [command, rowCount])).toEqual([
      ['INSERT', 3],
      ['UPDATE', 2],
      ['DELETE', 2],
    ]);
  });

  test('whoever comes while it waits to be closed is refused, and so are all behind', async () => {
    const own = new OneSessionPool(await openAnother());
    const holder = await own.connect();
    const closing = own.end();
    const later = Promise.allSettled([own.query('select 1'), own.query('select 2')]);

    holder.release();
    await closing;

    expect((await later).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  }, 60_000);

  test('closing lets those in line finish and refuses those who come later', async () => {
    const own = new OneSessionPool(await openAnother());
    const earlier = own.query<{ one: number }>('select 1 as one');

    const closing = own.end();

    expect((await earlier).rows).toEqual([{ one: 1 }]);
    await closing;
    await expect(own.query('select 1')).rejects.toThrow('closed');
    await own.end();
  }, 60_000);
}
