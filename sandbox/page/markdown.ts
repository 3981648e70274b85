/**
 * The part of Markdown that Teams understands in messages and cards: bold, italic, code, links, lists, line breaks and
 * backslash escapes. Pure; every character of the input is escaped as it is emitted, so the only tags in the result
 * are the ones written here, and the only links lead to http and https.
 */
export function renderMarkdown(text: string): string {
  return blocksOf(text.replace(/\r\n?/g, '\n')).map(renderBlock).join('');
}

/** Text without Markdown: escaped, line breaks kept, bare http and https addresses as links, mentions marked. */
export function renderPlain(text: string): string {
  return `<p>${text.replace(/\r\n?/g, '\n').split('\n').map(renderPlainLine).join('<br>')}</p>`;
}

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** An absolute http or https address, or `undefined`. */
export function webAddress(address: string): URL | undefined {
  if (!/^https?:\/\/[^\s<>"'`\\]+$/i.test(address) || !URL.canParse(address)) return undefined;
  const url = new URL(address);
  return url.protocol === 'http:' || url.protocol === 'https:' ? url : undefined;
}

type Block = { readonly kind: 'paragraph' | 'ul' | 'ol'; readonly lines: string[] };

const BULLET = /^\s{0,3}[-*+]\s+(.*)$/;
const NUMBER = /^\s{0,3}\d{1,9}[.)]\s+(.*)$/;

function blocksOf(text: string): Block[] {
  const blocks: Block[] = [];
  let open: Block | undefined;
  for (const line of text.split('\n')) {
    const [kind, content] = classify(line);
    if (kind === 'blank') {
      open = undefined;
    } else if (open?.kind === kind) {
      open.lines.push(content);
    } else {
      open = { kind, lines: [content] };
      blocks.push(open);
    }
  }
  return blocks;
}

function classify(line: string): [Block['kind'] | 'blank', string] {
  if (line.trim() === '') return ['blank', ''];
  const bullet = BULLET.exec(line)?.[1];
  if (bullet !== undefined) return ['ul', bullet];
  const numbered = NUMBER.exec(line)?.[1];
  return numbered === undefined ? ['paragraph', line] : ['ol', numbered];
}

function renderBlock({ kind, lines }: Block): string {
  if (kind === 'paragraph') return `<p>${lines.map(renderLine).join('<br>')}</p>`;
  return `<${kind}>${lines.map((line) => `<li>${renderLine(line)}</li>`).join('')}</${kind}>`;
}

/** One character. A character after a backslash is not live: it never starts or ends anything. */
interface Token {
  readonly character: string;
  readonly isLive: boolean;
}

const ESCAPABLE = /[!-/:-@[-`{-~]/;
const DEEPEST = 8;

function renderLine(line: string): string {
  return new InlineRenderer(tokensOf(line)).render();
}

function tokensOf(line: string): Token[] {
  const tokens: Token[] = [];
  for (let at = 0; at < line.length; at++) {
    const [character = '', next = ''] = [line[at], line[at + 1]];
    const isEscape = character === '\\' && ESCAPABLE.test(next);
    tokens.push({ character: isEscape ? next : character, isLive: !isEscape });
    if (isEscape) at++;
  }
  return tokens;
}

class InlineRenderer {
  readonly #tokens: readonly Token[];
  readonly #depth: number;
  /** Delimiters that were looked for in vain: they will not appear further on either. */
  readonly #missing = new Set<string>();
  /** Emphases for which nothing that closes was found; nothing further on will close them either. */
  readonly #unclosed = new Set<string>();

  constructor(tokens: readonly Token[], depth = 0) {
    this.#tokens = tokens;
    this.#depth = depth;
  }

  render(): string {
    const out: string[] = [];
    for (let at = 0; at < this.#tokens.length;) {
      const span = this.#depth < DEEPEST ? this.#spanAt(at) : undefined;
      out.push(span?.html ?? escapeHtml(this.#tokens[at]?.character ?? ''));
      at = span?.end ?? at + 1;
    }
    return out.join('');
  }

  #spanAt(at: number): { html: string; end: number } | undefined {
    const token = this.#tokens[at];
    if (!token?.isLive) return undefined;
    switch (token.character) {
      case '`':
        return this.#code(at);
      case '[':
        return this.#link(at);
      case '<':
        return this.#mention(at);
      case '*':
      case '_':
        return this.#emphasis(at, token.character.repeat(2), 'strong') ?? this.#emphasis(at, token.character, 'em');
      default:
        return undefined;
    }
  }

  #code(at: number): { html: string; end: number } | undefined {
    const end = this.#find('`', at + 1);
    if (end === undefined || end === at + 1) return undefined;
    return { html: `<code>${escapeHtml(this.#text(at + 1, end))}</code>`, end: end + 1 };
  }

  #link(at: number): { html: string; end: number } | undefined {
    const middle = this.#find('](', at + 1);
    const end = middle === undefined ? undefined : this.#find(')', middle + 2);
    if (middle === undefined || end === undefined || middle === at + 1) return undefined;
    const url = webAddress(this.#text(middle + 2, end).trim());
    if (!url) return undefined;
    return { html: anchor(url, this.#inside(at + 1, middle)), end: end + 1 };
  }

  /** `<at>name</at>`, the one tag that Teams writes into texts itself. */
  #mention(at: number): { html: string; end: number } | undefined {
    if (!this.#stands('<at>', at)) return undefined;
    const end = this.#find('</at>', at + 4);
    if (end === undefined) return undefined;
    return { html: mention(this.#text(at + 4, end)), end: end + 5 };
  }

  #emphasis(at: number, mark: string, tag: 'strong' | 'em'): { html: string; end: number } | undefined {
    const start = at + mark.length;
    if (this.#unclosed.has(mark) || !this.#stands(mark, at) || this.#isSpaceAt(start)) return undefined;
    // snake_case is a name, not an emphasis.
    if (mark.startsWith('_') && this.#isWordAt(at - 1)) return undefined;
    const opensTwice = this.#stands(mark.charAt(0), start);
    for (let found = this.#find(mark, start + 1); found !== undefined; found = this.#find(mark, found + 1)) {
      // `***both***`: the outer pair closes last.
      const end = opensTwice && mark.length === 2 && this.#stands(mark, found + 1) ? found + 1 : found;
      const after = end + mark.length;
      const closes = !this.#isSpaceAt(end - 1) && !(mark.startsWith('_') && this.#isWordAt(after));
      const isDouble = mark.length === 1 && (this.#stands(mark, after) || this.#stands(mark, end - 1));
      if (closes && !isDouble) return { html: `<${tag}>${this.#inside(start, end)}</${tag}>`, end: after };
    }
    this.#unclosed.add(mark);
    return undefined;
  }

  #inside(from: number, to: number): string {
    return new InlineRenderer(this.#tokens.slice(from, to), this.#depth + 1).render();
  }

  #find(mark: string, from: number): number | undefined {
    if (this.#missing.has(mark)) return undefined;
    for (let at = from; at < this.#tokens.length; at++) if (this.#stands(mark, at)) return at;
    this.#missing.add(mark);
    return undefined;
  }

  #stands(mark: string, at: number): boolean {
    for (let offset = 0; offset < mark.length; offset++) {
      const token = this.#tokens[at + offset];
      if (!token?.isLive || token.character !== mark[offset]) return false;
    }
    return true;
  }

  #text(from: number, to: number): string {
    return this.#tokens
      .slice(from, to)
      .map((token) => token.character)
      .join('');
  }

  #isSpaceAt(at: number): boolean {
    return /^\s?$/.test(this.#tokens[at]?.character ?? '');
  }

  #isWordAt(at: number): boolean {
    return /[\p{L}\p{N}]/u.test(this.#tokens[at]?.character ?? '');
  }
}

function renderPlainLine(line: string): string {
  return line
    .split(/(<at>[^<>]*<\/at>|https?:\/\/[^\s<>"'`\\]+)/gi)
    .map((part, index) => (index % 2 === 0 ? escapeHtml(part) : renderPlainSpan(part)))
    .join('');
}

function renderPlainSpan(part: string): string {
  const mentioned = /^<at>([^<>]*)<\/at>$/i.exec(part)?.[1];
  if (mentioned !== undefined) return mention(mentioned);
  // Punctuation behind an address belongs to the sentence.
  const [, address = part, rest = ''] = /^(.*?)([.,;:!?)\]]*)$/.exec(part) ?? [];
  const url = webAddress(address);
  return url ? anchor(url, escapeHtml(address)) + escapeHtml(rest) : escapeHtml(part);
}

function anchor(url: URL, html: string): string {
  const where = `href="${escapeHtml(url.href)}" title="${escapeHtml(url.host)}"`;
  return `<a ${where} target="_blank" rel="noopener noreferrer">${html}</a>`;
}

function mention(name: string): string {
  return `<span class="mention">${escapeHtml(name)}</span>`;
}
