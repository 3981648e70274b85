import { AsyncLocalStorage } from 'node:async_hooks';

/** Follows a piece of work through everything that it awaits, so that no client has to be handed it with every call. */
const guards = new AsyncLocalStorage<() => Promise<void>>();

/** Does the work; `mayAct` rejects as soon as it must change nothing more, as when another replica has its run. */
export function underGuard<T>(mayAct: () => Promise<void>, work: () => Promise<T>): Promise<T> {
  return guards.run(mayAct, work);
}

/**
 * For the clients, right before each request that changes something on a remote side: rejects when the work that asks
 * for it must not act any more. Outside guarded work: nothing.
 */
export async function beforeEffect(): Promise<void> {
  await guards.getStore()?.();
}
