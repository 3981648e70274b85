import { writeSync } from 'node:fs';
import { createRequire } from 'node:module';
import { isMainThread } from 'node:worker_threads';

/**
 * Loaded into the bot's process before the bot, by tests alone. Wraps the functions that write the ledger, and the rows of
 * access requests, so that a test can order: die before, or after, the n-th write of that name from now. A run writes in one
 * order, so that names one exact point. It can also order that the database is away: whatever is asked of it fails as if
 * nobody listened there; and ask the database itself.
 */
type Write = (...args: readonly unknown[]) => Promise<unknown>;

const WRITES = {
  './services/platform/ledger.js': ['insertRun', 'claimRun', 'beginStep', 'endStep', 'endRun'],
  './services/access/request-store.js': ['saveRequest', 'addVote'],
  './services/access/lease-store.js': ['insertLease', 'changeLease', 'moveRequest'],
  './services/access/gift-items.js': ['noteItems', 'noteGenesysUser', 'forgetItems'],
} as const;

interface Order {
  readonly name: string;
  /** From 1. */
  readonly nth: number;
  readonly when: 'before' | 'after';
}

let order: Order | undefined;
let written: string[] = [];

function wrapWrites(ofBot: NodeJS.Require): void {
  for (const [file, names] of Object.entries(WRITES)) {
    const module = ofBot(file) as Record<string, Write>;
    for (const name of names) module[name] = mortal(name, module[name]);
  }
}

function mortal(name: string, write: Write | undefined): Write {
  if (write === undefined) throw new Error(`Nothing is called ${name}.`);
  return async (...args) => {
    const words = wordsFor(name, args);
    written.push(words);
    const nth = written.filter((one) => one === words).length;
    const isHere = (when: Order['when']): boolean => order?.name === words && order.nth === nth && order.when === when;
    if (isHere('before')) await die(`before write ${words}`);
    const result = await write(...args);
    if (isHere('after')) await die(`after write ${words}`);
    return result;
  };
}

interface Pool {
  query(...args: readonly unknown[]): Promise<unknown>;
  connect(): Promise<unknown>;
}

let isDatabaseAway = false;
let asked = 0;
let askDatabase: Pool['query'] | undefined;
function wrapPools(ofBot: NodeJS.Require): void {
  const { OneSessionPool } = ofBot('./services/platform/embedded/one-session-pool.js') as {
    OneSessionPool: { prototype: Pool };
  };
  const { PostgresPool } = ofBot('./services/platform/postgres/postgres-pool.js') as {
    PostgresPool: { prototype: Pool };
  };
  for (const made of [OneSessionPool.prototype, PostgresPool.prototype]) {
    for (const name of ['query', 'connect'] as const) {
      const ask = made[name];
      made[name] = function (this: Pool, ...args: readonly unknown[]) {
        if (name === 'query') askDatabase = (sql) => ask.call(this, sql);
        asked += 1;
        if (isDatabaseAway) return Promise.reject(Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }));
        return ask.apply(this, args as []);
      };
    }
  }
}

function takeOrders(): void {
  process.on('message', (message) => {
    const told = message as { database?: 'away' | 'back'; ask?: string; order?: Order };
    if (told.database !== undefined) {
      isDatabaseAway = told.database === 'away';
      process.send?.(asked);
      asked = 0;
    } else if (told.ask !== undefined) {
      void askDatabase?.(told.ask).then((result) => process.send?.((result as { rows: unknown }).rows));
    } else {
      order = told.order;
      process.send?.(written);
      written = [];
    }
  });
  process.channel?.unref();
}

// The thread of the database loads it, too, and knows nothing of what is wrapped.
if (isMainThread) {
  const ofBot = createRequire(process.argv[1] ?? '');
  wrapWrites(ofBot);
  wrapPools(ofBot);
  takeOrders();
}

/** Nothing of the process runs after this. Where it died stands in what it has printed. */
function die(where: string): Promise<never> {
  writeSync(1, `died ${where}\n`);
  process.kill(process.pid, 'SIGKILL');
  return new Promise(() => undefined);
}

function wordsFor(name: string, args: readonly unknown[]): string {
  const step = args[2] as { name?: string; state?: string } | undefined;
  if (step?.name !== undefined) return `${name} ${step.state === 'failed' ? 'failed ' : ''}“${step.name}”`;
  const { change, to } = (args[1] ?? {}) as { change?: { state?: string }; to?: string };
  return [name, ...[change?.state ?? to ?? []].flat()].join(' ');
}
