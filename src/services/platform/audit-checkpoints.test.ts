import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { sql } from 'kysely';
import { OperatorAudit } from '../operations/operator-audit.js';
import { auditCheckpoints, checkpointFile, type AuditCheckpoints } from './audit-checkpoints.js';
import { appendAudit } from './audit.js';
import { openTestDatabase } from '../../../test/support/test-database.js';
import type { Database } from './database.js';
import { loadKey } from './keys.js';
import { ada, recordingLog, silentLog, StandingClock } from './testing/test-parts.js';

const KEY = Buffer.alloc(32, 7).toString('base64');
const OTHER_KEY = Buffer.alloc(32, 8).toString('base64');

let database: Database;
let dataDir: string;
let file: string;
let clock: StandingClock;
let checkpoints: AuditCheckpoints;

beforeAll(async () => {
  database = await openTestDatabase();
}, 30_000);
afterAll(() => database.close());

beforeEach(async () => {
  await emptyLog();
  dataDir = mkdtempSync(join(tmpdir(), 'latchkey-checkpoints-'));
  file = checkpointFile(dataDir);
  clock = new StandingClock();
  checkpoints = started();
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

/** As after a start of the bot, with that key. */
function started({ latchkeyKey = KEY, previousKey }: { latchkeyKey?: string; previousKey?: string } = {}) {
  const keys = loadKey({ latchkeyKey, dataDir, ...(previousKey === undefined ? {} : { previousKey }) });
  return auditCheckpoints({ database, keys, clock, log: silentLog, dataDir });
}

async function append(count: number): Promise<void> {
  for (let number = 0; number < count; number += 1)
    await database.transaction((trx) =>
      appendAudit(trx, { at: clock.now(), kind: 'intent', body: { actor: { ...ada }, number } }),
    );
}

function emptyLog(): Promise<void> {
  return cutBackTo(0);
}

/** What somebody with the rights of the database's owner can do. */
async function tamper(...statements: ReturnType<typeof sql>[]): Promise<void> {
  await database.db.transaction().execute(async (trx) => {
    await sql`set local session_replication_role = replica`.execute(trx); // no triggers
    for (const statement of statements) await statement.execute(trx);
  });
}

/** Everything in the database as if the entries after this one had never been. */
function cutBackTo(seq: number): Promise<void> {
  return tamper(
    sql`delete from audit where seq > ${seq}`,
    sql`delete from audit_person where seq > ${seq}`,
    sql`update audit_head set seq = ${seq}, hash = coalesce((select hash from audit where seq = ${seq}), repeat('0', 64))`,
  );
}

async function verify(asked = checkpoints) {
  const unwritable = { ...database, transaction: () => Promise.reject(new Error('The look leaves no entry here.')) };
  return (await new OperatorAudit({ database: unwritable, clock, log: silentLog, checkpoints: asked }).verify('root'))
    .verdict;
}

const lines = (): string[] => readFileSync(file, 'utf8').trimEnd().split('\n');
const seqs = (): number[] => lines().map((line) => (JSON.parse(line) as { seq: number }).seq);

describe('When a checkpoint is written', () => {
  test('only when there is something new, and at most once a minute', async () => {
    await checkpoints.sweep.sweep(clock.now());
    expect(() => statSync(file)).toThrow('ENOENT');

    await append(2);
    await checkpoints.sweep.sweep(clock.now());
    await append(1);
    await checkpoints.sweep.sweep(clock.now());
    expect(seqs()).toEqual([2]);

    clock.advance(1);
    await checkpoints.sweep.sweep(clock.now());
    clock.advance(1);
    await checkpoints.sweep.sweep(clock.now());
    expect(seqs()).toEqual([2, 3]);
  });

  test('at a stop at once, and not again at the next start', async () => {
    await append(1);
    await checkpoints.sweep.sweep(clock.now());
    await append(1);
    await Promise.all([checkpoints.writeNow(), checkpoints.writeNow()]);
    await started().writeNow();

    expect(seqs()).toEqual([1, 2]);
  });

  test('a stop is not held up by a folder that cannot be written', async () => {
    const { log, text } = recordingLog();
    const blocked = join(dataDir, 'a-file');
    writeFileSync(blocked, '');
    await append(1);

    const keys = loadKey({ latchkeyKey: KEY, dataDir });
    await auditCheckpoints({ database, keys, clock, log, dataDir: blocked }).writeNow();

    expect(text()).toContain('could not be written');
  });

  test('it is on the disk, readable by its owner only, before it counts as written', async () => {
    await append(1);
    const probe = await open(join(dataDir, 'probe'), 'w');
    const prototype = Object.getPrototypeOf(probe) as { sync: () => Promise<void> };
    await probe.close();
    const synced: string[] = [];
    const sync = jest.spyOn(prototype, 'sync').mockImplementation(function () {
      synced.push(readFileSync(file, 'utf8')); // what there is to be synced
      return Promise.reject(new Error('no space left'));
    });

    await expect(checkpoints.sweep.sweep(clock.now())).rejects.toThrow('no space left');
    sync.mockRestore();
    await checkpoints.sweep.sweep(clock.now());

    expect(synced).toHaveLength(1);
    expect(synced[0]).toMatch(/^\{"chain":"main","seq":1,.*\}\n$/);
    expect(seqs()).toEqual([1, 1]); // what was not synced was written again
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test('a log that is shorter than its newest checkpoint is complained of', async () => {
    const { log, text } = recordingLog();
    await append(3);
    await checkpoints.writeNow();
    await cutBackTo(1);

    await auditCheckpoints({ database, keys: loadKey({ latchkeyKey: KEY, dataDir }), clock, log, dataDir }).writeNow();

    expect(text()).toContain('is not what its newest checkpoint names');
  });
});

describe('What checkpoints show', () => {
  test('a log that nobody touched agrees with each of them', async () => {
    await append(2);
    await checkpoints.writeNow();
    await append(1);
    await checkpoints.writeNow();
    await append(1);

    expect(await verify()).toEqual({ ok: true, entries: 4, checkpoints: 2, notes: [] });
  });

  test('before the first one it is said what cannot be found', async () => {
    expect(await verify()).toEqual({ ok: true, entries: 0, checkpoints: 0, notes: [] });

    await append(1);

    const { ok, notes } = await verify();
    expect(ok).toBe(true);
    expect(notes).toEqual([expect.stringContaining('There are no checkpoints yet')]);
  });

  test('the newest entries cut off are found, also when the head was set back with them', async () => {
    await append(5);
    await checkpoints.writeNow();

    for (const kept of [4, 2, 0]) {
      await cutBackTo(kept);

      const verdict = await verify();

      expect(verdict).toMatchObject({ ok: false, entries: kept, seq: kept + 1 });
      expect(verdict).toMatchObject({ what: expect.stringContaining('names entry 5, which is gone') as string });
    }
  });

  test('cutting and then growing again past the checkpoint is found', async () => {
    await append(3);
    await checkpoints.writeNow();
    await cutBackTo(1);
    clock.advance(5);
    await append(4);
    await checkpoints.writeNow();

    expect(await verify()).toMatchObject({ ok: false, seq: 3, checkpoints: 1 });
  });

  test.each(['seq', 'hash', 'at', 'mac', 'chain'])(
    'a newest line whose %s was edited is no checkpoint',
    async (name) => {
      await append(3);
      await checkpoints.writeNow();
      const edited = {
        ...(JSON.parse(readFileSync(file, 'utf8')) as object),
        [name]: name === 'seq' ? 2 : 'a'.repeat(64),
      };
      writeFileSync(file, `${JSON.stringify(edited)}\n`);

      const verdict = await verify();

      expect(verdict).toMatchObject({
        ok: false,
        checkpoints: 0,
        what: expect.stringContaining('line 1 is not signed') as string,
      });
      expect(verdict).not.toHaveProperty('seq');
    },
  );

  test('an edited line before a good one is said, and harms nothing', async () => {
    await append(1);
    await checkpoints.writeNow();
    writeFileSync(file, readFileSync(file, 'utf8').replace('"seq":1', '"seq":7'));
    await append(1);
    await checkpoints.writeNow();

    const { ok, notes } = await verify();

    expect(ok).toBe(true);
    expect(notes).toEqual([expect.stringContaining('line 1 is not signed')]);
  });

  test('a line that a crash left unfinished is said, and the next one is whole again', async () => {
    await append(1);
    await checkpoints.writeNow();
    await append(1);
    appendFileSync(file, '{"chain":"main","seq":2,"ha');

    const torn = await verify();
    await started().writeNow();
    const mended = await verify();

    expect(torn).toMatchObject({
      ok: true,
      checkpoints: 1,
      notes: [expect.stringContaining('not written to its end')],
    });
    expect(mended).toMatchObject({
      ok: true,
      checkpoints: 2,
      notes: [expect.stringContaining('line 2 is not signed')],
    });
  });

  test('cut at any byte, the file never makes a right log wrong', async () => {
    for (let number = 0; number < 2; number += 1) {
      await append(1);
      await checkpoints.writeNow();
    }
    const { size } = statSync(file);
    for (let bytes = size; bytes >= 0; bytes -= 7) {
      truncateSync(file, bytes);
      expect(await verify()).toMatchObject({ ok: true });
    }
  });

  test('after a change of the key the log is vouched for anew, and the key before still counts when it is given', async () => {
    await append(1);
    await checkpoints.writeNow();

    expect(await verify(started({ latchkeyKey: OTHER_KEY }))).toMatchObject({ ok: false, checkpoints: 0 });
    expect(await verify(started({ latchkeyKey: OTHER_KEY, previousKey: KEY }))).toMatchObject({
      ok: true,
      checkpoints: 1,
    });

    const changed = started({ latchkeyKey: OTHER_KEY });
    await changed.sweep.sweep(clock.now());
    expect(await verify(changed)).toMatchObject({
      ok: true,
      checkpoints: 1,
      notes: [expect.stringContaining('line 1')],
    });
  });

  test('without a key it is said that they were not checked', async () => {
    const { verdict } = await new OperatorAudit({ database, clock, log: silentLog }).verify('root');

    expect(verdict).toMatchObject({ ok: true, notes: [expect.stringContaining('not checked')] });
  });
});

const deeds = {
  change: (seq: number) => tamper(sql`update audit set body = replace(body, 'number', 'numbers') where seq = ${seq}`),
  'take out': (seq: number) => tamper(sql`delete from audit where seq = ${seq}`),
  exchange: (seq: number) =>
    tamper(
      sql`update audit set seq = -seq where seq in (${seq}, ${seq} + 1)`,
      sql`update audit set seq = ${2 * seq + 1} + seq where seq < 0`,
    ),
  'cut with head': (seq: number) => cutBackTo(seq - 1),
  'break lines': (seq: number) => tamper(sql`update audit set body = replace(body, ',', E',\\n') where seq = ${seq}`),
};

test('in a log of any length, with checkpoints anywhere, a change, gap, exchange or cut is found at its entry', async () => {
  const histories = fc.record({
    pieces: fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 4 }),
    deed: fc.constantFrom(...(Object.keys(deeds) as (keyof typeof deeds)[])),
    place: fc.double({ min: 0, max: 0.999, noNaN: true }),
  });
  await fc.assert(
    fc.asyncProperty(histories, async ({ pieces, deed, place }) => {
      await emptyLog();
      rmSync(file, { force: true });
      const written = started();
      for (const count of [...pieces, 1]) {
        await append(count);
        await written.writeNow();
      }
      const entries = pieces.reduce((sum, count) => sum + count, 1);
      const seq = 1 + Math.floor(place * (entries - (deed === 'exchange' ? 1 : 0)));

      expect(await verify(written)).toMatchObject({ ok: true, entries, checkpoints: pieces.length + 1 });
      await deeds[deed](seq);
      const verdict = await verify(written);

      expect(verdict).toMatchObject({ ok: false, seq });
    }),
    { numRuns: 25 },
  );
}, 30_000);
