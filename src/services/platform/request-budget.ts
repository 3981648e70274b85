import { isInBackground } from './background.js';
import type { Pace } from './http.js';
import { limitReached, whileWaiting } from './step-waits.js';

/**
 * How fast a remote side may be asked; whoever would be too fast waits, in the order of asking. Work in the background
 * (`inBackground`) takes only what is above `reserve`, so that a person's request finds room at any time.
 */
export interface RequestBudget {
  /** Resolves when a request of that cost may be sent. */
  take(cost?: number): Promise<void>;
}

type Waiting = Pick<Pace, 'sleep' | 'wall'>;

/** A token bucket: `capacity` at once, and then `perSecond`. @param limits.of whose limits, such as "Entra". */
export function createBucket(
  limits: { of: string; capacity: number; perSecond: number; reserve?: number },
  pace: Waiting,
): RequestBudget {
  const { of, capacity, perSecond, reserve = 0 } = limits;
  let left = capacity;
  let filledAt = pace.wall().getTime();
  const fill = (): void => {
    const now = pace.wall().getTime();
    left = Math.min(capacity, left + (Math.max(0, now - filledAt) / 1_000) * perSecond);
    filledAt = now;
  };
  return {
    take: async (cost = 1) => {
      fill();
      const wanted = Math.min(reserve + cost, capacity);
      while (isInBackground() && left < wanted) {
        await waitForRoom(of, Math.ceil(((wanted - left) / perSecond) * 1_000), pace);
        fill();
      }
      left -= cost; // below zero: what others before us still wait for
      if (left < 0) await waitForRoom(of, (-left / perSecond) * 1_000, pace);
    },
  };
}

/** At most so many requests in any stretch of `windowMs`. @param limits.of whose limits. */
export function createWindow(
  limits: { of: string; requests: number; windowMs: number; reserve?: number },
  pace: Waiting,
): RequestBudget {
  const { of, requests, windowMs, reserve = 0 } = limits;
  /** When the last `requests` were or will be sent, oldest first. */
  const sentAt: number[] = [];
  /** How long until fewer than `requests - reserve` lie within the window. */
  const untilRoomMs = (): number => (sentAt.at(reserve - requests) ?? -Infinity) + windowMs - pace.wall().getTime();
  return {
    take: async () => {
      while (isInBackground() && untilRoomMs() > 0) await waitForRoom(of, untilRoomMs(), pace);
      const now = pace.wall().getTime();
      const oldest = sentAt.length >= requests ? (sentAt.shift() ?? now) : now - windowMs;
      const at = Math.max(now, oldest + windowMs, sentAt.at(-1) ?? now);
      sentAt.push(at);
      if (at > now) await waitForRoom(of, at - now, pace);
    },
  };
}

function waitForRoom(of: string, ms: number, pace: Waiting): Promise<void> {
  return whileWaiting(pace, (pause) => pause(ms, limitReached(of, ms)));
}
