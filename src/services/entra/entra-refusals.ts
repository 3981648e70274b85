import { Problem } from '../platform/problem.js';
import { refusedByRule } from './entra-problems.js';
import type { AssignedClaimsPolicy } from './entra.js';

/** What Latchkey does not do to Entra's objects, or Entra does not let it do, each as a `Problem` that says what to do. */

export function foreignApplication(): Problem {
  return refusedByRule('foreign-application', {
    what: 'Latchkey does not change who is assigned to this application.',
    why: 'It is not an instance of Genesys Cloud from the gallery.',
    remedy: 'Do it in the Entra admin center, if that is what you want.',
  });
}

/** @param isThere whether the application has the role at all. */
export function unknownAppRole(isThere: boolean): Problem {
  return refusedByRule('unknown-app-role', {
    what: 'The application does not offer the chosen role to people.',
    why: isThere ? 'The role is disabled, or not meant for people.' : 'It has no role of that id.',
    remedy: 'Choose one of the roles that the application offers.',
  });
}

/** @param count how many of that name there are; anything but one. */
export function notOneTemplate(displayName: string, count: number): Problem {
  return refusedByRule('gallery-template', {
    what:
      count === 0
        ? `The gallery has no application named ${displayName}.`
        : `The gallery has ${String(count)} applications named ${displayName}.`,
    remedy: 'Add the application by hand in the Entra admin center; Latchkey then adopts it.',
  });
}

export function claimsPolicyLeftAlone(policy: AssignedClaimsPolicy): Problem {
  return refusedByRule('claims-policy', claimsPolicyWords(policy));
}

const WHY_LEFT_ALONE = {
  shared: 'It is assigned to other applications too, whose sign-ins it would change.',
  unreadable: 'Its definition is not written in a way that Latchkey can read.',
  several: 'A second policy is assigned as well, so it is not certain which one counts.',
} as const;

/** Why Latchkey does not write to a policy that is assigned, and the one act that helps. */
export function claimsPolicyWords(policy: AssignedClaimsPolicy): { what: string; why?: string; remedy: string } {
  return {
    what: `The claims policy “${policy.name}” decides what is sent at sign-in, and Latchkey does not change it.`,
    ...(policy.leftAlone ? { why: WHY_LEFT_ALONE[policy.leftAlone] } : {}),
    remedy: `An admin takes “${policy.name}” off this application (its claims in the portal then count again), or gives the application a claims policy of its own.`,
  };
}

/** Denied although no permission is missing: the person holds a directory role. */
export function protectedPerson(denied: Problem): Problem {
  const facts = {
    ...denied.facts,
    why: 'Entra protects the accounts of administrators.',
    remedy: 'An admin with a higher role does it: Entra admin center, Users, the person, Revoke sessions.',
  };
  return new Problem(facts, { cause: denied });
}
