import type { Claims, EntraPerson } from '../entra/entra.js';
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

export function addressSent(person: EntraPerson, claims: Claims | undefined): string {
  if (claims?.emailFrom !== 'mail') return person.userPrincipalName;
  if (person.mail) return person.mail;
  throw new Problem({
    kind: 'refused',
    what: `The sign-in sends the mail address, and ${person.name} has none.`,
    remedy: 'Give the person a mail address in Entra.',
    code: 'no-mail',
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

export function noManagedDomain(): Problem {
  return new Problem({
    kind: 'refused',
    what: 'This tenant has no verified, managed domain, so Latchkey cannot create people in it.',
    remedy: 'Create the person where your directory is mastered, then say “assign” with their name.',
    code: 'no-managed-domain',
  });
}

export function nameTaken(userPrincipalName: string): Problem {
  return new Problem({
    kind: 'input',
    what: `${userPrincipalName} exists already.`,
    remedy: 'Use that person, or choose another name.',
    code: 'name-taken',
  });
}

export function notOurs(): Problem {
  return new Problem({
    kind: 'refused',
    what: 'Latchkey sets passwords only for people whom it created.',
    remedy: 'Reset the password in the Entra admin center.',
    code: 'not-created-here',
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

/** Between the card and the creation. */
export function takenMeanwhile(userPrincipalName: string): Problem {
  return new Problem({
    kind: 'stale',
    what: `${userPrincipalName} was taken by somebody else meanwhile.`,
    remedy: 'Say “create test user” again with another name.',
    code: 'name-taken',
  });
}

export function privileged(personName: string): Problem {
  return new Problem({
    kind: 'refused',
    what: `${personName} holds a directory role in Entra by now, so Latchkey sets no password for that account.`,
    remedy: 'Reset the password in the Entra admin center.',
    code: 'privileged-account',
  });
}

/** Between the creation and the new password. */
export function goneMeanwhile(personName: string): Problem {
  return new Problem({
    kind: 'refused',
    what: `${personName} is no longer in Entra.`,
    remedy: 'Create the person again.',
    code: 'person-gone',
  });
}
