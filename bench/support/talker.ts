import { randomUUID } from 'node:crypto';
import { PEOPLE, TEAMS_BOT, TENANT_ID } from '../../sandbox/credentials.js';
import { accountOf } from '../../sandbox/teams/people.js';
import { SeenCard } from '../../test/support/seen-card.js';
import type { Arrival, ConnectorStub } from './connector-stub.js';

/** A turn, in `performance.now()` of this process. */
export interface SeenTurn {
  /** The message leaves for the bot. */
  readonly from: number;
  /** The reply has arrived at the connector. */
  readonly to: number;
}

/** The administrator of the sandbox, in a personal chat of its own, without Teams in between. */
export class Talker {
  readonly #botUrl: string;
  readonly #stub: ConnectorStub;
  readonly #conversation: string;

  constructor({ botUrl, stub, conversation }: { botUrl: string; stub: ConnectorStub; conversation: string }) {
    this.#botUrl = botUrl;
    this.#stub = stub;
    this.#conversation = conversation;
  }

  /** Says it, and returns once the reply has arrived and the bot has answered the request. */
  async says(text: string): Promise<SeenTurn> {
    const awaited = this.#stub.next(this.#conversation);
    const from = performance.now();
    await this.#post({ type: 'message', id: `in-${randomUUID()}`, text, textFormat: 'plain' });
    return { from, to: (await awaited).at };
  }

  /** Says it, and waits for the card with those words; other cards may be edited before. */
  async saysAndSees(text: string, words: string): Promise<SeenCard> {
    const awaited = this.#stub.next(this.#conversation, (arrival) => cardOf(arrival).says(words));
    await this.says(text);
    return cardOf(await awaited);
  }

  /** Presses a button, and waits until the card says the words. */
  async presses(card: SeenCard, label: string, words: string): Promise<void> {
    const { verb, data } = card.action(label);
    const shown = this.#stub.next(this.#conversation, (arrival) => cardOf(arrival).says(words));
    await this.#post({
      type: 'invoke',
      id: `f:${randomUUID()}`,
      name: 'adaptiveCard/action',
      replyToId: card.activityId,
      value: { action: { type: 'Action.Execute', verb, data }, trigger: 'manual' },
    });
    await shown;
  }

  async #post(activity: Readonly<Record<string, unknown>>): Promise<void> {
    const response = await fetch(`${this.#botUrl}/api/messages`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json; charset=utf-8' },
      body: JSON.stringify({ ...this.#surroundings(), ...activity }),
    });
    const answer = await response.text();
    if (!response.ok) throw new Error(`The bot answered ${response.status}: ${answer}`);
  }

  #surroundings(): Readonly<Record<string, unknown>> {
    const [ada] = PEOPLE;
    if (!ada) throw new Error('There is nobody in the sandbox.');
    return {
      timestamp: new Date().toISOString(),
      channelId: 'msteams',
      serviceUrl: this.#stub.url,
      from: accountOf(ada),
      conversation: { id: this.#conversation, conversationType: 'personal', tenantId: TENANT_ID },
      recipient: TEAMS_BOT,
      locale: 'en-US',
      channelData: { tenant: { id: TENANT_ID } },
    };
  }
}

/** Sets up single sign-on, so that `status` has both sides to compare. */
export async function setUpSso(talker: Talker): Promise<void> {
  await talker.presses(await plansSso(talker), 'Run', 'SSO is set up');
}

/** Answers both questions and returns the plan. */
export async function plansSso(talker: Talker): Promise<SeenCard> {
  await talker.saysAndSees('set up sso', 'Which Genesys Cloud region?');
  await talker.saysAndSees('Frankfurt', 'Which organisation?');
  return talker.saysAndSees('contoso-gc', 'Plan for SSO');
}

function cardOf({ activityId, activity }: Arrival): SeenCard {
  const [attachment] = (activity['attachments'] ?? []) as { content?: unknown }[];
  return new SeenCard(activityId, 'personal', attachment?.content);
}
