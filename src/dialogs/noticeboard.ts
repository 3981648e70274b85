import { createHash } from 'node:crypto';
import { isForGood, type Log, type Posting, type PostingStore } from '../services/index.js';
import type { Addressee, Channel } from './channel.js';
import { CopyKeeper, PlacePace, type Edited } from './copy-keeper.js';
import type { Place } from './turn.js';
import type { View } from './views/view.js';

/**
 * What a reference shows now, and how new that is. `undefined`: there is nothing to show any more.
 * @param place where it stands, or will stand; absent: it is sent to whoever was proven to be a person.
 */
export type Render = (reference: string, place?: Place) => Promise<{ view: View; revision: number } | undefined>;

export interface NoticeboardParts {
  readonly channels: readonly Channel[];
  readonly postings: PostingStore;
  readonly render: Render;
  readonly log: Log;
}

/** A chat counts edits against its limits; a person cannot read faster than this either. */
const EDIT_SPACING_MS = 1_000;
interface Sent {
  readonly place: Place;
  readonly messageId: string;
}

interface Shown {
  readonly view: View;
  readonly revision: number;
  readonly contentHash: string;
}

/** Whose copies are being looked up. `wish`: the widest of all that were merged into it. */
interface Looking {
  again: boolean;
  wish: 'all' | 'due';
  done: Promise<boolean>;
}

/**
 * Knows where each living view was posted and keeps every copy true, in however many chats it stands: at most one edit a
 * second and place, unchanged content is skipped, an older revision never overwrites a newer one, and a copy that could
 * not be edited is tried again. A chat that hangs holds up its own copies only. Of several replicas one edits a copy at a time.
 */
export class Noticeboard {
  readonly #parts: NoticeboardParts;
  /** References whose copies are being looked up; `again`: once more after that. */
  readonly #looking = new Map<string, Looking>();
  readonly #keepers = new Map<string, CopyKeeper>();
  /** Copies that are being sent to somebody, by channel, person and reference. */
  readonly #whispering = new Map<string, Promise<void>>();
  readonly #paces = new Map<string, PlacePace>();

  constructor(parts: NoticeboardParts) {
    this.#parts = parts;
  }

  /** Where it stands, the oldest copy first. */
  find(reference: string): Promise<readonly Posting[]> {
    return this.#parts.postings.find(reference);
  }

  /** Posts what the reference shows now and keeps it true from here on. */
  async post(place: Place, reference: string): Promise<void> {
    const post = async (channel: Channel, view: View): Promise<Sent> => ({
      place,
      messageId: await channel.post(place, view),
    });
    await this.#begin(reference, place.channel, { post, place });
  }

  /** As `post`, in somebody's personal chat of that channel. Rejects where they have none. */
  async whisper(channel: Channel['name'], to: Addressee, reference: string): Promise<void> {
    await this.#begin(reference, channel, { post: (chat, view) => chat.whisper(to, view) });
  }

  /**
   * As `whisper`, unless a copy stands in that channel already: for whoever tries again until there is one. One at a time,
   * as two that find it missing would both send it.
   */
  ensureWhispered(channel: Channel['name'], to: Addressee, reference: string): Promise<void> {
    const key = JSON.stringify([channel, to.personId, reference]);
    const running = this.#whispering.get(key);
    if (running) return running;
    const work = this.#whisperMissing(channel, to, reference).finally(() => this.#whispering.delete(key));
    this.#whispering.set(key, work);
    return work;
  }

