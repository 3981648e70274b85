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

/** Accepted, and not shown yet: the run looks again. */
export function claimNotVisible(): Problem {
  return new Problem({
    kind: 'waiting',
    system: 'entra',
    what: 'Entra accepted the claim Email, but does not show it yet.',
    remedy: 'There is nothing to do: Latchkey looks again by itself.',
    code: 'claim-not-visible',
  });
}
