import {
  isForGood,
  Problem,
  type AccountLink,
  type ChatUser,
  type Freed,
  type NewsChat,
} from '../../services/index.js';
import { NO_NUMBER, NUMBER_QUESTION, numberForm, wrongNumber } from '../forms/link-number.form.js';
import type { Channel } from '../channel.js';
import type { Answer, Turn, UnlinkedTurn } from '../turn.js';
import {
  allowedView,
  barredView,
  confirmUnlinkView,
  disownedView,
  endedCardView,
  homeInvitationView,
  invitationView,
  linkedView,
  linkNoticeView,
  linksView,
  unlinkedView,
} from '../views/link-account.view.js';
import { problemView } from '../views/problem.view.js';
import type { View } from '../views/view.js';
import {
  actorOf,
  channelOf,
  newCard,
  oldButton,
  show,
  type Click,
  type Handled,
  type Parts,
  type Verbs,
} from './talk.js';

const LINK_FIRST: Answer = {
  kind: 'refused',
  text: 'Latchkey does not know yet who you are here. Write “link” to it in your direct messages, and link your account first.',
};

/** The button of the app's own page. */
const BEGIN = 'begin-link';

/** Who is who: the invitation to accounts that nobody knows, the number, and what the person can do about their links. */
export class LinkAccountConversation {
  readonly formName = 'link-number';
  /** The button that opens the dialog for the number; it stands on what unknown accounts are shown. */
  readonly numberVerb = 'link-number';
  readonly verbs: Verbs = {
    [this.numberVerb]: async () => ({ kind: 'form', form: numberForm() }),
    [BEGIN]: (turn) => this.begin(newCard(turn)),
    'ask-unlink': (turn) => this.#askUnlink(newCard(turn)),
    unlink: (turn) => this.#unlink(turn),
    'link-not-me': (turn) => this.#wasNotMe(turn),
    'allow-linking': (turn) => this.#allow(turn, { bars: 'person', person: turn.said.reference }),
    'allow-account': (turn) => this.#allow(turn, freedAccount(turn.said.reference)),
  };
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
    parts.links.onAccountChanged((account) => this.#unlessForGood(async () => this.#slack()?.refreshHome?.(account)));
    parts.links.onCardsEnded((cards) => this.#endCards(cards));
  }

  /** *my linked accounts*, to the eyes of that person alone. */
  async begin(turn: Turn): Handled {
    return this.#showAlone(turn, linksView(await this.#parts.links.linksOf(turn.account.personId)));
  }

  /** *allow linking*, for administrators. @param words part of the name of somebody who is barred; empty: all of them. */
  async beginAllow(turn: Turn, words: string): Handled {
    return this.#showAlone(turn, barredView(await this.#parts.links.barred(actorOf(turn), words), words));
  }

  /** Whatever an account says that nobody has proven to be a person of ours: it may be linked, and nothing else. */
  async unlinked(turn: UnlinkedTurn): Handled {
    const { said, user } = turn;
    if (said.kind === 'search') return { kind: 'choices', choices: [] };
    if (said.kind === 'form') return said.form === this.formName ? this.#enter(turn, said.inputs) : LINK_FIRST;
    if (said.kind === 'click' && said.verb === this.numberVerb) return { kind: 'form', form: numberForm() };
    if (said.kind === 'about' || (said.kind === 'click' && said.verb !== BEGIN)) return LINK_FIRST;
    if (said.kind === 'home') return { kind: 'view', view: homeInvitationView() };
    return show(this.#parts, turn, await this.#invitation(user));
  }

  /** The number from somebody who is linked already, and proves it anew. */
  async submit(turn: Turn, inputs: Readonly<Record<string, string>>): Handled {
    const { channelUserId, personId } = turn.account;
    const accounts = await this.#parts.links.accountsOf(personId);
    const user = accounts.find((account) => account.channelUserId === channelUserId);
    return user ? this.#enter({ ...turn, user }, inputs) : oldButton();
  }

  /** Tells the person, never by the new account. Rejects while they cannot be told there, so that it is tried again. */
  async tell(link: AccountLink, chat: NewsChat): Promise<void> {
    const { id: personId, name } = link.person;
    const channel = this.#parts.channels.find((one) => one.name === chat);
    if (!channel) throw new Error(`A person is to be told in a chat that is off: ${chat}.`);
    if (chat === 'teams') return void (await channel.whisper({ personId, name }, linkNoticeView(link)));
    const accounts = await this.#parts.links.accountsOf(personId);
    for (const account of accounts.filter((one) => !isAccountOf(one, link))) {
      const { channelUserId } = account;
      await channel.whisper({ personId, name, channel: chat, channelUserId }, linkNoticeView(link)).catch((error) => {
        this.#parts.log.warn({ error }, 'A person could not be told of a new link by another account of theirs');
      });
    }
  }

  /** The last that each of them shows. One that is gone, or cannot be written to, is nobody's worry any more. */
  async #endCards(cards: readonly { readonly conversation: string; readonly messageId: string }[]): Promise<void> {
    const channel = this.#slack();
    for (const { conversation, messageId } of cards) {
      const place = { channel: 'slack', conversation, kind: 'personal' } as const;
      await this.#unlessForGood(async () => channel?.replace(place, messageId, endedCardView()));
    }
  }

  /** Rejects where trying again may help. */
  async #unlessForGood(show: () => Promise<void>): Promise<void> {
    await show().catch((error: unknown) => {
      if (!isForGood(error)) throw error;
      this.#parts.log.info({ error }, 'What is shown to an account could not be changed, and never will be');
    });
  }

