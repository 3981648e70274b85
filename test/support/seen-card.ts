interface CardAction {
  readonly type: string;
  readonly title: string;
  readonly verb?: string;
  readonly url?: string;
  readonly data?: Readonly<Record<string, unknown>>;
}

/** An Adaptive Card as a reader sees it: its words, its buttons, what its inputs hold. */
export class SeenCard {
  readonly id: string;
  readonly activityId: string;
  readonly conversation: 'personal' | 'channel';
  readonly text: string;
  readonly json: unknown;
  readonly #actions: readonly CardAction[];
  readonly #inputs: Readonly<Record<string, string>>;

  constructor(activityId: string, conversation: 'personal' | 'channel', content: unknown) {
    this.id = activityId;
    this.activityId = activityId;
    this.conversation = conversation;
    this.json = content;
    const nodes = [...walk(content)];
    this.text = nodes.flatMap(wordsOf).join('\n');
    this.#actions = nodes.filter(isAction);
    this.#inputs = Object.fromEntries(nodes.filter(isInput).map(({ id, value }) => [id, String(value ?? '')]));
  }

  /** The raw text of elements of these types. */
  texts(...types: readonly string[]): string[] {
    return [...walk(this.json)]
      .filter(({ type }) => typeof type === 'string' && types.includes(type))
      .map(({ text }) => String(text ?? ''));
  }

  says(text: string | RegExp): boolean {
    return typeof text === 'string' ? this.text.includes(text) : text.test(this.text);
  }

  buttons(): string[] {
    return this.#actions.filter(({ type }) => type !== 'Action.ToggleVisibility').map(({ title }) => title);
  }

  action(label: string | RegExp): CardAction {
    const action = this.#actions.find(({ title }) => (typeof label === 'string' ? title === label : label.test(title)));
    if (!action)
      throw new Error(`The card has no button ${String(label)}. It has: ${this.buttons().join(', ')}.\n${this.text}`);
    return action;
  }

  link(label: string | RegExp): string {
    const { url } = this.action(label);
    if (!url) throw new Error(`${String(label)} is no link.`);
    return url;
  }

  inputs(): Readonly<Record<string, string>> {
    return this.#inputs;
  }
}

function* walk(node: unknown): Generator<Record<string, unknown>> {
  if (Array.isArray(node)) {
    for (const item of node) yield* walk(item);
  } else if (typeof node === 'object' && node !== null) {
    const object = node as Record<string, unknown>;
    yield object;
    for (const [key, value] of Object.entries(object)) if (key !== 'fallback' && key !== 'data') yield* walk(value);
  }
}

function wordsOf(node: Record<string, unknown>): string[] {
  // Text reaches the card with a backslash before each Markdown character; a reader does not see those.
  return [node['text'], node['title'], node['value'], node['label'], node['placeholder']]
    .filter((words) => typeof words === 'string')
    .map((words) => words.replace(/\\([\\`*_[\](){}<>#|~.!+-])/g, '$1').replace(/\u200b/g, ''));
}

function isAction(node: Record<string, unknown>): node is Record<string, unknown> & CardAction {
  return typeof node['type'] === 'string' && node['type'].startsWith('Action.') && typeof node['title'] === 'string';
}

function isInput(node: Record<string, unknown>): node is Record<string, unknown> & { id: string; value?: unknown } {
  return typeof node['type'] === 'string' && node['type'].startsWith('Input.') && typeof node['id'] === 'string';
}
