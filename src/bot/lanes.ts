/** So much is waiting in a lane that nothing more is taken: memory stays bounded while a conversation is stuck. */
export class LaneFull extends Error {
  override readonly name = 'LaneFull';
}

const MAX_WAITING = 100;

interface Lane {
  readonly last: Promise<unknown>;
  readonly waiting: number;
}

/** Runs deeds of one lane one after the other, in the order of the calls; lanes do not wait for each other. */
export class Lanes {
  readonly #lanes = new Map<string, Lane>();

  /**
   * @returns what the deed returns or throws; a deed that failed does not stop the next one. Rejects with `LaneFull`,
   * without running it, when a hundred are waiting there.
   */
  run<T>(lane: string, deed: () => Promise<T>): Promise<T> {
    const { last, waiting } = this.#lanes.get(lane) ?? { last: Promise.resolve(), waiting: 0 };
    if (waiting >= MAX_WAITING) return Promise.reject(new LaneFull(`${MAX_WAITING} deeds are waiting in one lane.`));
    const result = last.then(deed, deed);
    this.#lanes.set(lane, { last: result.catch(() => undefined).then(() => this.#leave(lane)), waiting: waiting + 1 });
    return result;
  }

  #leave(name: string): void {
    const lane = this.#lanes.get(name);
    if (lane === undefined) return;
    if (lane.waiting <= 1) this.#lanes.delete(name);
    else this.#lanes.set(name, { ...lane, waiting: lane.waiting - 1 });
  }
}
