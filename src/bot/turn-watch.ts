import type { Answer, Turn, UnlinkedTurn } from '../dialogs/turn.js';
import { requestIds, withLogFields, type CountedTurn, type Log } from '../services/index.js';
import { RateLimiter } from './rate-limiter.js';
import type { Router } from './router.js';

export interface TurnWatchParts {
  readonly router: Pick<Router, 'handle' | 'handleUnlinked' | 'nameOf'>;
  readonly countTurn: (turn: CountedTurn) => void;
  readonly turnsPerMinute: number;
  readonly log: Log;
}

type Handled = Promise<Answer | undefined>;

/** Around each turn: not too many of a person who is known by now, a line in the log, and the figures. */
export class TurnWatch {
  readonly #parts: TurnWatchParts;
  /** A minute's worth at once, so that nobody who clicks fast is held up. */
  readonly #perPerson: RateLimiter;
  /** Who was asked to wait in words, and has not written anything that was taken since. */
  readonly #asked = new RateLimiter({ burst: 1, perSecond: 1 / ASKED_AGAIN_S });

  constructor(parts: TurnWatchParts) {
    this.#parts = parts;
    this.#perPerson = new RateLimiter({ burst: parts.turnsPerMinute, perSecond: parts.turnsPerMinute / 60 });
  }

  /** @param note is told what became of it, as the figures name it: what no answer says by itself. */
  handle(turn: Turn, note: (outcome: string) => void = () => undefined): Handled {
    const { router } = this.#parts;
    return this.#watch({ turn: turn.deliveryId, intent: router.nameOf(turn) }, note, async (tell) => {
      // That the app was added is no deed of the person, and nobody would repeat it.
      const seconds = turn.said.kind === 'arrived' ? 0 : this.#perPerson.take(turn.account.personId);
      if (seconds === 0) return router.handle(turn, tell);
      tell('too-fast');
      return this.#askToWait(turn, seconds);
    });
  }

  /** The same of an account that nobody has proven to be a person of ours; the door sees to it that they are not too many. */
  handleUnlinked(turn: UnlinkedTurn): Handled {
    const ignore = (): void => undefined;
    return this.#watch({ turn: turn.deliveryId, intent: UNLINKED }, ignore, (tell) =>
      this.#parts.router.handleUnlinked(turn, tell),
    );
  }

  #watch(
    about: { turn: string; intent: string },
    note: (outcome: string) => void,
    work: (tell: (outcome: string) => void) => Handled,
  ): Handled {
    const { countTurn, log } = this.#parts;
    const from = performance.now();
    return withLogFields(about, async () => {
      let told: string | undefined;
      const answer = await work((said) => void (told = said));
      const outcome = told ?? outcomeOf(answer);
      const took = (performance.now() - from) / 1_000;
      note(outcome);
      countTurn({ intent: about.intent, outcome, seconds: took });
      log.info({ outcome, ms: Math.round(took * 1_000), requestIds: requestIds() }, 'A turn was handled');
      return answer;
    });
  }

  /** A click is answered each time, on its card; of messages every few seconds one, or we would be the flood. */
  #askToWait(turn: Turn, seconds: number): Answer | undefined {
    const text = `That was a lot at once. Wait ${seconds} ${seconds === 1 ? 'second' : 'seconds'}, then do it again: nothing was done with it, and nothing is lost.`;
    if (turn.said.kind === 'search') return { kind: 'choices', choices: [] };
    if (turn.said.kind === 'click') return { kind: 'refused', text };
    return this.#asked.take(turn.account.personId) === 0 ? { kind: 'message', text } : undefined;
  }
}

/** What a turn of an account is about that nobody is known to be: it is invited to link, whatever it says. */
const UNLINKED = 'unlinked';
const ASKED_AGAIN_S = 10;

function outcomeOf(answer: Answer | undefined): string {
  if (answer === undefined) return 'posted';
  return answer.kind === 'refused' ? 'refused' : 'answered';
}
