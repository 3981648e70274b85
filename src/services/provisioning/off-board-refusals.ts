import { Problem } from '../platform/problem.js';

/** The rest is done; this part is tried again by itself. */
export function notDoneYet(personName: string, { what, requestId }: { what: string; requestId: string }): Problem {
  return new Problem({
    kind: 'waiting',
    what: `Not everything is taken away from ${personName} yet. ${what}`,
    remedy:
      'There is nothing to do: what is done stays done, and Latchkey tries the rest again by itself for about a day.',
    code: 'not-done-yet',
    ...(requestId ? { requestId } : {}),
  });
}
