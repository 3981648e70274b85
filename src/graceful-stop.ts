import { constants } from 'node:os';
import type { Log } from './services/platform/log.js';
import { within } from './services/platform/within.js';

/**
 * Ends the process in order when it is told to: exit code 0, at the latest after `boundMs`, as what is not finished by then
 * is in the ledger and goes on after the next start. A second signal ends it at once, with the code of that signal.
 */
export function stopOnSignal({ log, stop, boundMs }: { log: Log; stop: () => Promise<void>; boundMs: number }): void {
  let isStopping = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (isStopping) process.exit(128 + constants.signals[signal]);
      isStopping = true;
      log.info({ signal }, 'Latchkey stops');
      void endInOrder({ log, stop, boundMs }).finally(() => process.exit(0));
    });
  }
}

async function endInOrder({ log, stop, boundMs }: Parameters<typeof stopOnSignal>[0]): Promise<void> {
  const stopped = stop().then(
    () => 'in order' as const,
    (error: unknown) => {
      log.error({ error }, 'Latchkey could not be stopped in order; the next start goes on from what is written');
      return 'with a fault' as const;
    },
  );
  const how = await within(boundMs, stopped);
  if (how === undefined) log.warn('Latchkey ends before all was finished; the next start goes on with it');
  if (how === 'in order') log.info('Latchkey has stopped');
}
