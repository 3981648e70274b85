import { Problem } from '../platform/problem.js';
import type { UndoLine } from './undo-plan.js';

/** Why a set-up cannot be undone, or not yet, each as a `Problem` that says what to do instead. */

export function movedOn(): Problem {
  return new Problem({
    kind: 'stale',
    what: 'This set-up has moved on since the card was drawn.',
    remedy: 'Look at its card: when it has stopped or is done, press Undo there.',
    code: 'undo-outdated',
  });
}

export function undoneAlready(): Problem {
  return new Problem({
    kind: 'stale',
    what: 'This set-up has been undone already, or is just being undone.',
    remedy: 'The card of the undo shows what was put back.',
    code: 'undone-already',
  });
}

export function replacedAnother(): Problem {
  return new Problem({
    kind: 'refused',
    what: 'This set-up replaced another identity provider in Genesys, after a second confirmation. It cannot be undone.',
    why: 'The certificates of that provider left with it, so that nobody can sign in with its keys.',
    remedy: 'To go back, enter that provider again in Genesys under Single Sign-on, with its certificates.',
    code: 'undo-after-replacement',
  });
}

export function notKept(): Problem {
  return new Problem({
    kind: 'refused',
    what: 'What both sides said before this set-up was not kept, so it cannot be undone.',
    why: 'An earlier release of Latchkey made it.',
    remedy: 'Change the settings by hand, or say “set up sso” to repair them.',
    code: 'undo-not-kept',
  });
}

export function notYetBack(lines: readonly UndoLine[]): Problem {
  const said = lines.map(({ side, field, is, was }) => `${side}, ${field}: is ${is}, was ${was}`).join('; ');
  return new Problem({
    kind: 'waiting',
    what: 'The former values were written, but reading them back shows something else.',
    why: `${said}.`,
    remedy: 'Entra can need some minutes until every server shows a change, and Latchkey looks again by itself.',
    code: 'not-yet-back',
  });
}
