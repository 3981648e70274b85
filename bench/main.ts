import { writeFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { resolve } from 'node:path';
import { benchAccess } from './access.bench.js';
import { benchAudit } from './audit.bench.js';
import { benchBulk } from './bulk.bench.js';
import { benchDecide } from './decide.bench.js';
import { benchHostile } from './hostile.bench.js';
import { benchLedger } from './ledger.bench.js';
import { benchProvisioning } from './provisioning.bench.js';
import { benchRest } from './rest.bench.js';
import { benchSetUp } from './set-up.bench.js';
import { benchSlack } from './slack.bench.js';
import { benchStart } from './start.bench.js';
import { DIST } from './support/processes.js';
import { judge, tableOf, type Figure, type Judged } from './support/report.js';
import type { Size } from './support/size.js';
import { benchTurns } from './turns.bench.js';

interface Choice {
  readonly size: Size;
  readonly isLong: boolean;
}

const BENCHMARKS: Readonly<Record<string, (choice: Choice) => Promise<Figure[]>>> = {
  turns: ({ size }) => benchTurns(size),
  'set-up': ({ size }) => benchSetUp(size),
  bulk: ({ size }) => benchBulk(size),
  provisioning: ({ size }) => benchProvisioning(size),
  access: ({ size }) => benchAccess(size),
  decide: ({ size }) => benchDecide(size),
  ledger: ({ size }) => benchLedger(size),
  audit: ({ size, isLong }) => benchAudit(size, { isLong }),
  slack: ({ size }) => benchSlack(size),
  start: ({ size }) => benchStart(size),
  rest: ({ size }) => benchRest(size),
  hostile: ({ size }) => benchHostile(size),
};

/** Runs the benchmarks that are named, or all; prints one table and writes `bench/results.json`. */
async function main(wanted: readonly string[], choice: Choice): Promise<void> {
  const names = wanted.length > 0 ? wanted : Object.keys(BENCHMARKS);
  const startedAt = new Date().toISOString();
  const figures: Judged[] = [];
  for (const name of names) {
    const bench = BENCHMARKS[name];
    if (!bench) throw new Error(`There is no benchmark "${name}". There are: ${Object.keys(BENCHMARKS).join(', ')}.`);
    const from = performance.now();
    figures.push(...(await bench(choice)).map(judge));
    process.stderr.write(`${name}: ${((performance.now() - from) / 1_000).toFixed(0)} s\n`);
  }
  if (choice.size === 'tiny')
    process.stdout.write('BENCH_SIZE=tiny: these figures say only that the benchmarks run.\n');
  process.stdout.write(`${tableOf(figures)}\n`);
  const results = { startedAt, size: choice.size, machine: machine(), figures };
  writeFileSync(resolve(DIST, '../bench/results.json'), `${JSON.stringify(results, undefined, 2)}\n`);
}

function machine(): object {
  const processors = cpus();
  return {
    ...{ platform: process.platform, kernel: release(), node: process.version },
    ...{ processors: processors.length, model: processors[0]?.model, memoryMb: Math.round(totalmem() / 1e6) },
  };
}

if (require.main === module) {
  const { BENCH_SIZE, BENCH_FULL } = process.env as Readonly<Record<string, string | undefined>>;
  const choice: Choice = { size: BENCH_SIZE === 'tiny' ? 'tiny' : 'full', isLong: BENCH_FULL === '1' };
  main(process.argv.slice(2), choice)
    .catch((error: unknown) => {
      process.stderr.write(`${error instanceof Error ? String(error.stack) : String(error)}\n`);
      process.exitCode = 1;
    })
    // Work that was cut off may still wait for its turn at a limit of Genesys, for half an hour.
    .finally(() => process.exit());
}
