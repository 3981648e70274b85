import type { SandboxApi } from './api.js';
import { byId, make } from './dom.js';
import { FaultsView } from './faults-view.js';
import { StartOverView } from './start-over-view.js';
import { TimeView } from './time-view.js';

const LOOK_AGAIN_MS = 2_000;
const TICK_MS = 1_000;
const AWAY = 'The sandbox does not answer. Trying again…';

/** The panel *Trouble*: time, faults, start over. It asks the servers only while it is open. */
export class TroublePanel {
  readonly #api: SandboxApi;
  readonly #button = byId('trouble-button', HTMLButtonElement);
  readonly #panel = byId('trouble', HTMLElement);
  readonly #status = byId('trouble-status', HTMLParagraphElement);
  readonly #time: TimeView;
  readonly #faults: FaultsView;
  #timers: number[] = [];

  constructor(api: SandboxApi) {
    this.#api = api;
    const tell = async (words: string): Promise<void> => {
      this.#status.textContent = words;
      await this.#look();
    };
    this.#time = new TimeView(byId('trouble-time', HTMLElement), { api, moved: tell });
    this.#faults = new FaultsView(byId('trouble-faults', HTMLElement), { api, changed: () => this.#look() });
    new StartOverView(byId('trouble-over', HTMLElement), { api, done: tell });
    this.#button.addEventListener('click', () => (this.#panel.hidden ? this.#open() : this.#close()));
    byId('trouble-close', HTMLButtonElement).addEventListener('click', () => this.#close());
    this.#panel.addEventListener('keydown', (event) => {
      const isInDialog = event.target instanceof Element && event.target.closest('dialog') !== null;
      if (event.key === 'Escape' && !isInDialog) this.#close();
    });
    void this.#look();
  }

  #open(): void {
    this.#panel.hidden = false;
    this.#button.setAttribute('aria-expanded', 'true');
    byId('trouble-title', HTMLHeadingElement).focus();
    void this.#look();
    this.#timers = [
      window.setInterval(() => document.hidden || void this.#look(), LOOK_AGAIN_MS),
      window.setInterval(() => this.#time.tick(), TICK_MS),
    ];
  }

  #close(): void {
    for (const timer of this.#timers) window.clearInterval(timer);
    this.#panel.hidden = true;
    this.#status.textContent = '';
    this.#button.setAttribute('aria-expanded', 'false');
    this.#button.focus();
  }

  async #look(): Promise<void> {
    try {
      const { servers, clock } = await this.#api.trouble();
      this.#faults.show(servers);
      this.#time.show(clock);
      this.#showCount();
      if (this.#status.textContent === AWAY) this.#status.textContent = '';
    } catch {
      this.#status.textContent = AWAY;
    }
  }

  #showCount(): void {
    const badge = byId('trouble-count', HTMLSpanElement);
    const { count } = this.#faults;
    badge.hidden = count === 0;
    badge.replaceChildren(String(count), make('span', { class: 'visually-hidden' }, ' on'));
  }
}
