import type { SandboxApi } from './api.js';
import { make } from './dom.js';
import { FaultView } from './fault-view.js';
import { SYSTEMS } from './systems.js';
import type { FaultInfo, ServerTrouble } from './wire.js';

/** One server's faults, in a part that can be folded away. */
class ServerFaults {
  readonly element = make('details', { class: 'server', open: '' });
  readonly views = new Map<string, FaultView>();
  readonly #server: string;
  readonly #count = make('span', { class: 'server-count' });
  readonly #list = make('ul', { class: 'faults' });
  readonly #away = make('p', { class: 'strip strip-warning', hidden: '' });

  constructor(server: string) {
    this.#server = server;
    const title = make('h4', {}, SYSTEMS[server] ?? server);
    this.element.append(make('summary', {}, title, this.#count), this.#away, this.#list);
  }

  /** Rows stay as they are, so that nothing that is being typed is lost. */
  show(trouble: ServerTrouble, change: (fault: string, on: boolean, options: FaultOptions) => Promise<void>): void {
    this.#away.hidden = trouble.error === undefined;
    this.#away.textContent = trouble.error ?? '';
    for (const info of trouble.faults ?? []) this.#row(info, change).show(info.on);
    const on = this.count;
    this.#count.textContent = on === 0 ? '' : `${on} on`;
  }

  get count(): number {
    return [...this.views.values()].filter(({ isOn }) => isOn).length;
  }

  showIfFits(wanted: string): boolean {
    const fitting = [...this.views.values()].filter((view) => view.showIfFits(wanted)).length;
    this.element.hidden = fitting === 0 && this.views.size > 0;
    return !this.element.hidden;
  }

  #row(info: FaultInfo, change: (fault: string, on: boolean, options: FaultOptions) => Promise<void>): FaultView {
    const known = this.views.get(info.fault);
    if (known) return known;
    const view = new FaultView(this.#server, info, (on, options) => change(info.fault, on, options));
    this.views.set(info.fault, view);
    this.#list.append(view.element);
    return view;
  }
}

type FaultOptions = Readonly<Record<string, string>>;

export interface FaultsViewOptions {
  readonly api: SandboxApi;
  /** Called after a change, to show what the servers say now. */
  readonly changed: () => Promise<void>;
}

/** The faults of every server, with a search and one button that ends them all. */
export class FaultsView {
  readonly #options: FaultsViewOptions;
  readonly #search = make('input', {
    type: 'search',
    id: 'fault-search',
    placeholder: 'Find a fault',
    class: 'search',
  });
  readonly #allOff = make('button', { type: 'button', class: 'plain-button', hidden: '' }, 'Switch all off');
  readonly #nothing = make('p', { class: 'field-hint', hidden: '' }, 'No fault fits.');
  readonly #servers = make('div');
  readonly #parts = new Map<string, ServerFaults>();

  constructor(section: HTMLElement, options: FaultsViewOptions) {
    this.#options = options;
    this.#search.setAttribute('aria-label', 'Find a fault');
    this.#search.addEventListener('input', () => this.#filter());
    this.#allOff.addEventListener('click', () => void this.#switchAllOff());
    const head = make(
      'div',
      { class: 'section-head' },
      make('h3', { id: 'trouble-faults-title' }, 'Faults'),
      this.#allOff,
    );
    const about = make(
      'p',
      { class: 'field-hint' },
      'Each breaks one system the way the real one breaks. All are off at first.',
    );
    section.append(head, about, this.#search, this.#nothing, this.#servers);
  }

  show(servers: readonly ServerTrouble[]): void {
    for (const trouble of servers) {
      this.#part(trouble.server).show(trouble, async (fault, on, options) => {
        await this.#options.api.switchFault(trouble.server, fault, on, options);
        await this.#options.changed();
      });
    }
    this.#allOff.hidden = this.count === 0;
    this.#filter();
  }

  get count(): number {
    return [...this.#parts.values()].reduce((sum, part) => sum + part.count, 0);
  }

  #part(server: string): ServerFaults {
    const known = this.#parts.get(server);
    if (known) return known;
    const part = new ServerFaults(server);
    this.#parts.set(server, part);
    this.#servers.append(part.element);
    return part;
  }

  #filter(): void {
    const wanted = this.#search.value.trim();
    const fitting = [...this.#parts.values()].filter((part) => part.showIfFits(wanted));
    this.#nothing.hidden = fitting.length > 0 || wanted === '';
  }

  async #switchAllOff(): Promise<void> {
    this.#search.focus();
    for (const [server, { views }] of this.#parts) {
      for (const [fault, view] of views) if (view.isOn) await this.#options.api.switchFault(server, fault, false);
    }
    await this.#options.changed();
  }
}
