import { Problem, type RequestCard, type StepUpInvitation } from '../../services/index.js';
import { EVERYBODY, requestReference } from '../access-news.js';
import { accessForm, ACCESS_FORMS, isAccessForm, type AccessForm } from '../forms/decide-access.form.js';
import { chosenMinutes } from '../forms/span-choices.js';
import { wholeFormView } from '../forms/whole-form.js';
import type { Answer, Turn } from '../turn.js';
import { accessPhase, phaseLine } from '../views/access-phase.js';
import { outcomeText, SIGN_IN_FIRST, stepUpView } from '../views/step-up.view.js';
import type { Action, View } from '../views/view.js';
import { requestViewFor } from './render-access.js';
import { channelOf, deciderOf, oldButton, type Click, type Handled, type Parts, type Verbs } from './talk.js';

type Inputs = Readonly<Record<string, string>>;

/** The buttons on the card of a request: decisions about it, and what its access leads to. Each is judged by the service. */
export class DecideAccessConversation {
  /** Those that ask for more before anything happens, in a dialog where the chat has them. */
  readonly formVerbs: readonly string[] = ASKING.map(({ verb }) => verb);
  readonly verbs: Verbs = {
    'access-approve': (turn) =>
      this.#asReader(turn, () => this.#vote(turn, turn.said.reference, { vote: 'approve', reason: '' })),
    'access-take-back': (turn) => this.#asReader(turn, () => this.#takeBack(turn)),
    'access-cancel': (turn) => this.#asReader(turn, () => this.#cancel(turn)),
    'access-look': (turn) => this.#look(turn),
    refresh: (turn) => this.#refresh(turn),
    'access-show': (turn) => this.#show(turn),
    ...Object.fromEntries(ASKING.map(({ verb, form }) => [verb, (turn: Click) => this.#ask(turn, form)])),
    ...Object.fromEntries(
      ACCESS_FORMS.map((form) => [
        form,
        (turn: Click) => this.#asReader(turn, () => this.submit(turn, form, turn.said.reference, turn.said.inputs)),
      ]),
    ),
  };
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  hasForm(name: string): boolean {
    return isAccessForm(name);
  }

  /** Answers from a dialog, or from the card that stands for one. @param requestId what the form said it is about. */
  async submit(turn: Turn, form: string, requestId: string, inputs: Inputs): Handled {
    if (!isAccessForm(form)) return oldButton();
    const reason = (inputs['reason'] ?? '').trim();
    const minutes = chosenMinutes(inputs['minutes']);
    switch (form) {
      case 'deny-access':
        return this.#vote(turn, requestId, { vote: 'deny', reason });
      case 'approve-access-less':
        return minutes === undefined
          ? { kind: 'refused', text: 'Choose for how long.' }
          : this.#vote(turn, requestId, { vote: 'approve', minutes, reason });
      case 'review-access':
        return this.#review(turn, requestId, inputs['verdict'], reason);
      default:
        return this.#changeLease(turn, form, requestId, { minutes, reason });
    }
  }

  /** The service's refusal names the request; to whoever does not see it, that is told in no click of theirs. */
  async #asReader(turn: Click, deed: () => Handled): Handled {
    try {
      return await deed();
    } catch (error) {
      const isRefused = error instanceof Problem && error.facts.kind === 'refused';
      if (!isRefused || (await this.#cardFor(turn, turn.said.reference)) || (await this.#cardOfAll(turn))) throw error;
      return {
        kind: 'refused',
        text: 'You are not one of those who can do that: whoever asked, whom it is for, and the approvers.',
      };
    }
  }

  async #vote(
    turn: Turn,
    requestId: string,
    given: { vote: 'approve' | 'deny'; minutes?: number; reason: string },
  ): Handled {
    const { outcome, invitation } = await this.#parts.stepUp.vote(deciderOf(turn), {
      ...{ requestId, delivery: turn.deliveryId },
      ...given,
    });
    if (invitation) return this.#askSignIn(turn, invitation);
    return this.#answer(turn, requestId, outcomeText(outcome));
  }

  /** The link is for whoever has clicked alone. It stands in this one message, which the noticeboard does not know. */
  async #askSignIn(turn: Turn, invitation: StepUpInvitation): Handled {
    await channelOf(this.#parts, turn).whisper(turn.account, stepUpView(invitation));
    const stands = turn.said.kind === 'click' && isAccessForm(turn.said.verb);
    const card = stands ? await this.#cardFor(turn, invitation.request.id) : undefined;
    // Where the questions stand in the place of the card, it comes back.
    return card ? { kind: 'view', view: await this.#view(turn, card) } : { kind: 'message', text: SIGN_IN_FIRST };
  }

  async #takeBack(turn: Click): Handled {
    await this.#parts.access.takeBack(deciderOf(turn), turn.said.reference, turn.deliveryId);
    return this.#answer(turn, turn.said.reference, 'Taken back. The request waits for a decision again.');
  }

  async #cancel(turn: Click): Handled {
    await this.#parts.access.cancel(deciderOf(turn), turn.said.reference);
    return this.#answer(turn, turn.said.reference, 'Cancelled.');
  }

