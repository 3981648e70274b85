const RECONNECT_MS = 1_000;

export interface FeedParts {
  /** Where the events come from. @param since the id of the last one that was seen; absent: none. */
  readonly address: (since: string | undefined) => string;
  /** What each event does, by its name; its data was JSON. */
  readonly events: Readonly<Record<string, (data: never) => void>>;
  readonly connection: (isUp: boolean) => void;
}

/** Follows a stream of events until `close`; comes back by itself, without doubling anything. */
export class Feed {
  readonly #parts: FeedParts;
  #source: EventSource | undefined;
  #timer: number | undefined;
  #lastEventId = '';

  constructor(parts: FeedParts) {
    this.#parts = parts;
    this.#open();
  }

  close(): void {
    this.#source?.close();
    window.clearTimeout(this.#timer);
  }

  #open(): void {
    const { address, events, connection } = this.#parts;
    const source = new EventSource(address(this.#lastEventId || undefined));
    this.#source = source;
    for (const [name, act] of Object.entries(events)) {
      source.addEventListener(name, (event: MessageEvent<string>) => {
        if (event.lastEventId) this.#lastEventId = event.lastEventId;
        act(JSON.parse(event.data) as never);
      });
    }
    source.onopen = () => connection(true);
    source.onerror = () => this.#comeBack();
  }

  /** The browser gives up on an error status and knows no `since`, so we reconnect ourselves. */
  #comeBack(): void {
    this.close();
    this.#parts.connection(false);
    this.#timer = window.setTimeout(() => this.#open(), RECONNECT_MS);
  }
}

/** The address with its query, and with where the page stands, where it has seen anything. */
export function feedAddress(path: string, query: Readonly<Record<string, string>>, since: string | undefined): string {
  return `${path}?${new URLSearchParams({ ...query, ...(since === undefined ? {} : { since }) }).toString()}`;
}
