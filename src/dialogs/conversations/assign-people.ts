import { newNonce } from '../../services/index.js';
import type { Turn } from '../turn.js';
import { assignView } from '../views/assignment.view.js';
import { permitGiving, type PersonDeed } from './find-person.js';
import {
  actorOf,
  followStarted,
  newCard,
  personCardOf,
  show,
  type Click,
  type Handled,
  type Parts,
  type Verbs,
} from './talk.js';

/** *assign*: show what would happen for the person, then do it. */
export class AssignPeopleConversation implements PersonDeed {
  readonly title = 'Assign whom to Genesys Cloud?';
  readonly permit;
  readonly verbs: Verbs = {
    'propose-assign': async (turn) => {
      await this.permit(turn);
      return this.open(newCard(turn), turn.said.reference);
    },
    assign: (turn) => this.#confirm(turn),
  };
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.permit = permitGiving(parts);
  }

  async open(turn: Turn, personId: string): Handled {
    const { people, assignments } = this.#parts;
    await people.permitFor(actorOf(turn), personId);
    const reference = `${personId}:${newNonce()}`;
    return show(this.#parts, turn, assignView(await assignments.propose(personId), { reference }));
  }

  async #confirm(turn: Click): Handled {
    const { personId, claim } = personCardOf(turn);
    const appRoleId = turn.said.inputs['role'] ?? '';
    const started = await this.#parts.assignments.assign(actorOf(turn), { personId, appRoleId }, claim);
    return followStarted(this.#parts, turn, started);
  }
}
