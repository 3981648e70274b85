import { types } from 'node:util';

/** PostgreSQL's `serialization_failure` and `deadlock_detected`: nothing is wrong with the transaction but its moment. */
const DISTURBED = /^40(001|P01)$/;
/** Of two that wait for each other one gets through, so that each further try has one fewer before it. */
const MOST_TRIES = 5;

/**
 * Begins a transaction again where the server has ended it in favour of another one, with which it waited in a ring.
 * @param begin a whole transaction: nothing of an earlier try is left when it is called again.
 */
export async function untilUndisturbed<T>(begin: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await begin();
    } catch (error) {
      if (tries === MOST_TRIES || !isDisturbed(error)) throw error;
    }
  }
}

function isDisturbed(error: unknown): boolean {
  return types.isNativeError(error) && 'code' in error && DISTURBED.test(String(error.code));
}
