import fc from 'fast-check';
import { sql } from 'kysely';
import {
  createTestDatabase,
  describeOnPostgres,
  onServer,
  type TestDatabase,
} from '../../../../test/support/test-database.js';
import { appendAudit, verifyAudit } from '../audit.js';
import { createClock } from '../clock.js';
import { openDatabase, type Database } from '../database.js';
import { parseRunId } from '../ids.js';
import { ada, silentLog } from '../testing/test-parts.js';
import { createWake } from '../wake.js';
import { moveDatabase } from './move-database.js';
import { refuseOthersTables } from './others-tables.js';
import { listTables } from './table-catalogue.js';

const at = new Date('2026-11-24T09:00:00.123Z');
const noWake = { resumeAfter: () => Promise.resolve() };
const runId = parseRunId('0199a000-0000-7000-8000-000000000001');

describeOnPostgres('an embedded database moves to PostgreSQL', () => {
  let source: Database;
  let made: TestDatabase;
  let target: Database;

  beforeAll(async () => {
    source = await openDatabase({ dataDir: '', inMemory: true, log: silentLog });
    await writeStory();
  });
  afterAll(() => source.close());
  beforeEach(openTarget);
  afterEach(closeTarget);

  async function openTarget(): Promise<void> {
    made = await createTestDatabase();
    target = await openDatabase({ dataDir: '', postgres: made.server, log: silentLog });
  }

  async function closeTarget(): Promise<void> {
    await target.close();
    await made.drop();
  }

  /** Every row of every table, as text in UTC. */
  async function everything({ transaction }: Database): Promise<Record<string, unknown[]>> {
    return transaction(async (trx) => {
      await sql`set local timezone = 'UTC'`.execute(trx);
      const all: Record<string, unknown[]> = {};
      for (const { name } of await listTables(trx)) {
        const { rows } = await sql<{ row: string }>`select t::text as row from ${sql.table(name)} as t`.execute(trx);
        all[name] = rows.map(({ row }) => row).sort();
      }
      return all;
    });
  }

  async function writeStory(): Promise<void> {
    await source.transaction(async (trx) => {
      await sql`
        insert into run (id, kind, version, input, actor, state, reference, outcome, started_at, changed_at)
        values (${runId}, 'story', 1, 'null', '{"name":"Ada"}', 'waiting', 'r', null,
          '2026-11-24 09:00:00.123456+00', '1999-12-31 23:59:59.999999+05:30')`.execute(trx);
      await sql`
        insert into step (run_id, name, position, state, result, fence, started_at)
        values (${runId}, 'JSON null', 1, 'done', 'null', 1, ${at}), (${runId}, 'no result', 2, 'started', null, 1, ${at}),
          (${runId}, 'the text', 3, 'done', '"null"', 1, ${at}), (${runId}, 'NULL', 4, 'done', '[[], {}, "{a,b}"]', 1, ${at})`.execute(
        trx,
      );
      await sql`
        insert into one_time_secret (token_hash, sealed, purpose, created_at, expires_at)
        values ('t', '\\x00ff27225c', 'p', ${at}, ${at})`.execute(trx);
      await sql`
        insert into inbox (channel, delivery_id, delivery, received_at, holder)
        values ('slack', 'one', '{}', ${at}, 'h'), ('slack', 'two', '{}', ${at}, 'h')`.execute(trx);
      await sql`
        insert into access_request (id, kind, state, asker, asker_name, person, person_name, user_principal_name, role_id,
          rules, gift, minutes, why, stage_at, approvers, asked_at, changed_at)
        values (${runId}, 'access', 'open', 'a', 'Ada', 'a', 'Ada', 'ada', 'agent', '{}', '{}', 60, 'w', ${at}, '[]',
          ${at}, ${at})`.execute(trx);
      await sql`
        insert into step_up (id, request, person, person_name, channel, reason, state, token_hash, clicked_at, made_at,
          expires_at)
        values (${runId}, ${runId}, 'a', 'Ada', 'teams', '', 'open', 't', ${at}, ${at}, ${at})`.execute(trx);
      await sql`insert into outbox (type, payload, at) values ('told', '1', ${at}), ('told', '2', ${at})`.execute(trx);
      for (const what of ['one', 'two', 'three']) {
        await appendAudit(trx, { at, kind: 'intent', body: { actor: { personId: ada.personId }, what } });
      }
    });
  }

  test('all rows are equal, the audit log is whole, numbers go on, and waiting runs are looked after', async () => {
    const before = await everything(source);
    const wake = createWake({ database: target, log: silentLog });
    await wake.start(async () => false);

    const moved = await moveDatabase({ from: source, to: target, wake });
    await wake.stop();

    expect(await everything(target)).toEqual(before);
    expect(await everything(source)).toEqual(before);
    expect(moved.rows).toBe(Object.values(before).flat().length);
    await expect(verifyAudit(target.db)).resolves.toMatchObject({ ok: true, entries: 3 });
    await target.transaction((trx) => appendAudit(trx, { at, kind: 'intent', body: {} }));
    await expect(verifyAudit(target.db)).resolves.toMatchObject({ ok: true, entries: 4 });
    const { rows } = await target.query(
      `insert into outbox (type, payload, at) values ('told', '3', now()) returning id`,
    );
    expect(rows).toEqual([{ id: '3' }]);
    await expect(target.query('select data from wake.job')).resolves.toMatchObject({ rows: [{ data: { runId } }] });
  });

  test('whatever stands in a row arrives as it was', async () => {
    const words = fc.string({
      unit: fc.constantFrom('a', '"', "'", '\\', '{', '}', ',', ' ', '\n', '\t', 'é', '😀', 'NULL', '\u200b'),
    });
    const row = fc.record({
      person: words,
      json: fc.option(fc.jsonValue(), { nil: undefined }),
      micros: fc.integer({ min: 0, max: 4_000_000_000 }),
      place: fc.option(words),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 20 }), async (rows) => {
        await source.query('truncate form');
        await closeTarget();
        await openTarget();
        for (const [index, { person, json, micros, place }] of rows.entries()) {
          await sql`
            insert into form values ('teams', ${String(index)}, ${person}, 'f',
              ${JSON.stringify(json ?? null).replaceAll('\\u0000', ' ')}::jsonb, 'q', 1, ${place}, null,
              'epoch'::timestamptz + ${String(micros)}::bigint * interval '1 microsecond' * 1000)`.execute(source.db);
        }

        await moveDatabase({ from: source, to: target, wake: noWake });

        expect(await everything(target)).toEqual(await everything(source));
      }),
      { numRuns: 8 },
    );
  });

  test('a row that arrives changed stops the move, and nothing stays', async () => {
    await onServer(
      `create function spoil() returns trigger language plpgsql as $$ begin
         if new.name = 'JSON null' then new.result := null; end if; return new; end $$;
       create trigger spoil before insert on step for each row execute function spoil()`,
      made.url,
    );

    await expect(moveDatabase({ from: source, to: target, wake: noWake })).rejects.toMatchObject({
      facts: { code: 'move-not-equal', what: expect.stringContaining('step') as string },
    });

    expect((await everything(target))['run']).toEqual([]);
  });

  test('a move that is cut off leaves the target empty and the source as it was, and can be begun again', async () => {
    const before = await everything(source);
    const cutOff = {
      resumeAfter: async () =>
        void (await onServer(
          `select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid()`,
          made.url,
        )),
    };

    await expect(moveDatabase({ from: source, to: target, wake: cutOff })).rejects.toThrow();
    await target.query('select 1').catch(() => undefined);
    expect(Object.entries(await everything(target)).filter(([, rows]) => rows.length > 0)).toEqual([
      ['audit_head', [expect.stringMatching(/^\(main,0,/)]],
    ]);
    expect(await everything(source)).toEqual(before);

    await moveDatabase({ from: source, to: target, wake: noWake });
    expect(await everything(target)).toEqual(before);
  });

  test('a target that holds something is left alone', async () => {
    await target.transaction((trx) => appendAudit(trx, { at, kind: 'intent', body: {} }));
    const before = await everything(target);

    await expect(moveDatabase({ from: source, to: target, wake: noWake })).rejects.toMatchObject({
      facts: { code: 'move-target-not-empty' },
    });

    expect(await everything(target)).toEqual(before);
  });

  test('a database of somebody else is refused before anything is made there', async () => {
    const theirs = await createTestDatabase();
    await onServer('create table invoice (id int)', theirs.url);

    const look = refuseOthersTables({ server: theirs.server, source, log: silentLog, clock: createClock() });

    await expect(look).rejects.toMatchObject({ facts: { what: expect.stringContaining('invoice') as string } });
    await theirs.drop();
  });
});
