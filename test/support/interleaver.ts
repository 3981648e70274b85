/** Numbers that follow from a seed alone. @returns from 0 up to, not including, 1. Source: mulberry32, public domain. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** What one of several parties passes between its steps. */
export type Gate = () => Promise<void>;

/**
 * Runs several parties in an order that follows from the seed: each stops at its gates, and once all that have not ended
 * stand at one, one of them is let go on.
 */
export class Interleaver {
  readonly #random: () => number;
  readonly #waiting = new Map<number, (() => void)[]>();

  constructor(seed: number) {
    this.#random = seeded(seed);
  }

  async run<T>(parties: readonly ((gate: Gate) => Promise<T>)[]): Promise<PromiseSettledResult<T>[]> {
    parties.forEach((_, party) => this.#waiting.set(party, []));
    return Promise.allSettled(
      parties.map(async (party, number) => {
        try {
          await this.#arrive(number);
          return await party(() => this.#arrive(number));
        } finally {
          this.#waiting.delete(number);
          this.#letOneGoOn();
        }
      }),
    );
  }

  #arrive(party: number): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.get(party)?.push(resolve);
      this.#letOneGoOn();
    });
  }

  #letOneGoOn(): void {
    const queues = [...this.#waiting.values()];
    if (queues.length === 0 || queues.some((queue) => queue.length === 0)) return;
    const queue = queues[Math.floor(this.#random() * queues.length)];
    queue?.shift()?.();
  }
}
