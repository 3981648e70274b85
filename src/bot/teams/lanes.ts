/** Runs deeds of one lane one after the other, in the order of the calls; lanes do not wait for each other. */
export class Lanes {
  readonly #last = new Map<string, Promise<unknown>>();

  /** @returns what the deed returns or throws; a deed that failed does not stop the next one. */
  run<T>(lane: string, deed: () => Promise<T>): Promise<T> {
    const before = this.#last.get(lane) ?? Promise.resolve();
    const result = before.then(deed, deed);
    const settled = result.catch(() => undefined);
    this.#last.set(lane, settled);
    void settled.then(() => {
      if (this.#last.get(lane) === settled) this.#last.delete(lane);
    });
    return result;
  }
}
