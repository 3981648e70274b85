import { newNonce, Problem, type NewPersonWish } from '../../services/index.js';
import type { Answer, Turn } from '../turn.js';
import { newPersonView } from '../views/test-user.view.js';
import { actorOf, followStarted, sentence, show, type Click, type Parts, type Verbs } from './talk.js';

/** The tutorial's test user. */
const PROPOSED_NAME = 'B.Simon';

/** *create test user*: finds somebody of that name, or creates them with a first password. */
export class CreateTestUserConversation {
  readonly verbs: Verbs = {
    'create-person': (turn) => this.#create(turn),
    'new-password': (turn) => this.#newPassword(turn),
  };
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  async begin(turn: Turn, name: string): Promise<Answer | undefined> {
    await this.#parts.testUsers.permit(actorOf(turn));
    const proposal = await this.#parts.testUsers.propose({ name: name || PROPOSED_NAME });
    return show(this.#parts, turn, newPersonView(proposal, { reference: newNonce() }));
  }

  async #create(turn: Click): Promise<Answer | undefined> {
    const { reference, verb, revision } = turn.said;
    const wish = wishOn(turn);
    const claim = { reference: `new-person:${reference}`, verb, revision };
    try {
      const started = await this.#parts.testUsers.create(actorOf(turn), wish, claim);
      return await followStarted(this.#parts, turn, started);
    } catch (error) {
      if (!(error instanceof Problem) || error.facts.kind !== 'input') throw error;
      const again = error.facts.code === 'name-taken' ? wish : { name: PROPOSED_NAME };
      const proposal = await this.#parts.testUsers.propose(again);
      return show(this.#parts, turn, newPersonView(proposal, { reference, complaint: sentence(error.facts) }));
    }
  }

  /** Another first password for somebody whom Latchkey created; the link comes to the personal chat again. */
  async #newPassword(turn: Click): Promise<Answer> {
    const { reference, verb, revision } = turn.said;
    const [personId = ''] = reference.split(':');
    const claim = { reference: `password:${reference}`, verb, revision };
    const started = await this.#parts.testUsers.newPassword(actorOf(turn), personId, claim);
    if (started.kind === 'already')
      return { kind: 'message', text: `${started.by} has already asked for it here; use the newest card.` };
    await this.#parts.noticeboard.post(turn.place, `run:${started.runId}`);
    return { kind: 'message', text: 'A new password is being set. The link to it comes to your personal chat.' };
  }
}

function wishOn({ said }: Click): NewPersonWish {
  const { name = '', domain = '' } = said.inputs;
  return { name, ...(domain === '' ? {} : { domain }) };
}
