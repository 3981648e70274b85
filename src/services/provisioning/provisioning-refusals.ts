import type { EntraPerson } from '../entra/entra.js';
import { Problem } from '../platform/problem.js';
import { GALLERY_NAME } from '../sso/read-both-sides.js';

/** What cannot be done for a person, each as a `Problem` that says what to do instead. */

export function notSetUp(): Problem {
  return new Problem({
    kind: 'refused',
    what: `${GALLERY_NAME} is not set up in this tenant yet, so nobody can be assigned to it.`,
    remedy: 'Say “set up sso” first.',
    code: 'not-set-up',
  });
}

export function severalInstances(count: number): Problem {
  return new Problem({
    kind: 'refused',
    what: `There are ${count} instances of ${GALLERY_NAME} in this tenant, and Genesys does not point to exactly one of them.`,
    remedy: 'An admin says “set up sso” and chooses the one to use.',
    code: 'two-instances',
  });
}

export function refuseUnfit(person: EntraPerson): void {
  if (person.isEnabled) return;
  throw new Problem({
    kind: 'refused',
    what: `${person.name} is disabled in Entra and could not sign in.`,
    remedy: 'Enable the account in Entra first.',
    code: 'account-disabled',
  });
}

export function noRole(): Problem {
  return new Problem({
    kind: 'refused',
    what: `${GALLERY_NAME} offers no such role to people.`,
    remedy: 'Choose a role from the card; app roles are managed in the Entra admin center under App registrations.',
    code: 'no-such-role',
  });
}

export function nothingOnOffer(): Problem {
  return new Problem({
    kind: 'stale',
    what: 'Genesys no longer has that division or role, or does not show any to Latchkey.',
    remedy: 'Open the card again. If nothing is offered, the OAuth client of Latchkey needs authorization:role:view.',
    code: 'no-such-division-or-role',
  });
}

/** Accepted, and not shown yet: the run looks again. */
export function notVisible(personName: string): Problem {
  return new Problem({
    kind: 'waiting',
    system: 'entra',
    what: `Entra accepted the assignment of ${personName}, but does not show it yet.`,
    remedy: 'There is nothing to do: Latchkey looks again by itself. An assignment that is there is left alone.',
    code: 'assignment-not-visible',
  });
}

export function personGone(): Problem {
  return new Problem({
    kind: 'stale',
    what: 'That person is no longer in Entra.',
    remedy: 'Search for the person again.',
    code: 'person-gone',
  });
}
