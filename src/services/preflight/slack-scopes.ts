/** Each scope of the bot token with what Latchkey needs it for; whoever reviews the app reads the same. None shows addresses of people. */
export const SLACK_SCOPES = {
  commands: 'the command /latchkey and the shortcut on messages',
  'chat:write': 'to write and to keep its own messages true',
  'im:write': 'to open the direct messages with somebody who asked elsewhere',
  'im:history': 'to hear what is written to it in its direct messages',
  'app_mentions:read': 'to hear when it is mentioned in a channel that it was added to',
  'users:read': 'to tell full members from guests, bots and people of other workspaces',
  'files:read': 'to read a CSV file that was sent to it in its direct messages',
} as const;
