import { Problem } from '../platform/problem.js';
import { GALLERY_NAME } from '../sso/read-both-sides.js';

/** Why what a role of the policy gives cannot be given, each as a `Problem` that says who does what about it. */

const POLICY_FILE = 'Tell whoever keeps the policy file of Latchkey';

/** @param what such as "the division". @param count how many there are of that name. */
export function notOneOfThatName(what: string, name: string, count: number): Problem {
  const isGone = count === 0;
  return new Problem({
    kind: 'refused',
    what: isGone
      ? `The policy names ${what} “${name}”, and there is none of that name.`
      : `The policy names ${what} “${name}”, and there are ${String(count)} of that name.`,
    remedy: isGone
      ? `${POLICY_FILE}: the name has to be corrected there.`
      : `${POLICY_FILE}: it has to say which one, by its id.`,
    code: isGone ? 'policy-names-nothing' : 'policy-names-several',
  });
}

/** @param why a sentence. */
export function groupUnusable(groupName: string, why: string): Problem {
  return new Problem({
    kind: 'refused',
    what: `Latchkey cannot put anybody into the group ${groupName}.`,
    why,
    remedy: `${POLICY_FILE}: another group is needed, or a role of the application instead.`,
    code: 'group-unusable',
  });
}

export function groupWithoutApplication(groupName: string): Problem {
  return new Problem({
    kind: 'refused',
    what: `The group ${groupName} does not have ${GALLERY_NAME}, so being in it gives no access.`,
    why: 'Entra counts direct members of the groups that the application is assigned to; groups within groups do not count.',
    remedy: 'An administrator says “assign” with the name of the group, or the policy names another one.',
    code: 'group-without-application',
  });
}

/** Addresses are given again. @param user as it is in Genesys. */
export function strangersUser(personName: string, user: { name: string; state: string }): Problem {
  return new Problem({
    kind: 'refused',
    what: `Genesys has ${user.state === 'inactive' ? 'an' : 'a'} ${user.state} user “${user.name}” with the address of ${personName}.`,
    why: 'It may belong to somebody who had the address before, with all their roles, so Latchkey does not wake it by itself.',
    remedy: 'An administrator says “provision” with the name of the person, looks at the card and decides.',
    code: 'user-of-a-stranger',
  });
}

/** @param roles names of roles that would come with the user. */
export function wouldGiveMore(personName: string, roles: readonly string[]): Problem {
  return new Problem({
    kind: 'refused',
    what: `The Genesys user of ${personName} is inactive and still holds ${roles.join(', ')}.`,
    why: 'Waking it would give more than what was asked for.',
    remedy:
      'An administrator takes these roles away in Genesys, or says “provision” with the name of the person where they are wanted.',
    code: 'would-give-more',
  });
}
