import type { Collection, SandboxStore } from './store.js';

/**
 * The time that the sandbox servers share. `now()` dates certificates and assertions (business time); `wall()` dates
 * tokens and signatures. A test moves business time forwards; it never goes back.
 */
export class SandboxClock {
  readonly #settings: Collection<{ offsetMs: number }>;
  readonly #store: SandboxStore;

  constructor(store: SandboxStore) {
    this.#store = store;
    this.#settings = store.collection('clock');
  }

  get offsetMs(): number {
    return this.#settings.get('clock')?.offsetMs ?? 0;
  }

  wall(): Date {
    return new Date();
  }

  now(): Date {
    return new Date(Date.now() + this.offsetMs);
  }

  /** @param duration ISO 8601 duration of days, hours, minutes and seconds, such as `P30D` or `PT4H30M`. */
  advance(duration: string): void {
    this.#settings.put('clock', { offsetMs: this.offsetMs + parseDuration(duration) });
    this.#store.flush();
  }
}

/** Milliseconds of an ISO 8601 duration (`P1DT2H3M4S`). Throws a RangeError for anything else, a negative one included. */
export function parseDuration(text: string): number {
  const match = /^P(?:(\d+)D)?(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/.exec(text);
  if (!match || text === 'P') throw new RangeError(`"${text}" is not a duration such as PT4H or P30D.`);
  const [days, hours, minutes, seconds] = match.slice(1).map((part) => Number(part ?? 0));
  return ((((days ?? 0) * 24 + (hours ?? 0)) * 60 + (minutes ?? 0)) * 60 + (seconds ?? 0)) * 1000;
}
