import type { Pace } from './http.js';

/** How fast a remote side may be asked; whoever would be too fast waits, in the order of asking. */
export interface RequestBudget {
  /** Resolves when a request of that cost may be sent. */
  take(cost?: number): Promise<void>;
}

type Waiting = Pick<Pace, 'sleep' | 'wall'>;

/** A token bucket: `capacity` at once, and then `perSecond`. */
export function createBucket(limits: { capacity: number; perSecond: number }, pace: Waiting): RequestBudget {
  const { capacity, perSecond } = limits;
  let left = capacity;
  let filledAt = pace.wall().getTime();
  return {
    take: async (cost = 1) => {
      const now = pace.wall().getTime();
      left = Math.min(capacity, left + (Math.max(0, now - filledAt) / 1_000) * perSecond);
      filledAt = now;
      left -= cost; // below zero: what others before us still wait for
      if (left < 0) await pace.sleep((-left / perSecond) * 1_000);
    },
  };
}

/** At most so many requests in any stretch of `windowMs`. */
export function createWindow(limits: { requests: number; windowMs: number }, pace: Waiting): RequestBudget {
  const { requests, windowMs } = limits;
  /** When the last `requests` were or will be sent, oldest first. */
  const sentAt: number[] = [];
  return {
    take: async () => {
      const now = pace.wall().getTime();
      const oldest = sentAt.length >= requests ? (sentAt.shift() ?? now) : now - windowMs;
      const at = Math.max(now, oldest + windowMs, sentAt.at(-1) ?? now);
      sentAt.push(at);
      if (at > now) await pace.sleep(at - now);
    },
  };
}
