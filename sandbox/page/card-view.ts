import type * as AC from 'adaptivecards';
import type { SendAnswer } from './api.js';
import { cardHostConfig } from './card-host-config.js';
import { make } from './dom.js';
import { renderMarkdown, webAddress } from './markdown.js';
import { fillLists, nameLists, type SearchList } from './typeahead.js';
import { ADAPTIVE_CARD, INVOKE_MESSAGE, type CardAction, type InvokeAnswer } from './wire.js';

/** The official renderer's browser build, loaded by index.html. */
declare const AdaptiveCards: typeof AC;

export type PressedAction = Omit<CardAction, 'activityId'>;

export interface CardViewOptions {
  /** The reader's Teams id: a card may ask to be refreshed for some readers only. */
  readonly readerId: string;
  readonly press: (action: PressedAction) => Promise<SendAnswer>;
  /** Asks the bot for the rows of a list. */
  readonly search: SearchList;
}

interface Refresh {
  readonly action?: { readonly id?: string; readonly verb?: string; readonly data?: unknown };
  readonly userIds?: readonly string[];
}

/** One Adaptive Card of one message: shows it, presses its buttons, shows the answers, refreshes it. */
export class CardView {
  readonly element = make('div', { class: 'card-frame' });
  readonly #card = make('div', { class: 'card', tabindex: '-1' });
  readonly #options: CardViewOptions;
  #payload: unknown;
  #revision = 0;
  #isBusy = false;
  #isRefreshDue = false;

  constructor(options: CardViewOptions) {
    this.#options = options;
    this.element.append(this.#card);
  }

  /** Shows the card of the stored message, as it is at that revision of the chat. */
  show(payload: unknown, revision: number): void {
    this.#payload = payload;
    this.#revision = revision;
    this.#clearStrip();
    this.#render(payload);
  }

  get canRefresh(): boolean {
    return this.#refresh?.action !== undefined;
  }

  /** What Teams does when a card comes into view: asks the bot for this reader's own version of it. */
  async refreshIfAsked(): Promise<void> {
    const isAsked = this.#refresh?.userIds?.includes(this.#options.readerId) ?? false;
    if (isAsked) await this.refresh('automatic');
  }

  async refresh(trigger: 'manual' | 'automatic'): Promise<void> {
    const action = this.#refresh?.action;
    if (!action) return;
    if (this.#isBusy) {
      this.#isRefreshDue = true;
      return;
    }
    const { id, verb, data = {} } = action;
    await this.#press({ type: 'Action.Execute', ...defined({ id, verb }), data, trigger });
  }

  get #refresh(): Refresh | undefined {
    return (this.#payload as { refresh?: Refresh } | undefined)?.refresh;
  }

  #render(payload: unknown): void {
    const hadFocus = this.#card.contains(document.activeElement);
    const onAction = (action: AC.Action): void => void this.#onAction(action);
    this.#card.replaceChildren(renderCard(payload, { onAction, search: this.#options.search }));
    if (hadFocus) this.#card.focus();
  }

