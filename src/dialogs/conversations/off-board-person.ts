import { newNonce } from '../../services/index.js';
import type { Turn } from '../turn.js';
import { confirmOffBoardView, offBoardView } from '../views/off-board.view.js';
import type { PersonDeed } from './find-person.js';
import {
  actorOf,
  followStarted,
  personCardOf,
  show,
  type Click,
  type Handled,
  type Parts,
  type Verbs,
} from './talk.js';

/** *off-board*: show what the person has on both sides, ask once more, then take it away. */
export class OffBoardPersonConversation implements PersonDeed {
  readonly title = 'Off-board whom?';
  readonly verbs: Verbs = {
    'look-off-board': async (turn) => {
      await this.permit(turn);
      return this.open(turn, personCardOf(turn).personId);
    },
    'ask-off-board': (turn) => this.#ask(turn),
    'off-board': (turn) => this.#confirm(turn),
  };
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  permit(turn: Turn): Promise<void> {
    return this.#parts.offBoarding.permit(actorOf(turn));
  }

  async open(turn: Turn, personId: string): Handled {
    const card = await this.#parts.offBoarding.look(actorOf(turn), personId);
    return show(this.#parts, turn, offBoardView(card, { reference: `${personId}:${newNonce()}` }));
  }

  /** The second step, read anew: a minute may have passed. Reference: person, nonce, seal of what it shows. */
  async #ask(turn: Click): Handled {
    await this.permit(turn);
    const { personId, claim } = personCardOf(turn);
    const card = await this.#parts.offBoarding.look(actorOf(turn), personId);
    const nonce = claim.reference.split(':')[1] ?? '';
    return show(this.#parts, turn, confirmOffBoardView(card, { reference: `${personId}:${nonce}:${card.seal}` }));
  }

  async #confirm(turn: Click): Handled {
    const { personId, claim } = personCardOf(turn);
    const seal = claim.reference.split(':')[2] ?? '';
    const started = await this.#parts.offBoarding.offBoard(actorOf(turn), { personId, seal }, claim);
    return followStarted(this.#parts, turn, started);
  }
}
