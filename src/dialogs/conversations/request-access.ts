import { newNonce, Problem, type AccessOffer, type AccessRequest } from '../../services/index.js';
import { filledRequestForm, readAskedAccess, REQUEST_FORM, type AskedAccess } from '../forms/request-access.form.js';
import { wholeFormView } from '../forms/whole-form.js';
import type { Turn } from '../turn.js';
import { confirmBreakGlassView, noOffersView } from '../views/request-access.view.js';
import { dismiss } from '../views/person-question.js';
import type { Element } from '../views/view.js';
import { requestViewFor } from './render-access.js';
import { actorOf, channelOf, sentence, show, type Click, type Handled, type Parts, type Verbs } from './talk.js';

type Inputs = Readonly<Record<string, string>>;

/** *request*: for whom, which role, how long, why; then the card that lives until the access has ended. */
export class RequestAccessConversation {
  readonly formName = REQUEST_FORM;
  readonly verbs: Verbs = {
    [REQUEST_FORM]: (turn) => this.submit(turn, turn.said.reference, turn.said.inputs),
    'break-glass': (turn) => this.#breakGlass(turn),
  };
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  async begin(turn: Turn): Handled {
    const offers = await this.#parts.access.offers(actorOf(turn));
    const usable = offers.filter(isUsable);
    if (usable.length === 0) return show(this.#parts, turn, noOffersView(offers));
    const filled = filledRequestForm(usable, { reference: newNonce() });
    const channel = channelOf(this.#parts, turn);
    if (channel.asks === 'in-dialog') return { kind: 'form', form: filled };
    const view = wholeFormView(filled, dismiss(), notOffered(offers));
    if (turn.place.kind === 'personal') return show(this.#parts, turn, view);
    // What somebody asks for, and why, is not everybody's.
    await channel.whisper(turn.account, view);
    return { kind: 'message', text: 'The form is in your personal chat with Latchkey.' };
  }

  /** @param reference of the form: one form asks once. */
  async submit(turn: Turn, reference: string, inputs: Inputs): Handled {
    const { access, clock } = this.#parts;
    const offers = (await access.offers(actorOf(turn))).filter(isUsable);
    const read = readAskedAccess(inputs, { offers, now: clock.now(), timeZone: access.timeZone() });
    if ('complaints' in read)
      return this.#again(turn, offers, { reference, typed: inputs, complaints: read.complaints });
    try {
      const personId = await this.#personOf(turn, read.asked);
      if (read.asked.isAtOnce) return await show(this.#parts, turn, confirmView(read.asked, personId, reference));
      return await this.#ask(turn, { ...read.asked, personId, kind: 'access' }, reference);
    } catch (error) {
      if (!(error instanceof Problem) || channelOf(this.#parts, turn).asks !== 'in-dialog') throw error;
      return this.#again(turn, offers, { reference, typed: inputs, complaints: complaintOf(error) });
    }
  }

  async #again(
    turn: Turn,
    offers: readonly AccessOffer[],
    more: { reference: string; typed: Inputs; complaints: Inputs },
  ): Handled {
    if (turn.said.kind === 'form') return { kind: 'form', form: filledRequestForm(offers, more) };
    // The card stays with what was typed.
    return { kind: 'refused', text: Object.values(more.complaints).join(' ') };
  }

  /** Whom it is for: from the list by object id, or by what was typed where the client has no such list. */
  async #personOf(turn: Turn, { personId }: AskedAccess): Promise<string> {
    if (personId === undefined) return turn.account.personId;
    if (GUID.test(personId)) return personId.toLowerCase();
    const found = await this.#parts.access.lookFor(actorOf(turn), personId);
    if (found.kind === 'one') return found.person.id;
    throw new Problem({
      ...{ kind: 'input', code: 'person-unclear' },
      what: found.kind === 'none' ? 'Entra knows nobody by that name.' : 'Several people may be meant.',
      remedy: 'Choose the person from the list, or write the user principal name.',
    });
  }

  async #breakGlass(turn: Click): Handled {
    const [personId = '', roleId = '', minutes = '', nonce = ''] = turn.said.reference.split(':');
    const offers = await this.#parts.access.offers(actorOf(turn));
    const offer = offers.find((one) => one.roleId === roleId);
    const why = (turn.said.inputs['why'] ?? '').trim();
    if (!offer || why === '') return { kind: 'refused', text: 'Say why: it is reviewed within 24 hours.' };
    return this.#ask(turn, { offer, personId, minutes: Number(minutes), why, kind: 'break-glass' }, nonce);
  }

  async #ask(
    turn: Turn,
    {
      offer,
      ...wish
    }: { offer: AccessOffer; personId: string; minutes: number; why: string; kind: 'access' | 'break-glass' },
    reference: string,
  ): Handled {
    const { personId, minutes, why, kind } = wish;
    const claim = { reference: `${turn.account.personId}:${reference}`, verb: REQUEST_FORM, revision: 0 };
    const request = await this.#parts.access.ask(
      actorOf(turn),
      { personId, minutes, why, kind, roleId: offer.roleId },
      claim,
    );
    return this.#asked(turn, request);
  }

  /** The card that was filled in becomes the card of the request; from a dialog it comes as a new one. */
  async #asked(turn: Turn, { id }: AccessRequest): Handled {
    const { accessNews, access } = this.#parts;
    const { said, place, account } = turn;
    const { personId } = account;
    const messageId = said.kind === 'click' && place.kind === 'personal' ? said.messageId : undefined;
    accessNews.bringSoon(id, { place, personId, ...(messageId === undefined ? {} : { messageId }) });
    const text = 'Asked. The card in your messages with Latchkey shows how it goes.';
    if (messageId === undefined) return { kind: 'message', text };
    const card = await access.find(id, personId);
    return card && { kind: 'view', view: await requestViewFor(this.#parts, card, personId) };
  }
}

/** What one has already can be asked for for somebody else. */
function isUsable({ problem, heldUntil }: AccessOffer): boolean {
  return problem === undefined || heldUntil !== undefined;
}

const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

function confirmView({ offer, minutes, why }: AskedAccess, personId: string, nonce: string) {
  return confirmBreakGlassView({
    offer,
    minutes,
    why,
    reference: `${personId}:${offer.roleId}:${String(minutes)}:${nonce}`,
  });
}

function notOffered(offers: readonly AccessOffer[]): Element[] {
  return offers.flatMap(({ name, problem }) =>
    problem === undefined ? [] : [{ kind: 'text', text: `${name}: ${problem}`, style: 'subtle' } as const],
  );
}

/** Above the first question, as a problem does not say which answer it is about. */
function complaintOf(error: Problem): Inputs {
  return { person: sentence(error.facts) };
}
