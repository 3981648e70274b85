import { lookUntil, type Pace } from '../platform/http.js';
import { isNotFound, isReplicationLag, isUncertain, waitingForEntra } from './entra-problems.js';

/**
 * Entra accepts a change before all its parts show it. Waits are on values, not on time, and end after the replication
 * budget with a Problem of kind `waiting`.
 */
export interface Replication {
  /** Looks until `look` finds something; an object that cannot be found yet counts as nothing. @param what "the app". */
  shown<T>(what: string, look: () => Promise<T | undefined>): Promise<T>;
  /** Repeats a write that Entra refuses only because a change before it has not arrived everywhere. */
  despiteLag<T>(what: string, write: () => Promise<T>, isLag?: (error: unknown) => boolean): Promise<T>;
  /**
   * A creation that must not happen twice. An uncertain answer is followed by looking for the object for the whole
   * budget; only then it is sent once more, and looked for again.
   */
  createdOnce<T>(create: () => Promise<T>, find: () => Promise<T | undefined>): Promise<{ made: T; attempts: 1 | 2 }>;
}

export function createReplication(limits: { budgetMs: number; pace: Pace }): Replication {
  const unlessMissing = async <T>(look: () => Promise<T | undefined>): Promise<T | undefined> =>
    look().catch((error: unknown) => {
      if (isNotFound(error)) return undefined;
      throw error;
    });

  async function shown<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
    const found = await lookUntil(() => unlessMissing(look), limits);
    if (found === undefined) throw waitingForEntra(what);
    return found;
  }

  async function despiteLag<T>(what: string, write: () => Promise<T>, isLag = isReplicationLag): Promise<T> {
    let last: unknown;
    const done = await lookUntil(async () => {
      try {
        return { value: await write() };
      } catch (error) {
        if (!isLag(error)) throw error;
        last = error;
        return undefined;
      }
    }, limits);
    if (done) return done.value;
    throw isReplicationLag(last) ? waitingForEntra(what) : last;
  }

  async function createdOnce<T>(
    create: () => Promise<T>,
    find: () => Promise<T | undefined>,
  ): Promise<{ made: T; attempts: 1 | 2 }> {
    for (const attempts of [1, 2] as const) {
      try {
        return { made: await create(), attempts };
      } catch (error) {
        if (!isUncertain(error)) throw error;
        const made = await lookUntil(() => unlessMissing(find), limits);
        if (made !== undefined) return { made, attempts };
        if (attempts === 2) throw error;
      }
    }
    throw new RangeError('unreachable');
  }

  return { shown, despiteLag, createdOnce };
}

/** Runs work one after the other for each key: Graph answers 409 to parallel writes on one object. */
export type OneAtATime = <T>(key: string, work: () => Promise<T>) => Promise<T>;

export function createOneAtATime(): OneAtATime {
  const tails = new Map<string, Promise<unknown>>();
  return async <T>(key: string, work: () => Promise<T>): Promise<T> => {
    const before = tails.get(key) ?? Promise.resolve();
    const mine = before.then(work, work);
    const tail = mine.catch(() => undefined);
    tails.set(key, tail);
    try {
      return await mine;
    } finally {
      if (tails.get(key) === tail) tails.delete(key);
    }
  };
}
