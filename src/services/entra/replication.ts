import { lookUntil, type Pace } from '../platform/http.js';
import { stillTakes, whileWaiting } from '../platform/step-waits.js';
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
  /**
   * Milliseconds since the intent was first attempted. An attempt that this process knows nothing of may have made it,
   * and Entra may not show it yet: what is left of the budget is spent on looking first. Absent: this is the first attempt.
   */
  readonly begunMsAgo?: number | undefined;
  /** See `Intent.claim`: between two that follow each other no other process has attempted anything. */
  readonly claim?: number | undefined;
}

/** `mayHaveTwin`: more than one attempt may have been carried out. */
export interface Created<T> {
  readonly made: T;
  readonly mayHaveTwin: boolean;
}

/** Entra needs a few seconds rather than milliseconds, and each look is a call. */
const FIRST_WAIT_MS = 400;
/** What shows sooner tells nothing about the next value. */
const SHOWN_AT_ONCE_MS = 500;
const LAG_HOLDS_MS = 60_000;

/** How a value came to show, in ms from the first look: it did not yet at `missed`, and did at `found`. */
interface Lag {
  readonly missed: number;
  readonly found: number;
}

export function createReplication({ budgetMs: wholeBudgetMs, pace }: { budgetMs: number; pace: Pace }): Replication {
  const limits = { budgetMs: wholeBudgetMs, pace, firstWaitMs: FIRST_WAIT_MS };
  const unlessMissing = async <T>(look: () => Promise<T | undefined>): Promise<T | undefined> =>
    look().catch((error: unknown) => {
      if (isNotFound(error)) return undefined;
      throw error;
    });

  /** Of the last value that did not show at once: another one of this time often takes as long. */
  let lastLag: (Lag & { readonly at: number }) | undefined;

  async function shown<T>(what: string, look: () => Promise<T | undefined>, atMostMs = limits.budgetMs): Promise<T> {
    const startedAt = pace.wall().getTime();
    const passedMs = (): number => pace.wall().getTime() - startedAt;
    const budgetMs = Math.min(limits.budgetMs, atMostMs);
    let missed = 0;
    const lookAndNote = async (): Promise<T | undefined> => {
      const lookedAt = passedMs();
      const found = await unlessMissing(look);
      if (found === undefined) missed = lookedAt;
      return found;
    };
    const because = notEverywhere(what);
    const value = await whileWaiting(pace, async (pause) => {
      const sleep = (ms: number): Promise<void> => pause(ms, stillTakes(because, budgetMs - passedMs()));
      const expected = await lookAsExpected(lookAndNote, { budgetMs, sleep });
      if (expected !== undefined) return expected;
      return lookUntil(lookAndNote, { ...limits, pace: { ...pace, sleep }, because, budgetMs: budgetMs - passedMs() });
    });
    if (value === undefined) throw waitingForEntra(what);
    const found = passedMs();
    if (found >= SHOWN_AT_ONCE_MS) lastLag = { missed, found, at: startedAt + found };
    return value;
  }

  /** Few looks up to the moment from which on it is expected, and then several: a look is a call, and waiting is a wait. */
  async function lookAsExpected<T>(
    look: () => Promise<T | undefined>,
    { budgetMs, sleep }: { budgetMs: number; sleep: Pace['sleep'] },
  ): Promise<T | undefined> {
    const startedAt = pace.wall().getTime();
    const isExpected = lastLag && lastLag.found <= budgetMs && startedAt - lastLag.at < LAG_HOLDS_MS;
    for (const at of isExpected && lastLag ? looksAround(lastLag) : []) {
      await sleep(Math.max(0, startedAt + at - pace.wall().getTime()));
      const found = await look();
      if (found !== undefined) return found;
    }
    return undefined;
  }

  async function despiteLag<T>(what: string, write: () => Promise<T>, isLag = isReplicationLag): Promise<T> {
    let last: unknown;
    const attempt = async (): Promise<{ value: T } | undefined> => {
      try {
        return { value: await write() };
      } catch (error) {
        if (!isLag(error)) throw error;
        last = error;
        return undefined;
      }
    };
    const done = await lookUntil(attempt, { ...limits, because: notEverywhere(what) });
    if (done) return done.value;
    throw isReplicationLag(last) ? waitingForEntra(what) : last;
  }

  const madeBefore = new Map<string, Created<unknown>>();
  /** Intents whose last attempt here was refused for certain, and under which claim: nothing of theirs is on its way. */
  const refusedHere = new Map<string, number | undefined>();
  const isRefusedLast = ({ intent = '', claim }: Pick<Creation<unknown>, 'intent' | 'claim'>): boolean => {
    const refused = refusedHere.get(intent);
    if (claim === undefined || refused === undefined) return refusedHere.has(intent);
    return claim - refused <= 1; // else another process may have sent it since
  };

  async function createdOnce<T>(creation: Creation<T>): Promise<Created<T>> {
    const { intent } = creation;
    if (intent === undefined) return createOnce(creation);
    const known = madeBefore.get(intent) as Created<T> | undefined; // of the same intent, so of the same kind
    if (known) return known;
    const begunMsAgo = isRefusedLast(creation) ? undefined : creation.begunMsAgo;
    let isOnItsWay = false;
    const create = (): Promise<T> =>
      creation.create().catch((error: unknown) => {
        isOnItsWay ||= isUncertain(error);
        throw error;
      });
    try {
      const created = await createOnce({ ...creation, create, begunMsAgo });
      madeBefore.set(intent, created);
      return created;
    } catch (error) {
      if (!isOnItsWay) refusedHere.set(intent, creation.claim);
      else refusedHere.delete(intent);
      throw error;
    }
  }

  async function createOnce<T>({ create, find, begunMsAgo }: Creation<T>): Promise<Created<T>> {
    const earlier = begunMsAgo === undefined ? undefined : await lookFor(find, limits.budgetMs - begunMsAgo);
    if (earlier !== undefined) return { made: earlier, mayHaveTwin: false };
    for (const attempts of [1, 2] as const) {
      try {
        return { made: await create(), mayHaveTwin: attempts === 2 || begunMsAgo !== undefined };
      } catch (error) {
        if (!isUncertain(error)) throw error;
        const made = await lookFor(find, limits.budgetMs);
        if (made !== undefined) return { made, mayHaveTwin: attempts === 2 };
        if (attempts === 2) throw error;
      }
    }
    throw new RangeError('unreachable');
  }

  function lookFor<T>(find: () => Promise<T | undefined>, budgetMs: number): Promise<T | undefined> {
    const because = 'Entra did not say whether it has created this, and Latchkey looks for it';
    return lookUntil(() => unlessMissing(find), {
      ...{ ...limits, because },
      budgetMs: Math.min(budgetMs, limits.budgetMs),
    });
  }

  return { shown, despiteLag, createdOnce };
}

function notEverywhere(what: string): string {
  return `Entra does not show ${what} everywhere yet`;
}

function looksAround({ missed, found }: Lag): number[] {
  const gap = found - missed;
  return [0, 0.4 * missed, missed, missed + 0.25 * gap, missed + 0.5 * gap, missed + 0.75 * gap];
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

/** Holds all the keys while it works. They are taken in one order, so that no two wait for each other. */
export function allAtATime<T>(oneAtATime: OneAtATime, keys: readonly string[], work: () => Promise<T>): Promise<T> {
  const inOrder = [...new Set(keys)].toSorted();
  return inOrder.reduceRight<() => Promise<T>>((inner, key) => () => oneAtATime(key, inner), work)();
}
