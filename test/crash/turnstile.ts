import { seeded } from '../support/interleaver.js';

/** When nobody has come for so long, one of those who wait is let through. */
const QUIET_MS = 4;

/** Lets those who come to it through one by one, in an order that follows from a seed. */
export class Turnstile {
  readonly #waiting: (() => void)[] = [];
  #random: (() => number) | undefined;
  #timer: NodeJS.Timeout | undefined;

  /** From now on, until `opens`. */
  closes(seed: number): void {
    this.#random = seeded(seed);
  }

  /** Nobody waits any more. */
  opens(): void {
    this.#random = undefined;
    clearTimeout(this.#timer);
    for (const letThrough of this.#waiting.splice(0)) letThrough();
  }

  pass(): Promise<void> {
    if (!this.#random) return Promise.resolve();
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.#letOneThroughSoon();
    });
  }

  #letOneThroughSoon(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      const [next] = this.#waiting.splice(Math.floor((this.#random?.() ?? 0) * this.#waiting.length), 1);
      next?.();
      if (this.#waiting.length > 0) this.#letOneThroughSoon();
    }, QUIET_MS);
  }
}
