import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compilePlatform } from '../testing/compiled.js';

// docs/operations.md says how much memory Latchkey needs, and whoever limits a container goes by it.

let compiled: string;
let dataDir: string;
beforeAll(() => {
  compiled = compilePlatform();
  dataDir = mkdtempSync(join(tmpdir(), 'latchkey-memory-'));
});
afterAll(() => {
  for (const folder of [compiled, dataDir]) rmSync(folder, { recursive: true, force: true });
});

/**
 * The most memory that the program had at a time until its end, in MB. Linux counts what the process that started it had
 * into `maxRSS`, and that one has run many tests: `VmHWM` is the program's own.
 */
function peakMb(program: string, argument: string): number {
  const [preload, report] = [join(compiled, 'report-peak.js'), join(compiled, 'peak')];
  writeFileSync(
    preload,
    `const { existsSync, readFileSync, writeFileSync } = require('node:fs');
    const own = '/proc/self/status';
    const peakKb = () =>
      existsSync(own) ? /^VmHWM:\\s+(\\d+) kB$/m.exec(readFileSync(own, 'utf8'))[1] : process.resourceUsage().maxRSS;
    process.on('exit', () => writeFileSync(${JSON.stringify(report)}, String(peakKb())));`,
  );
  execFileSync(process.execPath, ['--require', preload, program, argument], { timeout: 120_000 });
  return Number(readFileSync(report, 'utf8')) / 1024;
}

test('making a database takes less memory than the first start may need', () => {
  expect(peakMb(join(compiled, 'embedded/first-start.js'), join(dataDir, 'made'))).toBeLessThan(700);
}, 150_000);

test('a process that has opened its database and works with it stays well below what is asked for', () => {
  const program = join(compiled, 'worker.js');
  writeFileSync(
    program,
    `const { openDatabase } = require('./database.js');
    const { createLog } = require('./log.js');
    (async () => {
      const database = await openDatabase({ dataDir: process.argv[2], log: createLog({ level: 'silent' }) });
      for (let number = 0; number < 500; number++) {
        const row = { channel: 'test', delivery_id: String(number), at: new Date(0) };
        await database.db.insertInto('delivery').values(row).execute();
        await database.db.selectFrom('delivery').selectAll().where('delivery_id', '=', row.delivery_id).execute();
      }
      await database.close();
    })();`,
  );

  expect(peakMb(program, join(dataDir, 'used'))).toBeLessThan(400);
}, 150_000);
