import {
  newNonce,
  Problem,
  type AccessOffer,
  type AccessRequest,
  type AccessWish,
  type EntraPerson,
  type PersonFound,
} from '../../services/index.js';
import {
  filledRequestForm,
  readAskedAccess,
  REQUEST_FORM,
  WHO_OPEN,
  type AskedAccess,
} from '../forms/request-access.form.js';
import { peopleCarried, readRequestWords, type SaidPerson } from '../forms/request-words.js';
import {
  filledBySaid,
  isUsable,
  roleComplaint,
  whoFound,
  whoKnown,
  whoLost,
  whoMentioned,
  whoUnclear,
  type WhoSaid,
} from '../forms/said-request.js';
import { wholeFormView } from '../forms/whole-form.js';
import type { Turn } from '../turn.js';
import { confirmBreakGlassView, noOffersView } from '../views/request-access.view.js';
import { namesText } from '../views/access-words.js';
import { dismiss } from '../views/person-question.js';
import type { Element, View } from '../views/view.js';
import { requestViewFor } from './render-access.js';
import { channelOf, deciderOf, sentence, show, type Click, type Handled, type Parts, type Verbs } from './talk.js';

type Inputs = Readonly<Record<string, string>>;

/** What is filled in before anybody has seen the form. */
interface Given {
  readonly who?: WhoSaid;
  readonly typed?: Inputs;
  readonly complaints?: Inputs;
}

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

  /** @param words a whole sentence: it fills in the form, and nothing is asked for before that is sent. */
  async begin(turn: Turn, words = ''): Handled {
    const offers = await this.#parts.access.offers(deciderOf(turn));
    const usable = offers.filter(isUsable);
    if (usable.length === 0) return this.#showAlone(turn, noOffersView(offers), 'The answer');
    const given = words === '' ? await this.#carried(turn, offers) : await this.#understood(turn, words, offers);
    const filled = filledRequestForm(usable, { ...this.#formFor(turn), ...given, reference: newNonce() });
    if (channelOf(this.#parts, turn).asks === 'in-dialog') return { kind: 'form', form: filled };
    return this.#showAlone(turn, wholeFormView(filled, dismiss(), notOffered(offers)), 'The form');
  }

  /** Whoever is known by an e-mail alone may ask for nobody else. */
  #formFor({ account }: Turn): { timeZone: string; isForOneself: boolean } {
    return { timeZone: this.#parts.access.timeZone(), isForOneself: account.byEmail !== undefined };
  }

  async #understood(turn: Turn, words: string, offers: readonly AccessOffer[]): Promise<Given> {
    const { access, clock } = this.#parts;
    const read = readRequestWords(words, offers);
    const said = { ...read, why: read.why === undefined ? undefined : await this.#withNames(turn, read.why) };
    const { typed, complaints } = filledBySaid(said, { offers, now: clock.now(), timeZone: access.timeZone() });
    const who = await this.#whoSaid(turn, said.who);
    const person = who.personId ?? who.words;
    return {
      who,
      typed: { ...typed, ...(person === undefined ? {} : { person }) },
      complaints: { ...complaints, ...complaintAbout(who) },
    };
  }

  /** In a reason whoever is mentioned stands by name, as those read it who decide; an id that nobody has stays. */
  async #withNames(turn: Turn, why: string): Promise<string> {
    const ids = [...new Set(why.match(GUIDS))].slice(0, MOST_NAMED);
    const found = await Promise.all(
      ids.map((id) => this.#parts.access.lookFor(deciderOf(turn), id).catch(() => undefined)),
    );
    const names = new Map(ids.map((id, at) => [id, nameOf(found[at])]));
    return why.replace(GUIDS, (id) => names.get(id) ?? id).replace(/<at>([^<>]*)<\/at>/g, '$1');
  }

  async #whoSaid(turn: Turn, said: readonly SaidPerson[]): Promise<WhoSaid> {
    const [one, ...others] = said;
    if (!one) return WHO_OPEN;
    // Whoever may not ask for others is refused, however they are named.
    const isClear = others.length === 0 && !one.isBareMention;
    if (isClear || turn.account.byEmail)
      return whoFound(one, await this.#parts.access.lookFor(deciderOf(turn), one.words));
    return others.length > 0 ? whoUnclear(said) : whoMentioned(one);
  }

  /** What the button that opens the form anew has kept of it, with what was open then. */
  async #carried(turn: Turn, offers: readonly AccessOffer[]): Promise<Given> {
    if (turn.said.kind !== 'click') return {};
    const { inputs: typed } = turn.said;
    const who = await this.#whoTyped(turn, offers, typed['person']);
    return { typed, who, complaints: { ...roleComplaint(typed['role'], offers), ...complaintAbout(who) } };
  }

  /** Whoever was named, by id or in words, and is not clear now is asked for: the form is never for oneself instead. */
  async #whoTyped(turn: Turn, offers: readonly AccessOffer[], typed = ''): Promise<WhoSaid> {
    if (typed === '') return WHO_OPEN;
    try {
      if (!GUID.test(typed)) return { ...(await this.#whoSaid(turn, peopleCarried(typed, offers))), isOptional: false };
      const found = await this.#parts.access.lookFor(deciderOf(turn), typed);
      return found.kind === 'one' ? whoKnown(found.person) : whoLost();
    } catch {
      return whoLost();
    }
  }

  /** What somebody may ask for, and why, is not everybody's. @param what where it is said that it is elsewhere. */
  async #showAlone(turn: Turn, view: View, what: string): Handled {
    if (turn.place.kind === 'personal') return show(this.#parts, turn, view);
    await channelOf(this.#parts, turn).whisper(turn.account, view);
    return { kind: 'message', text: `${what} is in your personal chat with Latchkey.` };
  }

  /** @param reference of the form: one form asks once. */
  async submit(turn: Turn, reference: string, inputs: Inputs): Handled {
    const { access, clock } = this.#parts;
    const offers = (await access.offers(deciderOf(turn))).filter(isUsable);
    const read = readAskedAccess(inputs, { offers, now: clock.now(), timeZone: access.timeZone() });
    if ('complaints' in read)
      return this.#again(turn, offers, { reference, typed: inputs, complaints: read.complaints });
    try {
      const personId = await this.#personOf(turn, read.asked);
      if (read.asked.isAtOnce) return await show(this.#parts, turn, confirmView(read.asked, personId, reference));
      const { offer, minutes, why } = read.asked;
      return await this.#ask(turn, { roleId: offer.roleId, personId, minutes, why, kind: 'access' }, reference);
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
    if (turn.said.kind === 'form') {
      const who = await this.#whoTyped(turn, offers, more.typed['person']);
      const complaints = { ...complaintAbout(who), ...more.complaints };
      return { kind: 'form', form: filledRequestForm(offers, { ...this.#formFor(turn), ...more, complaints, who }) };
    }
    // The card stays with what was typed.
    return { kind: 'refused', text: Object.values(more.complaints).join(' ') };
  }

  /**
   * Whom it is for: from the list by object id, or by the user principal name where the client has no such list. Whoever a
   * name may mean is asked about, as a guess would give access to somebody else.
   */
  async #personOf(turn: Turn, { personId: said }: AskedAccess): Promise<string> {
    if (said === undefined) return turn.account.personId;
    if (GUID.test(said)) return said.toLowerCase();
    const found = await this.#parts.access.lookFor(deciderOf(turn), said);
    const people = found.kind === 'several' ? found.people : found.kind === 'one' ? [found.person] : [];
    const exact = people.find(({ userPrincipalName }) => userPrincipalName.toLowerCase() === said.toLowerCase());
    if (exact) return exact.id;
    throw personUnclear(said, people);
  }

  async #breakGlass(turn: Click): Handled {
    const [personId = '', roleId = '', minutes = '', nonce = ''] = turn.said.reference.split(':');
    const why = (turn.said.inputs['why'] ?? '').trim();
    if (why === '') return { kind: 'refused', text: 'Say why: it is reviewed within 24 hours.' };
    return this.#ask(turn, { roleId, personId, minutes: Number(minutes), why, kind: 'break-glass' }, nonce);
  }

  async #ask(turn: Turn, wish: AccessWish, reference: string): Handled {
    const claim = { reference: `${turn.account.personId}:${reference}`, verb: REQUEST_FORM, revision: 0 };
    return this.#asked(turn, await this.#parts.access.ask(deciderOf(turn), wish, claim));
  }

  /** The card that was filled in becomes the card of the request; from a dialog it comes as a new one. */
  async #asked(turn: Turn, { id }: AccessRequest): Handled {
    const { accessNews, access } = this.#parts;
    const { said, place, account } = turn;
    const { personId } = account;
    const messageId = said.kind === 'click' && place.kind === 'personal' ? said.messageId : undefined;
    const isByEmail = account.byEmail !== undefined;
    accessNews.bringSoon(id, { place, personId, isByEmail, ...(messageId === undefined ? {} : { messageId }) });
    const text = 'Asked. The card in your messages with Latchkey shows how it goes.';
    if (messageId === undefined) return { kind: 'message', text };
    const card = await access.find(id, personId);
    return card && { kind: 'view', view: await requestViewFor(this.#parts, card, personId) };
  }
}

function complaintAbout({ complaint }: WhoSaid): Inputs {
  return complaint === undefined ? {} : { person: complaint };
}

const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

const GUIDS = /\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/gi;

function nameOf(found: PersonFound | undefined): string | undefined {
  return found?.kind === 'one' ? found.person.name : undefined;
}

const MOST_NAMED = 5;

function personUnclear(said: string, people: readonly EntraPerson[]): Problem {
  const names = people.map(({ name, userPrincipalName }) => `${name} (${userPrincipalName})`);
  return new Problem({
    ...{ kind: 'input', code: 'person-unclear' },
    what:
      names.length === 0 ? `Entra knows nobody as “${said}”.` : `“${said}” may mean ${namesText(names, MOST_NAMED)}.`,
    remedy: 'Choose the person from the list, or write the whole user principal name.',
  });
}

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
