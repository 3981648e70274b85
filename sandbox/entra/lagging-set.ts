import type { Collection } from '../kit/store.js';

/** What the directory asks of a collection, whoever holds it. */
export type ObjectSet<T extends object> = Pick<
  Collection<T>,
  'get' | 'put' | 'delete' | 'list' | 'entries' | 'find' | 'filter' | 'size'
>;

/** How the request under way sees a collection. Times are milliseconds. */
export interface Lag {
  /** When a change counts as made; undefined while nothing lags. */
  written(): number | undefined;
  /** Everything younger is unseen; undefined when the request sees what is true. */
  horizon(): { readonly at: number; readonly sees: 'past' | 'existence' } | undefined;
  /** How long the past must be remembered. */
  keptMs(): number;
}

interface Change<T> {
  readonly id: string;
  readonly at: number;
  /** What was there before; undefined when it was created. */
  readonly before: T | undefined;
}

/**
 * A collection that remembers its past, and shows it to requests that a lagging replica answers. Writes always reach
 * the collection at once. With `sees: 'existence'`, `get` misses what the replica does not know, and gives true values.
 */
export class LaggingSet<T extends object> implements ObjectSet<T> {
  readonly #primary: Collection<T>;
  readonly #lag: Lag;
  readonly #missesNew: boolean;
  #changes: Change<T>[] = [];

  /** @param missesNew whether a write may find no object that another replica knows already. */
  constructor(primary: Collection<T>, lag: Lag, missesNew: boolean) {
    this.#primary = primary;
    this.#lag = lag;
    this.#missesNew = missesNew;
  }

  get(id: string): T | undefined {
    const horizon = this.#lag.horizon();
    const now = this.#primary.get(id);
    if (!horizon) return now;
    const past = this.#changesSince(horizon.at).get(id);
    if (horizon.sees === 'past') return past ? past.before : now;
    return this.#missesNew && past?.before === undefined && past !== undefined ? undefined : now;
  }

  put(id: string, value: T): T {
    this.#note(id);
    return this.#primary.put(id, value);
  }

  delete(id: string): boolean {
    this.#note(id);
    return this.#primary.delete(id);
  }

  entries(): [id: string, item: T][] {
    const horizon = this.#lag.horizon();
    const now = this.#primary.entries();
    if (horizon?.sees !== 'past') return now;
    const since = this.#changesSince(horizon.at);
    if (since.size === 0) return now;
    const gone = [...since].filter(([id]) => this.#primary.get(id) === undefined);
    return [
      ...now.flatMap(([id, item]) => pair(id, since.has(id) ? since.get(id)?.before : item)),
      ...gone.flatMap(([id, change]) => pair(id, change.before)),
    ];
  }

  list(): T[] {
    // Without a past to show, no pairs are built: lists of assignments are long.
    if (this.#lag.horizon()?.sees !== 'past') return this.#primary.list();
    return this.entries().map(([, item]) => item);
  }

  find(matches: (item: T) => boolean): T | undefined {
    return this.#lag.horizon() ? this.list().find(matches) : this.#primary.find(matches);
  }

  filter(matches: (item: T) => boolean): T[] {
    return this.list().filter(matches);
  }

  get size(): number {
    return this.#primary.size;
  }

  /** Makes everything visible to everybody. */
  forget(): void {
    this.#changes = [];
  }

  #note(id: string): void {
    const at = this.#lag.written();
    if (at === undefined) return;
    const oldest = at - this.#lag.keptMs();
    while (this.#changes[0] && this.#changes[0].at < oldest) this.#changes.shift();
    this.#changes.push({ id, at, before: this.#primary.get(id) });
  }

  /** For each object that changed after the horizon, the first of these changes: what was before it is what is seen. */
  #changesSince(at: number): Map<string, Change<T>> {
    const first = new Map<string, Change<T>>();
    for (let index = this.#changes.length - 1; index >= 0; index -= 1) {
      const change = this.#changes[index];
      if (!change || change.at <= at) break;
      first.set(change.id, change);
    }
    return first;
  }
}

function pair<T>(id: string, item: T | undefined): [id: string, item: T][] {
  return item === undefined ? [] : [[id, item]];
}
