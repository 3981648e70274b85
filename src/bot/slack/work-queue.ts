/** How many jobs are worked on at once, and how many more may wait for that. */
export interface QueueSize {
  readonly atOnce: number;
  readonly waiting: number;
}

/**
 * Works on a few jobs at a time, in the order in which they came. Each begins in a turn of the event loop of its own, so
 * that what Slack waits for is not held up behind them.
 */
export class WorkQueue {
  readonly #size: QueueSize;
  readonly #waiting: (() => void)[] = [];
  readonly #pending = new Set<Promise<unknown>>();
  #atWork = 0;

  constructor(size: QueueSize) {
    this.#size = size;
  }

  /** Whether nothing more should be given to it for now: memory stays bounded. */
  get isFull(): boolean {
    return this.#waiting.length >= this.#size.waiting;
  }

  /** @returns what the job returns or throws. */
  run<T>(job: () => Promise<T>): Promise<T> {
    const begun = new Promise<void>((begin) => this.#waiting.push(begin));
    const done = begun.then(job).finally(() => {
      this.#atWork -= 1;
      this.#pending.delete(done);
      setImmediate(() => this.#begin());
    });
    this.#pending.add(done);
    setImmediate(() => this.#begin());
    return done;
  }

  /** Resolves when nothing waits and nothing is under way. */
  async settle(): Promise<void> {
    while (this.#pending.size > 0) await Promise.allSettled([...this.#pending]);
  }

  #begin(): void {
    if (this.#atWork >= this.#size.atOnce) return;
    const begin = this.#waiting.shift();
    if (!begin) return;
    this.#atWork += 1;
    begin();
  }
}
