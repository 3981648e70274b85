import { make, wordsOf } from './dom.js';
import { Field } from './field.js';
import type { FaultInfo, FaultSetting } from './wire.js';

/** Switches the fault; rejects with what the server says is wrong. */
export type SwitchFault = (on: boolean, options: Readonly<Record<string, string>>) => Promise<void>;

const SPELLINGS: Readonly<Record<string, string>> = { sso: 'SSO', saml: 'SAML', api: 'API', mfa: 'MFA', ids: 'IDs' };

/** One fault: what it does, a switch, its options, and under which options it is on. */
export class FaultView {
  readonly element: HTMLLIElement;
  readonly #switch: HTMLInputElement;
  readonly #settings = make('ul', { class: 'fault-settings' });
  readonly #options = make('details', { class: 'fault-options' });
  readonly #another = make('button', { type: 'submit', class: 'plain-button' });
  readonly #error = make('p', { class: 'field-error', role: 'alert', hidden: '' });
  readonly #fields: ReadonlyMap<string, Field>;
  readonly #change: SwitchFault;
  readonly #words: string;
  #isOn = false;

  constructor(server: string, info: FaultInfo, change: SwitchFault) {
    this.#change = change;
    const id = `fault-${server}-${info.fault}`;
    const title = titleOf(info.fault);
    this.#words = `${info.fault} ${title} ${info.describe}`.toLowerCase();
    this.#switch = make('input', { id, type: 'checkbox', role: 'switch', 'aria-describedby': `${id}-what` });
    this.#switch.addEventListener('change', () => void this.#turn(this.#switch.checked));
    this.#fields = new Map(
      Object.entries(info.options).map(([name, meaning]) => [
        name,
        new Field(`${id}-${name}`, titleOf(name), sentence(meaning)),
      ]),
    );
    this.#buildOptions();
    this.element = make(
      'li',
      { class: 'fault' },
      make('label', { class: 'fault-head', for: id }, make('span', { class: 'fault-title' }, title), this.#switch),
      make('p', { id: `${id}-what`, class: 'fault-what' }, info.describe),
      this.#error,
      this.#settings,
      ...(this.#fields.size > 0 ? [this.#options] : []),
    );
    this.show(info.on);
  }

  /** @param on the settings under which it is on now; none: it is off */
  show(on: readonly FaultSetting[]): void {
    this.#isOn = on.length > 0;
    this.#switch.checked = this.#isOn;
    this.element.classList.toggle('is-on', this.#isOn);
    this.#another.textContent = this.#isOn ? 'Switch on with these as well' : 'Switch on with these';
    this.#settings.replaceChildren(
      ...on.map(describeSetting).flatMap((text) => (text === '' ? [] : [make('li', {}, text)])),
    );
  }

  /** @returns whether it fits the search, or is on */
  showIfFits(wanted: string): boolean {
    const fits = this.#words.includes(wanted.toLowerCase());
    this.element.hidden = !fits;
    return fits;
  }

  get isOn(): boolean {
    return this.#isOn;
  }

  #buildOptions(): void {
    const form = make(
      'form',
      { class: 'fault-form', novalidate: '' },
      ...[...this.#fields.values()].map((field) => field.element),
      this.#another,
    );
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      void this.#turn(true);
    });
    this.#options.append(make('summary', {}, 'Options'), form);
  }

  async #turn(on: boolean): Promise<void> {
    this.#error.hidden = true;
    for (const field of this.#fields.values()) field.clearError();
    try {
      await this.#change(on, on ? this.#filled() : {});
    } catch (error) {
      this.#switch.checked = this.#isOn;
      this.#complain(wordsOf(error));
    }
  }

  #filled(): Record<string, string> {
    return Object.fromEntries(
      [...this.#fields].flatMap(([name, field]) => (field.value === '' ? [] : [[name, field.value]])),
    );
  }

  /** At the field that the server names; at the fault when it names none. */
  #complain(message: string): void {
    const named = /\boption "?([A-Za-z]+)"?/.exec(message)?.[1];
    const field = named === undefined ? undefined : this.#fields.get(named);
    if (field) {
      this.#options.open = true;
      return field.showError(message);
    }
    this.#error.textContent = message;
    this.#error.hidden = false;
  }
}

function describeSetting(setting: FaultSetting): string {
  return Object.entries(setting)
    .filter(([name]) => name !== 'fault')
    .map(([name, value]) => `${titleOf(name)}: ${value}`)
    .join(' · ');
}

/** `stale-reads` → "Stale reads", `retryAfter` → "Retry after". */
function titleOf(name: string): string {
  const words = name
    .replace(/([a-z])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .split('-');
  const [first = '', ...others] = words.map((word) => SPELLINGS[word] ?? word);
  return [first.charAt(0).toUpperCase() + first.slice(1), ...others].join(' ');
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
