import type { ChatUser } from '../../dialogs/turn.js';
import type { Log } from '../../services/index.js';
import { toOption } from './block-kit-inputs.js';
import { MOST_FOUND, SLACK } from './block-kit-limits.js';
import type { Delivery } from './delivery.js';
import { judgeDelivery, judgeSender } from './senders.js';
import { conversationOf } from './slack-places.js';
import type { SlackConversations } from './slack-conversations.js';
import type { Workspace } from './workspace.js';

export interface SearchRowsOptions {
  readonly workspace: Workspace;
  readonly appId: string | undefined;
  readonly conversations: Pick<SlackConversations, 'handle' | 'identify'>;
  readonly log: Log;
}

/** Slack waits three seconds for the rows of a list; without any it says that nothing was found. */
const WITHIN_MS = 2_000;

/** The rows of a list that fills itself while somebody types. */
export class SearchRows {
  readonly #options: SearchRowsOptions;

  constructor(options: SearchRowsOptions) {
    this.#options = options;
  }

  /** None when they do not come in time, or to whom none are due. Never rejects. */
  async inTime(delivery: Delivery): Promise<object[]> {
    const rows = this.#find(delivery).catch((error: unknown) => {
      this.#options.log.warn({ error }, 'Nobody could be looked for in Slack');
      return [];
    });
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<object[]>((resolve) => (timer = setTimeout(() => resolve([]), WITHIN_MS)));
    return Promise.race([rows, late]).finally(() => clearTimeout(timer));
  }

  async #find(delivery: Delivery): Promise<object[]> {
    const { workspace, appId, conversations } = this.#options;
    const { deed, userId } = delivery;
    const own = await workspace.me();
    if (deed.kind !== 'search' || judgeDelivery(delivery, own, appId)) return [];
    const sender = await judgeSender(delivery, own, workspace);
    if (sender.kind === 'refused') return [];
    const user: ChatUser = { channel: 'slack', team: own.teamId, channelUserId: userId, name: sender.name };
    const person = await conversations.identify(user);
    if (!person) return [];
    // Nothing is written there: whoever asks for rows is answered in the list.
    const conversation = conversationOf({ team: own.teamId, channel: userId });
    const answer = await conversations.handle({
      account: { channel: 'slack', channelUserId: userId, ...person },
      place: { channel: 'slack', conversation, kind: 'personal' },
      ...{ room: conversation, deliveryId: delivery.id },
      said: { kind: 'search', dataset: deed.dataset, words: deed.words },
    });
    const choices = answer?.kind === 'choices' ? answer.choices : [];
    const sendable = choices.filter(({ value }) => value.length <= SLACK.optionValue);
    return sendable.slice(0, MOST_FOUND).map(toOption);
  }
}
