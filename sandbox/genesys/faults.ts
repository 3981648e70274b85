import { COUNT, oneOfWords, SECONDS, TIMES } from '../kit/fault-options.js';
import type { FaultKind } from '../kit/faults.js';
import { TROUBLE_FAULTS } from '../kit/trouble.js';

const TIMES_MEANING = 'how many requests it strikes before it is off again, or "always"; 1 when left out';

/** What can be broken on purpose in the Genesys Cloud sandbox. */
export const GENESYS_FAULTS = {
  ...TROUBLE_FAULTS,
  throttled: {
    ...TROUBLE_FAULTS.throttled,
    describe:
      'The next platform API requests that fit are answered with 429 and do nothing. The token endpoint has a fault of its own.',
  },
  'gateway-timeout-after-commit': {
    ...TROUBLE_FAULTS['gateway-timeout-after-commit'],
    describe:
      'The next changes that fit (users, roles, providers) are carried out, and answered with 504 request.timeout. A refused change is not struck.',
  },
  'token-throttled': {
    describe:
      'The next requests for a token are answered with 400 invalid_request, "rate limit exceeded", as Genesys throttles.',
    options: { times: TIMES_MEANING },
    forms: { times: TIMES },
    counted: true,
  },
  budgets: {
    describe: 'A token may make fewer requests per window than the usual 300 a minute; beyond them the answer is 429.',
    options: {
      requests: 'requests per window; 300 when left out',
      seconds: 'length of the window in seconds of wall time; 60 when left out',
    },
    forms: { requests: COUNT, seconds: SECONDS },
  },
  'stale-reads': {
    describe:
      'Changes show late (wall time): the user search lags behind creations and changes; reading a provider, the login page and the sign-in go on with its former settings (or with none) until then.',
    options: {
      seconds: 'how long a change stays unseen; 5 when left out',
      only: '"users" or "providers"; both when left out',
    },
    forms: { seconds: SECONDS, only: oneOfWords('users', 'providers') },
  },
  'audit-delay': {
    describe: 'Sign-ins stand in the audit only some time after they happened (business time).',
    options: { seconds: 'how long after; 60 when left out' },
    forms: { seconds: SECONDS },
  },
  conflict: {
    describe:
      'Somebody else changes the user just before the next PATCH or DELETE of a user: its version is outdated, and it is refused with 409 general.conflict.',
    options: { times: TIMES_MEANING },
    forms: { times: TIMES },
    counted: true,
  },
  'conflicts-as-400': {
    describe: 'Every conflict (outdated version, e-mail address in use) is answered with 400 instead of 409.',
  },
  'created-but-refused': {
    describe: 'The next users are created although the answer is an error about their password.',
    options: {
      code: '"invalid.password" (400) or "unable.to.set.password" (500); the first when left out',
      times: TIMES_MEANING,
    },
    forms: { code: oneOfWords('invalid.password', 'unable.to.set.password'), times: TIMES },
    counted: true,
  },
  'sso-only': {
    describe:
      'The organisation allows single sign-on only: password login is disabled, and the last enabled provider cannot be deleted.',
  },
  'no-licence': {
    describe: 'No licence is left for any role but employee: giving one is refused, and nothing is given.',
  },
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
