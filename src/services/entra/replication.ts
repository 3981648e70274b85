import { lookUntil, type Pace } from '../platform/http.js';
import { isNotFound, isReplicationLag, isUncertain, waitingForEntra } from './entra-problems.js';

/**
 * Entra accepts a change before all its parts show it. Waits are on values, not on time, and end after the replication
 * budget with a Problem of kind `waiting`.
 */
export interface Replication {
  /** Looks until `look` finds something; an object that cannot be found yet counts as nothing. @param what "the app". @param atMostMs less than the budget. */
  shown<T>(what: string, look: () => Promise<T | undefined>, atMostMs?: number): Promise<T>;
  /** Repeats a write that Entra refuses only because a change before it has not arrived everywhere. */
  despiteLag<T>(what: string, write: () => Promise<T>, isLag?: (error: unknown) => boolean): Promise<T>;
  /**
   * A creation that must not happen twice. An uncertain answer is followed by looking for the object for the whole
   * budget; only then it is sent once more, and looked for again. What an intent has made is remembered: a run that waited
   * for it comes back while Entra may still not show it.
   */
  createdOnce<T>(creation: Creation<T>): Promise<Created<T>>;
}

export interface Creation<T> {
  /** Names the intent, the same in every attempt of it and for ever its own; absent: what it made is not remembered. */
  readonly intent?: string;
  readonly create: () => Promise<T>;
  readonly find: () => Promise<T | undefined>;
  /** An attempt that this process knows nothing of may have made it, and Entra may not show it yet: looks for some seconds. */
  readonly isRepeated?: boolean;
}

/** `attempts`: 2 means that there may be a twin. */
export interface Created<T> {
  readonly made: T;
  readonly attempts: 1 | 2;
}

/** Most changes show within a few seconds; whoever restarts Latchkey or presses *Retry* should not wait for the rest. */
const EARLIER_ATTEMPT_MS = 5_000;

export function createReplication(limits: { budgetMs: number; pace: Pace }): Replication {
  const unlessMissing = async <T>(look: () => Promise<T | undefined>): Promise<T | undefined> =>
    look().catch((error: unknown) => {
      if (isNotFound(error)) return undefined;
      throw error;
    });

  async function shown<T>(what: string, look: () => Promise<T | undefined>, atMostMs = limits.budgetMs): Promise<T> {
    const budgetMs = Math.min(limits.budgetMs, atMostMs);
    const found = await lookUntil(() => unlessMissing(look), { ...limits, budgetMs });
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

  const madeBefore = new Map<string, Created<unknown>>();

  async function createdOnce<T>(creation: Creation<T>): Promise<Created<T>> {
    const { intent } = creation;
    if (intent === undefined) return createOnce(creation);
    const known = madeBefore.get(intent) as Created<T> | undefined; // of the same intent, so of the same kind
    const created = known ?? (await createOnce(creation));
    madeBefore.set(intent, created);
    return created;
  }

  async function createOnce<T>({ create, find, isRepeated = false }: Creation<T>): Promise<Created<T>> {
    const budgetMs = Math.min(limits.budgetMs, EARLIER_ATTEMPT_MS);
    const earlier = isRepeated ? await lookUntil(() => unlessMissing(find), { ...limits, budgetMs }) : undefined;
    if (earlier !== undefined) return { made: earlier, attempts: 1 };
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
