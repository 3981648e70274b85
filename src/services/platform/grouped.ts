interface Waiting<T, R> {
  readonly item: T;
  resolve(result: R): void;
  reject(error: unknown): void;
}

/** Does small things together: what comes while one group is under way goes into the next one, in the order of the calls. */
export class Grouped<T, R> {
  readonly #do: (items: readonly T[]) => Promise<(item: T) => R>;
  #waiting: Waiting<T, R>[] = [];
  #isBusy = false;

  /** @param work gives what became of each item; when it rejects, all of the group have failed. */
  constructor(work: (items: readonly T[]) => Promise<(item: T) => R>) {
    this.#do = work;
  }

  add(item: T): Promise<R> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject });
      if (!this.#isBusy) void this.#go();
    });
  }

  async #go(): Promise<void> {
    this.#isBusy = true;
    while (this.#waiting.length > 0) {
      const group = this.#waiting;
      this.#waiting = [];
      try {
        const resultOf = await this.#do(group.map(({ item }) => item));
        for (const { item, resolve } of group) resolve(resultOf(item));
      } catch (error) {
        for (const { reject } of group) reject(error);
      }
    }
    this.#isBusy = false;
  }
}

/** The same where there is nothing to tell of each. */
export function together<T>(work: (items: readonly T[]) => Promise<void>): Grouped<T, void> {
  return new Grouped(async (items) => {
    await work(items);
    return () => undefined;
  });
}
