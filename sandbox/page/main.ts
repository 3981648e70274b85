import { followPersona, SandboxApi, type EventHandlers } from './api.js';
import { ConversationChooser, PersonaChooser } from './choosers.js';
import { Composer } from './composer.js';
import { byId, make, wordsOf } from './dom.js';
import type { Feed } from './feed.js';
import { LogView } from './log-view.js';
import { PaneSwitch } from './panes.js';
import { readRoute, writeRoute, type Route } from './route.js';
import { SYSTEMS } from './systems.js';
import { setUpTheme } from './theme.js';
import { TroublePanel } from './trouble-panel.js';
import type { Directory, Persona, Place } from './wire.js';

const PLACES: readonly Place[] = ['personal', 'channel'];
const RETRY_MS = 1_000;
const MOST_FILE_BYTES = 2.5 * 1024 * 1024;

/** What one person sees: two logs, fed by one stream. */
class Desk {
  readonly #feed: Feed;
  readonly #logs: ReadonlyMap<Place, LogView>;

  constructor(
    logs: ReadonlyMap<Place, LogView>,
    persona: Persona,
    handlers: (logs: ReadonlyMap<Place, LogView>) => EventHandlers,
  ) {
    this.#logs = logs;
    byId('logs', HTMLDivElement).replaceChildren(...[...logs.values()].map((log) => log.element));
    this.#feed = followPersona(persona.id, handlers(logs));
  }

  show(place: Place): void {
    for (const [key, log] of this.#logs) log.element.hidden = key !== place;
    this.#logs.get(place)?.onShown();
  }

  log(place: Place): LogView | undefined {
    return this.#logs.get(place);
  }

  close(): void {
    this.#feed.close();
  }
}

class Page {
  readonly #api: SandboxApi;
  readonly #directory: Directory;
  readonly #people: PersonaChooser;
  readonly #places: ConversationChooser;
  readonly #composer: Composer;
  #route: Route;
  #desk: Desk | undefined;
  #unread = new Map<Place, number>();

  constructor(api: SandboxApi, directory: Directory, personas: readonly [Persona, ...Persona[]]) {
    this.#api = api;
    this.#directory = directory;
    this.#route = readRoute(location.hash, personas);
    this.#people = new PersonaChooser(personas, (persona) => this.#go({ persona, place: this.#route.place }));
    this.#places = new ConversationChooser(directory.conversations, (place) =>
      this.#go({ persona: this.#route.persona, place }),
    );
    this.#composer = new Composer(
      (text, replyTo) => void this.#say(text, replyTo),
      (file) => void this.#attach(file),
    );
    window.addEventListener('hashchange', () => this.#follow(readRoute(location.hash, personas)));
    byId('news', HTMLButtonElement).addEventListener('click', () => this.#desk?.log(this.#route.place)?.scrollToEnd());
    byId('skip', HTMLAnchorElement).addEventListener('click', (event) => {
      event.preventDefault();
      this.#composer.focus();
    });
    this.#sitDown(this.#route);
  }

  #go(route: Route): void {
    location.hash = writeRoute(route);
  }

  #follow(route: Route): void {
    if (route.persona === this.#route.persona) this.#turnTo(route);
    else this.#sitDown(route);
  }

  /** Becomes another person. */
  #sitDown(route: Route): void {
    this.#desk?.close();
    this.#unread = new Map();
    const { persona } = route;
    for (const place of PLACES) this.#places.unread(place, 0);
    this.#people.show(persona);
    const logs = new Map(PLACES.map((place) => [place, this.#newLog(persona, place)]));
    for (const [place, log] of logs) log.element.hidden = place !== route.place;
    this.#desk = new Desk(logs, persona, (known) => this.#handlers(known));
    this.#turnTo(route);
  }

  #turnTo(route: Route): void {
    this.#route = route;
    const { persona, place } = route;
    this.#unread.delete(place);
    this.#places.show(place);
    this.#composer.turnTo(persona.id, place);
    this.#desk?.show(place);
    document.title = `${persona.name} – Latchkey sandbox`;
  }

  #newLog(reader: Persona, place: Place): LogView {
    const label = place === 'channel' ? 'Messages in SSO operations' : 'Messages with Latchkey';
    return new LogView(label, {
      place,
      reader,
      botId: this.#directory.bot.id,
      empty: this.#emptyState(place),
      press: (action) => this.#api.send({ persona: reader.id, conversation: place, action }),
      search: (query) => this.#api.search({ persona: reader.id, conversation: place, ...query }),
      answerThread: (activityId, author) => this.#composer.answer({ activityId, author }),
    });
  }