  async #onAction(action: AC.Action): Promise<void> {
    if (action instanceof AdaptiveCards.OpenUrlAction) return openUrl(action.url);
    const { id } = action;
    if (action instanceof AdaptiveCards.ExecuteAction) {
      const { verb, data = {} } = action;
      await this.#press({ type: 'Action.Execute', ...defined({ id, verb }), data, trigger: 'manual' }, action);
    } else if (action instanceof AdaptiveCards.SubmitAction) {
      await this.#press({ type: 'Action.Submit', data: action.data ?? {}, trigger: 'manual' }, action);
    }
  }

  async #press(pressed: PressedAction, button?: AC.Action): Promise<void> {
    if (this.#isBusy) return;
    const isAutomatic = pressed.trigger === 'automatic';
    this.#setBusy(true, button?.renderedElement);
    if (!isAutomatic) this.#clearStrip();
    try {
      const answer = await this.#options.press(pressed);
      if (answer.invoke) this.#showAnswer(answer.invoke, answer.revision, isAutomatic);
    } catch (error) {
      this.#showStrip('error', `Something went wrong. ${error instanceof Error ? error.message : ''}`);
    } finally {
      this.#setBusy(false);
    }
    if (this.#isRefreshDue) {
      this.#isRefreshDue = false;
      await this.refreshIfAsked();
    }
  }

  #showAnswer({ statusCode, type, value }: InvokeAnswer, revision: number, isAutomatic: boolean): void {
    if (type === ADAPTIVE_CARD) {
      // An edit of the message that is newer than the answer is already on the screen, and it is the truth.
      if (revision >= this.#revision) this.#render(value);
    } else if (type === INVOKE_MESSAGE) {
      if (!isAutomatic) this.#showStrip('message', String(value));
    } else {
      const { message, code } = (value ?? {}) as { message?: unknown; code?: unknown };
      this.#showStrip('error', String(message ?? code ?? `The bot answered ${statusCode} (${type}).`));
    }
  }

  #setBusy(isBusy: boolean, pressed?: HTMLElement): void {
    this.#isBusy = isBusy;
    this.#card.setAttribute('aria-busy', String(isBusy));
    for (const button of this.#card.querySelectorAll('button')) {
      if (isBusy) button.dataset['wasDisabled'] = String(button.disabled);
      button.disabled = isBusy || button.dataset['wasDisabled'] === 'true';
      button.classList.toggle('is-pressed', isBusy && button === pressed);
    }
  }

  #showStrip(kind: 'message' | 'error', text: string): void {
    this.#clearStrip();
    const role = kind === 'error' ? 'alert' : 'status';
    const label = kind === 'error' ? make('strong', {}, 'Error: ') : '';
    this.element.append(make('div', { class: `strip strip-${kind}`, role }, label, text));
  }

  #clearStrip(): void {
    this.element.querySelector('.strip')?.remove();
  }
}

function renderCard(
  payload: unknown,
  { onAction, search }: { onAction: (action: AC.Action) => void; search: SearchList },
): HTMLElement {
  AdaptiveCards.AdaptiveCard.onProcessMarkdown = (text, result) => {
    result.outputHtml = renderMarkdown(text);
    result.didProcess = true;
  };
  const card = new AdaptiveCards.AdaptiveCard();
  card.hostConfig = new AdaptiveCards.HostConfig(cardHostConfig);
  card.onExecuteAction = onAction;
  fillLists(card, search);
  card.onAnchorClicked = (_element, anchor) => webAddress(anchor.href) === undefined;
  card.parse(withTooltips(payload), new AdaptiveCards.SerializationContext(AdaptiveCards.Versions.v1_6));
  const rendered = card.render();
  if (rendered) {
    nameLists(rendered);
    separateChoices(rendered);
    return rendered;
  }
  const { fallbackText } = (payload ?? {}) as { fallbackText?: unknown };
  return make('p', { class: 'card-unreadable' }, String(fallbackText ?? 'This card could not be shown.'));
}

let shown = 0;

/** The renderer groups radio buttons by the id of their input, so that two cards with one id would undo each other. */
function separateChoices(card: HTMLElement): void {
  shown += 1;
  for (const radio of card.querySelectorAll<HTMLInputElement>('input[type="radio"]')) radio.name += `-${shown}`;
}

/** A copy in which every link button says where it leads. */
function withTooltips(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(withTooltips);
  if (typeof node !== 'object' || node === null) return node;
  const copy = Object.fromEntries(Object.entries(node).map(([name, value]) => [name, withTooltips(value)]));
  if (copy['type'] !== 'Action.OpenUrl') return copy;
  const url = webAddress(String(copy['url']));
  const where = url ? `Opens ${url.host}` : 'Not a web address';
  const tooltip = typeof copy['tooltip'] === 'string' ? `${copy['tooltip']} (${where})` : where;
  return { ...copy, tooltip };
}

function openUrl(address: string | undefined): void {
  const url = webAddress(address ?? '');
  if (url) window.open(url.href, '_blank', 'noopener,noreferrer');
}

function defined(fields: { id?: string | undefined; verb?: string | undefined }): { id?: string; verb?: string } {
  return { ...(fields.id ? { id: fields.id } : {}), ...(fields.verb ? { verb: fields.verb } : {}) };
}
