import { RateLimiter } from '../rate-limiter.js';

/** Not too much of anybody, whoever it is, and no more words about it than people read. By the id of the account. */
export class Pace {
  readonly #perAccount: RateLimiter;
  readonly #unlinked = new RateLimiter({ burst: 20, perSecond: 1 / 3 });
  readonly #matched = new RateLimiter({ burst: 20, perSecond: 1 / 3 });
  readonly #asked = new RateLimiter({ burst: 1, perSecond: 1 / 10 });
  readonly #turnedDown = new RateLimiter({ burst: 1, perSecond: 1 / 60 });

  /** @param turnsPerMinute of a person; their lists, which fill while they type, count here as well. */
  constructor(turnsPerMinute: number) {
    this.#perAccount = new RateLimiter({ burst: 2 * turnsPerMinute, perSecond: turnsPerMinute / 30 });
  }

  isTooFast(userId: string): boolean {
    return this.#perAccount.take(userId) > 0;
  }

  /** Of an account that nobody is known to be. */
  isTooFastUnlinked(userId: string): boolean {
    return this.#unlinked.take(userId) > 0;
  }

  /** For asking whose e-mail an account has that nobody is known to be. */
  isTooFastToMatch(userId: string): boolean {
    return this.#matched.take(userId) > 0;
  }

  /** Whether to ask in words to wait: every ten seconds. */
  mayAskToWait(userId: string): boolean {
    return this.#asked.take(userId) === 0;
  }

  /** Whether to say again why somebody is not served: once a minute. */
  mayTurnDown(userId: string): boolean {
    return this.#turnedDown.take(userId) === 0;
  }
}
