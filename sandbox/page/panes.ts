import { byId } from './dom.js';
import { SlackApi } from './slack-api.js';
import { SlackPane } from './slack-pane.js';
import type { SlackAccount } from './slack-wire.js';

const PANES = ['teams', 'slack', 'both'] as const;
type Panes = (typeof PANES)[number];

/**
 * Which chats are shown: Teams, Slack, or both side by side. Kept in the query of the address (`?chats=both&slack=U…`),
 * so that the part behind `#` stays Teams' own. Slack is asked only once it is shown.
 */
export class PaneSwitch {
  readonly #api = new SlackApi();
  #started: Promise<unknown> | undefined;

  constructor() {
    for (const input of this.#inputs()) {
      input.addEventListener('change', () => this.#show(panesOf(input.value)));
    }
    this.#show(panesOf(new URLSearchParams(location.search).get('chats')));
  }

  #inputs(): NodeListOf<HTMLInputElement> {
    return byId('chats', HTMLDivElement).querySelectorAll('input');
  }

  #show(panes: Panes): void {
    for (const input of this.#inputs()) input.checked = input.value === panes;
    document.body.dataset['chats'] = panes;
    byId('teams-pane', HTMLElement).hidden = panes === 'slack';
    byId('people', HTMLElement).hidden = panes === 'slack';
    byId('slack-pane', HTMLElement).hidden = panes === 'teams';
    remember('chats', panes === 'teams' ? undefined : panes);
    if (panes === 'teams') return;
    this.#started ??= this.#start().catch(() => {
      byId('slack-connection', HTMLDivElement).hidden = false;
      this.#started = undefined;
    });
  }

  async #start(): Promise<void> {
    const workspace = await this.#api.workspace();
    const wanted = new URLSearchParams(location.search).get('slack');
    const account = workspace.accounts.find(({ userId }) => userId === wanted) ?? workspace.accounts[0];
    if (!account) throw new Error('Nobody has an account in Slack.');
    new SlackPane(this.#api, workspace, account, (chosen: SlackAccount) => remember('slack', chosen.userId));
  }
}

function panesOf(wish: string | null): Panes {
  return PANES.find((panes) => panes === wish) ?? 'teams';
}

function remember(name: string, value: string | undefined): void {
  const url = new URL(location.href);
  if (value === undefined) url.searchParams.delete(name);
  else url.searchParams.set(name, value);
  history.replaceState(null, '', url);
}
