import { SECONDS } from './fault-options.js';
import type { FaultKind, FaultSetting } from './faults.js';
import type { Collection, SandboxStore } from './store.js';

interface ClockSettings {
  /** How far a test has moved business time forwards. */
  readonly offsetMs: number;
  /** How far the fault `clock-jumps-back` holds it back. */
  readonly backMs?: number;
}

/**
 * The time that the sandbox servers share. `now()` dates certificates and assertions (business time); `wall()` dates
 * tokens and signatures. A test moves business time forwards; only the fault `clock-jumps-back` moves it back.
 */
export class SandboxClock {
  readonly #settings: Collection<ClockSettings>;
  readonly #store: SandboxStore;
  readonly #wall: () => Date;

  /** @param wall the time of the machine; a test may pass its own. */
  constructor(store: SandboxStore, wall: () => Date = () => new Date()) {
    this.#store = store;
    this.#settings = store.collection('clock');
    this.#wall = wall;
  }

  get offsetMs(): number {
    const { offsetMs, backMs = 0 } = this.#read();
    return offsetMs - backMs;
  }

  wall(): Date {
    return this.#wall();
  }

  now(): Date {
    return new Date(this.#wall().getTime() + this.offsetMs);
  }

  /** @param duration ISO 8601 duration of days, hours, minutes and seconds, such as `P30D` or `PT4H30M`. */
  advance(duration: string): void {
    const known = this.#read();
    this.#write({ ...known, offsetMs: known.offsetMs + parseDuration(duration) });
  }

  /** Holds business time back by so many milliseconds until told otherwise; 0 lets it go on where it would be. */
  holdBack(backMs: number): void {
    this.#write({ ...this.#read(), backMs });
  }

  #read(): ClockSettings {
    return this.#settings.get('clock') ?? { offsetMs: 0 };
  }

  #write(settings: ClockSettings): void {
    this.#settings.put('clock', settings);
    this.#store.flush();
  }
}

/** The fault of the shared clock, for the server that offers it. Every server sees the time that it makes. */
export function clockFaults(clock: SandboxClock): Readonly<Record<string, FaultKind>> {
  return {
    'clock-jumps-back': {
      describe: 'Business time of all sandbox servers jumps back, and stays behind until the fault is switched off.',
      options: { by: 'seconds that it jumps back; 3600 when left out' },
      forms: { by: SECONDS },
      switched: (on) => clock.holdBack(1000 * on.reduce((sum, setting) => sum + secondsBack(setting), 0)),
    },
  };
}

function secondsBack(setting: FaultSetting): number {
  return Number(setting['by'] ?? 3600);
}

/** Milliseconds of an ISO 8601 duration (`P1DT2H3M4S`). Throws a RangeError for anything else, a negative one included. */
export function parseDuration(text: string): number {
  const match = /^P(?:(\d+)D)?(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/.exec(text);
  if (!match || text === 'P') throw new RangeError(`"${text}" is not a duration such as PT4H or P30D.`);
  const [days, hours, minutes, seconds] = match.slice(1).map((part) => Number(part ?? 0));
  return ((((days ?? 0) * 24 + (hours ?? 0)) * 60 + (minutes ?? 0)) * 60 + (seconds ?? 0)) * 1000;
}
