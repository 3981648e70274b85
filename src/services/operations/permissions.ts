import type { EntraPerson, RoleHeld, Standing } from '../entra/entra.js';
import type { ProblemFacts } from '../platform/problem.js';

/**
 * Who may do what. Pure: the caller reads the standing from Entra at the moment of the deed and asks here, for showing
 * a button and for acting on its click alike.
 */

/** `manage-sso`: set-up, assignment, provisioning. `create-people`: new users, first passwords, removals. `look`: status, audit. */
export type Right = 'manage-sso' | 'create-people' | 'look';

export type Verdict =
  | { readonly isAllowed: true; readonly through: string }
  | { readonly isAllowed: false; readonly rule: RuleName; readonly why: string; readonly remedy: string };

export type RuleName =
  | 'not-in-tenant'
  | 'account-disabled'
  | 'guest'
  | 'not-proven'
  | 'role-missing'
  | 'role-too-narrow'
  | 'role-not-activated'
  | 'self'
  | 'another-asker'
  | 'may-not-ask'
  | 'no-break-glass'
  | 'own-request'
  | 'no-approver-of-it'
  | 'not-your-request'
  | 'decision-changed';

/** Built-in Entra roles by role template id (Microsoft's list of built-in roles). */
const ROLE_NAMES: Readonly<Record<string, string>> = {
  '62e90394-69f5-4237-9190-012177145e10': 'Global Administrator',
  '9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3': 'Application Administrator',
  '158c047a-c907-4556-b7ef-446551a6b5f7': 'Cloud Application Administrator',
  'fe930be7-5e62-47db-91af-98c3a49a38b1': 'User Administrator',
  'f2ef992c-3afb-46b9-b7cf-a126ee74c451': 'Global Reader',
};

const CAN_MANAGE_SSO = [
  'Cloud Application Administrator',
  'Application Administrator',
  'Global Administrator',
] as const;

const ROLES_FOR: Readonly<Record<Right, readonly string[]>> = {
  'manage-sso': CAN_MANAGE_SSO,
  'create-people': ['User Administrator', 'Global Administrator'],
  look: [...CAN_MANAGE_SSO, 'Global Reader'],
};

const DEED: Readonly<Record<Right, string>> = {
  'manage-sso': 'This needs an administrator of applications',
  'create-people': 'Creating and removing people, and setting their passwords, needs an administrator of users',
  look: 'Looking at the SSO configuration and the audit needs a reader or administrator role',
};

/** Whether they may use Latchkey at all, for what needs no role. @param person as Entra knows them now. */
export function judgeMember(person: EntraPerson | undefined): Verdict {
  if (!person) {
    return refusal(
      'not-in-tenant',
      'This account does not belong to the tenant that Latchkey serves.',
      'Use your account of this organisation.',
    );
  }
  if (!person.isEnabled) {
    return refusal('account-disabled', 'This account is disabled in Entra.', 'Ask a user administrator to enable it.');
  }
  if (person.isGuest) {
    return refusal('guest', 'Guests cannot use Latchkey.', 'Ask a member of this organisation to do it.');
  }
  return { isAllowed: true, through: 'membership of the tenant' };
}

/** Whether somebody has proven to be that person; whose e-mail alone says so asks for access for themselves, and does no more. */
export function judgeProof({ proof }: { readonly proof?: 'email' }): Verdict {
  if (proof === undefined) return { isAllowed: true, through: 'the account' };
  return refusal(
    'not-proven',
    'Latchkey knows who you are here by the e-mail of your account alone: that is enough to ask for access for yourself, and for nothing else.',
    'Write “link” to Latchkey in its direct messages, link your account, then do it again.',
  );
}

/** Whether that right is held now. @param standing `undefined`: the person does not exist in this tenant. */
export function judge(right: Right, standing: Standing | undefined): Verdict {
  const member = judgeMember(standing?.person);
  if (!standing || !member.isAllowed) return member;
  const held = standing.active.filter((role) => opens(right, role));
  const wide = held.find((role) => role.scope === '/');
  if (wide) return { isAllowed: true, through: nameOf(wide) };
  return refuseRole(
    right,
    held[0],
    standing.eligible.find((role) => opens(right, role)),
  );
}

/** Every right that is held now. */
export function rightsOf(standing: Standing | undefined): Right[] {
  return (Object.keys(ROLES_FOR) as Right[]).filter((right) => judge(right, standing).isAllowed);
}

/** Nobody gives themselves access. @param deed in words that "themselves" follows. */
export function judgeTarget(actorId: string, targetId: string, deed = 'give access to'): Verdict {
  if (actorId.toLowerCase() !== targetId.toLowerCase()) return { isAllowed: true, through: 'another person' };
  return refusal(
    'self',
    `Nobody can ${deed} themselves with Latchkey, administrators included.`,
    'Ask another administrator to do it for you.',
  );
}

/** Nor to a group that they are in. @param groupsOfActor ids of the groups that the actor is a direct member of. */
export function judgeTargetGroup(groupsOfActor: readonly string[], groupId: string): Verdict {
  if (!groupsOfActor.includes(groupId)) return { isAllowed: true, through: 'a group of other people' };
  return refusal(
    'self',
    'You are a member of this group, and nobody can give access to themselves with Latchkey, administrators included.',
    'Ask another administrator, who is not in the group, to do it.',
  );
}

/** A plan that was compared with whoever asked is theirs alone to run: it leaves out only themselves. */
export function judgeAsker(actorId: string, askerId: string): Verdict {
  if (actorId.toLowerCase() === askerId.toLowerCase()) return { isAllowed: true, through: 'the own plan' };
  return refusal(
    'another-asker',
    'Somebody else has sent the file, and its plan was made for them: it may give access to you yourself.',
    'Send the file yourself; whoever has access already is left alone.',
  );
}

/** The refusal as what the person reads. */
export function refusalFacts(verdict: Extract<Verdict, { isAllowed: false }>, wanted: string): ProblemFacts {
  return {
    kind: 'refused',
    what: `You cannot ${wanted}.`,
    why: verdict.why,
    remedy: verdict.remedy,
    code: verdict.rule,
  };
}

function refuseRole(right: Right, narrow: RoleHeld | undefined, eligible: RoleHeld | undefined): Verdict {
  if (narrow) {
    return refusal(
      'role-too-narrow',
      `You hold ${nameOf(narrow)} for ${narrow.scope} only, not for the whole tenant.`,
      'A role with the scope of the whole tenant (/) is needed. Ask a Privileged Role Administrator for it.',
    );
  }
  if (eligible) {
    return refusal(
      'role-not-activated',
      `You are eligible for ${nameOf(eligible)}, but it is not active.`,
      `Activate ${nameOf(eligible)} in Privileged Identity Management. Entra may need some minutes to show it. Then try again.`,
    );
  }
  return refusal(
    'role-missing',
    `${DEED[right]}: ${oneOf(ROLES_FOR[right])}. You hold none of these roles.`,
    'Ask somebody who holds one of them, or ask a Privileged Role Administrator for it.',
  );
}

function opens(right: Right, role: RoleHeld): boolean {
  return ROLES_FOR[right].includes(nameOf(role));
}

function nameOf(role: RoleHeld): string {
  return ROLE_NAMES[role.roleTemplateId.toLowerCase()] ?? role.roleTemplateId;
}

function oneOf(names: readonly string[]): string {
  return names.length === 1 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} or ${names.at(-1) ?? ''}`;
}

/** A rule says no. @param why and remedy sentences. */
export function refusal(rule: RuleName, why: string, remedy: string): Verdict {
  return { isAllowed: false, rule, why, remedy };
}
