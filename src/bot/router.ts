import { retryRun } from '../dialogs/conversations/follow-run.js';
import { keyOf } from '../dialogs/conversations/set-up-sso.js';
import {
  actorOf,
  channelOf,
  newCard,
  oldButton,
  sentence,
  show,
  type Click,
  type Handled,
  type Parts,
  type Verbs,
} from '../dialogs/conversations/talk.js';
import { askUndo, undoSetUp } from '../dialogs/conversations/undo-set-up.js';
import { intentNamed, understand } from '../dialogs/intents.js';
import type { Said, Turn, UnlinkedTurn } from '../dialogs/turn.js';
import { problemView } from '../dialogs/views/problem.view.js';
import { DATABASE_AWAY, Problem, problemFacts, type ProblemFacts } from '../services/index.js';
import { Conversations } from './conversations.js';
import { isForRequesters } from './requester-turns.js';

/** What a turn leads to: an intent, an answer to an open question, or a button. Whatever goes wrong ends here, in words. */
export class Router {
  readonly #parts: Parts;
  readonly #isNewDelivery: (channel: string, deliveryId: string) => Promise<boolean>;
  readonly #conversations: Conversations;

  constructor(parts: Parts, isNewDelivery: (channel: string, deliveryId: string) => Promise<boolean>) {
    this.#parts = parts;
    this.#isNewDelivery = isNewDelivery;
    this.#conversations = new Conversations(parts, this.#ownVerbs());
  }

  /** What a turn is about, of a closed list: for figures and logs, which never hold what people type. */
  nameOf({ said }: Turn): string {
    if (said.kind === 'click') return this.#conversations.verbs.has(said.verb) ? said.verb : 'old-button';
    if (said.kind !== 'text') return said.kind;
    const understood = understand(said.text);
    return understood.kind === 'unknown' ? 'words' : understood.intent.name;
  }

  /** Whether the answer may be a form, so that a chat with dialogs opens one at once. Asks nobody. */
  opensDialog(said: Said): boolean {
    if (said.kind === 'text') {
      const understood = understand(said.text);
      return understood.kind === 'intent' && understood.intent.hasForm === true;
    }
    if (said.kind !== 'click') return false;
    const { formVerbs } = this.#conversations;
    return formVerbs.has(said.verb) || (said.verb === 'intent' && intentNamed(said.reference)?.hasForm === true);
  }

  /** Never rejects: every failure becomes a card or a line that says what to do. */
  async handle(turn: Turn, note: Note = () => undefined): Handled {
    try {
      const isNew = await this.#isNew(turn);
      if (isNew === false) {
        note('duplicate');
        return undefined;
      }
      this.#parts.noticeboard.seen(turn.place);
      const answer = await this.#route(turn);
      // What was asked is answered without a memory; that nothing can be done now is said beside it.
      return isNew === undefined ? (answer ?? { kind: 'message', text: sentence(DATABASE_AWAY) }) : answer;
    } catch (error) {
      note(problemFacts(error).kind);
      return this.#explain(turn, error);
    }
  }

  /** The same for an account that nobody has proven to be a person of ours. Never rejects. */
  async handleUnlinked(turn: UnlinkedTurn, note: Note = () => undefined): Handled {
    try {
      const isNew = await this.#isNew(turn);
      if (isNew === false) note('duplicate');
      return isNew === false ? undefined : await this.#conversations.link.unlinked(turn);
    } catch (error) {
      note(problemFacts(error).kind);
      return this.#explain(turn, error);
    }
  }

