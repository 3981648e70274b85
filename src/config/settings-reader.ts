import { Secret } from '../secret.js';
import { SETTINGS, type SettingName } from '../settings.js';
import { ConfigError } from './config-error.js';

export type Environment = Readonly<Record<string, string | undefined>>;

export const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Reads setting by setting and notes what is wrong instead of stopping. An empty setting counts as unset. */
export class SettingsReader {
  readonly #env: Environment;
  readonly #problems: string[] = [];

  constructor(env: Environment) {
    this.#env = env;
  }

  find(name: SettingName): string | undefined {
    const value = this.#env[name]?.trim();
    return value === '' ? undefined : value;
  }

  get(name: SettingName): string {
    const value = this.find(name);
    if (value === undefined) this.wrong(name, missing(name));
    return value ?? '';
  }

  findSecret(name: SettingName): Secret | undefined {
    const value = this.find(name);
    return value === undefined ? undefined : new Secret(value);
  }

  secret(name: SettingName): Secret {
    return new Secret(this.get(name));
  }

  guid(name: SettingName): string {
    const value = this.get(name);
    if (value !== '' && !GUID.test(value)) {
      this.wrong(name, 'must be a GUID such as 6f3b9c52-1d2e-4a7f-9c1b-0a8d5e4c7b21');
    }
    return value.toLowerCase();
  }

  integer(name: SettingName, range: { default: number; min: number; max: number }): number {
    const text = this.find(name);
    if (text === undefined) return range.default;
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (value >= range.min && value <= range.max) return value;
    this.wrong(name, `must be a whole number from ${range.min} to ${range.max}, not "${text}"`);
    return range.default;
  }

  oneOf<T extends string>(name: SettingName, values: readonly T[], otherwise: T): T {
    const text = this.find(name);
    if (text === undefined) return otherwise;
    const value = values.find((known) => known === text);
    if (value === undefined) this.wrong(name, `must be ${values.join(', ')}, not "${text}"`);
    return value ?? otherwise;
  }

  /** Notes a problem, in words that follow the name. */
  wrong(name: string, what: string): void {
    this.#problems.push(`${name} ${what}${/[.?]$/.test(what) ? '' : '.'}`);
  }

  /** Throws a `ConfigError` that names all problems noted so far. */
  finish(): void {
    if (this.#problems.length > 0) throw new ConfigError(this.#problems);
  }
}

/** "is missing", what it is, and where an operator finds it. */
function missing(name: SettingName): string {
  const setting = SETTINGS.find((known) => known.name === name);
  return `is missing: ${setting?.meaning ?? name}. ${setting?.whereToFind ?? ''}`.trim();
}
