import type { Clock } from './clock.js';
import type { Log } from './log.js';

/** Something that is due at business times: asked again and again, it does what is due by `now`. */
export interface Sweep {
  readonly name: string;
  /** Seconds between two askings, of the wall or of business time: whichever has passed first; default 1. */
  readonly everySeconds?: number;
  /** It may be asked again while it is busy: it keeps apart by itself what must not be done twice. */
  readonly mayOverlap?: true;
  sweep(now: Date): Promise<unknown>;
}

export interface Tick {
  register(sweep: Sweep): void;
  /** Asks every sweep now, as after a change of the clock. A sweep that is still busy is left alone, unless it may overlap. Never rejects. */
  dueWork(): Promise<void>;
  /** No new askings; resolves when those under way have ended. */
  stop(): Promise<void>;
}

interface Times {
  readonly wallMs: number;
  readonly businessMs: number;
}

/**
 * Asks the sweeps for what is due, each second (`everyMs`), with `clock.now()`. What fails is logged and asked again at the
 * next tick. The timer alone keeps no process alive.
 */
export function createTick({ clock, log, everyMs = 1_000 }: { clock: Clock; log: Log; everyMs?: number }): Tick {
  const sweeps: { readonly sweep: Sweep; askedAt: Times; busy?: Promise<void> }[] = [];

  async function ask(entry: (typeof sweeps)[number]): Promise<void> {
    entry.askedAt = timesNow();
    try {
      await entry.sweep.sweep(clock.now());
    } catch (error) {
      log.error({ sweep: entry.sweep.name, error }, 'Work that was due could not be done');
    }
  }

  function askOnce(entry: (typeof sweeps)[number]): Promise<void> {
    if (entry.busy && !entry.sweep.mayOverlap) return entry.busy;
    const busy = Promise.all([entry.busy, ask(entry)]).then(() => {
      if (entry.busy === busy) delete entry.busy;
    });
    entry.busy = busy;
    return busy;
  }

  function timesNow(): Times {
    return { wallMs: clock.wall().getTime(), businessMs: clock.now().getTime() };
  }

  function tick(): void {
    const now = timesNow();
    for (const entry of sweeps) {
      const { wallMs, businessMs } = entry.askedAt;
      const passedMs = Math.max(now.wallMs - wallMs, now.businessMs - businessMs);
      // Half a tick early, as timers are never exact.
      if (passedMs >= (entry.sweep.everySeconds ?? 1) * 1_000 - everyMs / 2) void askOnce(entry);
    }
  }

  const timer = setInterval(tick, everyMs);
  timer.unref();

  return {
    register: (sweep) => void sweeps.push({ sweep, askedAt: { wallMs: -Infinity, businessMs: -Infinity } }),
    dueWork: async () => void (await Promise.all(sweeps.map(askOnce))),
    stop: async () => {
      clearInterval(timer);
      await Promise.all(sweeps.map(({ busy }) => busy ?? Promise.resolve()));
    },
  };
}
