import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import fc from 'fast-check';
import { appendAudit, exportAudit, listAudit, verifyAudit, type ExportedAuditEntry } from './audit.js';
import { openTestDatabase } from '../../../test/support/test-database.js';
import type { Database } from './database.js';
import { canonicalJson } from './json.js';
import { ada, omar } from './testing/test-parts.js';

const ENTRIES = 6;
const at = new Date('2026-11-24T09:00:00.123Z');

let database: Database;

beforeAll(async () => {
  database = await openTestDatabase();
}, 30_000);
afterAll(() => database.close());

beforeEach(async () => {
  await tamper(sql`drop table if exists kept`, sql`delete from audit`, sql`delete from audit_person`);
  await tamper(sql`update audit_head set seq = 0, hash = repeat('0', 64)`);
  for (let number = 1; number <= ENTRIES; number++) {
    const actor = number % 2 ? ada : omar;
    await append({ kind: 'intent', body: { actor: { ...actor }, number, text: `entry ${String(number)} — 日本` } });
  }
});

function append(entry: { kind: string; body: Parameters<typeof appendAudit>[1]['body'] }): Promise<void> {
  return database.transaction((trx) => appendAudit(trx, { at, ...entry }));
}

/** What somebody with the rights of the database's owner can do. */
async function tamper(...statements: ReturnType<typeof sql>[]): Promise<void> {
  await database.db.transaction().execute(async (trx) => {
    await sql`set local session_replication_role = replica`.execute(trx); // no triggers
    for (const statement of statements) await statement.execute(trx);
  });
}

const entryNumber = fc.integer({ min: 1, max: ENTRIES });

test('a log that nobody touched is found right', async () => {
  const verdict = await verifyAudit(database.db);

  expect(verdict).toEqual({ ok: true, entries: ENTRIES });
});

test('an empty log is found right', async () => {
  await tamper(sql`delete from audit`, sql`update audit_head set seq = 0, hash = repeat('0', 64)`);
  await tamper(sql`delete from audit_person`);

  expect(await verifyAudit(database.db)).toEqual({ ok: true, entries: 0 });
});

test('a log removed as a whole, with its head set back, is missed by the pages of people', async () => {
  await tamper(sql`delete from audit`, sql`update audit_head set seq = 0, hash = repeat('0', 64)`);

  expect(await verifyAudit(database.db)).toMatchObject({ ok: false, seq: 1 });
});

test('the log can only grow: changing, deleting and emptying it are refused', async () => {
  const attempts = [
    sql`update audit set body = '{}' where seq = 1`,
    sql`delete from audit where seq = 1`,
    sql`truncate audit`,
    sql`delete from audit_head`,
    sql`truncate audit_head`,
  ];

  for (const attempt of attempts) await expect(attempt.execute(database.db)).rejects.toThrow('can only grow');

  expect(await verifyAudit(database.db)).toEqual({ ok: true, entries: ENTRIES });
});

test('any change of any one value is found, at its entry', async () => {
  const changes = {
    body: (value: string) => sql`body = body || ${value}`,
    body_hash: (value: string) => sql`body_hash = encode(sha256(convert_to(${value}, 'UTF8')), 'hex')`,
    prev: (value: string) => sql`prev = encode(sha256(convert_to(${value}, 'UTF8')), 'hex')`,
    hash: (value: string) => sql`hash = encode(sha256(convert_to(${value}, 'UTF8')), 'hex')`,
    at: (value: string) => sql`at = at + ${String(value.length)}::integer * interval '1 microsecond'`,
  };
  const column = fc.constantFrom(...(Object.keys(changes) as (keyof typeof changes)[]));
  await fc.assert(
    fc
      .asyncProperty(entryNumber, column, fc.string({ minLength: 1 }).map(withoutNul), async (seq, name, value) => {
        await tamper(sql`create temp table kept as select * from audit`);
        await tamper(sql`update audit set ${changes[name](value)} where seq = ${seq}`);

        const verdict = await verifyAudit(database.db);

        expect(verdict).toMatchObject({ ok: false, seq });
      })
      .afterEach(() =>
        tamper(sql`delete from audit`, sql`insert into audit select * from kept`, sql`drop table if exists kept`),
      ),
    { numRuns: 40 },
  );
});

function withoutNul(text: string): string {
  return text.replaceAll('\0', '0').replace(/\p{Surrogate}/gu, '?');
}

test('a rewritten text with its own hashes made right again still breaks the chain, or differs from the head', async () => {
  for (let seq = 1; seq <= ENTRIES; seq++) {
    await tamper(sql`create temp table kept as select * from audit`);
    await tamper(
      sql`update audit set body = replace(body, 'entry', 'lie'),
        body_hash = encode(sha256(convert_to(replace(body, 'entry', 'lie'), 'UTF8')), 'hex') where seq = ${seq}`,
      sql`update audit set hash = encode(sha256(convert_to(prev || chain || E'\\n' || seq || E'\\n'
        || to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') || E'\\n' || body_hash, 'UTF8')), 'hex')
        where seq = ${seq}`,
    );

    expect(await verifyAudit(database.db)).toMatchObject({ ok: false, seq: seq + 1 });

    await tamper(sql`delete from audit`, sql`insert into audit select * from kept`, sql`drop table kept`);
  }
});

