import { Problem, type OpenForm, type PlanWish, type TileMode } from '../../services/index.js';
import { ANSWER_INPUT, closedFormView, questionView, type Answers, type Form } from '../forms/form.js';
import { setUpSsoForm, understandRegion } from '../forms/set-up-sso.form.js';
import type { Answer, Turn } from '../turn.js';
import { problemView } from '../views/problem.view.js';
import { choiceView, confirmReplacingView } from '../views/setup-choice.view.js';
import { ANY_INSTANCE, planView } from '../views/setup.view.js';
import type { View } from '../views/view.js';
import {
  actorOf,
  channelOf,
  followInEveryChat,
  newCard,
  sentence,
  show,
  type Click,
  type Handled,
  type Parts,
  type Verbs,
} from './talk.js';

/** *set up sso*: region, organisation, plan, run. */
export class SetUpSsoConversation {
  readonly formName = 'set-up-sso';
  readonly verbs: Verbs = {
    'form-answer': (turn) =>
      this.#onForm(turn, (open) => this.answer(turn, open, turn.said.inputs[ANSWER_INPUT] ?? '')),
    'form-back': (turn) => this.#onForm(turn, (open) => this.back(turn, open)),
    'form-cancel': (turn) => this.#onForm(turn, (open) => this.cancel(turn, open)),
    'run-plan': (turn) => this.#runPlan(turn),
    'confirm-replacing': (turn) => this.#confirmReplacing(turn),
    'run-replacing': (turn) => this.#runReplacing(turn),
    'choose-instance': (turn) => this.#chooseInstance(turn),
    'plan-tile': (turn) => this.#planTile(newCard(turn)),
  };
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Asks the first question, to those who may set up. */
  async begin(turn: Turn): Promise<Answer | undefined> {
    await this.#parts.sso.permitSetUp(actorOf(turn));
    if (channelOf(this.#parts, turn).asks === 'in-dialog') return this.#dialog({});
    const before = await this.#parts.forms.find(keyOf(turn));
    const opened = await this.#parts.forms.open(keyOf(turn), { form: this.formName, question: 0, answers: {} });
    if (before?.card) await this.#close(turn, before, 'Started again below.');
    return this.#ask(turn, opened, {});
  }

  /** Both answers at once, from a dialog: the plan, or the form again with what is wrong with it. */
  async submit(turn: Turn, inputs: Readonly<Record<string, string>>): Handled {
    await this.#parts.sso.permitSetUp(actorOf(turn));
    const { region = '', organization = '' } = inputs;
    const understood = understandRegion(region, this.#parts.sso.region);
    if (understood.kind === 'complaint') return this.#dialog(inputs, { region: understood.text });
    try {
      await this.#parts.sso.checkOrganization(organization.trim());
    } catch (error) {
      if (!(error instanceof Problem) || error.facts.kind !== 'input') throw error;
      return this.#dialog(inputs, { organization: sentence(error.facts) });
    }
    return this.#plan(turn, {});
  }

  #dialog(typed: Readonly<Record<string, string>>, complaints: Readonly<Record<string, string>> = {}): Answer {
    return { kind: 'form', form: { form: this.#form(), typed, complaints } };
  }

  /** An answer, typed or picked. */
  async answer(turn: Turn, open: OpenForm, text: string): Promise<Answer | undefined> {
    return open.question === 0 ? this.#answerRegion(turn, open, text) : this.#answerOrganization(turn, open, text);
  }

  /** Only the person whose form it is can answer it, and only where it stands. */
  async #onForm(turn: Click, act: (open: OpenForm) => Handled): Handled {
    const open = await this.#parts.forms.find(keyOf(turn));
    if (!open || open.revision !== turn.said.revision) return overtaken();
    const { messageId } = turn.said;
    // Two people may be asked the same in one channel: a press on the other's card is no answer to one's own.
    if (open.card && messageId !== undefined && open.card.messageId !== messageId) return overtaken();
    return act(open);
  }

  async back(turn: Turn, open: OpenForm): Promise<Answer | undefined> {
    const question = Math.max(open.question - 1, 0);
    return this.#moveTo(turn, open, { question, answers: open.answers });
  }

  async cancel(turn: Turn, open: OpenForm): Promise<Answer | undefined> {
    const isClosed = await this.#parts.forms.close(keyOf(turn), open.revision);
    if (!isClosed) return overtaken();
    const view = closedFormView(this.#form(), open.answers, 'Cancelled. Nothing was changed.');
    if (turn.said.kind === 'text') await this.#close(turn, open, 'Cancelled below.');
    return show(this.#parts, turn, view);
  }

  /** *Run* on a plan card. When something has changed since, a new plan takes its place. */
  async #runPlan(turn: Click): Promise<Answer | undefined> {
    return this.#run(turn, false);
  }

  /** *Run* on a plan that replaces another identity provider: that one is named and must be confirmed. */
  async #confirmReplacing(turn: Click): Promise<Answer | undefined> {
    return this.#orNewPlan(turn, async () => {
      const card = await this.#parts.sso.getPlan(actorOf(turn), turn.said.reference);
      const issuer = card.plan.otherIssuer;
      if (issuer === undefined) return this.#run(turn, false);
      const tileMode = parseTileMode(turn.said.inputs['tileMode']) ?? card.plan.tileMode;
      return show(this.#parts, turn, confirmReplacingView(card, { issuer, tileMode }));
    });
  }

  /** The second click: the issuer that the plan names is replaced. */
  async #runReplacing(turn: Click): Promise<Answer | undefined> {
    return this.#run(turn, true);
  }

  async #run(turn: Click, isReplacementConfirmed: boolean): Promise<Answer | undefined> {
    const tileMode = parseTileMode(turn.said.inputs['tileMode']);
    return this.#orNewPlan(turn, async () => {
      const choice = { ...(tileMode ? { tileMode } : {}), isReplacementConfirmed };
      const started = await this.#parts.sso.setUp(actorOf(turn), turn.said.reference, choice);
      return followInEveryChat(this.#parts, turn, started);
    });
  }

  /** Where the plan no longer holds, a new one for the same instance takes its place. */
  async #orNewPlan(turn: Click, act: () => Promise<Answer | undefined>): Promise<Answer | undefined> {
    try {
      return await act();
    } catch (error) {
      if (!(error instanceof Problem) || error.facts.kind !== 'stale') throw error;
      const tileMode = parseTileMode(turn.said.inputs['tileMode']);
      const instance = await this.#parts.sso.instanceOfPlan(turn.said.reference);
      return this.#plan(turn, {
        ...(tileMode ? { tileMode } : {}),
        ...(instance === undefined ? {} : { instance }),
        notice: sentence(error.facts),
      });
    }
  }

  /** *Use number 2*, and *Look again* on the plan for one instance. */
  async #chooseInstance(turn: Click): Promise<Answer | undefined> {
    const { reference } = turn.said;
    return this.#plan(turn, reference === ANY_INSTANCE ? {} : { instance: reference });
  }

  /** Another mode for the tile of an instance that is right already: a plan for that one change. */
  async #planTile(turn: Click): Promise<Answer | undefined> {
    const [mode, instance] = turn.said.reference.split(':');
    const tileMode = parseTileMode(mode);
    return this.#plan(turn, { ...(tileMode ? { tileMode } : {}), ...(instance ? { instance } : {}) });
  }

  async #answerRegion(turn: Turn, open: OpenForm, text: string): Promise<Answer | undefined> {
    const understood = understandRegion(text, this.#parts.sso.region);
    if (understood.kind === 'complaint') return this.#askAgain(turn, open, { complaint: understood.text, typed: text });
    const { key, name } = understood.region;
    return this.#moveTo(turn, open, { question: 1, answers: { ...open.answers, region: { value: key, shown: name } } });
  }

  async #answerOrganization(turn: Turn, open: OpenForm, text: string): Promise<Answer | undefined> {
    const shortName = text.trim();
    void channelOf(this.#parts, turn).typing(turn.place);
    try {
      const organization = await this.#parts.sso.checkOrganization(shortName);
      const answers = {
        ...open.answers,
        organization: { value: shortName, shown: `${organization.name} (${shortName})` },
      };
      if (!(await this.#parts.forms.close(keyOf(turn), open.revision))) return overtaken();
      if (turn.said.kind === 'text') await this.#close(turn, { ...open, answers }, 'Answered.');
      return await this.#plan(turn, {});
    } catch (error) {
      if (!(error instanceof Problem) || error.facts.kind !== 'input') throw error;
      return this.#askAgain(turn, open, { complaint: sentence(error.facts), typed: shortName });
    }
  }

  async #plan(turn: Turn, { notice, ...wish }: PlanWish & { notice?: string }): Promise<Answer | undefined> {
    const { sso, clock } = this.#parts;
    const noted = notice === undefined ? {} : { notice };
    try {
      const proposal = await sso.plan(actorOf(turn), wish);
      if (proposal.kind === 'choice') {
        return await show(this.#parts, turn, choiceView(proposal.choice, { now: clock.now(), ...noted }));
      }
      const { instance, organization } = proposal.card.plan;
      const links = instance && sso.linksFor({ shortName: organization.shortName, appId: instance.appId });
      return await show(this.#parts, turn, planView(proposal.card, { regionName: sso.region.name, links, ...noted }));
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      return show(this.#parts, turn, problemView(error.facts, { actions: [againButton()] }));
    }
  }

  async #moveTo(turn: Turn, open: OpenForm, to: { question: number; answers: Answers }): Promise<Answer | undefined> {
    const moved = await this.#parts.forms.move(keyOf(turn), open, to);
    if (!moved) return overtaken();
    if (turn.said.kind === 'text') await this.#close(turn, { ...open, answers: to.answers }, 'Goes on below.');
    return this.#ask(turn, moved, {});
  }

  async #askAgain(
    turn: Turn,
    open: OpenForm,
    state: { complaint: string; typed: string },
  ): Promise<Answer | undefined> {
    if (turn.said.kind === 'text') await this.#close(turn, open, 'Goes on below.');
    return this.#ask(turn, open, state);
  }

  /** Shows the question; the form remembers the card, so that typed answers can tidy it away. */
  async #ask(turn: Turn, open: OpenForm, state: { complaint?: string; typed?: string }): Promise<Answer | undefined> {
    const view = questionView(this.#form(), open.question, {
      answers: open.answers,
      reference: 'form',
      revision: open.revision,
      ...state,
    });
    if (turn.said.kind === 'click') {
      const { messageId } = turn.said;
      if (messageId)
        await this.#parts.forms.remember(keyOf(turn), { conversation: turn.place.conversation, messageId });
      return show(this.#parts, turn, view);
    }
    const messageId = await channelOf(this.#parts, turn).post(turn.place, view);
    await this.#parts.forms.remember(keyOf(turn), { conversation: turn.place.conversation, messageId });
    return undefined;
  }

  async #close(turn: Turn, form: OpenForm, how: string): Promise<void> {
    if (!form.card) return;
    const { conversation, messageId } = form.card;
    const view: View = closedFormView(this.#form(), form.answers, how);
    await channelOf(this.#parts, turn).replace({ ...turn.place, conversation }, messageId, view);
  }

  #form(): Form {
    return setUpSsoForm(this.#parts.sso.region);
  }
}

export function keyOf(turn: Turn): { channel: string; conversation: string; person: string } {
  return { channel: turn.place.channel, conversation: turn.room, person: turn.account.personId };
}

export function overtaken(): Answer {
  return {
    kind: 'refused',
    text: 'This question is no longer open for you. Look at the newest card, or say “set up sso” to start again.',
  };
}

function parseTileMode(text: string | undefined): TileMode | undefined {
  return text === 'signs-straight-in' || text === 'opens-genesys' ? text : undefined;
}

function againButton() {
  return { kind: 'verb', label: 'Try again', verb: 'intent', reference: 'set-up-sso', revision: 0 } as const;
}
