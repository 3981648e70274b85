import { COUNT, TIMES } from '../kit/fault-options.js';
import type { FaultKind } from '../kit/faults.js';

/** Faults of Entra that concern single routes. The layers around all routes bring their own. */
export const ENTRA_FAULTS = {
  'permission-removed': {
    describe: 'The bot has lost an application permission; may be on for several.',
    options: { permission: 'name of the permission, such as User.ReadWrite.All' },
  },
  'permission-added': {
    describe: 'The bot has an application permission more than those of the seed; may be on for several.',
    options: { permission: 'name of the permission, such as GroupMember.ReadWrite.All' },
  },
  'unavailable-once': {
    describe: 'The next request that fits is answered with 503 and nothing else, and does nothing.',
    options: { path: 'part of the path and query', method: 'HTTP method; any when left out' },
    once: true,
  },
  'token-throttled': {
    describe: 'The token endpoint refuses the next requests for a token with 400, without Retry-After.',
    options: { times: 'how many requests it strikes before it is off again, or "always"; 1 when left out' },
    forms: { times: TIMES },
    counted: true,
  },
  'certificate-foreign': { describe: 'Assertions are signed with a key that the app does not have.' },
  'token-expired-now': { describe: 'Every access token issued so far is refused.', once: true },
  'pim-expired': {
    describe:
      'Every active directory role of people has run out in Privileged Identity Management: it is eligible, and not active any more. What the bot itself holds stays.',
    options: { afterReads: 'how often role assignments are still read as active; none when left out' },
    forms: { afterReads: COUNT },
  },
  'pim-activated': {
    describe:
      'Everybody has activated in Privileged Identity Management what they are eligible for: those roles are active, and eligible as before.',
  },
  'not-owned': { describe: 'Applications made from the gallery belong to nobody.' },
  'no-claims-policy-api': {
    describe:
      'The beta claims policy does not exist, as in clouds without the preview: its path is an unknown segment.',
  },
  'saml-app-delete-refused': {
    describe:
      'An application is not deleted while its service principal is in SAML mode: 400 DeletingSamlSpNotAllowed.',
  },
} as const satisfies Readonly<Record<string, FaultKind>>;

/** @param age makes the active certificates that exist now run out yesterday. */
export function certificateFaults(age: () => void): Readonly<Record<string, FaultKind>> {
  return {
    'certificate-expired': {
      describe:
        'Active signing certificates run out yesterday when it is switched on (same key, new thumbprint; they stay so afterwards), and new ones are made so while it is on.',
      switched: (on) => (on.length > 0 ? age() : undefined),
    },
  };
}