  #slack(): Channel | undefined {
    return this.#parts.channels.find(({ name }) => name === 'slack');
  }

  async #invitation(user: ChatUser): Promise<View> {
    try {
      return invitationView(await this.#parts.links.begin(user));
    } catch (error) {
      if (error instanceof Problem) return problemView(error.facts);
      throw error;
    }
  }

  async #enter(turn: Pick<UnlinkedTurn, 'user' | 'place' | 'said'>, inputs: Readonly<Record<string, string>>): Handled {
    const { links } = this.#parts;
    const entered = await links.enterNumber(turn.user, inputs[NUMBER_QUESTION] ?? '');
    if (entered.kind === 'none') return { kind: 'form', form: numberForm(NO_NUMBER) };
    if (entered.kind === 'wrong') return { kind: 'form', form: numberForm(wrongNumber(entered.left)) };
    const isToldInTeams = this.#parts.channels.some(({ name }) => name === 'teams');
    return show(this.#parts, turn, linkedView(entered.link, { isToldInTeams }));
  }

  async #askUnlink(turn: Click): Handled {
    const links = await this.#parts.links.linksOf(turn.account.personId);
    const link = links.find(({ id }) => id === turn.said.reference);
    return link ? this.#showAlone(turn, confirmUnlinkView(link)) : oldButton();
  }

  async #unlink(turn: Click): Handled {
    return show(this.#parts, turn, unlinkedView(await this.#parts.links.unlink(actorOf(turn), turn.said.reference)));
  }

  async #wasNotMe(turn: Click): Handled {
    return show(this.#parts, turn, disownedView(await this.#parts.links.wasNotMe(actorOf(turn), turn.said.reference)));
  }

  async #allow(turn: Click, freed: Freed): Handled {
    const bars = await this.#parts.links.allowAgain(actorOf(turn), freed, turn.deliveryId);
    return show(this.#parts, turn, allowedView(bars));
  }

  /** Which accounts somebody has is nobody else's business. */
  async #showAlone(turn: Turn, view: View): Handled {
    if (turn.place.kind === 'personal') return show(this.#parts, turn, view);
    await channelOf(this.#parts, turn).whisper(turn.account, view);
    return { kind: 'message', text: 'The answer is in your personal chat with Latchkey.' };
  }
}

function isAccountOf({ team, channelUserId }: ChatUser, { user }: AccountLink): boolean {
  return team === user.team && channelUserId === user.channelUserId;
}

/** @param reference workspace and account, by their ids. */
function freedAccount(reference: string): Freed {
  const [team = '', channelUserId = ''] = reference.split('/');
  return { bars: 'account', account: { channel: 'slack', team, channelUserId } };
}
