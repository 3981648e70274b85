import { randomUUID } from 'node:crypto';
import type { SandboxAddresses } from '../addresses.js';
import { PEOPLE } from '../credentials.js';
import type { SandboxClock } from '../kit/clock.js';
import type { Collection, SandboxStore } from '../kit/store.js';
import { BotClient, BotUnreachable } from './bot-client.js';
import { BotFramework } from './bot-framework.js';
import { Chat, type Conversation } from './chat.js';
import { IncomingActivities, type Occasion } from './incoming-activity.js';

export interface FirstContactOptions {
  readonly store: SandboxStore;
  readonly clock: SandboxClock;
  readonly addresses: SandboxAddresses;
  readonly botUrl: () => string;
  /** How often to look whether somebody is still to be told. */
  readonly everyMs?: number;
}

/** The activity ids are chosen before the first attempt, so that a repeated delivery is recognisable as one. */
interface Contact {
  readonly ids: readonly [conversationUpdate: string, installationUpdate: string];
  readonly delivered: number;
}

/**
 * Tells the bot once per conversation, for ever, that it was added and installed there, as soon as its `/readyz`
 * answers 200. An attempt that fails is repeated; a reset of the server makes it due again. The timer keeps no
 * process alive. `stop` ends the watch and resolves when nothing of it is under way any more: close the store after it.
 */
export function watchForBot(options: FirstContactOptions): { stop(): Promise<void> } {
  const contact = new FirstContact(options);
  let current: Promise<void> | undefined;
  const look = (): void => {
    current ??= contact.makeIfDue().finally(() => (current = undefined));
  };
  const timer = setInterval(look, options.everyMs ?? 500);
  timer.unref();
  look();
  return {
    stop: async () => {
      clearInterval(timer);
      contact.isOver = true;
      await current;
    },
  };
}

class FirstContact {
  isOver = false;
  readonly #chat: Chat;
  readonly #contacts: Collection<Contact>;
  readonly #store: SandboxStore;
  readonly #bot: BotClient;
  readonly #make: IncomingActivities;

  constructor({ store, clock, addresses, botUrl }: FirstContactOptions) {
    this.#store = store;
    this.#chat = new Chat(store, clock);
    this.#contacts = store.collection('first-contacts');
    this.#bot = new BotClient(botUrl, new BotFramework({ store, clock, address: () => addresses.teams }));
    this.#make = new IncomingActivities(clock, addresses);
  }

  async makeIfDue(): Promise<void> {
    const due = this.#chat.conversations.filter(({ id }) => (this.#contacts.get(id)?.delivered ?? 0) < 2);
    if (due.length === 0 || !(await this.#bot.isReady())) return;
    for (const conversation of due) {
      if (this.isOver || !(await this.#introduce(conversation))) return;
    }
  }

  /** @returns whether both activities have arrived; the rest waits for the next look otherwise. */
  async #introduce(conversation: Conversation): Promise<boolean> {
    const person = PEOPLE.find(({ id }) => id === conversation.members[0]);
    if (!person) return true;
    const occasion: Occasion = { person, conversation };
    let contact = this.#contacts.get(conversation.id) ?? this.#begin(conversation);
    for (const make of STEPS.slice(contact.delivered)) {
      const id = contact.ids[contact.delivered] ?? randomUUID();
      if (!(await this.#arrives(make(this.#make, occasion, id)))) return false;
      contact = this.#keep(conversation, { ...contact, delivered: contact.delivered + 1 });
    }
    return true;
  }

  #begin(conversation: Conversation): Contact {
    return this.#keep(conversation, { ids: [`f:${randomUUID()}`, `f:${randomUUID()}`], delivered: 0 });
  }

  #keep(conversation: Conversation, contact: Contact): Contact {
    // A reset during the delivery took the conversation away and put a new one there: that one is due again.
    if (this.#chat.conversations.get(conversation.id) !== conversation) return contact;
    this.#contacts.put(conversation.id, contact);
    this.#store.flush();
    return contact;
  }

  async #arrives(activity: Parameters<BotClient['deliver']>[0]): Promise<boolean> {
    try {
      const { status } = await this.#bot.deliver(activity);
      return status >= 200 && status < 300;
    } catch (error) {
      if (error instanceof BotUnreachable) return false;
      throw error;
    }
  }
}

const STEPS = [
  (make: IncomingActivities, occasion: Occasion, id: string) => make.botAdded(occasion, id),
  (make: IncomingActivities, occasion: Occasion, id: string) => make.installed(occasion, id),
];
