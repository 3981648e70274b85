import { MILLISECONDS, TIMES } from '../kit/fault-options.js';
import type { FaultKind } from '../kit/faults.js';
import { TROUBLE_FAULTS } from '../kit/trouble.js';
import { RATE_FAULTS } from './rate-budgets.js';

const TIMES_MEANING = 'how many deliveries it strikes before it is off again, or "always"; 1 when left out';
const counted = { options: { times: TIMES_MEANING }, forms: { times: TIMES }, counted: true } as const;

/** What can be broken on purpose in the Slack sandbox. */
export const SLACK_FAULTS = {
  ...TROUBLE_FAULTS,
  ...RATE_FAULTS,
  throttled: {
    ...TROUBLE_FAULTS.throttled,
    describe: 'The next Web API calls that fit are answered with 429 "ratelimited" and do nothing.',
  },
  'fatal-after-commit': {
    describe:
      'The next calls that change something are carried out, and answered with "fatal_error" all the same. A refused call is not struck.',
    options: {
      times: 'how many calls it strikes before it is off again, or "always"; 1 when left out',
      match: 'only calls whose method and path contain this, such as "chat.postMessage"; any when left out',
    },
    forms: { times: TIMES },
    counted: true,
  },
  'token-revoked': { describe: 'The bot was uninstalled: every call answers "token_revoked".' },
  'missing-scope': {
    describe: 'A scope was not granted: calls that need it answer "missing_scope". May be on several times.',
    options: { scope: 'name of the scope, such as im:write' },
  },
  'more-scope': {
    describe: 'A scope beyond those of the manifest was granted: users:read.email, with which profiles show e-mails.',
    options: { scope: 'name of the scope' },
  },
  'profile-email': {
    describe: 'An account shows this e-mail, as whoever runs the workspace can set it. May be on several times.',
    options: {
      user: 'id of the account',
      email: 'what stands in its profile',
      unconfirmed: '"yes": its holder has not confirmed it; confirmed when left out',
    },
  },
  'trigger-expires': {
    describe: 'The next trigger ids have run out by the time the bot opens a modal: "expired_trigger_id".',
    ...counted,
  },
  'deliver-twice': {
    describe: 'Everything reaches the bot a second time, the same bytes, while the first is being answered.',
  },
  'events-retried': {
    describe: 'Events reach the bot a second time, after the first was answered, as a retry with its two headers.',
  },
  'late-delivery': {
    describe: 'What people do reaches the bot later; a trigger id counts from what they did.',
    options: { ms: 'milliseconds until it is sent; 4000 when left out' },
    forms: { ms: MILLISECONDS },
  },
  'wrong-signature': { describe: 'The next deliveries are signed with another secret.', ...counted },
  'old-signature': { describe: 'The next deliveries carry a signature that is an hour old.', ...counted },
  'future-signature': { describe: 'The next deliveries carry a signature dated an hour ahead.', ...counted },
} as const satisfies Readonly<Record<string, FaultKind>>;
