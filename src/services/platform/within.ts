import { setTimeout as delay } from 'node:timers/promises';

/** What the work gives, or `undefined` when it has failed or takes longer than that. The work itself is not stopped. */
export async function within<T>(ms: number, work: Promise<T>): Promise<T | undefined> {
  const given = new AbortController();
  const timeUp = delay(ms, undefined, { signal: given.signal, ref: false }).catch(() => undefined);
  try {
    return await Promise.race([work.catch(() => undefined), timeUp]);
  } finally {
    given.abort();
  }
}

/** The same answer for everybody who asks while it is being found: what hangs is not asked for once more. */
export function shared<T>(find: () => Promise<T>): () => Promise<T> {
  let finding: Promise<T> | undefined;
  return () => (finding ??= find().finally(() => (finding = undefined)));
}