  #emptyState(place: Place): HTMLElement {
    const text = place === 'channel' ? '@Latchkey help' : 'help';
    const say = make('button', { type: 'button', class: 'primary-button' }, `Say “${text}”`);
    say.addEventListener('click', () => void this.#say(text, undefined));
    const help = make('p', {}, 'Say ', make('strong', {}, text), ' to see what Latchkey can do.');
    return make('div', { class: 'empty' }, make('h2', {}, 'Nothing has been said here yet'), help, say);
  }

  #handlers(logs: ReadonlyMap<Place, LogView>): EventHandlers {
    return {
      reset: () => logs.forEach((log) => log.clear()),
      ready: () => logs.forEach((log) => log.ready()),
      message: (message) => {
        const { conversation } = message;
        if (logs.get(conversation)?.add(message)) this.#countUnread(conversation);
      },
      update: (message) => logs.get(message.conversation)?.update(message),
      remove: ({ conversation, activityId }) => logs.get(conversation)?.remove(activityId),
      typing: (place) => logs.get(place)?.showTyping(this.#directory.bot.name),
      connection: (isUp) => showConnection(isUp),
    };
  }

  #countUnread(place: Place): void {
    if (place === this.#route.place) return;
    const count = (this.#unread.get(place) ?? 0) + 1;
    this.#unread.set(place, count);
    this.#places.unread(place, count);
  }

  async #attach(file: File): Promise<void> {
    const { persona, place } = this.#route;
    if (file.size > MOST_FILE_BYTES) {
      return this.#composer.showAlert('The sandbox takes attachments up to 2.5 MB. Use the upload page for more.');
    }
    try {
      const content = { name: file.name, base64: await base64Of(file) };
      await this.#api.send({ persona: persona.id, conversation: place, file: content });
    } catch (error) {
      this.#composer.showAlert(`Latchkey did not answer. ${wordsOf(error)}`);
    }
  }

  async #say(text: string, replyTo: string | undefined): Promise<void> {
    const { persona, place } = this.#route;
    try {
      const wish = { persona: persona.id, conversation: place, text, ...(replyTo ? { replyTo } : {}) };
      const { delivered } = await this.#api.send(wish);
      if (delivered === false)
        this.#composer.showAlert(
          'Latchkey did not hear that. In a channel it hears only messages with @Latchkey.',
          'warning',
        );
    } catch (error) {
      this.#composer.showAlert(`Latchkey did not answer. ${wordsOf(error)}`);
    }
  }
}

function base64Of(file: File): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result).split(',')[1] ?? '');
    reader.onerror = () => reject(reader.error ?? new Error('The file could not be read.'));
    reader.readAsDataURL(file);
  });
}

function showConnection(isUp: boolean): void {
  byId('connection', HTMLDivElement).hidden = isUp;
}

function showSystems(addresses: Readonly<Record<string, string>>): void {
  const links = Object.entries(SYSTEMS).flatMap(([key, name]) => {
    const base = addresses[key];
    return base ? [make('a', { href: `${base}/_sandbox/state`, target: '_blank', rel: 'noopener' }, name)] : [];
  });
  byId('systems', HTMLSpanElement).replaceChildren(...links);
}

async function directoryOf(api: SandboxApi): Promise<Directory> {
  for (;;) {
    try {
      const directory = await api.directory();
      showConnection(true);
      return directory;
    } catch {
      showConnection(false);
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
}

async function start(): Promise<void> {
  setUpTheme(byId('theme', HTMLButtonElement));
  const api = new SandboxApi();
  const directory = await directoryOf(api);
  const [first, ...others] = directory.personas;
  if (!first) throw new Error('The sandbox has no people.');
  showSystems(directory.addresses);
  new Page(api, directory, [first, ...others]);
  new TroublePanel(api);
  new PaneSwitch();
}

void start();
