import { byId, make, wordsOf } from './dom.js';
import type { Feed } from './feed.js';
import { followAccount, type SlackApi } from './slack-api.js';
import { renderBlocks } from './slack-blocks.js';
import { SlackComposer, type SlackDeed } from './slack-composer.js';
import { SlackLog } from './slack-log.js';
import { SlackModal } from './slack-modal.js';
import type { Names } from './slack-mrkdwn.js';
import { Surface, type SurfaceOptions } from './slack-surface.js';
import type { Outcome, SlackAccount, SlackChannel, SlackMessage, SlackView, SlackWorkspace } from './slack-wire.js';

const HOME = 'home';

/** The Slack side of the page for one account: conversations, the app's home, dialogs, the message box. */
class Seat {
  readonly #api: SlackApi;
  readonly #account: SlackAccount;
  readonly #logs: ReadonlyMap<string, SlackLog>;
  readonly #modal: SlackModal;
  readonly #home = make('div', {
    class: 'log slack-home',
    role: 'region',
    'aria-label': 'Home of the app',
    hidden: '',
  });
  readonly #feed: Feed;
  readonly #surface: SurfaceOptions;
  #unread: (channel: string) => void = () => undefined;

  constructor(api: SlackApi, workspace: SlackWorkspace, account: SlackAccount) {
    this.#api = api;
    this.#account = account;
    this.#surface = {
      names: namesOf(workspace, account),
      people: workspace.users.filter(({ id }) => workspace.accounts.some(({ userId }) => userId === id)),
      do: (deed) => this.do(deed),
    };
    const options = { ...this.#surface, reader: account.userId, botId: workspace.bot.userId };
    const more = { ...options, shortcut: workspace.shortcut };
    const empty = `Type ${workspace.command} help, or say help in the direct messages with Latchkey.`;
    this.#logs = new Map(account.channels.map((channel) => [channel.id, new SlackLog(channel, more, empty)]));
    this.#modal = new SlackModal(this.#surface, byId('slack-text', HTMLTextAreaElement));
    this.#home.append(make('p', { class: 'empty' }, 'Latchkey has not published its home yet.'));
    byId('slack-logs', HTMLDivElement).replaceChildren(
      ...[...this.#logs.values()].map(({ element }) => element),
      this.#home,
      this.#modal.element,
    );
    this.#feed = followAccount(account.userId, {
      reset: () => this.#reset(),
      message: (message) => this.#message(message),
      remove: ({ channel, ts }) => this.#logs.get(channel)?.remove(ts),
      view: (view) => this.#view(view),
      connection: (isUp) => (byId('slack-connection', HTMLDivElement).hidden = isUp),
    });
  }

  onUnread(tell: (channel: string) => void): void {
    this.#unread = tell;
  }

  do(deed: object): Promise<Outcome> {
    return this.#api.do({ as: this.#account.userId, ...deed });
  }

  show(place: string): void {
    for (const [id, log] of this.#logs) log.element.hidden = id !== place;
    this.#home.hidden = place !== HOME;
    this.#logs.get(place)?.scrollToEnd();
    if (place === HOME) void this.do({ deed: 'home', tab: 'home' });
  }

  close(): void {
    this.#feed.close();
  }

  #reset(): void {
    this.#modal.clear();
    for (const log of this.#logs.values()) log.clear();
  }

  #message(message: SlackMessage): void {
    if (this.#logs.get(message.channel)?.take(message)) this.#unread(message.channel);
  }

  #view(view: SlackView): void {
    if (view.type === 'modal') return this.#modal.take(view);
    this.#home.replaceChildren(...renderBlocks(view.blocks, new Surface({ view_id: view.id }, this.#surface)));
  }
}

/** The pane: who one is in Slack, where one looks, and a seat there. */
export class SlackPane {
  readonly #api: SlackApi;
  readonly #workspace: SlackWorkspace;
  readonly #select = byId('slack-account', HTMLSelectElement);
  readonly #places = byId('slack-places', HTMLDivElement);
  readonly #composer: SlackComposer;
  #account: SlackAccount;
  #place = '';
  #seat: Seat | undefined;

  constructor(api: SlackApi, workspace: SlackWorkspace, first: SlackAccount, chosen: (account: SlackAccount) => void) {
    this.#api = api;
    this.#workspace = workspace;
    this.#account = first;
    const items = workspace.accounts.map((one) => make('option', { value: one.userId }, labelOf(one)));
    this.#select.replaceChildren(...items);
    this.#select.addEventListener('change', () => {
      const account = workspace.accounts.find(({ userId }) => userId === this.#select.value);
      if (!account) return;
      this.sitDown(account);
      chosen(account);
    });
    this.#composer = new SlackComposer(workspace.command, (deed) => this.#do(deed));
    this.sitDown(first);
  }

  sitDown(account: SlackAccount): void {
    this.#seat?.close();
    this.#account = account;
    this.#select.value = account.userId;
    const seat = new Seat(this.#api, this.#workspace, account);
    this.#seat = seat;
    seat.onUnread((channel) => this.#mark(channel));
    this.#places.replaceChildren(...this.#placeItems(account));
    this.#turnTo((account.channels.find(({ isDirect }) => isDirect) ?? account.channels[0])?.id ?? HOME);
  }

  #placeItems(account: SlackAccount): HTMLElement[] {
    const direct = account.channels.filter(({ isDirect }) => isDirect);
    const others = account.channels.filter(({ isDirect }) => !isDirect);
    const home = direct.length === 0 ? [] : [this.#placeItem(HOME, 'Home')];
    return [
      ...direct.map(({ id }) => this.#placeItem(id, 'Messages')),
      ...home,
      ...others.map(({ id, name }) => this.#placeItem(id, `#${name}`)),
    ];
  }

  #placeItem(id: string, name: string): HTMLElement {
    const input = make('input', { type: 'radio', name: 'slack-place', value: id, class: 'visually-hidden' });
    input.addEventListener('change', () => this.#turnTo(id));
    return make('label', { class: 'conversation slack-place' }, input, make('span', {}, name));
  }

  #turnTo(place: string): void {
    this.#place = place;
    for (const input of this.#places.querySelectorAll('input')) {
      input.checked = input.value === place;
      if (input.checked) input.parentElement?.classList.remove('has-news');
    }
    const channel = this.#account.channels.find(({ id }) => id === place);
    this.#composer.turnTo(channel);
    this.#seat?.show(place);
  }

  #mark(channel: string): void {
    if (channel === this.#place) return;
    const input = [...this.#places.querySelectorAll('input')].find(({ value }) => value === channel);
    input?.parentElement?.classList.add('has-news');
  }

  async #do(deed: SlackDeed): Promise<void> {
    try {
      const { notice } = (await this.#seat?.do({ channel: this.#place, ...deed })) ?? {};
      // Of a command that failed Slackbot writes by itself.
      this.#composer.showAlert(deed.deed === 'command' ? undefined : notice);
    } catch (error) {
      this.#composer.showAlert(wordsOf(error));
    }
  }
}

function labelOf({ name, guest, isStranger }: SlackAccount): string {
  if (isStranger) return `${name} (another workspace)`;
  return guest === undefined ? name : `${name} (${guest} guest)`;
}

function namesOf({ users }: SlackWorkspace, { channels }: SlackAccount): Names {
  const channelName = (one: SlackChannel | undefined): string | undefined => one?.name;
  return {
    user: (id) => users.find((user) => user.id === id)?.name,
    channel: (id) => channelName(channels.find((channel) => channel.id === id)),
  };
}
