import { Problem } from '../platform/problem.js';
import { GALLERY_NAME } from '../sso/read-both-sides.js';

/** What cannot be done about the access of a person or a group, each as a `Problem` that says what to do instead. */

export function noPremium(): Problem {
  return new Problem({
    kind: 'refused',
    what: `This tenant cannot assign groups to ${GALLERY_NAME}.`,
    why: 'Entra assigns groups to applications only with Entra ID P1 or P2, and the tenant has neither.',
    remedy: 'Assign the people one by one, or get the licence and try again.',
    code: 'no-premium',
  });
}

export function noSecurityGroup(groupName: string): Problem {
  return new Problem({
    kind: 'refused',
    what: `${groupName} is not a security group, so it cannot be assigned to ${GALLERY_NAME}.`,
    why: 'Entra assigns only groups that are security enabled; distribution lists are not.',
    remedy: 'Choose a security group, or assign the people one by one.',
    code: 'not-security-enabled',
  });
}

export function groupGone(): Problem {
  return new Problem({
    kind: 'stale',
    what: 'That group is no longer in Entra.',
    remedy: 'Search for the group again.',
    code: 'group-gone',
  });
}

/** @param name of the person or group. */
export function notAssigned(name: string): Problem {
  return new Problem({
    kind: 'stale',
    what: `${name} is no longer assigned to ${GALLERY_NAME} directly, so there is nothing to take away.`,
    remedy: 'Say “who has access” to see what is assigned now.',
    code: 'not-assigned',
  });
}

/** @param name of the person or group. */
export function heldOtherwise(name: string): Problem {
  return new Problem({
    kind: 'stale',
    what: `The roles of ${name} have changed since this card was shown.`,
    remedy: 'Say “assign” with the name again and look at the new card.',
    code: 'roles-changed',
  });
}

/** The removal was accepted, and is not shown yet: the run looks again. @param name of the person or group. */
export function stillVisible(name: string): Problem {
  return new Problem({
    kind: 'waiting',
    system: 'entra',
    what: `Entra accepted that ${name} is no longer assigned, but still shows the assignment.`,
    remedy: 'There is nothing to do: Latchkey looks again by itself.',
    code: 'removal-not-visible',
  });
}
