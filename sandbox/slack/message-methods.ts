import { SLACK } from '../credentials.js';
import { readBlocks } from './block-kit.js';
import { SlackError, type Block, type Json, type SlackChannel, type StoredMessage } from './slack-wire.js';
import type { Arguments, Methods } from './web-api.js';
import type { Workspace } from './workspace.js';

const MOST_TEXT = 40_000;
const CAN_WRITE = ['chat:write'];

/** `chat.*`: what the bot writes. */
export function messageMethods(workspace: Workspace): Methods {
  return {
    'chat.postMessage': { scopes: CAN_WRITE, call: (given) => post(workspace, given) },
    'chat.postEphemeral': { scopes: CAN_WRITE, call: (given) => postEphemeral(workspace, given) },
    'chat.update': { scopes: CAN_WRITE, call: (given) => update(workspace, given) },
    'chat.delete': { scopes: CAN_WRITE, call: (given) => remove(workspace, given) },
  };
}

/** Text and blocks of a message. Throws `no_text`, `msg_too_long`, `invalid_blocks`. */
export function readContent(given: Arguments): { text: string; blocks?: readonly Block[] } {
  const text = given.text('text') ?? '';
  const structure = given.structure('blocks', 'invalid_blocks_format');
  const blocks = structure === undefined ? undefined : readBlocks(structure, 'message');
  if (text === '' && (blocks ?? []).length === 0) throw new SlackError('no_text');
  if ([...text].length > MOST_TEXT) throw new SlackError('msg_too_long');
  return { text, ...(blocks ? { blocks } : {}) };
}

function post(workspace: Workspace, given: Arguments): Json {
  const channel = writable(workspace, given.required('channel', 'channel_not_found'));
  const content = readContent(given);
  const thread_ts = given.text('thread_ts');
  if (thread_ts !== undefined && !workspace.findMessage(channel.id, thread_ts))
    throw new SlackError('thread_not_found');
  const metadata = given.structure('metadata', 'invalid_metadata_format') as Json | undefined;
  const message = workspace.post({
    channel: channel.id,
    ...fromBot(),
    ...content,
    ...(thread_ts === undefined ? {} : { thread_ts }),
    ...(metadata ? { metadata } : {}),
  });
  return { channel: channel.id, ts: message.ts, message: messageView(message) };
}

function postEphemeral(workspace: Workspace, given: Arguments): Json {
  const channel = writable(workspace, given.required('channel', 'channel_not_found'));
  const visible_to = given.required('user', 'user_not_in_channel');
  if (!channel.members.includes(visible_to)) throw new SlackError('user_not_in_channel');
  const thread_ts = given.text('thread_ts');
  const place = { channel: channel.id, ...(thread_ts === undefined ? {} : { thread_ts }) };
  const message = workspace.post({ ...place, ...fromBot(), ...readContent(given), visible_to });
  return { message_ts: message.ts };
}

function update(workspace: Workspace, given: Arguments): Json {
  const message = own(workspace, given, 'cant_update_message');
  const text = given.text('text');
  const structure = given.structure('blocks', 'invalid_blocks_format');
  if (text === undefined && structure === undefined) throw new SlackError('no_text');
  if (text !== undefined && [...text].length > MOST_TEXT) throw new SlackError('msg_too_long');
  // Blocks that are not sent stay; an empty list takes them away.
  const blocks = structure === undefined ? message.blocks : readBlocks(structure, 'message');
  const edited = { user: SLACK.botUserId, ts: workspace.nextTs() };
  const changed = workspace.change({ ...message, text: text ?? message.text, ...(blocks ? { blocks } : {}), edited });
  return { channel: message.channel, ts: message.ts, text: changed.text, message: messageView(changed) };
}

function remove(workspace: Workspace, given: Arguments): Json {
  const message = own(workspace, given, 'cant_delete_message');
  workspace.remove(message);
  return { channel: message.channel, ts: message.ts };
}

function own(workspace: Workspace, given: Arguments, refusal: string): StoredMessage {
  const channel = writable(workspace, given.required('channel', 'channel_not_found'));
  const message = workspace.findMessage(channel.id, given.required('ts', 'message_not_found'));
  // An ephemeral message can be replaced through its response_url only.
  if (!message || message.visible_to !== undefined) throw new SlackError('message_not_found');
  if (message.bot_id !== SLACK.botId) throw new SlackError(refusal);
  return message;
}

/** Where the bot may write; a user id stands for the direct messages with that person. */
function writable(workspace: Workspace, id: string): SlackChannel {
  const user = workspace.users.get(id);
  if (user?.is_bot || user?.is_stranger) throw new SlackError('channel_not_found');
  const channel = user ? workspace.openDirect(id) : workspace.channels.get(id);
  if (!channel) throw new SlackError('channel_not_found');
  if (!channel.members.includes(SLACK.botUserId)) throw new SlackError('not_in_channel');
  return channel;
}

export function fromBot(): { user: string; bot_id: string } {
  return { user: SLACK.botUserId, bot_id: SLACK.botId };
}

/** A message as Slack's answers and payloads carry it. */
export function messageView(message: StoredMessage): Json {
  const { ts, thread_ts, user, bot_id, text, blocks, files, metadata, edited } = message;
  const profile = { id: SLACK.botId, app_id: SLACK.appId, name: 'Latchkey', deleted: false, team_id: SLACK.teamId };
  return {
    type: 'message',
    ...{ user, ts, text, team: SLACK.teamId },
    ...(bot_id === undefined ? {} : { bot_id, app_id: SLACK.appId, bot_profile: profile }),
    ...(thread_ts === undefined ? {} : { thread_ts }),
    ...(blocks ? { blocks } : {}),
    ...(files ? { files, upload: false, display_as_bot: false } : {}),
    ...(metadata ? { metadata } : {}),
    ...(edited ? { edited } : {}),
  };
}
