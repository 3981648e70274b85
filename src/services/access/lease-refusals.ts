import { Problem } from '../platform/problem.js';

/** Why access is not given or not ended now, each as a `Problem`. */

/** Two at once about one person would not see what the other one does. */
export function waitsForOther(personName: string, doing: 'an ending' | 'another giving'): Problem {
  return new Problem({
    kind: 'waiting',
    what: `Latchkey waits for ${doing} of access of ${personName} that is under way.`,
    remedy: 'There is nothing to do: Latchkey goes on by itself as soon as that one has ended.',
    code: 'access-under-way',
  });
}

/** The lease is no longer to be given. */
export function leaseOver(personName: string): Problem {
  return new Problem({
    kind: 'refused',
    what: `The access of ${personName} is not given any more.`,
    why: 'It was ended before it worked, or its time has passed.',
    remedy: 'Whoever needs it asks for it again.',
    code: 'lease-over',
  });
}

/** @param what the sentence of the part that is not done yet. */
export function notEndedYet(
  personName: string,
  { what, requestId }: { what: string; requestId?: string | undefined },
): Problem {
  return new Problem({
    kind: 'waiting',
    what: `Not everything that ${personName} had for a while is taken away yet. ${what}`,
    remedy:
      'There is nothing to do: what is done stays done, and Latchkey tries the rest again by itself until it is done.',
    code: 'not-ended-yet',
    ...(requestId ? { requestId } : {}),
  });
}

/** @param side where the read-back lacks something. */
export function giftNotVisible(personName: string, side: 'entra' | 'genesys'): Problem {
  return new Problem({
    kind: 'waiting',
    system: side,
    what: `${side === 'entra' ? 'Entra' : 'Genesys Cloud'} accepted the access of ${personName}, but does not show it yet.`,
    remedy: 'There is nothing to do: Latchkey looks again by itself.',
    code: 'gift-not-visible',
  });
}

/** A run that was replaced goes on: what it would take may have been given again since. */
export function endedByAnother(): Problem {
  return new Problem({
    kind: 'refused',
    what: 'Another run of Latchkey ends this access, or has ended it.',
    remedy: 'There is nothing to do here: the card of the request says how it stands.',
    code: 'ended-by-another',
  });
}

/** Somebody else than whom it is for wants to give it back. */
export function notYourLease(): Problem {
  return new Problem({
    kind: 'refused',
    what: 'This access is not yours, so you cannot give it back.',
    remedy: 'Whoever decides about it can revoke it.',
    code: 'not-your-lease',
  });
}

/** It has ended, somebody was faster, or it does not work yet. */
export function leaseEnded(personName: string, roleName: string): Problem {
  return new Problem({
    kind: 'stale',
    what: `The access of ${personName} as ${roleName} gives nothing that could be ended now, so nothing has changed.`,
    why: 'It has ended, its end has begun, or it does not work yet.',
    remedy: 'The card is being brought up to date; access that was asked for since has a card of its own.',
    code: 'lease-ended',
  });
}

export function noSuchLease(): Problem {
  return new Problem({
    kind: 'stale',
    what: 'There is no such access any more.',
    remedy: 'Say “my access” to see what there is.',
    code: 'no-such-lease',
  });
}
