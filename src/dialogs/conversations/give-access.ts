import { newNonce } from '../../services/index.js';
import type { Answer, Turn } from '../turn.js';
import { assignView, noPersonView, provisionView, whichPersonView } from '../views/people.view.js';
import { actorOf, channelOf, followStarted, show, type Click, type Parts } from './talk.js';

export type GivingVerb = 'assign' | 'provision';

/** *assign* and *provision*: find the person, show what would happen, do it. */
export class GiveAccessConversation {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** @param words how the person was named; empty: asks. */
  async begin(turn: Turn, verb: GivingVerb, words: string): Promise<Answer | undefined> {
    await this.#parts.provisioning.permit(actorOf(turn));
    if (words === '') return show(this.#parts, turn, noPersonView('', verb));
    void channelOf(this.#parts, turn).typing(turn.place);
    const found = await this.#parts.provisioning.lookFor(words);
    if (found.kind === 'one') return this.#propose(turn, verb, found.person.id);
    return show(
      this.#parts,
      turn,
      found.kind === 'none' ? noPersonView(words, verb) : whichPersonView(words, found.people, verb),
    );
  }

  /** A person was chosen: by a button that names them, or among namesakes. */
  async propose(turn: Turn, verb: GivingVerb, personId: string): Promise<Answer | undefined> {
    await this.#parts.provisioning.permit(actorOf(turn));
    return this.#propose(turn, verb, personId);
  }

  async confirmAssign(turn: Click): Promise<Answer> {
    const { personId, claim } = cardOf(turn);
    const appRoleId = turn.said.inputs['role'] ?? '';
    const started = await this.#parts.provisioning.assign(actorOf(turn), { personId, appRoleId }, claim);
    return followStarted(this.#parts, turn, started);
  }

  async confirmProvision(turn: Click): Promise<Answer> {
    const { personId, claim } = cardOf(turn);
    const { division: divisionId = '', role: roleId = '' } = turn.said.inputs;
    const started = await this.#parts.provisioning.provision(actorOf(turn), { personId, divisionId, roleId }, claim);
    return followStarted(this.#parts, turn, started);
  }

  async #propose(turn: Turn, verb: GivingVerb, personId: string): Promise<Answer | undefined> {
    const { provisioning } = this.#parts;
    const reference = `${personId}:${newNonce()}`;
    await provisioning.permitFor(actorOf(turn), personId);
    const view =
      verb === 'assign'
        ? assignView(await provisioning.proposeAssignment(personId), { reference })
        : provisionView(await provisioning.proposeProvisioning(personId), { reference });
    return show(this.#parts, turn, view);
  }
}

/** A card of its own reference counts once; the same person can be assigned again from another card. */
function cardOf(turn: Click): { personId: string; claim: { reference: string; verb: string; revision: number } } {
  const { reference, verb, revision } = turn.said;
  return { personId: reference.split(':')[0] ?? '', claim: { reference, verb, revision } };
}
