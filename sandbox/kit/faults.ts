import type { OptionForm } from './fault-options.js';
import type { Collection, SandboxStore } from './store.js';

/** What a fault does, and the options it takes (name → what it means). */
export interface FaultKind {
  readonly describe: string;
  readonly options?: Readonly<Record<string, string>>;
  /** What the values of options must look like; an option without a form takes any text. */
  readonly forms?: Readonly<Record<string, OptionForm>>;
  /** Switches itself off after it has struck once. */
  readonly once?: boolean;
  /** Switches itself off after it has struck as often as its option `times` says: 1 when left out, `always` for ever. */
  readonly counted?: boolean;
  /** Told after each change what is on of this fault now; an empty list when it is off. */
  readonly switched?: (on: readonly FaultSetting[]) => void;
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
    return this.#on.find((setting) => setting.fault === fault);
  }

  /** All settings of that fault, for faults that may be on several times with other options. */
  allActive(fault: string): FaultSetting[] {
    return this.#on.filter((setting) => setting.fault === fault);
  }

  /** Whether the fault strikes now; a fault that strikes a number of times is off after the last of them. */
  strikes(fault: string, matches: (setting: FaultSetting) => boolean = () => true): boolean {
    return this.strike(fault, matches) !== undefined;
  }

  /** Like `strikes`, and says with which options it struck. */
  strike(fault: string, matches: (setting: FaultSetting) => boolean = () => true): FaultSetting | undefined {
    const setting = this.#on.find((one) => one.fault === fault && matches(one));
    if (setting) this.#use(setting);
    return setting;
  }

  /**
   * Switches faults on or off as `{ fault, on, ...options }` says, one or a list of them; off means every setting of it.
   * Throws a RangeError that names what exists when the fault, an option or a value is wrong; nothing is switched then.
   */
  set(wanted: unknown): void {
    const list = (Array.isArray(wanted) ? wanted : [wanted]).map((entry) => this.#parse(entry));
    for (const { on, setting } of list) {
      if (on) this.#on.put(this.#keyOf(setting), setting);
      else for (const known of this.allActive(setting.fault)) this.#on.delete(this.#keyOf(known));
      this.#tell(setting.fault);
    }
  }

  /** Switches everything off. */
  clear(): void {
    const struck = new Set(this.#on.list().map((setting) => setting.fault));
    this.#on.clear();
    for (const fault of struck) this.#tell(fault);
  }

  list(): { fault: string; describe: string; options: Readonly<Record<string, string>>; on: FaultSetting[] }[] {
    return [...this.#kinds].map(([fault, kind]) => ({
      fault,
      describe: kind.describe,
      options: kind.options ?? {},
      on: this.allActive(fault),
    }));
  }

  #use(setting: FaultSetting): void {
    const kind = this.#kinds.get(setting.fault);
    if (!kind?.once && (!kind?.counted || setting['times'] === 'always')) return;
    const left = kind.once ? 0 : Number(setting['times'] ?? 1) - 1;
    if (left > 0) this.#on.put(this.#keyOf(setting), { ...setting, times: String(left) });
    else this.#on.delete(this.#keyOf(setting));
    this.#tell(setting.fault);
  }

  #tell(fault: string): void {
    this.#kinds.get(fault)?.switched?.(this.allActive(fault));
  }

  /** The count is no part of it, so that counting down keeps the key and a new count replaces the old one. */
  #keyOf(setting: FaultSetting): string {
    const counted = this.#kinds.get(setting.fault)?.counted ?? false;
    const entries = Object.entries(setting).filter(([name]) => !(counted && name === 'times'));
    return JSON.stringify(entries.sort());
  }

  #parse(entry: unknown): { on: boolean; setting: FaultSetting } {
    const { fault, on = true, ...options } = (entry ?? {}) as Record<string, unknown>;
    const kind = typeof fault === 'string' ? this.#kinds.get(fault) : undefined;
    if (typeof fault !== 'string' || !kind) {
      throw new RangeError(`There is no fault ${JSON.stringify(fault)}. Known: ${[...this.#kinds.keys()].join(', ')}.`);
    }
    if (typeof on !== 'boolean') throw new RangeError('"on" must be true or false.');
    for (const [name, value] of Object.entries(options)) requireOption(fault, kind, name, value);
    return { on, setting: { fault, ...(options as Record<string, string>) } };
  }
}

function requireOption(fault: string, kind: FaultKind, name: string, value: unknown): void {
  if (!Object.hasOwn(kind.options ?? {}, name)) {
    const known = Object.keys(kind.options ?? {}).join(', ') || 'none';
    throw new RangeError(`The fault ${fault} has no option ${JSON.stringify(name)}. Known: ${known}.`);
  }
  if (typeof value !== 'string') throw new RangeError(`The option ${name} of ${fault} must be text.`);
  const form = kind.forms?.[name];
  if (form && !form.fits(value)) {
    throw new RangeError(`The option ${name} of ${fault} must be ${form.wanted}, not ${JSON.stringify(value)}.`);
  }
}
