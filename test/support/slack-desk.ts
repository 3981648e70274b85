import { SLACK, SLACK_ACCOUNTS } from '../../sandbox/credentials.js';
import { until } from './processes.js';
import type { SandboxControl } from './sandbox-control.js';
import { SeenBlocks, type SlackBlock, type SlackOption } from './seen-blocks.js';

/** What Slack's own client shows of a deed at once. */
export interface SlackOutcome {
  /** Whether the bot took it within three seconds. */
  readonly delivered: boolean;
  readonly notice?: string;
  readonly errors?: Readonly<Record<string, string>>;
  readonly options?: readonly SlackOption[];
  readonly ts?: string;
}

const GENERAL = 'C0GENERAL01';

/** Somebody in Slack: writes to the bot, types commands, reads messages, presses buttons, fills dialogs. */
export class SlackDesk {
  readonly userId: string;
  readonly name: string;
  /** Where this person and the bot write to each other. */
  readonly direct: string;
  readonly #slack: SandboxControl;
  #token: string | undefined;
  #entered: Record<string, Record<string, unknown>> = {};

  /** @param who full name, its beginning, or the Entra object id of the person. */
  constructor(slack: SandboxControl, who: string) {
    const account = SLACK_ACCOUNTS.find(({ name, personId }) => name.startsWith(who) || personId === who);
    if (!account) throw new Error(`Nobody in Slack is called ${who}.`);
    this.userId = account.userId;
    this.name = account.name;
    this.direct = `D${account.userId.slice(1)}`;
    this.#slack = slack;
  }

  /** Types a slash command, in the direct messages with the bot or in #general. */
  types(command: string, where: Where = 'direct'): Promise<SlackOutcome> {
    return this.#do({ deed: 'command', channel: this.#channel(where), text: command });
  }

  /** Writes to the bot; in #general it is mentioned, or would not hear. */
  writes(text: string, where: Where = 'direct', thread_ts?: string): Promise<SlackOutcome> {
    const words = where === 'general' ? `@${SLACK.botName} ${text}` : text;
    return this.#do({ deed: 'write', channel: this.#channel(where), text: words, thread_ts });
  }

  uploads(name: string, content: string | Uint8Array): Promise<SlackOutcome> {
    const base64 = Buffer.from(content).toString('base64');
    return this.#do({ deed: 'upload', channel: this.direct, name, base64 });
  }

  opensHome(): Promise<SlackOutcome> {
    return this.#do({ deed: 'home', tab: 'home' });
  }

  /** Chooses the app's shortcut in the menu of a message in #general. */
  pointsAt(ts: string): Promise<SlackOutcome> {
    return this.#do({ deed: 'shortcut', channel: GENERAL, ts });
  }

