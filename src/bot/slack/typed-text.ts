import { decoded } from './slack-text.js';

/**
 * What somebody typed, from what Slack made of it: `<mailto:ada@x|ada@x>` is the address again, `<https://x|x>` what was
 * typed, and each of the three entities is decoded once. A mention of an account stays `<@U1>`, without its label.
 */
export function typedText(text: string): string {
  const plain = text.replace(/<([^<>]{0,4000})>/g, (_marked, inner: string) => shown(inner));
  return decoded(plain);
}

/** What a person sees of something that Slack has marked. */
function shown(inner: string): string {
  const bar = inner.indexOf('|');
  const [target, label] = bar < 0 ? [inner, ''] : [inner.slice(0, bar), inner.slice(bar + 1)];
  if (/^@[UW][A-Z0-9]+$/.test(target)) return `<${target}>`;
  const isLink = !/^[@#!]/.test(target);
  if (isLink) return target.startsWith('mailto:') ? target.slice('mailto:'.length) : label || target;
  return label === '' ? target : label.replace(/^@/, '');
}

/** Without the mentions of the bot itself. */
export function withoutMention(text: string, botUserId: string): string {
  return text.replaceAll(`<@${botUserId}>`, ' ').trim();
}

const MENTION = /<@([UW][A-Z0-9]+)>/g;

/** Without anybody's: to see what is asked for. */
export function withoutMentions(text: string): string {
  return text.replace(MENTION, ' ').trim();
}

/** The accounts that are mentioned in it, each once. */
export function mentionedIn(text: string): string[] {
  return [...new Set([...text.matchAll(MENTION)].flatMap(([, userId]) => userId ?? []))];
}

/** With the person in place of each mention. @param people object ids, by account. */
export function withPeople(text: string, people: ReadonlyMap<string, string>): string {
  return text.replace(MENTION, (mention, userId: string) => people.get(userId) ?? mention);
}
