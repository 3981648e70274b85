import { z } from 'zod';
import type { FilledForm } from '../../dialogs/forms/form.js';
import type { Answer, Place } from '../../dialogs/turn.js';
import type { View } from '../../dialogs/views/view.js';
import type { Log } from '../../services/index.js';
import { toHome } from './block-kit.js';
import type { Delivery } from './delivery.js';
import { formModal, LOOK_IN_MESSAGES, OpenDialog } from './dialogs.js';
import type { ResponseUrls } from './response-url.js';
import type { SlackApi } from './slack-api.js';
import type { SlackChannel } from './slack-channel.js';

export interface ReplyParts {
  readonly api: SlackApi;
  readonly channel: SlackChannel;
  readonly responseUrls: ResponseUrls;
  readonly log: Log;
}

/** Where the one who did something sees what came of it. */
export class Reply {
  readonly #parts: ReplyParts;
  readonly #delivery: Delivery;
  readonly #dialog: OpenDialog | undefined;

  /** @param dialog open in front of the person, and showing that Latchkey is at work. */
  constructor(parts: ReplyParts, delivery: Delivery, dialog: OpenDialog | undefined) {
    this.#parts = parts;
    this.#delivery = delivery;
    this.#dialog = dialog;
  }

  /** @param place where the conversation goes on. Throws a `Problem` when Slack does not take it. */
  async deliver(answer: Answer | undefined, place: Place): Promise<void> {
    switch (answer?.kind) {
      case undefined:
        return this.#done(place);
      case 'view':
        return this.#view(answer.view, place);
      case 'form':
        return this.#form(answer.form, place);
      case 'message':
      case 'refused':
        return this.say(answer.text, place);
      case 'choices':
        return undefined;
    }
  }

  /** @param place absent: it is not known yet. */
  async say(text: string, place: Place | undefined): Promise<void> {
    const { deed, userId, responseUrl } = this.#delivery;
    if (this.#dialog && (await this.#dialog.say(text))) return;
    if (deed.kind === 'home') return this.#publish(lineView(text));
    if (deed.kind === 'message' && place) return this.#parts.channel.say(place, text);
    if (responseUrl !== undefined && (await this.#parts.responseUrls.say(responseUrl, text))) return;
    if (place) await this.#parts.channel.hint(place, userId, text);
  }

  async #done(place: Place): Promise<void> {
    await this.#dialog?.say(place.kind === 'personal' ? LOOK_IN_MESSAGES : 'Done. The answer stands in the channel.');
  }

  async #view(view: View, place: Place): Promise<void> {
    const { deed } = this.#delivery;
    if (deed.kind === 'home') return this.#publish(view);
    // The conversation has changed the card that was clicked.
    const stands = deed.kind === 'click' && deed.surface.kind === 'message';
    if (!stands) await this.#parts.channel.post(place, view);
    await this.#done(place);
  }

  /** In the dialog that is open, or in a new one while the trigger is good, or behind a button. */
  async #form(form: FilledForm, place: Place): Promise<void> {
    const modal = formModal(form, place.conversation);
    if (this.#dialog && (await this.#dialog.show(modal))) return;
    const { triggerId } = this.#delivery;
    const opened = triggerId !== undefined && !this.#dialog && (await OpenDialog.open(this.#parts, triggerId, modal));
    if (!opened) await this.#parts.channel.post(place, formButtonView(form));
  }

  async #publish(view: View): Promise<void> {
    await this.#parts.api.call('views.publish', { user_id: this.#delivery.userId, view: toHome(view) }, z.object({}));
  }
}

/** Words cannot open a dialog, a button can. */
function formButtonView({ form }: FilledForm): View {
  const text = 'This is a form. Press the button to fill it in.';
  return {
    title: form.title,
    tone: 'neutral',
    elements: [{ kind: 'text', text }],
    actions: [
      { kind: 'verb', label: 'Open the form', verb: 'intent', reference: form.name, revision: 0, style: 'primary' },
    ],
    fallback: `${form.title}: ${text}`,
  };
}

function lineView(text: string): View {
  return { title: 'Latchkey', tone: 'neutral', elements: [{ kind: 'text', text }], actions: [], fallback: text };
}
