import { setTimeout as wait } from 'node:timers/promises';
import { ready, startEchoBot, startLatchkey } from './support/latchkey.js';
import { childrenOf, hasProc, processorMs, residentMb, withOpened } from './support/processes.js';
import type { Figure } from './support/report.js';
import type { Size } from './support/size.js';

const SIZES = {
  full: { settleMs: 8_000, restMs: 10_000 },
  tiny: { settleMs: 1_000, restMs: 1_000 },
} satisfies Record<Size, object>;
const RESIDENT_BAR = { kind: 'at-most', value: 450 } as const;

/**
 * Resident memory at rest and the processor time that rest takes, against the echo bot: second start of both, the sandbox
 * has introduced everybody, then nobody says anything. Linux only; elsewhere there is no figure.
 */
export async function benchRest(size: Size): Promise<Figure[]> {
  if (!hasProc()) return [];
  return withOpened(async (opened) => {
    const folders = { ours: opened.folder(), echo: opened.folder() };
    await withOpened(async (first) => {
      await ready(await startLatchkey(first, { dataDir: folders.ours }));
      await ready(await startEchoBot(first, { dataDir: folders.echo }));
    });
    const ours = (await ready(await startLatchkey(opened, { dataDir: folders.ours }))).running.pid;
    const echo = (await ready(await startEchoBot(opened, { dataDir: folders.echo }))).running.pid;
    const [sandbox] = childrenOf(ours);
    await wait(SIZES[size].settleMs);
    const pids = { ours, echo, ...(sandbox === undefined ? {} : { sandbox }) };
    return figuresOf(pids, SIZES[size].restMs);
  });
}

/** Both rest at the same time, so the machine is the same to both. */
async function figuresOf(pids: { ours: number; echo: number; sandbox?: number }, restMs: number): Promise<Figure[]> {
  const before = { ours: processorMs(pids.ours), echo: processorMs(pids.echo) };
  await wait(restMs);
  const spent = { ours: processorMs(pids.ours) - before.ours, echo: processorMs(pids.echo) - before.echo };
  const figures: Figure[] = [
    { name: 'rest: processor time', unit: 'ms', ours: spent.ours, baseline: spent.echo },
    {
      ...{ name: 'rest: resident memory', unit: 'MB', bar: RESIDENT_BAR },
      ...{ ours: residentMb(pids.ours), baseline: residentMb(pids.echo) },
    },
  ];
  if (pids.sandbox === undefined) return figures;
  return [...figures, { name: 'rest: resident memory of its sandbox', unit: 'MB', ours: residentMb(pids.sandbox) }];
}
