import {
  onceAMinute,
  within,
  type Arrival,
  type Inbox,
  type Keeping,
  type LeftBehind,
  type Log,
} from '../../services/index.js';
import { lineModal } from './block-kit.js';
import { deedWords } from './deed-words.js';
import type { Delivery, Task } from './delivery.js';
import { OpenDialog, TITLE, workingModal } from './dialogs.js';
import { readKept, toKept } from './kept-delivery.js';
import { originOf } from './origin.js';
import type { Pace } from './pace.js';
import { Reply, SENT_ALREADY, TOO_MUCH, type ReplyParts } from './reply.js';
import { SearchRows, type SearchRowsOptions } from './search-rows.js';
import { NOT_SERVED } from './senders.js';
import { isDirect } from './slack-places.js';
import { IN_MESSAGES, type SlackTurns } from './slack-turns.js';
import { WorkQueue } from './work-queue.js';
import type { SlackConversations } from './slack-conversations.js';

/** What Slack gets at once; for a dialog that was sent, and for a list, it says what to show. */
export type Acknowledge = (body?: object) => Promise<void>;

export interface SlackIntakeOptions extends ReplyParts, SearchRowsOptions {
  readonly turns: SlackTurns;
  /** What was acknowledged and is not finished. */
  readonly inbox: Omit<Inbox, 'recover' | 'sweeps'>;
  readonly conversations: SlackConversations;
  readonly pace: Pace;
  /** Wall time. */
  readonly now: () => Date;
  readonly log: Log;
}

const FULL =
  'Latchkey has more to do than it can take just now, and nothing was done with this. Try again in a minute.';
/** Both follow what was done and when: several of them may stand below each other. */
const TOO_LATE =
  'Latchkey was away then, for so long that it did not go on with it. Look whether it was done; if not, do it again.';
const GIVEN_UP =
  'It went wrong several times, and Latchkey has given it up. Look whether it was done, and tell the operator of Latchkey before you try it again.';
/** Enough that nobody waits behind a few slow systems. */
const WORK = { atOnce: 32, waiting: 500 };
/** Words to those who are turned away, on their way at once. */
const MOST_TURNED_AWAY = 20;
/** For the inbox: Slack waits three seconds for the acknowledgement, and its trigger is good for as long. */
const KEPT_WITHIN_MS = 1_000;
/** So often work on one delivery is begun: it may be what kills the process. */
const MOST_TRIES = 3;
/** Whoever clicked so long ago may not want it any more, and does not look. */
const MOST_AGE_MS = 60 * 60 * 1_000;
/** Seconds until what Slack did not let us do is tried again. */
const AGAIN_AFTER_S = 10;

/** `unkept`: no store says so, in time or at all. */
type Kept = Arrival | 'unkept';

/** How far that is known; neither rejects. */
type Known = Readonly<Record<keyof Keeping, Promise<Kept>>>;

const UNKEPT: Known = { kept: Promise.resolve('unkept'), arrival: Promise.resolve('unkept') };

/** What happens with a delivery: kept, acknowledged at once, then worked on. Nothing here rejects. */
export class SlackIntake {
  readonly #options: SlackIntakeOptions;
  readonly #work = new WorkQueue(WORK);
  /** What is under way beside the work: rows of lists, and words to those who are turned away. */
  readonly #aside = new Set<Promise<unknown>>();
  readonly #rows: SearchRows;
  readonly #isUnkeptDue = onceAMinute();
  #arriving = 0;
  /** The process ends: what is not finished stays in the inbox, for the next one. */
  #isLeaving = false;
  #endTakingUp = (): void => undefined;

  constructor(options: SlackIntakeOptions) {
    this.#options = options;
    this.#rows = new SearchRows(options);
  }

  /** Works on what was left behind, too, from now on. */
  open(): void {
    this.#endTakingUp = this.#options.inbox.onLeftBehind((left) => this.#takeUp(left));
  }

