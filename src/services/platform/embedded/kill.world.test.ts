import { fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { sql } from 'kysely';
import { openDatabase } from '../database.js';
import { compilePlatform } from '../testing/compiled.js';
import { silentLog } from '../testing/test-parts.js';
import { seeded } from './testing/power-cut.js';

/** More kills: `KILLS=200`; the same moments again: `KILL_SEED=7`. */
const kills = Number(process.env['KILLS'] ?? 20);
const killsAtFirstStart = Math.ceil(kills / 5);
const random = seeded(Number(process.env['KILL_SEED'] ?? 1));
const patience = 120_000 + kills * 10_000;
const SEVENTH = 7;

const folders: string[] = [];
let compiled: string;
beforeAll(() => {
  compiled = compilePlatform();
  folders.push(compiled);
});
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

function emptyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-kill-'));
  folders.push(folder);
  return folder;
}

/**
 * Starts a writer and kills it (-9) within `withinMs` after it has opened the database, or after its start. Returns the rows
 * that it had acknowledged.
 */
async function writeAndKill(dataDir: string, when: { since: 'opened' | 'start'; withinMs: number }): Promise<number[]> {
  const acknowledged: number[] = [];
  const child = fork(join(compiled, 'embedded/testing/write-until-killed.js'), [dataDir], { execArgv: [] });
  const gone = new Promise<NodeJS.Signals | null>((resolve) => child.once('exit', (_, signal) => resolve(signal)));
  const opened = new Promise<void>((resolve) =>
    child.on('message', (said) => {
      if (said === 'opened') resolve();
      else acknowledged.push(Number(said));
    }),
  );
  if (when.since === 'opened') await Promise.race([opened, gone]);
  await after(random() * when.withinMs);
  child.kill('SIGKILL');
  expect(await gone).toBe('SIGKILL'); // it had not given up before
  return acknowledged;
}

/** Opens the folder as the next start does. */
async function readBack(dataDir: string): Promise<{ numbers: number[]; counted: number; counter: number }> {
  const { db, close } = await openDatabase({ dataDir, log: silentLog });
  const { rows } = await sql<{ number: number; counted: boolean }>`select * from entry order by number`.execute(db);
  const { rows: counters } = await sql<{ value: number }>`select value from counter`.execute(db);
  await close();
  return {
    numbers: rows.map(({ number }) => number),
    counted: rows.filter(({ counted }) => counted).length,
    counter: counters[0]?.value ?? Number.NaN,
  };
}

test(
  'whenever it is killed, also while it starts, every acknowledged row is there and the counter counts them',
  async () => {
    const dataDir = emptyFolder();
    const acknowledged: number[] = [];
    acknowledged.push(...(await writeAndKill(dataDir, { since: 'opened', withinMs: 600 })));
    for (let kill = 1; kill < kills; kill++) {
      const since = kill % SEVENTH === 0 ? 'start' : 'opened';
      acknowledged.push(...(await writeAndKill(dataDir, { since, withinMs: 600 })));
    }

    const { numbers, counted, counter } = await readBack(dataDir);

    const there = new Set(numbers);
    expect(acknowledged.length).toBeGreaterThan(kills);
    expect(acknowledged.filter((number) => !there.has(number))).toEqual([]);
    expect(numbers).toEqual(numbers.map((_, index) => index));
    expect(counter).toBe(counted);
  },
  patience,
);

test(
  'whenever its very first start is killed, the next start makes the database anew and works',
  async () => {
    for (let kill = 0; kill < killsAtFirstStart; kill++) {
      const dataDir = emptyFolder();
      await writeAndKill(dataDir, { since: 'start', withinMs: 3_000 });

      const { db, close } = await openDatabase({ dataDir, log: silentLog });
      await db
        .insertInto('delivery')
        .values({ channel: 'test', delivery_id: '1', at: new Date(0) })
        .execute();

      expect(await db.selectFrom('delivery').select('delivery_id').execute()).toEqual([{ delivery_id: '1' }]);
      await close();
    }
  },
  patience,
);
