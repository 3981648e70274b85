import { ready, startEchoBot, startLatchkey, startSandboxApart, type Bot } from './support/latchkey.js';
import { withOpened, type Opened } from './support/processes.js';
import type { Figure } from './support/report.js';
import type { Size } from './support/size.js';
import { interleave, median } from './support/statistics.js';

const SIZES = { full: { rounds: 3 }, tiny: { rounds: 1 } } satisfies Record<Size, object>;
const BAR = { kind: 'ratio-at-most', value: 3 } as const;

/**
 * From the start of the process to the first answer, over a database that is there already, against the echo bot: Latchkey
 * in front of systems that run, and Latchkey with the start of its sandbox.
 */
export function benchStart(size: Size): Promise<Figure[]> {
  return withOpened(async (opened) => {
    const around = await startSandboxApart(opened);
    const folders = { echo: opened.folder(), alone: opened.folder(), withSandbox: opened.folder() };
    const starts = {
      echo: () => startToReady((once) => startEchoBot(once, { dataDir: folders.echo })),
      alone: () => startToReady((once) => startLatchkey(once, { dataDir: folders.alone, settings: around })),
      withSandbox: () => startToReady((once) => startLatchkey(once, { dataDir: folders.withSandbox })),
    };
    // The first start, which makes the database, is the warm-up.
    const results = await interleave(starts, { rounds: SIZES[size].rounds, warmUp: 1 });
    const baseline = median(results.echo);
    return [
      { name: 'start to ready', unit: 'ms', ours: median(results.alone), baseline, bar: BAR },
      { name: 'start to ready, with its sandbox', unit: 'ms', ours: median(results.withSandbox), baseline, bar: BAR },
    ];
  });
}

/** Milliseconds; the process is stopped again. */
function startToReady(start: (once: Opened) => Promise<Bot>): Promise<number> {
  return withOpened(async (once) => {
    const from = performance.now();
    await ready(await start(once));
    return performance.now() - from;
  });
}
