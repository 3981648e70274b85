import { fork } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { compilePlatform } from '../testing/compiled.js';
import type { Trial } from './testing/power-cut-trial.js';

/** More images: `POWER_CUT_IMAGES=200`; the same ones again: `POWER_CUT_SEED=7`. */
const images = Number(process.env['POWER_CUT_IMAGES'] ?? 20);
const seed = Number(process.env['POWER_CUT_SEED'] ?? 1);
const patience = 120_000 + images * 6_000;
const ROWS = 200;

let compiled: string;
beforeAll(() => {
  compiled = compilePlatform();
});
afterAll(() => rmSync(compiled, { recursive: true }));

/** In a process of its own: a database that cannot be opened leaves its engine behind. */
function tryPowerCuts(fileSystem: 'synced' | 'unsynced'): Promise<Trial> {
  const program = join(compiled, 'embedded/testing/power-cut-trial.js');
  const child = fork(program, [fileSystem, ROWS, images, seed].map(String), {
    execArgv: [],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  return new Promise((resolve, reject) => {
    child.once('message', (trial) => resolve(trial as Trial));
    child.once('exit', (code) => reject(new Error(`The trial ended with ${String(code)}.`)));
  });
}

test(
  'after a power cut at any moment every acknowledged row is there, and heap, index and counter agree',
  async () => {
    const { verdicts, complaints, acknowledged } = await tryPowerCuts('synced');

    expect(acknowledged).toBeGreaterThan(images * 20);
    expect(complaints).toEqual([]);
    expect(verdicts.good).toBe(images);
  },
  patience,
);

test(
  'the same power cuts ruin PGlite’s own file system, so the trial can fail',
  async () => {
    const { verdicts } = await tryPowerCuts('unsynced');

    expect(images - verdicts.good).toBeGreaterThanOrEqual(images / 2);
    expect(verdicts.unreadable + verdicts['lost rows']).toBeGreaterThan(0);
  },
  patience,
);
