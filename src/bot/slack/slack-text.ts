import type { types } from '@slack/bolt';
import { oneLine, orDash } from '../view-text.js';

/**
 * How text from outside becomes harmless in Slack. A `plain_text` object is literal; markup and mentions live only in
 * `mrkdwn` and in the text beside blocks, where `&`, `<` and `>` open all of them.
 */

/** Literal text. Emoji codes stay the letters that they are. */
export function plain(text: string, maxLength: number): types.PlainTextElement {
  return { type: 'plain_text', text: orDash(oneLine(text, maxLength)), emoji: false };
}

/** Literal lines, each of them clean already. */
export function plainLines(lines: readonly string[]): types.PlainTextElement {
  return { type: 'plain_text', text: lines.join('\n'), emoji: false };
}

/** In bold, as long as nothing in the text could end that or begin another style; else literal. */
export function bold(text: string, maxLength: number): types.PlainTextElement | types.MrkdwnElement {
  const line = oneLine(text, maxLength);
  if (line === '' || /[*_~`]/.test(line)) return plain(line, maxLength);
  return { type: 'mrkdwn', text: `*${escaped(line)}*`, verbatim: true };
}

/** Small type below what it belongs to. */
export function small(text: types.PlainTextElement | types.MrkdwnElement): types.ContextBlock {
  return { type: 'context', elements: [text] };
}

/** For the text beside the blocks: no mention, link or command in it lives. */
export function escapedLine(text: string, maxLength: number): string {
  return escaped(orDash(oneLine(text, maxLength)));
}

/** One line of literal text as a message. */
export function lineMessage(text: string): { text: string; blocks: types.KnownBlock[] } {
  return { text: escapedLine(text, 3_000), blocks: [{ type: 'section', text: plain(text, 3_000) }] };
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

function escaped(text: string): string {
  return text.replace(/[&<>]/g, (character) => ENTITIES[character] ?? '');
}

/** What Slack has escaped, as people typed it: decoded once, so that `&amp;lt;` stays `&lt;`. */
export function decoded(text: string): string {
  return text.replace(/&(amp|lt|gt);/g, (_entity, name: string) => ({ amp: '&', lt: '<', gt: '>' })[name] ?? '');
}
