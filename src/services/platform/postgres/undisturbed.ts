import { setTimeout as delay } from 'node:timers/promises';
import { types } from 'node:util';
import type { Log } from '../log.js';

/** PostgreSQL's `serialization_failure` and `deadlock_detected`: nothing is wrong with the transaction but its moment. */
const DISTURBED = /^40(001|P01)$/;
/** Of two that wait for each other one gets through, so that each further try has one fewer before it. */
const MOST_TRIES = 5;
/** Of each further try as many times that as there were before: those that met do not come at the same moment again. */
const PAUSE_MS = 20;

/**
 * Begins a transaction again where the server has ended it in favour of another one, with which it waited in a ring.
 * Each time stands in the log, as locks that are taken in one order would make no ring.
 * @param begin a whole transaction: nothing of an earlier try is left when it is called again.
 */
export async function untilUndisturbed<T>(begin: () => Promise<T>, log: Log): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await begin();
    } catch (error) {
      if (tries === MOST_TRIES || !isDisturbed(error)) throw error;
      log.warn({ error, tries }, 'A transaction was ended in favour of another one, and is begun again');
      await delay(Math.random() * PAUSE_MS * tries);
    }
  }
}

function isDisturbed(error: unknown): boolean {
  return types.isNativeError(error) && 'code' in error && DISTURBED.test(String(error.code));
}
