/** A Bot Framework activity as it travels; what a bot adds beyond these members is kept as it came. */
export interface Activity {
  readonly type: string;
  readonly id?: string;
  readonly timestamp?: string;
  readonly localTimestamp?: string;
  readonly localTimezone?: string;
  readonly serviceUrl?: string;
  readonly channelId?: string;
  readonly from?: ChannelAccount;
  readonly conversation?: ConversationAccount;
  readonly recipient?: ChannelAccount;
  readonly text?: string;
  readonly textFormat?: string;
  readonly locale?: string;
  readonly replyToId?: string;
  readonly name?: string;
  readonly value?: unknown;
  readonly attachments?: readonly Attachment[];
  readonly entities?: readonly Entity[];
  readonly channelData?: object;
  readonly [more: string]: unknown;
}

export interface ChannelAccount {
  readonly id: string;
  readonly name?: string;
  readonly aadObjectId?: string;
}

export interface ConversationAccount {
  readonly id: string;
  readonly conversationType: ConversationType;
  readonly tenantId: string;
  readonly isGroup?: true;
  readonly name?: string;
}

export type ConversationType = 'personal' | 'channel';

export interface Attachment {
  readonly contentType: string;
  readonly content?: unknown;
  readonly [more: string]: unknown;
}

export interface Entity {
  readonly type: string;
  readonly [more: string]: unknown;
}