  /** A search changes nothing and may be asked twice: the memory is left in peace. */
  async #isNew(turn: Delivered): Promise<boolean | undefined> {
    if (turn.said.kind === 'search' || turn.isNoted) return true;
    return this.#orWithoutMemory(() => this.#isNewDelivery(turn.place.channel, deliveryOf(turn)));
  }

  /** What the conversation's memory says; `undefined` when it does not answer: then nobody was asked anything yet. */
  async #orWithoutMemory<T>(ask: () => Promise<T>): Promise<T | undefined> {
    try {
      return await ask();
    } catch (error) {
      this.#parts.log.error({ error }, 'The memory of conversations does not answer');
      return undefined;
    }
  }

  #route(turn: Turn): Handled {
    const { byEmail } = turn.account;
    if (byEmail && !isForRequesters(turn.said)) return this.#conversations.link.unlinked({ ...turn, user: byEmail });
    const { help, bulk, findPerson, about } = this.#conversations;
    switch (turn.said.kind) {
      case 'text':
        return this.#words(turn, turn.said.text);
      case 'click':
        return this.#click({ ...turn, said: turn.said });
      case 'arrived':
        return help.greet(turn);
      case 'file':
        return bulk.receive({ ...turn, said: turn.said });
      case 'search':
        return findPerson.suggest(turn, turn.said);
      case 'form':
        return this.#form(turn, turn.said);
      case 'home':
        return help.home(turn);
      case 'about':
        return about.begin(turn, turn.said.personId);
    }
  }

  async #words(turn: Turn, text: string): Handled {
    const { setUp, help, intents } = this.#conversations;
    const understood = understand(text);
    const open = await this.#orWithoutMemory(() => this.#parts.forms.find(keyOf(turn)));
    if (open) {
      const word = text.trim().toLowerCase();
      if (word === 'cancel') return setUp.cancel(turn, open);
      if (word === 'back') return setUp.back(turn, open);
      if (understood.kind === 'unknown') return setUp.answer(turn, open, text);
    }
    if (understood.kind === 'unknown') return help.unknown(turn, text, understood.nearest);
    return intents[understood.intent.name](turn, understood.rest);
  }

  async #form(turn: Turn, said: Extract<Said, { kind: 'form' }>): Handled {
    return this.#conversations.sent(turn, said) ?? oldButton();
  }

  async #click(turn: Click): Handled {
    return this.#conversations.verbs.get(turn.said.verb)?.(turn) ?? oldButton();
  }

  #ownVerbs(): Verbs {
    return {
      intent: (turn) => this.#intentButton(turn),
      'retry-run': (turn) => retryRun(this.#parts, turn),
      'ask-undo': (turn) => askUndo(this.#parts, newCard(turn)),
      'undo-set-up': (turn) => undoSetUp(this.#parts, turn),
      dismiss: (turn) => this.#dismiss(turn),
    };
  }

  async #intentButton(turn: Click): Handled {
    const intent = intentNamed(turn.said.reference);
    if (!intent) return oldButton();
    // The card that offered it stays as it is: it is a record, or the help that may be needed again.
    return this.#conversations.intents[intent.name](newCard(turn), '');
  }

  async #dismiss(turn: Click): Handled {
    // In a channel everybody sees the button; those who could not have asked for the card do not take it away.
    if (turn.place.kind === 'channel') {
      const { rights } = await this.#parts.runs.rightsOf(actorOf(turn));
      if (rights.length === 0)
        return { kind: 'refused', text: 'Only an administrator can cancel this. The card stays as it is.' };
    }
    const text = 'Cancelled. Nothing was changed.';
    return show(this.#parts, turn, {
      title: 'Cancelled',
      tone: 'neutral',
      elements: [{ kind: 'text', text }],
      actions: [],
      fallback: text,
    });
  }

  async #explain(turn: Delivered, error: unknown): Handled {
    if (!(error instanceof Problem))
      this.#parts.log.error({ said: turn.said.kind, error }, 'A turn failed through a fault of ours');
    // The list stays empty, and the card says what else can be done.
    if (turn.said.kind === 'search') return { kind: 'choices', choices: [] };
    const facts = problemFacts(error);
    // The card stays, so that the person can try again with what they typed.
    if (turn.said.kind === 'click' && turn.said.messageId !== undefined)
      return { kind: 'refused', text: sentence(facts) };
    try {
      return await show(this.#parts, turn, problemView(facts));
    } catch (delivery) {
      this.#parts.log.error({ error: delivery }, 'A problem could not be shown');
      // A dialog may stand open, and would say that the answer is elsewhere.
      const hasDialogs = channelOf(this.#parts, turn).asks === 'in-dialog';
      return hasDialogs ? { kind: 'refused', text: sentence(facts) } : undefined;
    }
  }
}

/** As much of a turn as every one has, whoever it is of. */
type Delivered = Pick<Turn, 'place' | 'room' | 'deliveryId' | 'isNoted' | 'said'>;
/** Is told what the answer does not show: that the turn came twice, or the kind of the failure. */
type Note = (outcome: 'duplicate' | ProblemFacts['kind']) => void;

/** An arrival comes as several activities, perhaps to several replicas at once, and is greeted once. */
function deliveryOf({ said, room, deliveryId }: Delivered): string {
  return said.kind === 'arrived' ? `arrived in ${room}` : deliveryId;
}