  /** Waits for a message with that text anywhere in it, the newest first. */
  async sees(text: string | RegExp, where: Where = 'direct'): Promise<SeenBlocks> {
    return this.#until(`${this.name} sees ${String(text)} in Slack`, async () =>
      (await this.messages(where)).find((message) => message.says(text)),
    );
  }

  /** Waits until that message, or that dialog, says something. */
  async watches(seen: SeenBlocks, text: string | RegExp): Promise<SeenBlocks> {
    return this.#until(`${this.name} watches for ${String(text)} in Slack`, async () => {
      const now = await this.#find(seen);
      return now?.says(text) ? now : undefined;
    });
  }

  /** The same message, or dialog, as it stands now. */
  async looksAgainAt(seen: SeenBlocks): Promise<SeenBlocks> {
    const now = await this.#find(seen);
    if (!now) throw new Error('The message is gone.');
    return now;
  }

  /** Waits for an open dialog with that text, the one on top. What was filled in before is forgotten. */
  async seesDialog(text: string | RegExp): Promise<SeenBlocks> {
    this.#entered = {};
    return this.#until(`${this.name} sees a dialog with ${String(text)}`, async () => {
      const top = (await this.#views()).filter(({ type, is_open }) => type === 'modal' && is_open).at(-1);
      const seen = top && seenView(top);
      return seen?.says(text) ? seen : undefined;
    });
  }

  /** Waits for the app's home to say something. */
  async seesHome(text: string | RegExp): Promise<SeenBlocks> {
    return this.#until(`${this.name} sees ${String(text)} in the app's home`, async () => {
      const home = (await this.#views()).find(({ type }) => type === 'home');
      const seen = home && seenView(home);
      return seen?.says(text) ? seen : undefined;
    });
  }

  /** Whether a dialog is open. */
  async hasDialog(): Promise<boolean> {
    return (await this.#views()).some(({ type, is_open }) => type === 'modal' && is_open);
  }

  /** Presses a button as it stands now, with what was filled in there. */
  async presses(label: string | RegExp, within: SeenBlocks): Promise<SlackOutcome> {
    const now = (await this.#find(within)) ?? within;
    const { block_id, element } = now.button(label);
    return this.#do({ deed: 'press', at: within.at, block_id, action_id: element.action_id, entered: this.#entered });
  }

  /** Types into a list that the bot fills, on a message or dialog. */
  async searches(input: string, words: string, within: SeenBlocks): Promise<readonly SlackOption[]> {
    const { block_id, element } = within.input(input);
    const ask = { deed: 'suggest', at: within.at, block_id, action_id: element.action_id, value: words };
    return (await this.#do(ask)).options ?? [];
  }

  /**
   * Chooses in a menu outside an input: Slack tells the bot at once.
   * @param value of the option; one that a list offered whole.
   */
  async chooses(input: string, value: string | SlackOption, within: SeenBlocks): Promise<SlackOutcome> {
    const { block_id, element } = within.input(input);
    this.fills(within, { [input]: value });
    const at = { at: within.at, block_id, action_id: element.action_id };
    return this.#do({ deed: 'press', ...at, value: entry(value), entered: this.#entered });
  }

  /** Fills inputs by label, action id or block id: text, the value of an option, or several, or an offered option. */
  fills(within: SeenBlocks, inputs: Readonly<Record<string, string | readonly string[] | SlackOption>>): void {
    for (const [name, value] of Object.entries(inputs)) {
      const { block_id, element } = within.input(name);
      this.#entered[block_id] = { ...this.#entered[block_id], [element.action_id]: entry(value) };
    }
  }

  /** Sends the dialog. What comes back may be errors, by block id. */
  submits(dialog: SeenBlocks): Promise<SlackOutcome> {
    return this.#do({ deed: 'submit', view_id: viewIdOf(dialog), entered: this.#entered });
  }

  closes(dialog: SeenBlocks): Promise<SlackOutcome> {
    return this.#do({ deed: 'close', view_id: viewIdOf(dialog) });
  }

  /** What this person sees in that conversation, the newest first. */
  async messages(where: Where = 'direct'): Promise<SeenBlocks[]> {
    const { messages } = await this.#slack.state<SlackState>();
    return messages
      .filter(({ channel }) => channel === this.#channel(where))
      .filter(({ visible_to }) => visible_to === undefined || visible_to === this.userId)
      .map((message) => new SeenBlocks({ channel: message.channel, ts: message.ts }, message))
      .reverse();
  }

  async #find({ at }: SeenBlocks): Promise<SeenBlocks | undefined> {
    if ('view_id' in at) {
      const view = (await this.#views()).find(({ id }) => id === at.view_id);
      return view && seenView(view);
    }
    const { messages } = await this.#slack.state<SlackState>();
    const message = messages.find(({ channel, ts }) => channel === at.channel && ts === at.ts);
    return message && new SeenBlocks(at, message);
  }

  async #views(): Promise<SlackView[]> {
    return (await this.#slack.state<SlackState>()).views.filter(({ user }) => user === this.userId);
  }

  #channel(where: Where): string {
    return where === 'direct' ? this.direct : GENERAL;
  }

  /** Says what is in the direct messages when the patience ends. */
  async #until(what: string, look: () => Promise<SeenBlocks | undefined>): Promise<SeenBlocks> {
    return until(what, look).catch(async (cause: unknown) => {
      const seen = (await this.messages()).slice(0, 3).map(({ words }) => words);
      throw new Error(`${what}: it did not come. The newest direct messages:\n${seen.join('\n---\n')}`, { cause });
    });
  }

  async #do(deed: object): Promise<SlackOutcome> {
    const path = `${this.#slack.url}/sandbox/api/slack`;
    this.#token ??= ((await (await fetch(`${path}/workspace`)).json()) as { token: string }).token;
    const response = await fetch(`${path}/deeds`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'X-Sandbox-Token': this.#token },
      body: JSON.stringify({ as: this.userId, ...deed }),
    });
    if (!response.ok) throw new Error(`The Slack sandbox got ${response.status}: ${await response.text()}`);
    return (await response.json()) as SlackOutcome;
  }
}

/** Where in Slack: with the bot alone, or in a channel where the bot is a member. */
export type Where = 'direct' | 'general';

function entry(value: string | readonly string[] | SlackOption): unknown {
  if (typeof value === 'string' || Array.isArray(value)) return value;
  const option = value as SlackOption;
  return { value: option.value, text: option.text.text };
}

function viewIdOf({ at }: SeenBlocks): string {
  if (!('view_id' in at)) throw new Error('That is no dialog.');
  return at.view_id;
}

function seenView(view: SlackView): SeenBlocks {
  return new SeenBlocks({ view_id: view.id }, view);
}

interface SlackView {
  readonly id: string;
  readonly type: 'modal' | 'home';
  readonly user: string;
  readonly is_open: boolean;
  readonly title?: unknown;
  readonly blocks: readonly SlackBlock[];
}

interface SlackState {
  readonly messages: {
    channel: string;
    ts: string;
    text: string;
    visible_to?: string;
    blocks?: readonly SlackBlock[];
  }[];
  readonly views: SlackView[];
}
