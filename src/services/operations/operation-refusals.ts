import { Problem } from '../platform/problem.js';

/** Why an operation cannot begin or go on now, each as a `Problem` that says what to do instead. */

/** @param starter who has started the other one, by name. */
export function alreadyUnderWay(starter: string): Problem {
  return new Problem({
    kind: 'refused',
    what: `${starter} has started a change of the same settings, and it is still under way.`,
    why: 'Two at once would write over each other.',
    remedy: 'Wait until that one has ended, then look at a new plan.',
    code: 'already-under-way',
  });
}

/** @param fault what is wrong with it, where that is known. */
export function unusable(fault: string | undefined): Problem {
  return new Problem({
    kind: 'input',
    what: `That cannot be used: ${fault ?? 'the input has another shape'}.`,
    remedy: 'Start again and give it anew.',
    code: 'unusable-input',
  });
}

/** The card was drawn before something else happened. */
export function movedOn(): Problem {
  return new Problem({
    kind: 'stale',
    what: 'This has moved on since the card was drawn.',
    remedy: 'The card is being brought up to date; look at what it says now.',
    code: 'moved-on',
  });
}
