/** Something of Slack on a screen, a message or a view: its words, its buttons, its inputs. */
export class SeenBlocks {
  readonly at: { readonly channel: string; readonly ts: string } | { readonly view_id: string };
  readonly blocks: readonly SlackBlock[];
  /** Everything that can be read, a line each: the fallback text first, then title, labels, buttons and options. */
  readonly words: string;

  constructor(at: SeenBlocks['at'], content: { text?: string; title?: unknown; blocks?: readonly SlackBlock[] }) {
    this.at = at;
    this.blocks = content.blocks ?? [];
    this.words = [content.text ?? '', ...wordsIn([content.title, this.blocks])].map(unescape).join('\n');
  }

  says(text: string | RegExp): boolean {
    return typeof text === 'string' ? this.words.includes(text) : text.test(this.words);
  }

  get buttons(): string[] {
    return this.#elements()
      .filter(({ element }) => element.type === 'button')
      .map(({ element }) => labelOf(element));
  }

  /** The button with that label. Throws when there is none. */
  button(label: string | RegExp): PlacedElement {
    const fits = (words: string): boolean => (typeof label === 'string' ? words === label : label.test(words));
    const found = this.#elements().find(({ element }) => element.type === 'button' && fits(labelOf(element)));
    if (!found) throw new Error(`No button ${String(label)}; there are: ${this.buttons.join(', ')}.\n${this.words}`);
    return found;
  }

  /** The input whose label (or action id, or block id) that is. Throws when there is none. */
  input(name: string): PlacedElement {
    const found = this.#elements().find(
      ({ block_id, label, element }) =>
        element.type !== 'button' && (name === label || name === block_id || name === element.action_id),
    );
    if (!found) throw new Error(`No input ${name}.\n${JSON.stringify(this.blocks, undefined, 1)}`);
    return found;
  }

  #elements(): PlacedElement[] {
    return this.blocks.flatMap((block) =>
      [...(block.elements ?? []), block.accessory, block.element].flatMap((element) => {
        if (!element?.action_id) return [];
        const label = block.label?.text;
        return [{ block_id: block.block_id, ...(label === undefined ? {} : { label }), element }];
      }),
    );
  }
}

export interface PlacedElement {
  readonly block_id: string;
  readonly label?: string;
  readonly element: SlackElement;
}

export interface SlackElement {
  readonly type: string;
  readonly action_id: string;
  readonly value?: string;
  readonly url?: string;
  readonly text?: { readonly text: string };
  readonly options?: readonly SlackOption[];
  readonly option_groups?: readonly { readonly options: readonly SlackOption[] }[];
}

export interface SlackOption {
  readonly text: { readonly text: string };
  readonly value: string;
}

export interface SlackBlock {
  readonly type: string;
  readonly block_id: string;
  readonly label?: { readonly text: string };
  readonly elements?: readonly SlackElement[];
  readonly accessory?: SlackElement;
  readonly element?: SlackElement;
}

function labelOf({ text }: SlackElement): string {
  return text?.text ?? '';
}

const READ = new Set(['text', 'title', 'label', 'hint', 'placeholder', 'description']);

function wordsIn(node: unknown): string[] {
  if (Array.isArray(node)) return node.flatMap(wordsIn);
  if (typeof node !== 'object' || node === null) return [];
  return Object.entries(node).flatMap(([key, value]) =>
    READ.has(key) && typeof value === 'string' ? [value] : wordsIn(value),
  );
}

/** A reader does not see the three entities. */
function unescape(text: string): string {
  return text.replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&amp;/g, '&');
}
