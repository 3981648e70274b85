import type { Place } from '../../dialogs/turn.js';

/** How a place is spelled for Slack: `<team>/<channel>`, with `/<ts>` of its first message for a thread. */
export interface SlackAddress {
  readonly team: string;
  readonly channel: string;
  readonly thread?: string | undefined;
}

export function placeOf(address: SlackAddress): Place {
  const kind = isDirect(address.channel) ? 'personal' : 'channel';
  return { channel: 'slack', conversation: conversationOf(address), kind };
}

export function conversationOf({ team, channel, thread }: SlackAddress): string {
  return [team, channel, ...(thread === undefined ? [] : [thread])].join('/');
}

/** Throws for a conversation that no door of ours has spelled. */
export function addressOf(conversation: string): SlackAddress {
  const [team, channel, thread] = conversation.split('/');
  if (!team || !channel) throw new Error('That is no conversation in Slack.');
  return { team, channel, thread };
}

/** The conversation without its thread. */
export function roomOf({ conversation }: Place): string {
  const { team, channel } = addressOf(conversation);
  return conversationOf({ team, channel });
}

/** Direct messages have ids of their own kind. */
export function isDirect(channel: string): boolean {
  return channel.startsWith('D');
}
