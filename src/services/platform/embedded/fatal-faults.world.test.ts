import { fork } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { openDatabase } from '../database.js';
import { compilePlatform } from '../testing/compiled.js';
import { silentLog } from '../testing/test-parts.js';
import type { WayToBreak } from './testing/breakable-disk.js';
import { DataFolders } from './testing/data-folders.js';

const folders = new DataFolders();
let compiled: string;
beforeAll(() => {
  compiled = compilePlatform();
});
afterAll(() => {
  folders.removeAll();
  rmSync(compiled, { recursive: true });
});

async function runOn(way: WayToBreak, dataDir: string) {
  const testing = join(compiled, 'embedded/testing');
  rmSync(join(testing, 'broken'), { force: true });
  const child = fork(join(testing, 'broken-disk.js'), [way, dataDir], {
    execArgv: ['--require', join(testing, 'breakable-disk.js')],
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  const acknowledged: number[] = [];
  let said = '';
  child.on('message', (number) => acknowledged.push(Number(number)));
  child.stdout?.on('data', (text) => (said += String(text)));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  const lines = said
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  return { code, acknowledged, lines };
}

async function readBack(dataDir: string): Promise<number[]> {
  const { db, close } = await openDatabase({ dataDir, log: silentLog });
  const rows = await db.selectFrom('delivery').select('delivery_id').execute();
  await close();
  return rows.map(({ delivery_id }) => Number(delivery_id)).sort((a, b) => a - b);
}

test.each([
  ['the disk cannot write through', 'sync', 74, 'disk-failed'],
  ['the engine panics, as the disk is full when its log must grow', 'log', 70, 'engine-stopped'],
  ['the thread of the database ends', 'thread', 70, 'engine-stopped'],
] as const)(
  'when %s, the process says so, ends with its code, and the next start has every acknowledged row',
  async (_, way, exitCode, fault) => {
    const dataDir = folders.empty();

    const { code, acknowledged, lines } = await runOn(way, dataDir);

    expect(code).toBe(exitCode);
    expect(lines).toEqual([
      expect.objectContaining({ fault, exitCode, msg: expect.stringContaining('ending') as unknown }),
    ]);
    expect(acknowledged).toEqual(acknowledged.map((_number, index) => index));
    expect(acknowledged.length).toBeGreaterThanOrEqual(5);
    expect(await readBack(dataDir)).toEqual(expect.arrayContaining(acknowledged));
  },
  120_000,
);
