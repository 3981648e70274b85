import type { SandboxApi } from './api.js';
import { make, wordsOf } from './dom.js';
import { Field } from './field.js';
import type { TroubleOverview } from './wire.js';

const STEPS = [
  ['+1 hour', 'PT1H'],
  ['+1 day', 'P1D'],
  ['+30 days', 'P30D'],
] as const;

/** Unit → how an ISO 8601 duration of so many is written. */
const UNITS: Readonly<Record<string, (count: string) => string>> = {
  minutes: (count) => `PT${count}M`,
  hours: (count) => `PT${count}H`,
  days: (count) => `P${count}D`,
};

export interface TimeViewOptions {
  readonly api: SandboxApi;
  /** Called after the time was moved, with what happened in words. */
  readonly moved: (words: string) => Promise<void>;
}

/** The time that all servers and Latchkey live in, and the ways to move it on. */
export class TimeView {
  readonly #options: TimeViewOptions;
  readonly #now = make('time', { class: 'clock-now' });
  readonly #ahead = make('span', { class: 'clock-ahead' });
  readonly #count = new Field('clock-count', 'Move on by', 'A whole number. Time only moves forwards.');
  readonly #unit = make(
    'select',
    { 'aria-label': 'Unit' },
    ...Object.keys(UNITS).map((unit) => make('option', {}, unit)),
  );
  #offsetMs: number | undefined;

  constructor(section: HTMLElement, options: TimeViewOptions) {
    this.#options = options;
    this.#unit.value = 'days';
    const steps = STEPS.map(([label, duration]) => {
      const button = make('button', { type: 'button', class: 'plain-button' }, label);
      button.addEventListener('click', () => void this.#move(duration, label.slice(1)));
      return button;
    });
    const move = make('button', { type: 'submit', class: 'plain-button' }, 'Move');
    const form = make('form', { class: 'clock-form', novalidate: '' }, this.#count.element, this.#unit, move);
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.#moveByField();
    });
    section.append(
      make('h3', { id: 'trouble-time-title' }, 'Time'),
      make('p', { class: 'clock' }, this.#now, this.#ahead),
      make('div', { class: 'clock-steps' }, ...steps),
      form,
    );
  }

  show(clock: TroubleOverview['clock']): void {
    this.#offsetMs = clock?.offsetMs;
    this.tick();
  }

  /** Called every second while the panel is open. */
  tick(): void {
    if (this.#offsetMs === undefined) {
      this.#now.textContent = 'unknown';
      this.#ahead.textContent = 'The server that has the time does not answer.';
      return;
    }
    const now = new Date(Date.now() + this.#offsetMs);
    this.#now.dateTime = now.toISOString();
    this.#now.textContent = now.toLocaleString([], { dateStyle: 'full', timeStyle: 'medium' });
    this.#ahead.textContent = aheadOf(this.#offsetMs);
  }

  #moveByField(): void {
    const count = this.#count.value;
    const duration = UNITS[this.#unit.value];
    if (!duration || !/^[1-9]\d{0,4}$/.test(count)) {
      this.#count.showError('Enter a whole number from 1 to 99999, such as 4.');
      return;
    }
    void this.#move(duration(count), `${count} ${this.#unit.value}`);
  }

  async #move(duration: string, words: string): Promise<void> {
    this.#count.clearError();
    try {
      await this.#options.api.advance(duration);
      await this.#options.moved(`The time moved on by ${words}.`);
    } catch (error) {
      this.#count.showError(wordsOf(error));
    }
  }
}

function aheadOf(offsetMs: number): string {
  const minutes = Math.round(Math.abs(offsetMs) / 60_000);
  if (minutes === 0) return 'the real time';
  const parts = [
    [Math.floor(minutes / 1440), 'day'],
    [Math.floor((minutes % 1440) / 60), 'hour'],
    [minutes % 60, 'minute'],
  ] as const;
  const words = parts.flatMap(([count, unit]) => (count === 0 ? [] : [`${count} ${unit}${count === 1 ? '' : 's'}`]));
  return `${words.join(', ')} ${offsetMs < 0 ? 'behind' : 'ahead of'} the real time`;
}
