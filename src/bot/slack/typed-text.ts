import { decoded } from './slack-text.js';

/**
 * What somebody typed, from what Slack made of it: `<mailto:ada@x|ada@x>` is the address again, `<@U1|ada>` the name,
 * `<https://x|x>` what was typed, and each of the three entities is decoded once.
 */
export function typedText(text: string): string {
  const plain = text.replace(/<([^<>]{0,4000})>/g, (_marked, inner: string) => shown(inner));
  return decoded(plain);
}

/** What a person sees of something that Slack has marked. */
function shown(inner: string): string {
  const bar = inner.indexOf('|');
  const [target, label] = bar < 0 ? [inner, ''] : [inner.slice(0, bar), inner.slice(bar + 1)];
  const isLink = !/^[@#!]/.test(target);
  if (isLink) return target.startsWith('mailto:') ? target.slice('mailto:'.length) : label || target;
  return label === '' ? target : label.replace(/^@/, '');
}

/** Without the mentions of the bot itself. */
export function withoutMention(text: string, botUserId: string): string {
  return text.replaceAll(`@${botUserId}`, ' ').trim();
}