  async #review(turn: Turn, requestId: string, verdict: string | undefined, reason: string): Handled {
    if (verdict !== 'right' && verdict !== 'not-right')
      return { kind: 'refused', text: 'Choose whether it was right.' };
    await this.#parts.access.review(deciderOf(turn), { requestId, verdict, reason });
    return this.#answer(
      turn,
      requestId,
      verdict === 'right' ? 'Noted: it was right.' : 'Noted. What is left of the access ends now.',
    );
  }

  async #changeLease(
    turn: Turn,
    form: 'revoke-access' | 'give-back-access' | 'extend-access',
    requestId: string,
    { minutes, reason }: { minutes: number | undefined; reason: string },
  ): Handled {
    const { access, leases } = this.#parts;
    const leaseId = (await access.findShared(requestId))?.lease?.id;
    if (leaseId === undefined) return oldButton();
    if (form === 'revoke-access') {
      await leases.revoke(deciderOf(turn), leaseId, reason);
      return this.#answer(turn, requestId, 'Revoked. The access ends now.');
    }
    if (form === 'give-back-access') {
      await leases.giveBack(deciderOf(turn), leaseId);
      return this.#answer(turn, requestId, 'Given back. The access ends now.');
    }
    if (minutes === undefined) return { kind: 'refused', text: 'Choose how much more.' };
    const claim = { reference: `${leaseId}:${turn.deliveryId}`, verb: form, revision: 0 };
    const asked = await access.extend(deciderOf(turn), { leaseId, minutes, why: reason }, claim);
    this.#parts.accessNews.bringSoon(asked.id);
    return this.#answer(
      turn,
      requestId,
      'Asked for more time. A card in your messages with Latchkey shows how that goes.',
    );
  }

  /** In a dialog, or in the place of the card until it changes. */
  async #ask(turn: Click, name: AccessForm): Handled {
    const { reference } = turn.said;
    // Who may, the service says when it is sent: an approver of now may not have been one when it was asked.
    const card = (await this.#cardFor(turn, reference)) ?? (await this.#cardOfAll(turn));
    if (!card) return oldButton();
    const form = accessForm(name, card);
    if (channelOf(this.#parts, turn).asks === 'in-dialog') {
      return { kind: 'form', form: { form, typed: {}, complaints: {} } };
    }
    return { kind: 'view', view: wholeFormView({ form, typed: {}, complaints: {} }, backTo(reference)) };
  }

  /** *Back*, and whoever wants to see it as it is. */
  async #look(turn: Click): Handled {
    const card = await this.#cardFor(turn, turn.said.reference);
    return card ? { kind: 'view', view: await this.#view(turn, card) } : oldButton();
  }

  /** Their version of a card in a channel; to whom it is nobody's business of theirs, it has no buttons. */
  async #refresh(turn: Click): Handled {
    const own = await this.#cardFor(turn, turn.said.reference);
    if (own) return { kind: 'view', view: await this.#view(turn, own) };
    const shared = await this.#cardOfAll(turn);
    if (!shared) return oldButton();
    return { kind: 'view', view: await requestViewFor(this.#parts, { ...shared, can: [] }, EVERYBODY) };
  }

  /** What everybody reads in the channel where they have clicked; of no other request, whatever the button says. */
  async #cardOfAll({ said, place }: Click): Promise<RequestCard | undefined> {
    const copies = await this.#parts.noticeboard.find(requestReference(said.reference, EVERYBODY));
    const isThere = copies.some(
      ({ messageId, place: { channel, conversation } }) =>
        // The address of a thread begins with that of its channel.
        messageId === said.messageId && channel === place.channel && place.conversation.startsWith(conversation),
    );
    return isThere ? this.#parts.access.findShared(said.reference) : undefined;
  }

  /** A copy of it below, for whoever has lost sight of the first one. */
  async #show(turn: Click): Handled {
    const { personId } = turn.account;
    const card = await this.#cardFor(turn, turn.said.reference);
    if (!card) return oldButton();
    const reference = requestReference(card.request.id, personId);
    const isInTheirChat = turn.place.kind === 'personal';
    if (isInTheirChat) await this.#parts.noticeboard.post(turn.place, reference);
    else await this.#parts.noticeboard.whisper(turn.place.channel, turn.account, reference);
    // On the app's own page there is no message, and nothing below it.
    const isBelow = isInTheirChat && turn.said.messageId !== undefined;
    return { kind: 'message', text: `The card is ${isBelow ? 'below' : 'in your messages with Latchkey'}.` };
  }

  #cardFor(turn: Turn, requestId: string): Promise<RequestCard | undefined> {
    return this.#parts.access.find(requestId, turn.account.personId);
  }

  #view(turn: Turn, card: RequestCard): Promise<View> {
    return requestViewFor(this.#parts, card, turn.account.personId);
  }

  /** What came of it, where it was clicked; the other copies follow at once. */
  async #answer(turn: Turn, requestId: string, text: string | undefined): Promise<Answer> {
    const { access, accessNews } = this.#parts;
    accessNews.bringSoon(requestId);
    const card = await access.find(requestId, turn.account.personId);
    if (!card) return { kind: 'message', text: text ?? 'Done.' };
    const now = this.#parts.clock.now();
    const said = text ?? `Nothing was changed: ${phaseLine(accessPhase(card, now), card, turn.account.personId)}`;
    if (turn.said.kind !== 'click') return { kind: 'message', text: said };
    const hasCards = channelOf(this.#parts, turn).asks === 'in-chat' && turn.place.kind === 'personal';
    if (hasCards) return { kind: 'view', view: await this.#view(turn, card) };
    return {
      kind: 'message',
      text: said,
      ...((await this.#isOnCard(turn, requestId)) ? { isOnCard: true as const } : {}),
    };
  }

  /** Whether the message that was clicked is a copy that is kept true. */
  async #isOnCard({ said, account }: Turn, requestId: string): Promise<boolean> {
    if (said.kind !== 'click' || said.messageId === undefined) return false;
    const readers = [account.personId, EVERYBODY];
    const copies = await Promise.all(
      readers.map((reader) => this.#parts.noticeboard.find(requestReference(requestId, reader))),
    );
    return copies.flat().some(({ messageId }) => messageId === said.messageId);
  }
}

/** Which button opens which form. */
const ASKING = [
  { verb: 'access-deny', form: 'deny-access' },
  { verb: 'access-approve-less', form: 'approve-access-less' },
  { verb: 'access-revoke', form: 'revoke-access' },
  { verb: 'access-give-back', form: 'give-back-access' },
  { verb: 'access-review', form: 'review-access' },
  { verb: 'access-extend', form: 'extend-access' },
] as const satisfies readonly { verb: string; form: AccessForm }[];

function backTo(requestId: string): Action {
  return { kind: 'verb', label: 'Back', verb: 'access-look', reference: requestId, revision: 0, ignoresInputs: true };
}
