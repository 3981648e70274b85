import { Problem } from '../platform/problem.js';
import type { SetUpPlan } from './plan-set-up.js';

/** Why a plan cannot be made or run, each as a `Problem` that says what to do instead. */

/** How long a plan holds. */
export const PLAN_MINUTES = 15;

/** Something stands in the way of the plan, and pressing *Run* does not take it away. */
export function refuseObstacles({ obstacles }: Pick<SetUpPlan, 'obstacles'>): void {
  const [obstacle] = obstacles ?? [];
  if (obstacle) throw new Problem({ kind: 'refused', ...obstacle, code: 'plan-has-obstacles' });
}

/** Another organisation than the credential's, or its display name. */
export function wrongOrganization(typed: string, found: { shortName: string; name: string }): Problem {
  const isDisplayName = typed.trim().toLowerCase() === found.name.trim().toLowerCase();
  return new Problem({
    kind: 'input',
    what: isDisplayName
      ? `“${found.name}” is the display name. The short name of this organisation is ${found.shortName}.`
      : `Latchkey's Genesys credential belongs to ${found.name}, whose short name is ${found.shortName}.`,
    remedy: isDisplayName
      ? `Answer with ${found.shortName}.`
      : `If that is the organisation you mean, answer with ${found.shortName}. To serve another one, the operator configures Latchkey with an OAuth client of that organisation.`,
    code: isDisplayName ? 'display-name' : 'other-organisation',
  });
}

export function notYourPlan(): Problem {
  return new Problem({
    kind: 'refused',
    what: 'This plan was made for somebody else.',
    remedy: 'Say “set up sso” to make your own.',
    code: 'not-your-plan',
  });
}

export function planTooOld(): Problem {
  return new Problem({
    kind: 'stale',
    what: `A plan holds for ${PLAN_MINUTES} minutes, and this one is older.`,
    remedy: 'Look at the new plan.',
    code: 'plan-expired',
  });
}

/** What was read for the plan is not what is there at *Run*. */
export function planOutdated(): Problem {
  return new Problem({
    kind: 'stale',
    what: 'Something was changed in Entra or Genesys since this plan was made.',
    remedy: 'Look at the new plan.',
    code: 'plan-outdated',
  });
}
