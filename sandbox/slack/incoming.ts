import { randomBytes } from 'node:crypto';
import { SLACK, SLACK_SHORTCUT } from '../credentials.js';
import { messageView } from './message-methods.js';
import type { ResponseUrls } from './response-urls.js';
import type { Json, SlackChannel, SlackUser, StoredMessage, StoredView } from './slack-wire.js';
import type { Triggers } from './triggers.js';
import { viewView } from './view-methods.js';
import { TEAM } from './workspace-methods.js';
import type { Workspace } from './workspace.js';

const OLD_TOKEN = 'sandbox-verification-token';

/** Where somebody does something: on a message, or on a view. */
export type Container =
  | { readonly kind: 'message'; readonly channel: SlackChannel; readonly message: StoredMessage }
  | { readonly kind: 'view'; readonly view: StoredView };

/** Makes what Slack sends, in Slack's shapes. Each call issues new trigger ids and response addresses. */
export class Incoming {
  readonly #workspace: Workspace;
  readonly #triggers: Triggers;
  readonly #responseUrls: ResponseUrls;

  constructor(workspace: Workspace, triggers: Triggers, responseUrls: ResponseUrls) {
    this.#workspace = workspace;
    this.#triggers = triggers;
    this.#responseUrls = responseUrls;
  }

  command(user: SlackUser, channel: SlackChannel, command: string, text: string): Record<string, string> {
    return {
      ...{ token: OLD_TOKEN, team_id: SLACK.teamId, team_domain: SLACK.teamDomain },
      ...{ channel_id: channel.id, channel_name: channel.name, user_id: user.id, user_name: user.name },
      ...{ command, text, api_app_id: SLACK.appId, is_enterprise_install: 'false' },
      response_url: this.#responseUrls.issue('commands', { user: user.id, channel: channel.id }),
      trigger_id: this.#triggers.issue(user.id),
    };
  }

  event(event: Json): Json {
    return {
      ...{ token: OLD_TOKEN, team_id: SLACK.teamId, context_team_id: SLACK.teamId, api_app_id: SLACK.appId },
      event,
      type: 'event_callback',
      event_id: `Ev${randomBytes(6).toString('hex').toUpperCase()}`,
      event_time: Math.floor(Number(event['event_ts'] ?? 0)),
      authorizations: [
        {
          ...{ enterprise_id: null, team_id: SLACK.teamId, user_id: SLACK.botUserId },
          ...{ is_bot: true, is_enterprise_install: false },
        },
      ],
      is_ext_shared_channel: false,
    };
  }

  /** `message` in the direct messages, `app_mention` in a channel. */
  written(user: SlackUser, channel: SlackChannel, message: StoredMessage): Json {
    const { ts, text, thread_ts, files } = message;
    return this.event({
      type: channel.is_im ? 'message' : 'app_mention',
      ...(files ? { subtype: 'file_share', files, upload: false } : {}),
      ...{ client_msg_id: randomBytes(16).toString('hex'), user: user.id, text, ts, team: user.team_id },
      ...(user.is_stranger ? { user_team: user.team_id, source_team: user.team_id } : {}),
      ...(thread_ts === undefined ? {} : { thread_ts, parent_user_id: SLACK.botUserId }),
      blocks: [plainBlock(text)],
      ...{ channel: channel.id, event_ts: ts },
      ...(channel.is_im ? { channel_type: 'im' } : {}),
    });
  }

  homeOpened(user: SlackUser, tab: 'home' | 'messages'): Json {
    const view = this.#workspace.homeOf(user.id);
    const channel = this.#workspace.openDirect(user.id).id;
    const event_ts = this.#workspace.nextTs();
    return this.event({
      type: 'app_home_opened',
      ...{ user: user.id, channel, tab, event_ts },
      ...(view && tab === 'home' ? { view: viewView(view) } : {}),
    });
  }

  actions(user: SlackUser, at: Container, action: Json, values: Json): Json {
    const actions = [{ ...action, action_ts: this.#workspace.nextTs() }];
    return { type: 'block_actions', ...this.#base(user), ...this.#place(user, at, values, true), actions };
  }

  suggestion(user: SlackUser, at: Container, asked: { block_id: string; action_id: string; value: string }): Json {
    return { type: 'block_suggestion', ...this.#base(user), ...this.#place(user, at, {}, false), ...asked };
  }

  submission(user: SlackUser, view: StoredView, values: Json): Json {
    const more = { trigger_id: this.#triggers.issue(user.id), view: viewView(view, values), response_urls: [] };
    return { type: 'view_submission', ...this.#base(user), ...more };
  }

  closed(user: SlackUser, view: StoredView, isCleared: boolean): Json {
    return { type: 'view_closed', ...this.#base(user), view: viewView(view), is_cleared: isCleared };
  }

  /** Somebody points at a message. */
  shortcut(user: SlackUser, channel: SlackChannel, message: StoredMessage): Json {
    return {
      type: 'message_action',
      ...this.#base(user),
      ...{ action_ts: this.#workspace.nextTs(), callback_id: SLACK_SHORTCUT.callbackId },
      trigger_id: this.#triggers.issue(user.id),
      response_url: this.#responseUrls.issue('actions', { user: user.id, channel: channel.id }),
      channel: { id: channel.id, name: channel.name },
      message_ts: message.ts,
      message: messageView(message),
    };
  }

  #base(user: SlackUser): Json {
    return {
      team: { id: TEAM.id, domain: TEAM.domain },
      user: { id: user.id, username: user.name, name: user.name, team_id: user.team_id },
      ...{ api_app_id: SLACK.appId, token: OLD_TOKEN, enterprise: null, is_enterprise_install: false },
    };
  }

  #place(user: SlackUser, at: Container, values: Json, isAction: boolean): Json {
    const trigger = isAction ? { trigger_id: this.#triggers.issue(user.id) } : {};
    if (at.kind === 'view') {
      const container = { type: 'view', view_id: at.view.id };
      return { container, ...trigger, view: viewView(at.view, values) };
    }
    const { channel, message } = at;
    const isEphemeral = message.visible_to !== undefined;
    const container = { type: 'message', message_ts: message.ts, channel_id: channel.id, is_ephemeral: isEphemeral };
    const source = { channel: channel.id, ts: message.ts };
    const thread = message.thread_ts === undefined ? {} : { thread_ts: message.thread_ts };
    const occasion = { user: user.id, channel: channel.id, ...thread, source };
    return {
      container: { ...container, ...thread },
      ...trigger,
      channel: { id: channel.id, name: channel.name },
      // Of an ephemeral message nothing but its place comes along.
      ...(isEphemeral ? {} : { message: messageView(message) }),
      ...(isAction ? { state: { values }, response_url: this.#responseUrls.issue('actions', occasion) } : {}),
    };
  }
}

function plainBlock(text: string): Json {
  const elements = text === '' ? [] : [{ type: 'text', text }];
  return { type: 'rich_text', block_id: 'said', elements: [{ type: 'rich_text_section', elements }] };
}
