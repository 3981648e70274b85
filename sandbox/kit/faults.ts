import type { Collection, SandboxStore } from './store.js';

/** What a fault does, and the options it takes (name → what it means). */
export interface FaultKind {
  readonly describe: string;
  readonly options?: Readonly<Record<string, string>>;
  /** Switches itself off after it has struck once. */
  readonly once?: boolean;
}

export interface FaultSetting {
  readonly fault: string;
  readonly [option: string]: string | undefined;
}

/** The switches that break one sandbox server on purpose. A name or option that does not exist is an error. */
export class Faults {
  readonly #kinds = new Map<string, FaultKind>();
  readonly #on: Collection<FaultSetting>;

  constructor(store: SandboxStore) {
    this.#on = store.collection('faults');
  }

  define(kinds: Readonly<Record<string, FaultKind>>): void {
    for (const [name, kind] of Object.entries(kinds)) this.#kinds.set(name, kind);
  }

  /** The setting of a fault that is on. */
  active(fault: string): FaultSetting | undefined {
    if (!this.#kinds.has(fault)) throw new Error(`The fault ${fault} was never defined.`);
    return this.#on.list().find((setting) => setting.fault === fault);
  }

  /** All settings of that fault, for faults that may be on several times with other options. */
  allActive(fault: string): FaultSetting[] {
    return this.#on.filter((setting) => setting.fault === fault);
  }

  /** Whether the fault strikes now; a fault that strikes once is off afterwards. */
  strikes(fault: string, matches: (setting: FaultSetting) => boolean = () => true): boolean {
    const setting = this.allActive(fault).find(matches);
    if (!setting) return false;
    if (this.#kinds.get(fault)?.once) this.#on.delete(keyOf(setting));
    return true;
  }

  /**
   * Switches faults on or off as `{ fault, on, ...options }` says, one or a list of them.
   * Throws a RangeError that names what exists when the fault or an option is unknown; nothing is switched then.
   */
  set(wanted: unknown): void {
    const list = (Array.isArray(wanted) ? wanted : [wanted]).map((entry) => this.#parse(entry));
    for (const { on, setting } of list) {
      if (on) this.#on.put(keyOf(setting), setting);
      else for (const known of this.allActive(setting.fault)) this.#on.delete(keyOf(known));
    }
  }

  list(): { fault: string; describe: string; options: Readonly<Record<string, string>>; on: FaultSetting[] }[] {
    return [...this.#kinds].map(([fault, kind]) => ({
      fault,
      describe: kind.describe,
      options: kind.options ?? {},
      on: this.allActive(fault),
    }));
  }

  #parse(entry: unknown): { on: boolean; setting: FaultSetting } {
    const { fault, on = true, ...options } = (entry ?? {}) as Record<string, unknown>;
    const kind = typeof fault === 'string' ? this.#kinds.get(fault) : undefined;
    if (typeof fault !== 'string' || !kind) {
      throw new RangeError(`There is no fault ${JSON.stringify(fault)}. Known: ${[...this.#kinds.keys()].join(', ')}.`);
    }
    if (typeof on !== 'boolean') throw new RangeError('"on" must be true or false.');
    for (const [name, value] of Object.entries(options)) {
      if (!kind.options?.[name]) {
        const known = Object.keys(kind.options ?? {}).join(', ') || 'none';
        throw new RangeError(`The fault ${fault} has no option ${JSON.stringify(name)}. Known: ${known}.`);
      }
      if (typeof value !== 'string') throw new RangeError(`The option ${name} of ${fault} must be text.`);
    }
    return { on, setting: { fault, ...(options as Record<string, string>) } };
  }
}

function keyOf(setting: FaultSetting): string {
  return JSON.stringify(Object.entries(setting).sort());
}
