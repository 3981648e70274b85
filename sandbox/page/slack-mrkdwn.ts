import { make } from './dom.js';
import { webAddress } from './markdown.js';
import type { TextObject } from './slack-wire.js';

/** Names for what `<@U…>` and `<#C…>` point at. */
export interface Names {
  user(id: string): string | undefined;
  channel(id: string): string | undefined;
}

/** A text object: plain text as it is, mrkdwn with Slack's few marks. */
export function renderText({ type, text }: TextObject, names: Names): Node[] {
  return type === 'mrkdwn' ? renderMrkdwn(text, names) : withBreaks(text);
}

/**
 * Slack's subset: bold, italic, strike, code, quotes, links, mentions. Nothing is ever parsed as HTML. A mention of
 * `@channel` and its like shows as the live thing that it would be, so that an injected one is seen.
 */
export function renderMrkdwn(text: string, names: Names): Node[] {
  return text.split(/```\n?([\s\S]+?)```/).flatMap((part, index) => {
    if (index % 2 === 1) return [make('pre', { class: 'mrkdwn-code' }, decode(part))];
    return part === '' ? [] : quoteAndLines(part, names);
  });
}

function quoteAndLines(text: string, names: Names): Node[] {
  const lines = text.split('\n');
  return lines.flatMap((line, index): Node[] => {
    const isQuote = line.startsWith('&gt;');
    const words = inline(isQuote ? line.slice(4).trimStart() : line, names);
    const isLast = index === lines.length - 1;
    if (isQuote) return [make('blockquote', { class: 'mrkdwn-quote' }, ...words)];
    return isLast ? words : [...words, make('br')];
  });
}

const MARKS =
  /<([^<>\n]+)>|`([^`\n]+)`|(?<![\w*])\*(\S(?:[^*\n]*\S)?)\*(?!\w)|(?<!\w)_(\S(?:[^_\n]*\S)?)_(?!\w)|(?<!\w)~(\S(?:[^~\n]*\S)?)~(?!\w)/;

function inline(text: string, names: Names): Node[] {
  const found = MARKS.exec(text);
  if (!found) return text === '' ? [] : [document.createTextNode(decode(text))];
  const [whole, angle, code, bold, italic, strike] = found;
  const before = inline(text.slice(0, found.index), names);
  const after = inline(text.slice(found.index + whole.length), names);
  const marked =
    angle !== undefined
      ? reference(angle, names)
      : code !== undefined
        ? make('code', {}, decode(code))
        : bold !== undefined
          ? make('strong', {}, ...inline(bold, names))
          : italic !== undefined
            ? make('em', {}, ...inline(italic, names))
            : make('s', {}, ...inline(strike ?? '', names));
  return [...before, marked, ...after];
}

/** What stands between angle brackets: a person, a channel, a call to everybody, or a link. */
function reference(inside: string, names: Names): Node {
  const [target = '', label] = inside.split('|');
  const call = (words: string): Node => make('span', { class: 'slack-mention' }, words);
  if (target.startsWith('@')) return call(`@${names.user(target.slice(1)) ?? label ?? target.slice(1)}`);
  if (target.startsWith('#')) return call(`#${names.channel(target.slice(1)) ?? label ?? target.slice(1)}`);
  if (target.startsWith('!')) {
    return make('span', { class: 'slack-mention slack-broadcast' }, `@${decode(label ?? target.slice(1))}`);
  }
  const url = webAddress(decode(target));
  const words = decode(label ?? target);
  if (!url) return document.createTextNode(words);
  return make('a', { href: url.href, target: '_blank', rel: 'noopener noreferrer', title: url.host }, words);
}

/** The three entities, once. */
function decode(text: string): string {
  return text.replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&amp;/g, '&');
}

export function withBreaks(text: string): Node[] {
  return text
    .split('\n')
    .flatMap((line, index): Node[] =>
      index === 0 ? [document.createTextNode(line)] : [make('br'), document.createTextNode(line)],
    );
}