test('an entry taken out is found, wherever it stood', async () => {
  for (let seq = 1; seq <= ENTRIES; seq++) {
    await tamper(sql`create temp table kept as select * from audit`);
    await tamper(sql`delete from audit where seq = ${seq}`);

    expect(await verifyAudit(database.db)).toMatchObject({ ok: false, seq: seq });

    await tamper(sql`delete from audit`, sql`insert into audit select * from kept`, sql`drop table kept`);
  }
});

test('an entry taken out and the rest renumbered is found', async () => {
  await tamper(sql`delete from audit where seq = 3`);
  await tamper(sql`update audit set seq = seq - 1 where seq > 3`);

  expect(await verifyAudit(database.db)).toMatchObject({ ok: false, seq: 3 });
});

test('the newest entries cut off are found', async () => {
  for (let kept = 0; kept < ENTRIES; kept++) {
    await tamper(sql`create temp table kept as select * from audit`);
    await tamper(sql`delete from audit where seq > ${kept}`);

    expect(await verifyAudit(database.db)).toMatchObject({ ok: false, seq: kept + 1 });

    await tamper(sql`delete from audit`, sql`insert into audit select * from kept`, sql`drop table kept`);
  }
});

test('any two entries exchanged are found, at the first of them', async () => {
  const pair = fc.uniqueArray(entryNumber, { minLength: 2, maxLength: 2 });
  await fc.assert(
    fc.asyncProperty(pair, async ([a = 0, b = 0]) => {
      await exchange(a, b);

      const verdict = await verifyAudit(database.db);

      expect(verdict).toMatchObject({ ok: false, seq: Math.min(a, b) });
      await exchange(a, b);
    }),
    { numRuns: 20 },
  );
});

function exchange(a: number, b: number): Promise<void> {
  return tamper(
    sql`update audit set seq = -seq where seq in (${a}, ${b})`,
    sql`update audit set seq = case seq when ${-a}::integer then ${b}::integer else ${a}::integer end where seq < 0`,
  );
}

test('an entry put before the first one is found', async () => {
  await tamper(sql`insert into audit select chain, 0, at, body, body_hash, prev, hash from audit where seq = 1`);

  expect(await verifyAudit(database.db)).toMatchObject({ ok: false });
});

test('an entry put in, or a head that was changed or removed, is found', async () => {
  await tamper(
    sql`insert into audit select chain, 7, at, body, body_hash, hash, hash from audit where seq = ${ENTRIES}`,
  );
  expect(await verifyAudit(database.db)).toMatchObject({ ok: false, seq: 7 });
  await tamper(sql`delete from audit where seq = 7`);

  await tamper(sql`update audit_head set hash = repeat('a', 64)`);
  expect(await verifyAudit(database.db)).toMatchObject({ ok: false });

  await tamper(sql`delete from audit_head`);
  expect(await verifyAudit(database.db)).toMatchObject({ ok: false });
  await tamper(sql`insert into audit_head select chain, seq, hash from audit where seq = ${ENTRIES}`);
});

test('a log longer than a page is read to its end', async () => {
  expect(await verifyAudit(database.db, { pageSize: 4 })).toEqual({ ok: true, entries: ENTRIES });

  await tamper(sql`update audit set body = '{}' where seq = 6`);

  expect(await verifyAudit(database.db, { pageSize: 4 })).toMatchObject({ ok: false, seq: 6 });
});

test('an entry that starts a page is held against the one that ended the page before', async () => {
  await tamper(sql`update audit set prev = repeat('b', 64) where seq = 5`);

  expect(await verifyAudit(database.db, { pageSize: 4 })).toMatchObject({ ok: false, seq: 5 });
});

test('entries appended while the log is verified do not make it wrong', async () => {
  const appending = (async () => {
    for (let number = 0; number < 10; number++) await append({ kind: 'outcome', body: number });
  })();

  const verdict = await verifyAudit(database.db, { pageSize: 1 });
  await appending;

  expect(verdict.ok).toBe(true);
  expect(await verifyAudit(database.db)).toEqual({ ok: true, entries: ENTRIES + 10 });
});

test('a refused transaction leaves no entry', async () => {
  const refused = database.transaction(async (trx) => {
    await appendAudit(trx, { at, kind: 'intent', body: null });
    throw new Error('refused');
  });

  await expect(refused).rejects.toThrow('refused');
  expect(await verifyAudit(database.db)).toEqual({ ok: true, entries: ENTRIES });
});

