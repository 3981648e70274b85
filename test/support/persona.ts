import { PEOPLE } from '../../sandbox/credentials.js';
import { SeenCard } from './seen-card.js';
import type { SandboxControl } from './sandbox-control.js';
import { SlackDesk } from './slack-desk.js';
import { until } from './processes.js';

/** Somebody at the keyboard: says things to the bot in Teams, reads cards, presses buttons. */
export class Persona {
  readonly id: string;
  readonly name: string;
  readonly #teams: SandboxControl;
  readonly #slack: SandboxControl | undefined;
  #token: string | undefined;
  #desk: SlackDesk | undefined;

  constructor(teams: SandboxControl, name: string, slack?: SandboxControl) {
    const person = PEOPLE.find(
      ({ displayName, userPrincipalName }) => displayName.startsWith(name) || userPrincipalName === name,
    );
    if (!person) throw new Error(`Nobody in the sandbox is called ${name}.`);
    this.id = person.id;
    this.name = person.displayName;
    this.#teams = teams;
    this.#slack = slack;
  }

  /** The same person in Slack, with the account that nobody has linked yet. */
  get inSlack(): SlackDesk {
    if (!this.#slack) throw new Error('There is no Slack here.');
    this.#desk ??= new SlackDesk(this.#slack, this.id);
    return this.#desk;
  }

  /** Says something in the personal chat (or the channel) and returns once the bot has taken it. */
  async says(text: string, where: 'personal' | 'channel' = 'personal'): Promise<void> {
    await this.#send({ conversation: where, text });
  }

  /** Attaches a file in the personal chat. */
  async sendsFile(name: string, content: string | Uint8Array): Promise<void> {
    await this.#send({ conversation: 'personal', file: { name, base64: Buffer.from(content).toString('base64') } });
  }

  /** Waits for a card with that text anywhere on it, the newest first. */
  async sees(text: string | RegExp, where: 'personal' | 'channel' = 'personal'): Promise<SeenCard> {
    return until(`${this.name} sees ${String(text)}`, async () =>
      (await this.cards(where)).find((card) => card.says(text)),
    );
  }

  /** Says it and waits for a card that was not there before. */
  async saysAndSees(
    text: string,
    expected: string | RegExp,
    where: 'personal' | 'channel' = 'personal',
  ): Promise<SeenCard> {
    const before = new Set((await this.cards(where)).map(({ id }) => id));
    await this.says(where === 'channel' ? `@Latchkey ${text}` : text, where);
    return until(`${this.name} says ${text} and sees ${String(expected)}`, async () =>
      (await this.cards(where)).find((card) => !before.has(card.id) && card.says(expected)),
    );
  }

  /** Presses a button of the card as it stands now. Returns the bot's answer to the click. */
  async presses(card: SeenCard, label: string | RegExp, inputs: Record<string, string> = {}): Promise<ClickResult> {
    const action = card.action(label);
    const data = { ...action.data, ...card.inputs(), ...inputs };
    const { activityId, conversation } = card;
    return this.#send({ conversation, action: { activityId, type: 'Action.Execute', verb: action.verb, data } });
  }

  /** What Teams does when a card that may look different to each reader comes into view. @returns this person's version. */
  async refreshes(card: SeenCard): Promise<SeenCard> {
    const { activityId, conversation, json } = card;
    const { refresh } = json as { refresh?: { action: { verb: string; data: object }; userIds: readonly string[] } };
    if (!refresh) throw new Error('The card is the same for everybody.');
    const { verb, data } = refresh.action;
    const action = { activityId, type: 'Action.Execute', verb, data, trigger: 'automatic' };
    return new SeenCard(card.id, conversation, (await this.#send({ conversation, action })).value);
  }

  /** Types into a list on the card that the bot fills. @returns the rows that it offers. */
  async types(card: SeenCard, queryText: string): Promise<{ title: string; value: string }[]> {
    const { activityId, conversation } = card;
    const answer = await this.#ask('search', { conversation, activityId, dataset: 'people', queryText });
    const { results } = answer.value as { results?: { title: string; value: string }[] };
    if (!results) throw new Error(`No rows: ${JSON.stringify(answer)}`);
    return results;
  }

  /** The same card as it stands now. */
  async looksAgainAt(card: SeenCard): Promise<SeenCard> {
    const found = (await this.cards(card.conversation === 'channel' ? 'channel' : 'personal')).find(
      ({ id }) => id === card.id,
    );
    if (!found) throw new Error('The card is gone.');
    return found;
  }

  /** Waits until that card says something. */
  async watches(card: SeenCard, text: string | RegExp): Promise<SeenCard> {
    return until(`the card of ${this.name} says ${String(text)}`, async () => {
      const now = await this.looksAgainAt(card);
      return now.says(text) ? now : undefined;
    });
  }

  /** All cards in that conversation, the newest first. */
  async cards(where: 'personal' | 'channel' = 'personal'): Promise<SeenCard[]> {
    const { conversations, activities } = await this.#teams.state<TeamsState>();
    const conversation = conversations.find((one) =>
      where === 'channel'
        ? one.conversationType === 'channel'
        : one.conversationType === 'personal' && one.members?.some(({ aadObjectId }) => aadObjectId === this.id),
    );
    if (!conversation)
      throw new Error(`${this.name} has no such conversation: ${JSON.stringify(conversations).slice(0, 500)}`);
    return activities
      .filter(
        (activity) =>
          activity.conversation?.id.split(';')[0] === conversation.id && (activity.attachments?.length ?? 0) > 0,
      )
      .map((activity) => new SeenCard(activity.id, where, activity.attachments?.[0]?.content))
      .reverse();
  }

  /** The plain lines that the bot has written in the personal chat, the oldest first. */
  async texts(): Promise<string[]> {
    const { conversations, activities } = await this.#teams.state<TeamsState>();
    const own = conversations.find(({ members }) => members?.some(({ aadObjectId }) => aadObjectId === this.id));
    return activities
      .filter(({ conversation, from }) => conversation?.id === own?.id && from?.aadObjectId === undefined)
      .flatMap(({ text }) => text ?? []);
  }

  #send(body: object): Promise<ClickResult> {
    return this.#ask('send', body);
  }

  async #ask(what: 'send' | 'search', body: object): Promise<ClickResult> {
    this.#token ??= (
      (await (await fetch(`${this.#teams.url}/sandbox/api/personas`)).json()) as { token: string }
    ).token;
    const response = await fetch(`${this.#teams.url}/sandbox/api/${what}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'X-Sandbox-Token': this.#token },
      body: JSON.stringify({ persona: this.id, ...body }),
    });
    const answer = (await response.json()) as ClickResult;
    if (!response.ok) throw new Error(`The page got ${response.status}: ${JSON.stringify(answer)}`);
    return answer;
  }
}

export interface ClickResult {
  readonly statusCode?: number;
  readonly type?: string;
  readonly value?: unknown;
}

interface TeamsState {
  readonly conversations: { id: string; conversationType: string; members?: { aadObjectId?: string }[] }[];
  readonly activities: {
    id: string;
    text?: string;
    from?: { aadObjectId?: string };
    conversation?: { id: string };
    attachments?: { content: unknown }[];
  }[];
}
