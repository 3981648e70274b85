import { SLACK } from '../credentials.js';
import type { SlackFiles } from './slack-files.js';
import { SlackError, type Json, type SlackChannel, type SlackUser } from './slack-wire.js';
import type { Arguments, Methods } from './web-api.js';
import type { Workspace } from './workspace.js';

/** What the profile of an account shows; `undefined`: the scope `users:read.email` was not granted. */
export type EmailOf = (userId: string) => { readonly email?: string; readonly isConfirmed: boolean } | undefined;

/** `auth.*`, `team.*`, `users.*`, `conversations.*`, `files.*`: who and what there is. */
export function workspaceMethods(workspace: Workspace, files: SlackFiles, emailOf: EmailOf): Methods {
  return {
    'auth.test': { reads: true, call: authTest },
    'team.info': { scopes: ['team:read'], reads: true, call: () => ({ team: TEAM }) },
    'users.info': { scopes: ['users:read'], reads: true, call: (given) => userInfo(workspace, given, emailOf) },
    'conversations.info': {
      scopes: ['channels:read', 'im:read'],
      reads: true,
      call: (given) => conversationInfo(workspace, given),
    },
    'conversations.open': { scopes: ['im:write'], call: (given) => open(workspace, given) },
    'files.info': {
      scopes: ['files:read'],
      reads: true,
      call: (given) => {
        const file = files.find(given.required('file', 'file_not_found'));
        if (!file) throw new SlackError('file_not_found');
        return { file, comments: [], response_metadata: { next_cursor: '' } };
      },
    },
  };
}

export const TEAM = { id: SLACK.teamId, name: SLACK.teamName, domain: SLACK.teamDomain } as const;

function authTest(): Json {
  return {
    url: `https://${SLACK.teamDomain}.slack.com/`,
    team: SLACK.teamName,
    user: SLACK.botName,
    team_id: SLACK.teamId,
    user_id: SLACK.botUserId,
    bot_id: SLACK.botId,
    is_enterprise_install: false,
  };
}

function userInfo(workspace: Workspace, given: Arguments, emailOf: EmailOf): Json {
  const user = workspace.users.get(given.required('user', 'user_not_found'));
  if (!user) throw new SlackError('user_not_found');
  return { user: userView(user, emailOf(user.id)) };
}

/** Without the scope `users:read.email` a profile holds no address. */
function userView(user: SlackUser, shown: ReturnType<EmailOf>): Json {
  const { id, name, real_name } = user;
  const display = { real_name, display_name: name, real_name_normalized: real_name, team: user.team_id };
  return {
    ...{ id, team_id: user.team_id, name, real_name, deleted: false, tz: 'Europe/Berlin' },
    profile: { ...display, ...(shown?.email === undefined ? {} : { email: shown.email }) },
    is_email_confirmed: shown?.isConfirmed ?? true,
    ...{ is_admin: false, is_owner: false, is_bot: user.is_bot, is_app_user: false },
    is_restricted: user.is_restricted,
    is_ultra_restricted: user.is_ultra_restricted,
    // Slack sends this member for people of other workspaces only.
    ...(user.is_stranger ? { is_stranger: true } : {}),
  };
}

function conversationInfo(workspace: Workspace, given: Arguments): Json {
  const channel = workspace.channels.get(given.required('channel', 'channel_not_found'));
  if (!channel) throw new SlackError('channel_not_found');
  return { channel: channelView(channel) };
}

function channelView(channel: SlackChannel): Json {
  const { id, name, is_im, is_ext_shared, members } = channel;
  if (is_im) return { id, is_im, user: members.find((member) => member !== SLACK.botUserId), is_open: true };
  const is_member = members.includes(SLACK.botUserId);
  return { id, name, is_channel: true, is_im, is_private: false, is_archived: false, is_member, is_ext_shared };
}

function open(workspace: Workspace, given: Arguments): Json {
  const [userId = '', ...others] = given.required('users', 'users_list_not_supplied').split(',');
  if (others.length > 0) throw new SlackError('missing_scope', { needed: 'mpim:write', provided: '' });
  const user = workspace.users.get(userId);
  if (!user) throw new SlackError('user_not_found');
  if (user.is_bot) throw new SlackError('cannot_dm_bot');
  if (user.is_stranger) throw new SlackError('user_not_visible');
  const { id } = workspace.openDirect(userId);
  return { channel: given.flag('return_im') ? { id, is_im: true, user: userId, is_open: true } : { id } };
}