test('entries appended at the same time all find their place', async () => {
  await Promise.all(Array.from({ length: 20 }, (_, number) => append({ kind: 'intent', body: number })));

  expect(await verifyAudit(database.db)).toEqual({ ok: true, entries: ENTRIES + 20 });
});

test('hostile text is kept as it came', async () => {
  const text = 'a\0b \ud800 \\n "quoted" \u2028';

  await append({ kind: 'refusal', body: { text } });

  const [entry] = await listAudit(database.db, { limit: 1 });
  expect(entry).toMatchObject({ kind: 'refusal', at, body: { text } });
  expect(await verifyAudit(database.db)).toMatchObject({ ok: true });
});

test('the entries of a person are those they did and those that concern them, newest first, page by page', async () => {
  await append({ kind: 'outcome', body: { actor: { ...omar }, concerns: [ada.personId, ada.personId] } });

  const firstPage = await listAudit(database.db, { person: ada.personId, limit: 2 });
  const secondPage = await listAudit(database.db, {
    person: ada.personId,
    limit: 5,
    before: firstPage.at(-1)?.seq ?? 0,
  });
  const everybody = await listAudit(database.db, { limit: 100 });

  expect(firstPage.map(({ seq }) => seq)).toEqual([7, 5]);
  expect(secondPage.map(({ seq }) => seq)).toEqual([3, 1]);
  expect(everybody.map(({ seq }) => seq)).toEqual([7, 6, 5, 4, 3, 2, 1]);
});

test('on the way back to newer entries the nearest ones come, newest first', async () => {
  const page = await listAudit(database.db, { person: ada.personId, limit: 1, after: 1 });

  expect(page.map(({ seq }) => seq)).toEqual([3]);
});

describe('Who an entry can be found by is not in the chain, and is checked all the same', () => {
  test('an entry hidden from the page of any person is found', async () => {
    await append({ kind: 'outcome', body: { actor: { ...omar }, concerns: [ada.personId] } });
    for (let seq = 1; seq <= ENTRIES + 1; seq++) {
      await tamper(sql`create temp table kept as select * from audit_person`);
      await tamper(sql`delete from audit_person where seq = ${seq} and person = (
        select max(person) from audit_person where seq = ${seq})`);

      const verdict = await verifyAudit(database.db, { pageSize: 2 });

      expect(verdict).toMatchObject({ ok: false, seq, what: expect.stringContaining('taken off') as string });
      await tamper(
        sql`delete from audit_person`,
        sql`insert into audit_person select * from kept`,
        sql`drop table kept`,
      );
    }
  });

  test.each([
    ['of somebody else', 3, sql`insert into audit_person values (${omar.personId}, 'main', 3)`],
    ['of somebody whom it only mentions', 7, sql`insert into audit_person values ('mentioned', 'main', 7)`],
    ['of anybody, though there is no such entry', 99, sql`insert into audit_person values ('x', 'main', 99)`],
  ])('an entry put on the page %s is found', async (_whose, seq, deed) => {
    const actor = { ...ada };
    await append({ kind: 'intent', body: { actor, input: { personId: 'mentioned' }, text: 'a\0b \\u0000 \ud800' } });
    await tamper(deed);

    const verdict = await verifyAudit(database.db);

    expect(verdict).toMatchObject({ ok: false, seq, what: expect.stringContaining('put on the page') as string });
  });

  test('an entry moved from one page to another is found', async () => {
    await tamper(sql`update audit_person set person = ${omar.personId} where seq = 3`);

    expect(await verifyAudit(database.db)).toMatchObject({ ok: false, seq: 3 });
  });
});

test('the chain can be checked with nothing but what was exported', async () => {
  await append({ kind: 'refusal', body: { actor: { ...ada }, text: 'a\0b \ud800 \\n "quoted" \u2028' } });

  const lines: string[] = [];
  for await (const entry of exportAudit(database.db, { pageSize: 2 })) lines.push(JSON.stringify(entry));

  let prev = '0'.repeat(64);
  const entries = lines.map((line) => JSON.parse(line) as ExportedAuditEntry);
  for (const { seq, at: time, kind, body, prev: before, hash } of entries) {
    expect(before).toBe(prev);
    expect(hash).toBe(sha256(`${prev}main\n${String(seq)}\n${time}\n${sha256(canonicalJson({ kind, body }))}`));
    prev = hash;
  }
  expect(entries.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6, 7]);
});

test('a text that Latchkey did not write is found, and neither the list nor the export stops at it', async () => {
  await tamper(sql`update audit set body = 'nonsense', body_hash = encode(sha256('nonsense'), 'hex') where seq = 2`);

  const exported: ExportedAuditEntry[] = [];
  for await (const entry of exportAudit(database.db)) exported.push(entry);

  expect(await verifyAudit(database.db)).toMatchObject({ ok: false, seq: 2 });
  expect(await listAudit(database.db, { limit: 10 })).toHaveLength(ENTRIES);
  expect(exported[1]).toMatchObject({ seq: 2, kind: 'unreadable', body: 'nonsense' });
});

function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}
