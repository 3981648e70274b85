import type { SandboxClock } from '../kit/clock.js';
import type { Collection, SandboxStore } from '../kit/store.js';

/** What lags: the users in the search index, or the settings of providers. */
export type Lagging = 'users' | 'providers';

interface FormerValue<T> {
  readonly id: string;
  readonly key: string;
  /** Absent: there was nothing. */
  readonly before?: T | undefined;
  /** Wall time in milliseconds. */
  readonly until: number;
}

export interface FormerValuesOptions {
  readonly store: SandboxStore;
  readonly clock: SandboxClock;
  readonly name: Lagging;
  /** For how long a change stays unseen now; `undefined` when every change is seen at once. */
  readonly lagMs: () => number | undefined;
}

/** What readers see of objects while changes show late. Nothing is kept while they do not. */
export class FormerValues<T extends object> {
  readonly #values: Collection<FormerValue<T>>;
  readonly #options: FormerValuesOptions;

  constructor(options: FormerValuesOptions) {
    this.#options = options;
    this.#values = options.store.collection(`former-${options.name}`);
  }

  /** Called before a change. @param before the value until now; `undefined` when the change creates it */
  note(key: string, before: T | undefined): void {
    this.#forgetPast();
    const lagMs = this.#options.lagMs();
    if (lagMs === undefined) return;
    const until = this.#now() + lagMs;
    const id = `${key} ${until} ${this.#values.size}`;
    this.#values.put(id, { id, key, before, until });
  }

  /** The values as a reader sees them: the current ones, except where a change does not show yet. */
  seen(current: ReadonlyMap<string, T>): T[] {
    const all = new Map(current);
    for (const [key, before] of this.#hiding()) {
      if (before === undefined) all.delete(key);
      else all.set(key, before);
    }
    return [...all.values()];
  }

  /** Key → the value before the oldest change that does not show yet. */
  #hiding(): Map<string, T | undefined> {
    const hiding = new Map<string, T | undefined>();
    if (this.#options.lagMs() === undefined) return hiding;
    const now = this.#now();
    for (const { key, before, until } of this.#values.list()) {
      if (until > now && !hiding.has(key)) hiding.set(key, before);
    }
    return hiding;
  }

  #forgetPast(): void {
    const now = this.#now();
    for (const { id } of this.#values.filter(({ until }) => until <= now)) this.#values.delete(id);
  }

  #now(): number {
    return this.#options.clock.wall().getTime();
  }
}
