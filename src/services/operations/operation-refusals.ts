import { dayText } from '../platform/day-text.js';
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

/** @param starter who has started the other one, by name. @param wanted the other one, in words that follow "You cannot". */
export function accessUnderWay(starter: string, wanted: string): Problem {
  return new Problem({
    kind: 'refused',
    what: `${starter} has begun to ${wanted}, and that is still under way.`,
    why: 'Two at once would undo each other half way. Nothing was changed by this click.',
    remedy: 'Wait until that one has ended, then look at the person or group again.',
    code: 'access-under-way',
  });
}

/** @param taker who takes the access away, by name. @param wanted that deed, in words that follow "You cannot". */
export function overtaken(taker: string, wanted: string): Problem {
  return new Problem({
    kind: 'refused',
    what: `${taker} has begun to ${wanted} meanwhile.`,
    why: 'What takes access away comes before what still waits to give it, so Latchkey has stopped here.',
    remedy:
      'Wait until that one has ended and look at what the person or group has then. If access is wanted all the same, begin anew.',
    code: 'access-taken-meanwhile',
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

/** @param madeAt `undefined`: a card of an earlier release, which does not say when it was made. */
export function cardTooOld(madeAt: Date | undefined): Problem {
  return new Problem({
    kind: 'stale',
    what: madeAt
      ? `The card is of ${momentOf(madeAt)}, and holds for 15 minutes.`
      : 'The card is of an earlier release.',
    why: 'What it shows may no longer be so. Nothing was changed.',
    remedy: 'Look at it again: say once more what you want, and confirm the new card.',
    code: 'card-expired',
  });
}

export function cardOutdated(madeAt: Date): Problem {
  return new Problem({
    kind: 'stale',
    what: `The card is of ${momentOf(madeAt)}, and things have changed since.`,
    why: 'What you confirmed is not what would be done now. Nothing was changed.',
    remedy: 'Look at it again: say once more what you want, and confirm the new card.',
    code: 'card-outdated',
  });
}

/** "24 Nov 2026, 09:00 UTC". */
function momentOf(at: Date): string {
  return `${dayText(at)}, ${at.toISOString().slice(11, 16)} UTC`;
}
