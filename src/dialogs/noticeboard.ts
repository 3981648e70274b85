import { createHash } from 'node:crypto';
import type { Log, Posting, PostingStore } from '../services/index.js';
import type { Channel } from './channel.js';
import type { Place } from './turn.js';
import type { View } from './views/view.js';

/** What a reference shows now, and how new that is. `undefined`: there is nothing to show any more. */
export type Render = (reference: string) => Promise<{ view: View; revision: number } | undefined>;

export interface NoticeboardParts {
  readonly channels: readonly Channel[];
  readonly postings: PostingStore;
  readonly render: Render;
  readonly log: Log;
}

/** Teams counts edits against its limits; a person cannot read faster than this either. */
const EDIT_SPACING_MS = 1_000;
/** When a copy could not be brought up to date: seconds until the next tries. */
const HEALING_AFTER_MS = [2_000, 10_000, 60_000] as const;

interface Shown {
  readonly view: View;
  readonly revision: number;
  readonly contentHash: string;
}

/** A reference whose copies are being brought up to date. `done`: whether all of them could be. */
interface Busy {
  again: boolean;
  done: Promise<boolean>;
}

/** What came of one copy. `busy`: somebody else is editing it, or has meanwhile. */
type Edited = 'true' | 'failed' | 'busy';

/**
 * Knows where each living view was posted and keeps every copy true: at most one edit a second per card, unchanged
 * content is skipped, an older revision never overwrites a newer one, and a copy that could not be edited is tried again.
 * Of several replicas one edits a copy at a time.
 */
export class Noticeboard {
  readonly #parts: NoticeboardParts;
  readonly #busy = new Map<string, Busy>();
  readonly #timers = new Set<NodeJS.Timeout>();

  constructor(parts: NoticeboardParts) {
    this.#parts = parts;
  }

  /** Posts what the reference shows now and keeps it true from here on. */
  async post(place: Place, reference: string): Promise<void> {
    const shown = await this.#parts.render(reference);
    if (!shown) return;
    const messageId = await this.#channel(place).post(place, shown.view);
    await this.#parts.postings.save({
      reference,
      place,
      messageId,
      revision: shown.revision,
      contentHash: hashOf(shown.view),
    });
    this.refresh(reference);
  }

  /** Makes a message that stands already a copy of the reference. */
  async adopt(place: Place, messageId: string, reference: string): Promise<void> {
    await this.#parts.postings.save({ reference, place, messageId, revision: -1, contentHash: '' });
    this.refresh(reference);
  }

  /** Brings every copy up to date, soon. Calls while one is under way are merged into one more. */
  refresh(reference: string): void {
    void this.#refresh(reference);
  }

  /** As `refresh`; rejects when a copy could not be brought up to date, for whoever tries again until it is. */
  async makeTrue(reference: string): Promise<void> {
    if (!(await this.#refresh(reference))) throw new Error(`A copy of ${reference} could not be brought up to date.`);
  }

  #refresh(reference: string): Promise<boolean> {
    const busy = this.#busy.get(reference);
    if (busy) {
      busy.again = true;
      return busy.done;
    }
    const entry: Busy = { again: false, done: Promise.resolve(true) };
    this.#busy.set(reference, entry);
    entry.done = this.#work(reference, entry);
    return entry.done;
  }

  /** Resolves when nothing is under way; healing that waits for a later try is given up. */
  async settle(): Promise<void> {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    while (this.#busy.size > 0) await Promise.all([...this.#busy.values()].map(({ done }) => done));
  }

  async #work(reference: string, entry: Busy): Promise<boolean> {
    let failed: boolean;
    do {
      entry.again = false;
      const edited = await this.#bringUpToDate(reference);
      failed = edited === 'failed';
      if (failed) this.#healLater(reference, 0);
      if (edited === 'busy') entry.again = true;
      if (entry.again) await this.#pause(EDIT_SPACING_MS);
    } while (entry.again);
    this.#busy.delete(reference);
    return !failed;
  }

  async #bringUpToDate(reference: string): Promise<Edited> {
    try {
      const shown = await this.#parts.render(reference);
      if (!shown) return 'true';
      const contentHash = hashOf(shown.view);
      const copies = await this.#parts.postings.find(reference);
      const results = await Promise.all(copies.map((copy) => this.#edit(copy, { ...shown, contentHash })));
      return results.find((result) => result === 'failed') ?? results.find((result) => result === 'busy') ?? 'true';
    } catch (error) {
      this.#parts.log.error({ reference, error }, 'Copies of a card could not be brought up to date');
      return 'failed';
    }
  }

  async #edit(copy: Posting, shown: Shown): Promise<Edited> {
    if (shown.revision <= copy.revision) return 'true';
    const edit = await this.#parts.postings.beginEdit(copy, shown.revision);
    if (typeof edit === 'string') return edit === 'shown' ? 'true' : 'busy';
    try {
      if (edit.contentHash !== shown.contentHash) {
        await this.#channel(copy.place).replace(copy.place, copy.messageId, shown.view);
      }
    } catch (error) {
      const { reference, messageId } = copy;
      this.#parts.log.warn({ reference, messageId, error }, 'A copy of a card could not be edited');
      await edit.giveUp();
      return 'failed';
    }
    return (await edit.end(shown)) ? 'true' : 'busy';
  }

  #healLater(reference: string, attempt: number): void {
    const wait = HEALING_AFTER_MS[attempt];
    if (wait === undefined) return;
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      void this.#bringUpToDate(reference).then((edited) => {
        if (edited !== 'true') this.#healLater(reference, attempt + 1);
      });
    }, wait);
    timer.unref();
    this.#timers.add(timer);
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, ms));
  }

  #channel(place: Place): Channel {
    const channel = this.#parts.channels.find(({ name }) => name === place.channel);
    if (!channel) throw new Error(`There is no channel ${place.channel}.`);
    return channel;
  }
}

function hashOf(view: View): string {
  return createHash('sha256').update(JSON.stringify(view)).digest('hex');
}
