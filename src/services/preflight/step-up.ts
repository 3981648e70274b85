import type { Registration } from '../entra/entra-registration.js';
import { fine, type Finding, type Look } from './finding.js';

/** What approvals that need a sign-in need. */
export interface StepUpNeeds {
  /** Names of the roles of the access policy that say `stepUp`. */
  readonly roles: readonly string[];
  /** Whether an app registration is set that people can sign in to. */
  readonly hasClient: boolean;
}

/** Without a client the access policy does not come into force. */
export function judgeStepUpClient({ roles, hasClient }: StepUpNeeds): Finding[] {
  if (roles.length === 0 || hasClient) return [];
  const one = roles.length === 1;
  return [
    {
      name: 'step-up-client',
      state: 'missing',
      what: `The ${one ? 'role' : 'roles'} ${roles.join(', ')} of the access policy ${one ? 'needs' : 'need'} step-up sign-in, and no sign-in client is set, so that the policy does not come into force.`,
      remedy:
        'Set LINK_CLIENT_ID with LINK_CLIENT_SECRET or LINK_CLIENT_CERTIFICATE_PATH, or take stepUp out of the access policy.',
    },
  ];
}

/**
 * Whether Entra says when somebody has signed in. By OpenID Connect `max_age`, which is sent, makes it say so; that Entra does
 * without the optional claim is documented nowhere.
 */
export function judgeStepUpClaim({ roles }: StepUpNeeds, registration: Look<Registration | undefined>): Finding[] {
  if (roles.length === 0 || !registration.ok || !registration.value) return [];
  const { name: title, idTokenClaims } = registration.value;
  const name = 'step-up-claim';
  if (idTokenClaims.includes('auth_time'))
    return [fine(name, `${title} says when somebody has signed in (auth_time).`)];
  return [
    {
      name,
      state: 'warning',
      what: `${title} does not have the optional claim auth_time, so that Entra may not say when an approver has signed in; such an approval is refused.`,
      remedy: `Entra admin center, App registrations, ${title}, Token configuration, Add optional claim, ID: auth_time.`,
    },
  ];
}
