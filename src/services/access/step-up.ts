import type { SignedIn } from '../entra/person-sign-in.js';
import type { PolicyRole, StepUpRule } from './access-policy.js';

/**
 * Step-up sign-in: a rule may say that an approval counts only once the approver has proven anew who they are. Pure; the
 * times of a sign-in are wall time, as Entra says them.
 */

/** How an approval was proven. */
export interface VoteSignIn {
  /** When the approver has signed in for it, in wall time. */
  readonly at: Date;
  /** The authentication context that the sign-in has met, where the rule names one. */
  readonly authenticationContext?: string | undefined;
}

/** By which our clock and Entra's may differ. */
const CLOCK_TOLERANCE_MS = 30_000;

export type SignInVerdict = VoteSignIn | 'somebody-else' | 'no-time' | 'not-fresh' | 'no-context';

/**
 * Whether that sign-in proves the approval of whoever has clicked: it is the same person, they have signed in since the
 * click, and the sign-in has met what the rule names. What Entra does not say counts as not so.
 * @param wanted.now wall time.
 */
export function judgeSignIn(
  signedIn: SignedIn,
  wanted: { personId: string; clickedAt: Date; now: Date; rule: StepUpRule | undefined },
): SignInVerdict {
  const { personId, clickedAt, now, rule } = wanted;
  if (signedIn.personId !== personId) return 'somebody-else';
  if (!signedIn.at) return 'no-time';
  const at = signedIn.at.getTime();
  const [first, last] = [clickedAt.getTime() - CLOCK_TOLERANCE_MS, now.getTime() + CLOCK_TOLERANCE_MS];
  // Also of a time that is none.
  if (!(first <= at && at <= last)) return 'not-fresh';
  const context = rule?.authenticationContext;
  if (context === undefined) return { at: signedIn.at };
  return signedIn.contexts.includes(context) ? { at: signedIn.at, authenticationContext: context } : 'no-context';
}

/** Names of the roles whose approvals need a sign-in. */
export function rolesWithStepUp(roles: readonly PolicyRole[]): readonly string[] {
  return roles.filter(({ stepUp }) => stepUp !== undefined).map(({ name }) => name);
}

/** Whether an approval under that rule may count. No rule: nobody has to sign in for it. */
export function isProven(rule: StepUpRule | undefined, signIn: VoteSignIn | undefined): boolean {
  if (!rule) return true;
  if (!signIn) return false;
  const { authenticationContext: wanted } = rule;
  return wanted === undefined || wanted === signIn.authenticationContext;
}
