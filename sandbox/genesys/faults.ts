import type { FaultKind } from '../kit/faults.js';

/** What can be broken on purpose in the Genesys Cloud sandbox. */
export const GENESYS_FAULTS = {
  'permission-removed': {
    describe:
      'The role of the OAuth client lacks a permission: calls that need it answer 403. May be on several times.',
    options: { permission: 'name of the permission, such as sso:provider:edit' },
  },
  'unavailable-once': {
    describe: 'The next request answers 503 with an empty body.',
    options: { path: 'only a request whose path contains this', method: 'only a request with this method' },
    once: true,
  },
  'certificate-foreign': {
    describe: 'Sign-ins are checked against a foreign certificate, so that every signature fails.',
  },
  'certificate-expired': {
    describe: 'The stored certificates count as expired: sign-ins fail, and storing any certificate is refused.',
  },
  'token-expired-now': {
    describe: 'Access tokens issued so far are refused with 401.',
    once: true,
  },
} as const satisfies Readonly<Record<string, FaultKind>>;
