import { AsyncLocalStorage } from 'node:async_hooks';

/** Follows a piece of work through everything that it awaits, so that no client has to be handed it with every call. */
const background = new AsyncLocalStorage<true>();

/** Does work that nobody waits for at this moment, such as a bulk: its requests leave room for those of people. */
export function inBackground<T>(work: () => Promise<T>): Promise<T> {
  return background.run(true, work);
}

export function isInBackground(): boolean {
  return background.getStore() === true;
}
