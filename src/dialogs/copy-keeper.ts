import type { Posting } from '../services/index.js';

/**
 * What came of one copy. `busy`: somebody else is editing it, or has meanwhile · `refused`: the chat will not take it, as
 * long as nobody changes anything there
 */
export type Edited = 'true' | 'failed' | 'busy' | 'refused';

/** After a failure, milliseconds until the next tries; the last one holds for all further ones. */
const HEALING_AFTER_MS = [2_000, 10_000, 60_000, 300_000] as const;
/** So many are tried by a timer of our own; for the others somebody who sweeps asks whether they are due. */
const TIMED_TRIES = 3;

/** The edits of one place, one after the other and never closer than the spacing. */
export class PlacePace {
  readonly #spacingMs: number;
  readonly #onIdle: () => void;
  #line: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  #lastSent = Number.NEGATIVE_INFINITY;

  /** @param onIdle nobody waits any more, and the spacing is over. */
  constructor(spacingMs: number, onIdle: () => void) {
    this.#spacingMs = spacingMs;
    this.#onIdle = onIdle;
  }

  /** Runs it in its turn. What is to be shown is decided then, so that what has changed meanwhile is among it. */
  async inTurn<T extends { readonly wasSent: boolean }>(edit: () => Promise<T>): Promise<T> {
    this.#waiting += 1;
    const turn = this.#line.then(async () => {
      const wait = this.#lastSent + this.#spacingMs - performance.now();
      if (wait > 0) await delay(wait);
      const result = await edit();
      if (result.wasSent) this.#lastSent = performance.now();
      return result;
    });
    this.#line = turn.catch(() => undefined);
    try {
      return await turn;
    } finally {
      this.#waiting -= 1;
      if (this.#waiting === 0) this.#forgetSoon();
    }
  }

  #forgetSoon(): void {
    const timer = setTimeout(() => {
      const isOver = performance.now() >= this.#lastSent + this.#spacingMs;
      if (this.#waiting === 0 && isOver) this.#onIdle();
    }, this.#spacingMs);
    timer.unref();
  }
}

interface KeeperParts {
  /** Of the place that the message stands in. */
  readonly pace: () => PlacePace;
  /** Brings the message to what its reference shows at that moment. Never rejects. */
  readonly edit: () => Promise<{ edited: Edited; wasSent: boolean }>;
  /** It is true and nobody waits: the keeper is not needed any more. */
  readonly forget: () => void;
}

/** Keeps one message true: calls are merged while an edit is under way, and a failed edit is tried again. */
export class CopyKeeper {
  readonly copy: Posting;
  readonly #parts: KeeperParts;
  #running: Promise<boolean> | undefined;
  #isAskedAgain = false;
  #failures = 0;
  #dueAt = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(copy: Posting, parts: KeeperParts) {
    this.copy = copy;
    this.#parts = parts;
  }

  /** Whether the last edit failed. */
  get isBehind(): boolean {
    return this.#failures > 0;
  }

  /** Whether the last failure, if there was one, is long enough ago, and no edit is under way. */
  isDue(): boolean {
    return this.#running === undefined && performance.now() >= this.#dueAt;
  }

  /** @returns whether the message shows the state of this moment, or a later one, or never will. Never rejects. */
  bring(): Promise<boolean> {
    if (this.#running) this.#isAskedAgain = true;
    this.#running ??= this.#work();
    return this.#running;
  }

  async settle(): Promise<void> {
    await this.#running;
  }

  /** Tries no more by itself. */
  rest(): void {
    clearTimeout(this.#timer);
  }

  async #work(): Promise<boolean> {
    let edited: Edited;
    do {
      this.#isAskedAgain = false;
      const result = await this.#parts.pace().inTurn(this.#parts.edit);
      edited = result.edited;
      // Whoever else is editing needs a moment; the pace counts our own edits only.
      if (edited === 'busy') await delay(BUSY_MS);
    } while (this.#isAskedAgain || edited === 'busy');
    this.#running = undefined;
    if (edited === 'true') this.#rejoice();
    else this.#healLater();
    return edited !== 'failed';
  }

  #rejoice(): void {
    this.#failures = 0;
    this.#dueAt = 0;
    clearTimeout(this.#timer);
    this.#parts.forget();
  }

  #healLater(): void {
    const wait = HEALING_AFTER_MS[Math.min(this.#failures, HEALING_AFTER_MS.length - 1)] ?? 0;
    this.#failures += 1;
    this.#dueAt = performance.now() + wait;
    clearTimeout(this.#timer);
    if (this.#failures > TIMED_TRIES) return;
    this.#timer = setTimeout(() => void this.bring(), wait);
    this.#timer.unref();
  }
}

const BUSY_MS = 1_000;

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
