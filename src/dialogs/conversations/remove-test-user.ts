import { newNonce } from '../../services/index.js';
import type { Turn } from '../turn.js';
import { removalView } from '../views/remove-test-user.view.js';
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

/** *remove test user*: show what would go on both sides, then take it away. Only for people whom Latchkey created. */
export class RemoveTestUserConversation implements PersonDeed {
  readonly title = 'Remove which test user?';
  readonly verbs: Verbs = {
    'remove-test-user': (turn) => this.#confirm(turn),
  };
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  permit(turn: Turn): Promise<void> {
    return this.#parts.testUsers.permitRemoving(actorOf(turn));
  }

  async open(turn: Turn, personId: string): Handled {
    const { testUsers } = this.#parts;
    await testUsers.permitRemoval(actorOf(turn), personId);
    const plan = await testUsers.planRemoval(personId);
    return show(this.#parts, turn, removalView(plan, { reference: `${personId}:${newNonce()}:${plan.mark}` }));
  }

  async #confirm(turn: Click): Handled {
    const { personId, claim } = personCardOf(turn);
    const mark = claim.reference.split(':')[2] ?? '';
    const started = await this.#parts.testUsers.remove(actorOf(turn), { personId, mark }, claim);
    return followStarted(this.#parts, turn, started);
  }
}
