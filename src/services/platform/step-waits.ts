import { AsyncLocalStorage } from 'node:async_hooks';

/** A shorter wait is over before anybody has read of it. */
const LONG_WAIT_MS = 2_000;

/** What pausing needs; part of `Pace`. */
interface Pausing {
  readonly sleep: (ms: number) => Promise<void>;
  readonly wall: () => Date;
}

/** Sleeps. @param text one sentence for an admin: what for, and how long it may still take. Never a secret. */
export type Pause = (ms: number, text: string) => Promise<void>;

/** Follows the deed of a step through everything that it awaits, so that no client has to be handed it with every call. */
const notes = new AsyncLocalStorage<Note>();

/**
 * Does the deed of a step. While it waits for longer than two seconds, `write` is told what for, and `undefined` when the
 * wait is over. It is called once at a time and never again once the deed has settled; what it rejects with is not for
 * the deed to suffer from.
 */
export async function noteWaits<T>(
  write: (text: string | undefined) => Promise<void>,
  deed: () => Promise<T>,
): Promise<T> {
  const note = new Note(write);
  try {
    return await notes.run(note, deed);
  } finally {
    await note.close();
  }
}

/**
 * For the clients: a piece of work that pauses, perhaps several times. The step's note says what the last pause was for
 * until the work has settled. Outside a step it only pauses.
 */
export async function whileWaiting<T>(pace: Pausing, work: (pause: Pause) => Promise<T>): Promise<T> {
  const note = notes.getStore();
  const startedAt = pace.wall().getTime();
  const wait = {};
  const pause: Pause = async (ms, text) => {
    if (pace.wall().getTime() - startedAt + ms >= LONG_WAIT_MS) note?.tell(wait, text);
    await pace.sleep(ms);
  };
  try {
    return await work(pause);
  } finally {
    note?.forget(wait);
  }
}

/** What one step waits for. Of waits within each other, or side by side, the one that was told of last is shown. */
class Note {
  readonly #write: (text: string | undefined) => Promise<void>;
  readonly #waits = new Map<object, string>();
  #written: string | undefined;
  #writing: Promise<void> | undefined;
  #isClosed = false;

  constructor(write: (text: string | undefined) => Promise<void>) {
    this.#write = write;
  }

  tell(wait: object, text: string): void {
    if (this.#isClosed || this.#waits.get(wait) === text) return;
    this.#waits.delete(wait); // to stand last
    this.#waits.set(wait, text);
    this.#show();
  }

  forget(wait: object): void {
    if (this.#waits.delete(wait)) this.#show();
  }

  /** A deed that failed may have left waits behind. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#waits.clear();
    this.#show();
    await this.#writing;
  }

  #show(): void {
    this.#writing ??= this.#writeNewest().finally(() => (this.#writing = undefined));
  }

  async #writeNewest(): Promise<void> {
    for (let text = this.#newest(); text !== this.#written; text = this.#newest()) {
      this.#written = text;
      await this.#write(text).catch(() => undefined);
    }
  }

  #newest(): string | undefined {
    return [...this.#waits.values()].at(-1);
  }
}

/** @param what such as "Entra does not show the new application everywhere yet". */
export function stillTakes(what: string, leftMs: number): string {
  return `${what}; this can still take up to ${roughly(leftMs)}.`;
}

/** @param from who asked, such as "Genesys Cloud". */
export function askedForPause(from: string, ms: number): string {
  return `${from} asked for a pause of ${exactly(ms)}.`;
}

/** @param from who gives no answer, or none that helps. */
export function asksAgain(from: string, leftMs: number): string {
  return `${from} is busy or out of reach; Latchkey goes on asking for up to ${roughly(leftMs)}.`;
}

/** @param of whose published limit it is. */
export function limitReached(of: string, ms: number): string {
  return `Latchkey has used up the requests that ${of} allows for now, and goes on in ${exactly(ms)}.`;
}

/** In few steps, so that a note that counts down is not written every second. */
function roughly(ms: number): string {
  if (ms <= 10_000) return '10 seconds';
  if (ms <= 30_000) return '30 seconds';
  return minutes(ms);
}

function exactly(ms: number): string {
  const seconds = Math.max(1, Math.ceil(ms / 1_000));
  if (seconds >= 120) return minutes(ms);
  return seconds === 1 ? '1 second' : `${seconds} seconds`;
}

function minutes(ms: number): string {
  const whole = Math.max(1, Math.ceil(ms / 60_000));
  return whole === 1 ? '1 minute' : `${whole} minutes`;
}
