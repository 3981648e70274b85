import type { DeletedPerson, TenantDomain } from '../entra/entra-accounts.js';
import { dayText } from '../platform/day-text.js';
import { Problem } from '../platform/problem.js';

/** What cannot be done with a test user, each as a `Problem` that says what to do instead. */

/** @param domains the verified ones, none of which is managed. */
export function noManagedDomain(domains: readonly TenantDomain[]): Problem {
  const names = domains.map(({ name }) => name).join(', ');
  return new Problem({
    kind: 'refused',
    what:
      domains.length === 0
        ? 'This tenant has no verified domain, so Latchkey cannot create people in it.'
        : `Every verified domain of this tenant is federated (${names}), so Latchkey cannot create people in it.`,
    ...(domains.length === 0
      ? {}
      : { why: 'People of a federated domain are created where they sign in, and come to Entra from there.' }),
    remedy:
      'Create the person in your own directory, then say “assign” with their name. Or verify a domain that is not federated.',
    code: 'no-managed-domain',
  });
}

export function notThatDomain(domain: string, managed: readonly string[]): Problem {
  return new Problem({
    kind: 'input',
    what: `Latchkey cannot create people in ${domain}: it is no verified, managed domain of this tenant.`,
    remedy: `Choose ${managed.join(' or ')}.`,
    code: 'no-such-domain',
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

/** Between the card and the creation. */
export function takenMeanwhile(userPrincipalName: string): Problem {
  return new Problem({
    kind: 'stale',
    what: `${userPrincipalName} was taken by somebody else meanwhile.`,
    remedy: 'Say “create test user” again with another name.',
    code: 'name-taken',
  });
}

const KEPT_DAYS = 30;
const DAY_MS = 86_400_000;

/** Until when Entra keeps somebody who was deleted. */
export function keptUntil({ deletedAt }: DeletedPerson): Date | undefined {
  return deletedAt && new Date(deletedAt.getTime() + KEPT_DAYS * DAY_MS);
}

export function heldByDeleted(userPrincipalName: string, deleted: DeletedPerson): Problem {
  const until = keptUntil(deleted);
  const day = until ? ` until ${dayText(until)}` : ' for 30 days after the deletion';
  return new Problem({
    kind: 'refused',
    system: 'entra',
    what: `Entra still holds ${userPrincipalName} for ${deleted.name}, who was deleted.`,
    why: `Entra keeps deleted people${day}, so that they can be restored.`,
    remedy:
      'Say “create test user” again with another name. Or restore the person, or delete them for good: Entra admin center, Users, Deleted users.',
    code: 'name-held-by-deleted',
  });
}

/** The rules of the tenant wanted another password than two generated ones. */
export function passwordRulesTooStrict(userPrincipalName: string, requestId: string | undefined): Problem {
  return new Problem({
    kind: 'refused',
    system: 'entra',
    what: `Entra refused two generated passwords for ${userPrincipalName}, one of 20 and one of 40 characters.`,
    why: 'The tenant has password rules of its own that random passwords do not meet. Nothing was changed.',
    remedy:
      'Create the person or reset the password in the Entra admin center (Users), then say “assign” with their name. Or press Retry: two other passwords are tried.',
    code: 'password-rules',
    ...(requestId === undefined ? {} : { requestId }),
  });
}

export function notOurs(deed: 'set passwords for' | 'remove'): Problem {
  return new Problem({
    kind: 'refused',
    what:
      deed === 'remove'
        ? 'Latchkey removes only people whom it created.'
        : 'Latchkey sets passwords only for people whom it created.',
    remedy:
      deed === 'remove'
        ? 'Delete the person in the Entra admin center, if that is what you want.'
        : 'Reset the password in the Entra admin center.',
    code: 'not-created-here',
  });
}

export function privileged(personName: string, deed: 'set the password of' | 'delete'): Problem {
  return new Problem({
    kind: 'refused',
    what: `${personName} holds a directory role in Entra by now, so Latchkey does not ${deed} that account.`,
    remedy:
      deed === 'delete'
        ? 'Take the role away first, or delete the person in the Entra admin center.'
        : 'Reset the password in the Entra admin center.',
    code: 'privileged-account',
  });
}

/** Between the card and the click. */
export function removalChanged(personName: string): Problem {
  return new Problem({
    kind: 'stale',
    what: `What would be removed of ${personName} has changed since this card was made.`,
    why: 'Access or the user in Genesys Cloud was added or taken away meanwhile. Nothing was changed.',
    remedy: 'Say “remove test user” again, and read what it says now.',
    code: 'removal-changed',
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
