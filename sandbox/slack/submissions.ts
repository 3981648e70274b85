import { z } from 'zod';
import { bodyOf, isTaken, type BotClient } from './bot-client.js';
import { NoSuchThing, type Outcome } from './deed-schema.js';
import type { Incoming } from './incoming.js';
import { SlackError, type SlackUser, type StoredView } from './slack-wire.js';
import { missingInputs, stateValues, type Entered } from './state-values.js';
import { pushModal, withoutContent } from './view-methods.js';
import { readView } from './view-schema.js';
import type { Workspace } from './workspace.js';

const answerSchema = z.discriminatedUnion('response_action', [
  z.object({ response_action: z.literal('errors'), errors: z.record(z.string(), z.string()) }),
  z.object({ response_action: z.literal('update'), view: z.unknown() }),
  z.object({ response_action: z.literal('push'), view: z.unknown() }),
  z.object({ response_action: z.literal('clear') }),
]);

/** What Slack's client says when a modal could not be sent. */
const TROUBLE = 'We had some trouble connecting. Try again?';

/** Modals that are sent or closed. */
export class Submissions {
  readonly #workspace: Workspace;
  readonly #make: Incoming;
  readonly #bot: BotClient;

  constructor(workspace: Workspace, make: Incoming, bot: BotClient) {
    this.#workspace = workspace;
    this.#make = make;
    this.#bot = bot;
  }

  /** Sends the modal, unless a required input is empty, and does with it what the bot's answer says. */
  async submit(user: SlackUser, viewId: string, entered: Entered): Promise<Outcome> {
    const view = this.#open(user, viewId);
    const values = stateValues(view.blocks, entered);
    const errors = missingInputs(view.blocks, values);
    if (Object.keys(errors).length > 0) return { delivered: false, errors };
    const answer = await this.#bot.interaction(this.#make.submission(user, view, values));
    if (!isTaken(answer)) return { delivered: false, notice: TROUBLE };
    const body = bodyOf(answer);
    if (body === undefined) return this.#done(view);
    const parsed = answerSchema.safeParse(body);
    if (!parsed.success) return { delivered: false, notice: TROUBLE };
    return this.#obey(user, view, parsed.data);
  }

  /** Closes it, or the whole stack; the bot is told only where a view asked for that. */
  async close(user: SlackUser, viewId: string, all: boolean): Promise<Outcome> {
    const view = this.#open(user, viewId);
    const closed = all || view.clear_on_close ? this.#workspace.modalsOf(user.id).reverse() : [view];
    for (const one of closed) this.#workspace.putView({ ...one, open: false });
    let delivered = true;
    for (const one of closed.filter(({ notify_on_close }) => notify_on_close)) {
      delivered = isTaken(await this.#bot.interaction(this.#make.closed(user, one, closed.length > 1))) && delivered;
    }
    return { delivered };
  }

  #obey(user: SlackUser, view: StoredView, answer: z.infer<typeof answerSchema>): Outcome {
    try {
      switch (answer.response_action) {
        case 'errors':
          return this.#errors(view, answer.errors);
        case 'update':
          this.#workspace.putView({ ...withoutContent(view), ...readView(answer.view, 'modal') });
          return { delivered: true };
        case 'push':
          pushModal(this.#workspace, user.id, readView(answer.view, 'modal'));
          return { delivered: true };
        case 'clear':
          for (const shown of this.#workspace.modalsOf(user.id)) this.#workspace.putView({ ...shown, open: false });
          return { delivered: true };
      }
    } catch (error) {
      if (!(error instanceof SlackError)) throw error;
      return { delivered: false, notice: TROUBLE };
    }
  }

  /** Errors may name inputs only; anything else is trouble, as the person would see nothing. */
  #errors(view: StoredView, errors: Readonly<Record<string, string>>): Outcome {
    const inputs = view.blocks.filter(({ type }) => type === 'input').map(({ block_id }) => block_id);
    const isKnown = Object.keys(errors).every((block) => inputs.includes(block));
    return isKnown ? { delivered: true, errors } : { delivered: false, notice: TROUBLE };
  }

  /** Nothing was answered: this modal goes, and the one below shows again. */
  #done(view: StoredView): Outcome {
    // The bot may have changed it meanwhile, or closed it.
    const now = this.#workspace.findView(view.id) ?? view;
    if (now.open) this.#workspace.putView({ ...now, open: false });
    return { delivered: true };
  }

  #open(user: SlackUser, viewId: string): StoredView {
    const view = this.#workspace.findView(viewId);
    if (view?.type !== 'modal' || !view.open || view.user !== user.id) {
      throw new NoSuchThing('That dialog is not open any more.');
    }
    return view;
  }
}
