import { newNonce } from '../../services/index.js';
import type { Turn } from '../turn.js';
import { provisionView } from '../views/provisioning.view.js';
import { permitGiving, type PersonDeed } from './find-person.js';
import {
  actorOf,
  chosenOf,
  followStarted,
  personCardOf,
  show,
  type Click,
  type Handled,
  type Parts,
  type Verbs,
} from './talk.js';

/** *provision*: show what would happen for the person in Genesys, then do it. */
export class ProvisionPersonConversation implements PersonDeed {
  readonly title = 'Provision whom in Genesys Cloud?';
  readonly permit;
  readonly verbs: Verbs = {
    provision: (turn) => this.#confirm(turn),
  };
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.permit = permitGiving(parts);
  }

  async open(turn: Turn, personId: string): Handled {
    const { people, provisioning } = this.#parts;
    await people.permitFor(actorOf(turn), personId);
    const reference = `${personId}:${newNonce()}`;
    return show(this.#parts, turn, provisionView(await provisioning.propose(personId), { reference }));
  }

  async #confirm(turn: Click): Handled {
    const { personId, claim } = personCardOf(turn);
    const { division: divisionId = '' } = turn.said.inputs;
    const wish = { personId, divisionId, roleIds: chosenOf(turn, 'roles'), restores: chosenOf(turn, 'restores') };
    const started = await this.#parts.provisioning.provision(actorOf(turn), wish, claim);
    return followStarted(this.#parts, turn, started);
  }
}
