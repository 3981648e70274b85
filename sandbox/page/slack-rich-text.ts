import { make } from './dom.js';
import { webAddress } from './markdown.js';
import { withBreaks, type Names } from './slack-mrkdwn.js';

interface RichPart {
  readonly type: string;
  readonly elements?: readonly RichPart[];
  readonly style?: string | Readonly<Record<string, boolean>>;
  readonly text?: string;
  readonly url?: string;
  readonly user_id?: string;
  readonly channel_id?: string;
  readonly name?: string;
  readonly range?: string;
}

/** The parts of a `rich_text` block. */
export function renderRichText(parts: readonly unknown[], names: Names): Node[] {
  return (parts as readonly RichPart[]).map((part) => render(part, names));
}

function render(part: RichPart, names: Names): Node {
  const inner = (part.elements ?? []).map((one) => render(one, names));
  switch (part.type) {
    case 'rich_text_section':
      return make('span', { class: 'rich-section' }, ...inner);
    case 'rich_text_list':
      return make(part.style === 'ordered' ? 'ol' : 'ul', {}, ...inner.map((one) => make('li', {}, one)));
    case 'rich_text_quote':
      return make('blockquote', { class: 'mrkdwn-quote' }, ...inner);
    case 'rich_text_preformatted':
      return make('pre', { class: 'mrkdwn-code' }, ...inner);
    default:
      return styled(part, leaf(part, names));
  }
}

function leaf(part: RichPart, names: Names): Node[] {
  switch (part.type) {
    case 'user':
      return [make('span', { class: 'slack-mention' }, `@${names.user(part.user_id ?? '') ?? part.user_id ?? ''}`)];
    case 'channel':
      return [make('span', { class: 'slack-mention' }, `#${names.channel(part.channel_id ?? '') ?? ''}`)];
    case 'broadcast':
      return [make('span', { class: 'slack-mention slack-broadcast' }, `@${part.range ?? ''}`)];
    case 'emoji':
      return [document.createTextNode(`:${part.name ?? ''}:`)];
    case 'link': {
      const url = webAddress(part.url ?? '');
      const words = part.text ?? part.url ?? '';
      if (!url) return [document.createTextNode(words)];
      return [make('a', { href: url.href, target: '_blank', rel: 'noopener noreferrer' }, words)];
    }
    default:
      return withBreaks(part.text ?? '');
  }
}

const TAGS = { bold: 'strong', italic: 'em', strike: 's', code: 'code' } as const;

function styled({ style }: RichPart, nodes: Node[]): Node {
  const marks = typeof style === 'object' ? style : {};
  const tags = Object.entries(TAGS).flatMap(([mark, tag]) => (marks[mark] ? [tag] : []));
  return tags.reduce<Node>((inside, tag) => make(tag, {}, inside), make('span', {}, ...nodes));
}
