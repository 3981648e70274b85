import { newNonce } from '../../services/index.js';
import type { Turn } from '../turn.js';
import { unassignView } from '../views/assignment.view.js';
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

/** *unassign*: show what the person holds, and what they would keep through groups, then take it away. */
export class UnassignPeopleConversation implements PersonDeed {
  readonly title = 'Take Genesys Cloud from whom?';
  readonly verbs: Verbs = {
    unassign: (turn) => this.#confirm(turn),
  };
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  permit(turn: Turn): Promise<void> {
    return this.#parts.assignments.permitTaking(actorOf(turn));
  }

  async open(turn: Turn, personId: string): Handled {
    const { assignments } = this.#parts;
    await assignments.permitTakingFrom(actorOf(turn), personId);
    const reference = `${personId}:${newNonce()}`;
    return show(this.#parts, turn, unassignView(await assignments.proposeRemoval(personId), { reference }));
  }

  async #confirm(turn: Click): Handled {
    const { personId, claim } = personCardOf(turn);
    const started = await this.#parts.assignments.unassign(actorOf(turn), personId, claim);
    return followStarted(this.#parts, turn, started);
  }
}
