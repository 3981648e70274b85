import { createRequire } from 'node:module';

/**
 * Loaded into the bot's process before the bot, by tests alone. Wraps the functions that write the ledger, so that a test
 * can order: die before, or after, the n-th write from now. A run writes in one order, so n names one exact point.
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
    if (order?.at === mine && order.when === 'before') await die();
    const result = await write(...args);
    if (order?.at === mine && order.when === 'after') await die();
    return result;
  };
}

process.on('message', (message) => {
  order = message as typeof order;
  const answer = written;
  count = 0;
  written = [];
  process.send?.(answer);
});
process.channel?.unref();

/** Nothing of the process runs after this. */
function die(): Promise<never> {
  process.kill(process.pid, 'SIGKILL');
  return new Promise(() => undefined);
}

function wordsFor(name: string, args: readonly unknown[]): string {
  const step = args[2] as { name?: string; state?: string } | undefined;
  return step?.name === undefined ? name : `${name} ${step.state === 'failed' ? 'failed ' : ''}“${step.name}”`;
}