  async #whisperMissing(channel: Channel['name'], to: Addressee, reference: string): Promise<void> {
    const copies = await this.find(reference);
    if (!copies.some(({ place }) => place.channel === channel)) await this.whisper(channel, to, reference);
  }

  /** Makes a message that stands already a copy of the reference. */
  async adopt(place: Place, messageId: string, reference: string): Promise<void> {
    await this.#parts.postings.save({ reference, place, messageId, revision: -1, contentHash: '' });
    this.refresh(reference);
  }

  /** Brings every copy up to date, soon. Calls while one is under way are merged into one more. */
  refresh(reference: string): void {
    void this.#refresh(reference, 'all');
  }

  /** As `refresh`, but leaves a copy in peace that failed only just now. For whoever looks again and again. */
  heal(reference: string): void {
    void this.#refresh(reference, 'due');
  }

  /** Somebody is reading there: what could not be shown in that place is tried again at once. */
  seen({ channel, conversation }: Place): void {
    for (const keeper of this.#keepers.values()) {
      const { place } = keeper.copy;
      if (place.channel === channel && place.conversation === conversation && keeper.isBehind) void keeper.bring();
    }
  }

  /**
   * As `refresh`; rejects when a copy could not be brought up to date, for whoever tries again until it is. One that the
   * chat has refused for good is no reason to.
   */
  async makeTrue(reference: string): Promise<void> {
    if (!(await this.#refresh(reference, 'all')))
      throw new Error(`A copy of ${reference} could not be brought up to date.`);
  }

  /** Resolves when nothing is under way; healing that waits for a later try is given up. */
  async settle(): Promise<void> {
    do {
      await Promise.all([...this.#looking.values()].map(({ done }) => done));
      await Promise.all([...this.#keepers.values()].map((keeper) => keeper.settle()));
    } while (this.#looking.size > 0);
    for (const keeper of this.#keepers.values()) keeper.rest();
  }

  async #begin(
    reference: string,
    name: Channel['name'],
    { post, place }: { post: (channel: Channel, view: View) => Promise<Sent>; place?: Place },
  ): Promise<void> {
    const shown = await this.#render(reference, place);
    if (!shown) return;
    const { view, ...state } = shown;
    await this.#parts.postings.save({ reference, ...(await post(this.#channel(name), view)), ...state });
    this.refresh(reference);
  }

  #refresh(reference: string, wish: Looking['wish']): Promise<boolean> {
    const looking = this.#looking.get(reference);
    if (looking) {
      looking.again = true;
      if (wish === 'all') looking.wish = 'all';
      return looking.done;
    }
    const entry: Looking = { again: false, wish, done: Promise.resolve(true) };
    this.#looking.set(reference, entry);
    entry.done = this.#bringAll(reference, entry);
    return entry.done;
  }

  async #bringAll(reference: string, entry: Looking): Promise<boolean> {
    try {
      let copies: readonly Posting[];
      do {
        entry.again = false;
        copies = await this.#parts.postings.find(reference);
      } while (entry.again);
      const keepers = copies.filter((copy) => this.#isReachable(copy)).map((copy) => this.#keeperOf(copy));
      const wanted = keepers.filter((keeper) => entry.wish === 'all' || keeper.isDue());
      this.#looking.delete(reference);
      return (await Promise.all(wanted.map((keeper) => keeper.bring()))).every(Boolean);
    } catch (error) {
      this.#looking.delete(reference);
      this.#parts.log.error({ reference, error }, 'The copies of a card could not be looked up');
      return false;
    }
  }

  /** A copy in a chat that was switched off stays as it is, and is brought up to date when that is on again. */
  #isReachable({ place }: Posting): boolean {
    return this.#parts.channels.some(({ name }) => name === place.channel);
  }

  #keeperOf(copy: Posting): CopyKeeper {
    const { place, messageId } = copy;
    const key = JSON.stringify([place.channel, place.conversation, messageId]);
    const known = this.#keepers.get(key);
    if (known && known.copy.reference === copy.reference) return known;
    const keeper = new CopyKeeper(copy, {
      pace: () => this.#paceOf(place),
      edit: () => this.#edit(copy),
      forget: () => {
        if (this.#keepers.get(key) === keeper) this.#keepers.delete(key);
      },
    });
    this.#keepers.set(key, keeper);
    return keeper;
  }

  /** One for all cards of the place, as long as one of them is being kept. */
  #paceOf({ channel, conversation }: Place): PlacePace {
    const key = JSON.stringify([channel, conversation]);
    const known = this.#paces.get(key);
    if (known) return known;
    const pace: PlacePace = new PlacePace(EDIT_SPACING_MS, () => {
      if (this.#paces.get(key) === pace) this.#paces.delete(key);
    });
    this.#paces.set(key, pace);
    return pace;
  }

  async #render(reference: string, place: Place | undefined): Promise<Shown | undefined> {
    const shown = await this.#parts.render(reference, place);
    return shown && { ...shown, contentHash: hashOf(shown.view) };
  }

  /** @returns whether the message was edited, beside what came of it. */
  async #edit(copy: Posting): Promise<{ edited: Edited; wasSent: boolean }> {
    const { reference, place, messageId } = copy;
    try {
      const shown = await this.#render(reference, place);
      if (!shown) return { edited: 'true', wasSent: false };
      const edit = await this.#parts.postings.beginEdit(copy, shown.revision);
      if (typeof edit === 'string') return { edited: edit === 'shown' ? 'true' : 'busy', wasSent: false };
      const wasSent = edit.contentHash !== shown.contentHash;
      try {
        if (wasSent) await this.#channel(place.channel).replace(place, messageId, shown.view);
      } catch (error) {
        await edit.giveUp();
        throw error;
      }
      return { edited: (await edit.end(shown)) ? 'true' : 'busy', wasSent };
    } catch (error) {
      this.#parts.log.warn({ reference, messageId, error }, 'A copy of a card could not be edited');
      return { edited: await this.#afterFailure(copy, error), wasSent: true };
    }
  }

  /** Never rejects. */
  async #afterFailure(copy: Posting, error: unknown): Promise<Edited> {
    if (!isForGood(error)) return 'failed';
    if (error.facts.answer !== 'not-found') return 'refused';
    try {
      await this.#parts.postings.forget(copy);
      return 'true';
    } catch (failure) {
      this.#parts.log.warn({ reference: copy.reference, error: failure }, 'A copy that is gone could not be forgotten');
      return 'failed';
    }
  }

  #channel(name: Channel['name']): Channel {
    const channel = this.#parts.channels.find((one) => one.name === name);
    if (!channel) throw new Error(`There is no channel ${name}.`);
    return channel;
  }
}

function hashOf(view: View): string {
  return createHash('sha256').update(JSON.stringify(view)).digest('hex');
}
