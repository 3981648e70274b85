import { requestIds, withLogFields } from './log-context.js';
import type { Log } from './log.js';

/**
 * Does the deed of a step. Each line that is logged within it names the step, and one at its end has the ids of the remote
 * answers that it got, which is what the remote side's support asks for.
 */
export function loggedStep<T>(log: Log, step: string, deed: () => Promise<T>): Promise<T> {
  const from = performance.now();
  return withLogFields({ step }, async () => {
    const tell = (message: string): void =>
      log.info({ ms: Math.round(performance.now() - from), requestIds: requestIds() }, message);
    try {
      const result = await deed();
      tell('A step of a run was done');
      return result;
    } catch (error) {
      tell('A step of a run stopped');
      throw error;
    }
  });
}
