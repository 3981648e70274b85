import { newNonce, type EmailSource } from '../../services/index.js';
import { emailClaimView } from '../views/email-claim.view.js';
import { actorOf, followStarted, newCard, show, type Click, type Handled, type Parts, type Verbs } from './talk.js';

/** *Send the mail address instead*: what that means for everybody, then the change. Reference: person, source, nonce, seal. */
export class ChooseEmailClaimConversation {
  readonly verbs: Verbs = {
    'propose-email-claim': (turn) => this.#propose(newCard(turn)),
    'choose-email-claim': (turn) => this.#confirm(turn),
  };
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** A card of its own: the one that asked about the person stays as it is. */
  async #propose(turn: Click): Handled {
    const wish = wishOf(turn);
    const card = await this.#parts.emailClaim.look(actorOf(turn), wish);
    const reference = `${wish.personId}:${wish.to}:${newNonce()}:${card.seal}`;
    return show(this.#parts, turn, emailClaimView(card, { reference }));
  }

  async #confirm(turn: Click): Handled {
    const { reference, verb, revision } = turn.said;
    const wish = { ...wishOf(turn), seal: reference.split(':')[3] ?? '' };
    const started = await this.#parts.emailClaim.choose(actorOf(turn), wish, { reference, verb, revision });
    return followStarted(this.#parts, turn, started);
  }
}

function wishOf({ said }: Click): { personId: string; to: EmailSource } {
  const [personId = '', source] = said.reference.split(':');
  return { personId, to: source === 'mail' ? 'mail' : 'userprincipalname' };
}
