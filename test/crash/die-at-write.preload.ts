import { writeSync } from 'node:fs';
import { createRequire } from 'node:module';

/**
 * Loaded into the bot's process before the bot, by tests alone. Wraps the functions that write the ledger, so that a test
 * can order: die before, or after, the n-th write from now. A run writes in one order, so n names one exact point. It can
 * also order that the database is away: whatever is asked of it fails as if nobody listened there.
 */
type Write = (...args: readonly unknown[]) => Promise<unknown>;

const WRITES = ['insertRun', 'claimRun', 'beginStep', 'endStep', 'endRun'] as const;

let count = 0;
let order: { at: number; when: 'before' | 'after' } | undefined;
let written: string[] = [];

const ledger = createRequire(process.argv[1] ?? '')('./services/platform/ledger.js') as Record<string, Write>;
for (const name of WRITES) {
  const write = ledger[name];
  if (write === undefined) throw new Error(`The ledger has no ${name}.`);
  ledger[name] = async (...args) => {
    const mine = (count += 1);
    written.push(wordsFor(name, args));
    if (order?.at === mine && order.when === 'before') await die(`before write ${wordsFor(name, args)}`);
    const result = await write(...args);
    if (order?.at === mine && order.when === 'after') await die(`after write ${wordsFor(name, args)}`);
    return result;
  };
}

interface Pool {
  query(...args: readonly unknown[]): Promise<unknown>;
  connect(): Promise<unknown>;
}

let isDatabaseAway = false;
let asked = 0;
const platform = createRequire(process.argv[1] ?? '');
const { OneSessionPool } = platform('./services/platform/embedded/one-session-pool.js') as {
  OneSessionPool: { prototype: Pool };
};
const { PostgresPool } = platform('./services/platform/postgres/postgres-pool.js') as {
  PostgresPool: { prototype: Pool };
};
for (const pool of [OneSessionPool.prototype, PostgresPool.prototype]) {
  for (const name of ['query', 'connect'] as const) {
    const ask = pool[name];
    pool[name] = function (this: Pool, ...args: readonly unknown[]) {
      asked += 1;
      if (isDatabaseAway) return Promise.reject(Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }));
      return ask.apply(this, args as []);
    };
  }
}

process.on('message', (message) => {
  if (typeof message === 'object' && message !== null && 'database' in message) {
    isDatabaseAway = message.database === 'away';
    process.send?.(asked);
    asked = 0;
    return;
  }
  order = message as typeof order;
  const answer = written;
  count = 0;
  written = [];
  process.send?.(answer);
});
process.channel?.unref();

/** Nothing of the process runs after this. Where it died stands in what it has printed. */
function die(where: string): Promise<never> {
  writeSync(1, `died ${where}\n`);
  process.kill(process.pid, 'SIGKILL');
  return new Promise(() => undefined);
}

function wordsFor(name: string, args: readonly unknown[]): string {
  const step = args[2] as { name?: string; state?: string } | undefined;
  return step?.name === undefined ? name : `${name} ${step.state === 'failed' ? 'failed ' : ''}“${step.name}”`;
}
