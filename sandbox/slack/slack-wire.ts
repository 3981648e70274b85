/** What goes over the wire to and from Slack, as far as the sandbox looks into it. */

export type Json = Readonly<Record<string, unknown>>;

/** A block that has passed `block-kit.ts`; every one has a `block_id` by then. */
export type Block = Json & { readonly type: string; readonly block_id: string };

export interface SlackUser {
  readonly id: string;
  readonly team_id: string;
  /** The handle, lower-case. */
  readonly name: string;
  readonly real_name: string;
  readonly is_bot: boolean;
  readonly is_restricted: boolean;
  readonly is_ultra_restricted: boolean;
  /** From another workspace, seen in a shared channel. */
  readonly is_stranger: boolean;
}

export interface SlackChannel {
  readonly id: string;
  readonly name: string;
  readonly is_im: boolean;
  readonly is_ext_shared: boolean;
  /** User ids, the bot's included where it is a member. */
  readonly members: readonly string[];
}

export interface SlackFile {
  readonly id: string;
  readonly name: string;
  readonly mimetype: string;
  readonly filetype: string;
  readonly size: number;
  readonly user: string;
  readonly created: number;
  readonly url_private: string;
  readonly url_private_download: string;
}

/** A message as the workspace keeps it. `revision` grows with every change anywhere. */
export interface StoredMessage {
  readonly channel: string;
  readonly ts: string;
  readonly thread_ts?: string;
  readonly user: string;
  readonly bot_id?: string;
  /** As the wire carries it: `&`, `<`, `>` escaped, mentions as `<@U…>`. */
  readonly text: string;
  readonly blocks?: readonly Block[];
  readonly files?: readonly SlackFile[];
  readonly metadata?: Json;
  readonly edited?: { readonly user: string; readonly ts: string };
  /** The one person who sees an ephemeral message. */
  readonly visible_to?: string;
  readonly createdRevision: number;
  readonly revision: number;
  readonly deleted: boolean;
}

export interface StoredView {
  readonly id: string;
  readonly type: 'modal' | 'home';
  /** Whose screen it is on. */
  readonly user: string;
  readonly blocks: readonly Block[];
  readonly title?: Json;
  readonly submit?: Json;
  readonly close?: Json;
  readonly private_metadata: string;
  readonly callback_id: string;
  readonly external_id: string;
  readonly clear_on_close: boolean;
  readonly notify_on_close: boolean;
  readonly hash: string;
  readonly root_view_id: string;
  readonly previous_view_id: string | null;
  /** Shown; a closed one is only remembered. */
  readonly open: boolean;
  readonly createdRevision: number;
  readonly revision: number;
}

/** An error that a Web API method answers with, HTTP 200, in Slack's own words. */
export class SlackError extends Error {
  override readonly name = 'SlackError';
  readonly code: string;
  readonly more: Json;

  /** @param more further fields of the answer, such as `response_metadata`. */
  constructor(code: string, more: Json = {}) {
    super(code);
    this.code = code;
    this.more = more;
  }
}