  /** Settles once the delivery is acknowledged; the work goes on. */
  async take(delivery: Delivery, acknowledge: Acknowledge): Promise<void> {
    const { turns, pace } = this.#options;
    const { deed, userId } = delivery;
    if (turns.isForeign(delivery)) return acknowledge(deed.kind === 'form' ? lineInstead(NOT_SERVED) : undefined);
    const isTooFast = pace.isTooFast(userId);
    if (deed.kind === 'search') {
      const isTooMuch = isTooFast || this.#aside.size >= WORK.waiting;
      return acknowledge({ options: isTooMuch ? [] : await this.#track(this.#rows.inTime(delivery)) });
    }
    const isFull = this.#work.isFull || this.#arriving >= WORK.waiting;
    if (isTooFast || isFull) return this.#turnAway(delivery, acknowledge, isTooFast ? TOO_MUCH : FULL);
    const { kept, arrival } = this.#keep(delivery);
    if ((await this.#inTime(kept)) === 'known') {
      return acknowledge(deed.kind === 'form' ? lineInstead(SENT_ALREADY) : undefined);
    }
    // What is kept is ours: Slack's next try is answered by the work on this one.
    await acknowledge(this.#firstAnswer(delivery)).catch((error: unknown) => {
      this.#options.log.warn({ error }, 'A delivery of Slack could not be acknowledged');
    });
    // At once, as its trigger is good for three seconds.
    const dialog = this.#dialogFor(delivery);
    void this.#work.run(async () => this.#workOn(delivery, await arrival, await dialog));
  }

  /**
   * Resolves when nothing is under way; nothing that was left behind is taken up any more.
   * @param withinMs what has not ended by then stays in the inbox; default: as long as it takes.
   */
  async settle(withinMs?: number): Promise<void> {
    this.#endTakingUp();
    if (withinMs === undefined) return this.#settled();
    await within(withinMs, this.#settled());
    this.#isLeaving = true;
    await this.#options.inbox.leave();
  }

  async #settled(): Promise<void> {
    await this.#work.settle();
    while (this.#aside.size > 0) await Promise.allSettled([...this.#aside]);
  }

  #track<T>(work: Promise<T>): Promise<T> {
    const tracked = work.finally(() => this.#aside.delete(tracked));
    this.#aside.add(tracked);
    return tracked;
  }

  #keep(delivery: Delivery): Known {
    const stored = toKept(delivery);
    if (stored === undefined) return UNKEPT;
    const { kept, arrival } = this.#options.inbox.keep(delivery.id, stored);
    return {
      kept: kept.catch((error: unknown) => this.#unkept(error)),
      // It is worked on from memory: what has a line is kept by that, and of anything else its loss was told.
      arrival: arrival.catch(() => 'unkept'),
    };
  }

  /** Without a store that answers in time it goes on from memory, as far as this process lives. */
  async #inTime(keeping: Promise<Kept>): Promise<Kept> {
    this.#arriving += 1;
    const kept = await within(KEPT_WITHIN_MS, keeping);
    this.#arriving -= 1;
    return kept ?? this.#unkept('it took too long');
  }

  #unkept(error: unknown): 'unkept' {
    if (this.#isUnkeptDue())
      this.#options.log.warn({ error }, 'Deliveries of Slack are not kept: a crash would lose them');
    return 'unkept';
  }

  async #workOn(delivery: Delivery, kept: Kept, dialog: OpenDialog | undefined): Promise<void> {
    // The store was slow to say so.
    if (kept === 'known') return void (await dialog?.say(SENT_ALREADY));
    await this.#finish({ delivery, ...(kept === 'new' ? { isNoted: true } : {}) }, dialog);
  }

  async #takeUp({ deliveryId, delivery: stored, receivedAt, tries }: LeftBehind): Promise<void> {
    const { inbox, now, log } = this.#options;
    const delivery = readKept(stored);
    if (!delivery) {
      log.error({ deliveryId }, 'A delivery that was left behind cannot be read and is dropped');
      return inbox.done(deliveryId);
    }
    const task: Task = { delivery, isNoted: true, isTakenUp: true };
    if (tries >= MOST_TRIES) {
      log.error({ deliveryId, deed: delivery.deed.kind, tries }, 'A delivery is given up: work on it never ended');
      // First, so that not even the words are tried for ever.
      await inbox.done(deliveryId);
      return this.#workLater({ ...task, instead: `${deedWords(delivery.deed, receivedAt)} ${GIVEN_UP}` });
    }
    const isTooLate = now().getTime() - receivedAt.getTime() > MOST_AGE_MS;
    const instead = `${deedWords(delivery.deed, receivedAt)} ${TOO_LATE}`;
    await this.#workLater(isTooLate ? { ...task, instead } : task);
  }

