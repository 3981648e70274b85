import { z } from 'zod';
import type { FilledForm } from '../../dialogs/forms/form.js';
import type { Answer, Place } from '../../dialogs/turn.js';
import type { View } from '../../dialogs/views/view.js';
import type { Log } from '../../services/index.js';
import { toHome } from './block-kit.js';
import type { Delivery, Task } from './delivery.js';
import { formModal, OpenDialog } from './dialogs.js';
import { filledAgain, formButtonMessage } from './form-button.js';
import type { ResponseUrls } from './response-url.js';
import type { SlackApi } from './slack-api.js';
import type { SlackChannel } from './slack-channel.js';

export interface ReplyParts {
  readonly api: SlackApi;
  readonly channel: SlackChannel;
  readonly responseUrls: ResponseUrls;
  readonly log: Log;
}

export const TOO_MUCH =
  'That was a lot at once. Wait a moment, then do it again: nothing was done with it, and nothing is lost.';

export const SENT_ALREADY = 'This was sent already, and nothing was done a second time.';

/** Where the one who did something sees what came of it. */
export class Reply {
  readonly #parts: ReplyParts;
  readonly #delivery: Delivery;
  readonly #isTakenUp: boolean;
  readonly #dialog: OpenDialog | undefined;
  #hasSaid = false;

  /** @param dialog open in front of the person, and showing that Latchkey is at work. */
  constructor(parts: ReplyParts, { delivery, isTakenUp }: Task, dialog: OpenDialog | undefined) {
    this.#parts = parts;
    this.#delivery = delivery;
    this.#isTakenUp = isTakenUp === true;
    this.#dialog = dialog;
  }

  /**
   * Throws a `Problem` when Slack does not take it.
   * @param place where the conversation goes on.
   * @param outcome what became of the turn, as the figures name it.
   */
  async deliver(answer: Answer | undefined, place: Place, outcome = 'posted'): Promise<void> {
    switch (answer?.kind) {
      case undefined:
        return this.close(CLOSING[outcome] ?? whereToLook(place));
      case 'view':
        return this.#view(answer.view, place);
      case 'form':
        return this.#form(answer.form, place);
      case 'message':
        // Whoever clicked looks at the card that shows it.
        return answer.isOnCard && this.#isOnMessage ? undefined : this.say(answer.text, place);
      case 'refused':
        return this.say(answer.text, place);
      case 'choices':
        return undefined;
    }
  }

  /** Whether the person could be told what was said last. */
  get hasSaid(): boolean {
    return this.#hasSaid;
  }

  /** @param place absent: it is not known yet. */
  async say(text: string, place: Place | undefined): Promise<void> {
    this.#hasSaid = await this.#said(text, place);
  }

  async #said(text: string, place: Place | undefined): Promise<boolean> {
    const { deed, userId, responseUrl } = this.#delivery;
    const { channel, responseUrls } = this.#parts;
    if (this.#dialog && (await this.#dialog.say(text))) return true;
    // After a while nobody may be looking: a line that only one person sees is not there later.
    const isLasting = deed.kind === 'message' || (this.#isTakenUp && place?.kind === 'personal');
    if (deed.kind === 'home') await this.#publish(lineView(text));
    else if (isLasting && place) await channel.say(place, text);
    else if (responseUrl !== undefined && (await responseUrls.say(responseUrl, text))) return true;
    else if (place) await channel.hint(place, userId, text);
    else return false;
    return true;
  }

  /** The same beside a dialog: it is about to say something else. */
  async sayOutside(text: string, place: Place | undefined): Promise<void> {
    if (!this.#dialog) await this.say(text, place);
  }

  /** What the dialog says in the end, where one is open. */
  async close(text: string): Promise<void> {
    await this.#dialog?.say(text);
  }

  get #isOnMessage(): boolean {
    const { deed } = this.#delivery;
    return deed.kind === 'click' && deed.surface.kind === 'message';
  }

  async #view(view: View, place: Place): Promise<void> {
    const { deed } = this.#delivery;
    if (deed.kind === 'home') return this.#publish(view);
    // The conversation has changed the card that was clicked.
    if (!this.#isOnMessage) await this.#parts.channel.post(place, view);
    await this.close(whereToLook(place));
  }

  /** In the dialog that is open, or in a new one while the trigger is good, or behind a button. */
  async #form(given: FilledForm, place: Place): Promise<void> {
    const form = filledAgain(given, this.#delivery.deed);
    const modal = formModal(form, place.conversation);
    if (this.#dialog && (await this.#dialog.show(modal))) return;
    const { triggerId } = this.#delivery;
    const opened = triggerId !== undefined && !this.#dialog && (await OpenDialog.open(this.#parts, triggerId, modal));
    if (!opened) await this.#parts.channel.offer(place, formButtonMessage(form));
  }

  async #publish(view: View): Promise<void> {
    await this.#parts.api.call('views.publish', { user_id: this.#delivery.userId, view: toHome(view) }, z.object({}));
  }
}

/** To be said in a dialog whose answer is nowhere, by the outcome of its turn. */
const CLOSING: Readonly<Record<string, string | undefined>> = {
  duplicate: SENT_ALREADY,
  'too-fast': TOO_MUCH,
};

function whereToLook(place: Place): string {
  return place.kind === 'personal'
    ? 'The answer is in your direct messages with Latchkey.'
    : 'The answer stands in the channel.';
}

function lineView(text: string): View {
  return { title: 'Latchkey', tone: 'neutral', elements: [{ kind: 'text', text }], actions: [], fallback: text };
}
