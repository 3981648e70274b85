/** Each scope of the bot token with what Latchkey needs it for; whoever reviews the app reads the same. None shows the e-mail of people. */
export const SLACK_SCOPES = {
  commands: 'the command /latchkey and the shortcut on messages',
  'chat:write': 'to write and to keep its own messages true',
  'im:write': 'to open the direct messages with somebody who asked elsewhere',
  'im:history': 'to hear what is written to it in its direct messages',
  'app_mentions:read': 'to hear when it is mentioned in a channel that it was added to',
  'users:read': 'to tell full members from guests, bots and people of other workspaces',
  'files:read': 'to read a CSV file that was sent to it in its direct messages',
} as const;

/** With the setting SLACK_REQUESTERS_BY_EMAIL alone. */
export const SLACK_EMAIL_SCOPE = {
  'users:read.email': 'to let people ask for access who have not linked their account, by their e-mail',
} as const;

export type SlackScope = keyof typeof SLACK_SCOPES | keyof typeof SLACK_EMAIL_SCOPE;

/** What the app needs, with what for. */
export function slackScopes(readsEmail: boolean): Readonly<Partial<Record<SlackScope, string>>> {
  return readsEmail ? { ...SLACK_SCOPES, ...SLACK_EMAIL_SCOPE } : SLACK_SCOPES;
}

/** What that means, for whoever runs Latchkey: at each start, and where preflight looks at Slack. */
export const REQUESTERS_BY_EMAIL_WARNING =
  'SLACK_REQUESTERS_BY_EMAIL is on: whoever can give a Slack account the e-mail of somebody in Entra can ask for access in ' +
  'their name, see their requests and their access, and give it back. Approving and everything else still needs a linked ' +
  'account. A link is better: let people say “link” to Latchkey.';
