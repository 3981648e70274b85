import { SLACK } from '../credentials.js';
import type { SlackUser } from './slack-wire.js';

/**
 * What a person typed, as Slack sends it on: `&`, `<` and `>` escaped, `@handle` of somebody as a mention.
 * @param form a slash command's mention says the handle as well.
 */
export function written(text: string, users: readonly SlackUser[], form: 'message' | 'command' = 'message'): string {
  const escaped = text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
  return escaped.replace(/(^|\s)@([a-z][a-z.]*[a-z])/gi, (whole, before: string, handle: string) => {
    const user = users.find(({ name }) => name === handle.toLowerCase());
    if (!user) return whole;
    return `${before}<@${user.id}${form === 'command' ? `|${user.name}` : ''}>`;
  });
}

export function mentionsBot(text: string): boolean {
  return text.includes(`<@${SLACK.botUserId}>`);
}
