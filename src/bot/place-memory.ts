import type { PlaceStore, StoredPlace } from './places.js';

const REMEMBERED = 10_000;

interface Recent {
  readonly place: StoredPlace;
  isStored: boolean;
}

/**
 * The store of places with a memory in front, so that a message costs no write while nothing has changed, and an answer
 * finds its way while the database is away.
 */
export class PlaceMemory implements PlaceStore {
  readonly #store: PlaceStore;
  readonly #recent = new Map<string, Recent>();

  constructor(store: PlaceStore) {
    this.#store = store;
  }

  async find(conversation: string): ReturnType<PlaceStore['find']> {
    return this.#recent.get(conversation)?.place ?? (await this.#store.find(conversation));
  }

  findPersonal(personId: string): ReturnType<PlaceStore['findPersonal']> {
    return this.#store.findPersonal(personId);
  }

  /** Writes only what is not stored yet. When the store refuses, the place is remembered here all the same. */
  async save(place: StoredPlace): Promise<void> {
    const known = this.#recent.get(place.conversation);
    if (known?.isStored && JSON.stringify(known.place) === JSON.stringify(place)) return;
    const recent = this.#note(place);
    await this.#store.save(place);
    recent.isStored = true;
  }

  #note(place: StoredPlace): Recent {
    const recent = { place, isStored: false };
    this.#recent.delete(place.conversation);
    this.#recent.set(place.conversation, recent);
    const [oldest] = this.#recent.keys();
    if (this.#recent.size > REMEMBERED && oldest !== undefined) this.#recent.delete(oldest);
    return recent;
  }
}
