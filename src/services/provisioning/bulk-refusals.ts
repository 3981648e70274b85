import { mayPass, Problem } from '../platform/problem.js';

/** Why a bulk cannot be planned, started or steered, each as a `Problem` that says what to do instead. */

export function planGone(): Problem {
  return new Problem({
    kind: 'stale',
    what: 'The plan of this file is too old, or no longer there.',
    remedy: 'Send the file again: it is compared with what Entra and Genesys hold now.',
    code: 'bulk-plan-gone',
  });
}

/** @param by who has started it, by name. */
export function sameFileStarted(by: string): Problem {
  return new Problem({
    kind: 'stale',
    what: `${by} has started this very file meanwhile.`,
    why: 'A file is done once, whoever sends it.',
    remedy: 'There is nothing to do: the card of that run shows how far it is.',
    code: 'bulk-same-file',
  });
}

export function nothingToSteer(): Problem {
  return new Problem({
    kind: 'stale',
    what: 'This bulk is not under way any more, or somebody was faster.',
    remedy: 'Look at what its card says now.',
    code: 'bulk-moved-on',
  });
}

export const STRANGER = 'genesys-user-asleep';

/** Said with the row. @param upn whose row it is. */
export function wouldWakeStranger(upn: string, { name, state }: { name: string; state: string }): Problem {
  return new Problem({
    kind: 'refused',
    what: `Genesys has ${state === 'inactive' ? 'an' : 'a'} ${state} user “${name}” with this address.`,
    why: 'It may belong to somebody who had the address before, with all their roles.',
    remedy: `Say “provision ${upn}” and look at the card.`,
    code: STRANGER,
  });
}

/** What ended a part, for the run: nothing that may pass ends the run, as it goes on from where it is. */
export function orWaiting(error: unknown): unknown {
  if (!(error instanceof Problem) || !mayPass(error.facts)) return error;
  const remedy =
    'What is done is kept. Latchkey asks again by itself, ever more rarely up to every ten minutes, and goes on when there is an answer; Check now asks at once.';
  return new Problem({ ...error.facts, kind: 'waiting', remedy }, { cause: error });
}

export function linkGone(): Problem {
  return new Problem({
    kind: 'stale',
    what: 'This link no longer takes a file: it was used, or its hour is over.',
    remedy: 'Say “bulk” to Latchkey in your chat to get another one.',
    code: 'bulk-link-gone',
  });
}
