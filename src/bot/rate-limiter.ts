/** How much may come at once, and how fast more may follow. */
export interface RateLimit {
  readonly burst: number;
  readonly perSecond: number;
}

interface Bucket {
  left: number;
  /** Of `performance.now()`. */
  at: number;
}

/** A key that is forgotten begins with a full bucket: what it costs is a bit of strictness, never memory. */
const MOST_KEYS = 10_000;

/** A token bucket for each key, in bounded memory: of too many keys the one that was used the longest ago is forgotten. */
export class RateLimiter {
  readonly #limit: RateLimit;
  readonly #mostKeys: number;
  readonly #now: () => number;
  /** In the order of their last use. */
  readonly #buckets = new Map<string, Bucket>();

  constructor(limit: RateLimit, { mostKeys = MOST_KEYS, now = () => performance.now() } = {}) {
    this.#limit = limit;
    this.#mostKeys = mostKeys;
    this.#now = now;
  }

  /** Takes one, if there is one. @returns 0, or after how many whole seconds there will be one again. */
  take(key: string): number {
    const { burst, perSecond } = this.#limit;
    const at = this.#now();
    const known = this.#buckets.get(key);
    const left = known ? Math.min(burst, known.left + ((at - known.at) / 1_000) * perSecond) : burst;
    const isThere = left >= 1;
    this.#keep(key, { left: isThere ? left - 1 : left, at });
    return isThere ? 0 : Math.max(1, Math.ceil((1 - left) / perSecond));
  }

  #keep(key: string, bucket: Bucket): void {
    this.#buckets.delete(key);
    this.#buckets.set(key, bucket);
    if (this.#buckets.size <= this.#mostKeys) return;
    const [oldest] = this.#buckets.keys();
    if (oldest !== undefined) this.#buckets.delete(oldest);
  }
}
