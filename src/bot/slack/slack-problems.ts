import { Problem, type RemoteAnswer } from '../../services/platform/problem.js';
import { LaneFull } from '../lanes.js';
import { SlackApiError } from './slack-api.js';

/** Slack's names of errors by what the caller should do next. Names: api.slack.com/methods, "Errors". */
const ANSWERS: Readonly<Record<string, RemoteAnswer>> = {
  invalid_auth: 'unauthorized',
  not_authed: 'unauthorized',
  account_inactive: 'unauthorized',
  token_revoked: 'unauthorized',
  token_expired: 'unauthorized',
  missing_scope: 'denied',
  not_allowed_token_type: 'denied',
  restricted_action: 'denied',
  no_permission: 'denied',
  ekm_access_denied: 'denied',
  cant_update_message: 'denied',
  edit_window_closed: 'denied',
  not_in_channel: 'not-found',
  is_archived: 'not-found',
  channel_not_found: 'not-found',
  message_not_found: 'not-found',
  user_not_found: 'not-found',
  users_not_found: 'not-found',
  user_disabled: 'not-found',
  not_found: 'not-found',
  hash_conflict: 'conflict',
  expired_trigger_id: 'conflict',
  exchanged_trigger_id: 'conflict',
  ratelimited: 'throttled',
  rate_limited: 'throttled',
  internal_error: 'unavailable',
  fatal_error: 'unavailable',
  service_unavailable: 'unavailable',
  request_timeout: 'unavailable',
};

/** Whatever came of writing to Slack, as a `Problem` of that system. */
export function slackProblem(caught: unknown): Problem {
  if (caught instanceof Problem) return caught;
  if (caught instanceof LaneFull) return tooMuchWaiting();
  const error = caught instanceof SlackApiError ? caught : new SlackApiError({ cause: caught });
  const answer = answerOf(error);
  return new Problem(
    {
      kind: 'remote',
      system: 'slack',
      answer,
      what: 'Slack did not take a message of Latchkey.',
      ...WORDS[answer],
      code: error.code,
      status: error.status,
      ...(error.needed === undefined ? {} : { missing: [error.needed] }),
    },
    { cause: caught },
  );
}

/** Cards that follow something heal by themselves; an answer that was lost is not sent again. */
const LATER = { remedy: 'Ask Latchkey again in a minute. A card that follows something catches up by itself.' };

const WORDS: Readonly<Record<RemoteAnswer, { why?: string; remedy: string }>> = {
  unauthorized: {
    why: 'Slack no longer knows the bot token of the app.',
    remedy: 'The operator installs the app to the workspace again and sets SLACK_BOT_TOKEN anew.',
  },
  denied: {
    why: 'The app may not do that in this workspace.',
    remedy: 'The operator runs "npm run preflight", which names every missing scope.',
  },
  'not-found': {
    why: 'The app is not in that conversation, or the conversation is gone.',
    remedy: 'Write to Latchkey in its direct messages, or add it to the channel.',
  },
  conflict: LATER,
  invalid: LATER,
  throttled: LATER,
  unavailable: LATER,
  timeout: LATER,
};

function answerOf({ code, status, isTimeout }: SlackApiError): RemoteAnswer {
  if (code !== undefined) return ANSWERS[code] ?? 'invalid';
  if (status === undefined) return isTimeout ? 'timeout' : 'unavailable';
  if (status === 429) return 'throttled';
  return status >= 500 ? 'unavailable' : 'invalid';
}

function tooMuchWaiting(): Problem {
  return new Problem({
    kind: 'remote',
    system: 'slack',
    answer: 'throttled',
    what: 'Slack did not take a message of Latchkey.',
    why: 'Too many messages to that conversation are waiting already.',
    remedy: 'Wait a minute; then ask Latchkey again.',
    code: 'conversation-full',
  });
}

export function noSlackAccount(): Problem {
  return new Problem({
    kind: 'remote',
    system: 'slack',
    answer: 'not-found',
    what: 'Latchkey could not write to you alone.',
    why: 'None of the accounts in this Slack workspace is linked to you.',
    remedy: 'Write "help" to Latchkey in Slack and link your account, then try again.',
    code: 'no-slack-account',
  });
}