  async #workLater(task: Task): Promise<void> {
    await this.#work.run(async () => this.#finish(task, await this.#dialogFor(task.delivery)));
  }

  async #finish(task: Task, dialog: OpenDialog | undefined): Promise<void> {
    const { inbox, turns } = this.#options;
    const { id } = task.delivery;
    if (this.#isLeaving || !(await inbox.begin(id))) return;
    const isEnded = await turns.workOn(task, dialog);
    if (this.#isLeaving) return;
    await (isEnded ? inbox.done(id) : inbox.release(id, AGAIN_AFTER_S));
  }

  /** In words that cost next to nothing: dialogs and commands are told in what Slack gets anyway. */
  async #turnAway(delivery: Delivery, acknowledge: Acknowledge, words: string): Promise<void> {
    const { pace, turns } = this.#options;
    const { deed, userId, teamId } = delivery;
    if (deed.kind === 'form') return acknowledge(lineInstead(words));
    const isTold = pace.mayAskToWait(userId);
    if (deed.kind === 'command') {
      return acknowledge(isTold ? { response_type: 'ephemeral', text: words } : undefined);
    }
    await acknowledge();
    if (!isTold || deed.kind === 'home' || this.#aside.size >= MOST_TURNED_AWAY) return;
    const told = new Reply(this.#options, { delivery }, undefined).say(words, originOf(delivery, teamId));
    void this.#track(told.catch((error: unknown) => turns.untold(error)));
  }

  #firstAnswer(delivery: Delivery): object | undefined {
    const { deed } = delivery;
    if (deed.kind === 'form') return { response_action: 'update', view: workingModal() };
    if (deed.kind !== 'command' || this.#opensDialog(delivery)) return undefined;
    // Whether direct messages are those with the bot is not known before Slack was asked.
    return isDirect(deed.channel) ? undefined : { response_type: 'ephemeral', text: IN_MESSAGES };
  }

  #opensDialog({ deed, triggerId }: Delivery): boolean {
    if (triggerId === undefined) return false;
    const { opensDialog } = this.#options.conversations;
    if (deed.kind === 'about') return true;
    if (deed.kind === 'command') return opensDialog({ kind: 'text', text: deed.text });
    if (deed.kind !== 'click') return false;
    // On the app's own page nothing would be seen to happen, as its answer stands elsewhere.
    return deed.surface.kind === 'page' || opensDialog({ kind: 'click', ...deed.button, inputs: deed.inputs });
  }

  async #dialogFor(delivery: Delivery): Promise<OpenDialog | undefined> {
    const { api, log } = this.#options;
    const { deed, triggerId } = delivery;
    if (deed.kind === 'form') return new OpenDialog(api, deed.viewId, log);
    return triggerId !== undefined && this.#opensDialog(delivery)
      ? OpenDialog.open({ api, log }, triggerId, workingModal())
      : undefined;
  }
}

/** In the place of a dialog that was sent. */
function lineInstead(text: string): object {
  return { response_action: 'update', view: lineModal(TITLE, text) };
}
