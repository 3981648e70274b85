import type { Clock } from './clock.js';
import type { Database } from './database.js';
import { Grouped } from './grouped.js';
import {
  endDeliveries,
  holdDeliveries,
  keepDeliveries,
  takeUpDeliveries,
  type InboxOf,
  type LeftBehind,
  type NewDelivery,
} from './inbox-store.js';
import type { Json } from './json.js';
import type { Log } from './log.js';
import type { Sweep } from './tick.js';

export type { LeftBehind } from './inbox-store.js';

/**
 * What one chat has handed over, from before it is acknowledged until the work on it has ended. What a dead process leaves
 * behind is worked on again, under the same delivery id.
 */
export interface Inbox {
  /**
   * Resolves when the delivery outlives this process, and is taken note of as one that came. `known`: it came before, and
   * whoever took it in then answers it. Throws when the database does not take it.
   */
  keep(deliveryId: string, delivery: Json): Promise<'new' | 'known'>;
  /** It was answered: nothing is left of it. Never rejects. */
  done(deliveryId: string): Promise<void>;
  /**
   * Hands over what was left behind, a few at a time; the worker says `done`, and never rejects.
   * @returns ends it, before the process does.
   */
  onLeftBehind(worker: (left: LeftBehind) => Promise<void>): () => void;
  readonly sweep: Sweep;
}

export interface InboxParts {
  readonly database: Database;
  readonly clock: Pick<Clock, 'now' | 'wall'>;
  readonly channel: string;
  /** This process, by a name that no other one has. */
  readonly holder: string;
  readonly log: Log;
}

export function createInbox(parts: InboxParts): Inbox {
  return new TableInbox(parts);
}

class TableInbox implements Inbox {
  readonly #parts: InboxParts;
  readonly #of: InboxOf;
  readonly #underWay = new Set<string>();
  /** Ended, and not deleted yet. */
  readonly #ended = new Set<string>();
  readonly #keeping: Grouped<NewDelivery, boolean>;
  readonly #ending: Grouped<string, void>;
  #worker: ((left: LeftBehind) => Promise<void>) | undefined;
  #isTakingUp = false;

  constructor(parts: InboxParts) {
    const { database, clock, channel, holder } = parts;
    this.#parts = parts;
    this.#of = { channel, holder, isShared: database.isShared };
    this.#keeping = new Grouped(async (deliveries) => {
      const kept = await keepDeliveries(database.db, this.#of, { deliveries, at: clock.now() });
      return ({ deliveryId }) => kept.has(deliveryId);
    });
    this.#ending = new Grouped(async (deliveryIds) => {
      await endDeliveries(database.db, this.#of, deliveryIds);
      return () => undefined;
    });
  }

  async keep(deliveryId: string, delivery: Json): Promise<'new' | 'known'> {
    if (this.#underWay.has(deliveryId)) return 'known';
    this.#underWay.add(deliveryId);
    let isNew = false;
    try {
      isNew = await this.#keeping.add({ deliveryId, delivery, receivedAt: this.#parts.clock.wall() });
    } finally {
      if (!isNew) this.#underWay.delete(deliveryId);
    }
    return isNew ? 'new' : 'known';
  }

  async done(deliveryId: string): Promise<void> {
    if (!this.#underWay.has(deliveryId)) return;
    this.#ended.add(deliveryId);
    await this.#end(deliveryId).catch((error: unknown) => {
      this.#parts.log.warn({ error }, 'A delivery that was answered could not be deleted yet');
    });
  }

  onLeftBehind(worker: (left: LeftBehind) => Promise<void>): () => void {
    this.#worker = worker;
    return () => (this.#worker = undefined);
  }

  readonly sweep: Sweep = {
    name: 'deliveries that were left behind',
    everySeconds: 2,
    sweep: async () => {
      await Promise.all([...this.#ended].map((deliveryId) => this.#end(deliveryId)));
      const { database } = this.#parts;
      if (this.#of.isShared && this.#underWay.size > 0)
        await holdDeliveries(database.db, this.#of, [...this.#underWay]);
      await this.#takeUp();
    },
  };

  async #end(deliveryId: string): Promise<void> {
    await this.#ending.add(deliveryId);
    this.#ended.delete(deliveryId);
    this.#underWay.delete(deliveryId);
  }

  /** One batch; the next one follows when it has ended. */
  async #takeUp(): Promise<void> {
    const { log } = this.#parts;
    const worker = this.#worker;
    if (!worker || this.#isTakingUp) return;
    this.#isTakingUp = true;
    let left: readonly LeftBehind[] = [];
    try {
      left = await takeUpDeliveries(this.#parts.database.db, this.#of, [...this.#underWay]);
    } finally {
      this.#isTakingUp = left.length > 0;
    }
    for (const { deliveryId, tries } of left) {
      this.#underWay.add(deliveryId);
      log.info({ deliveryId, tries }, 'A delivery was left behind and is taken up');
    }
    if (left.length === 0) return;
    void Promise.all(left.map(worker))
      .finally(() => (this.#isTakingUp = false))
      .then(() => this.#takeUp())
      .catch((error: unknown) => log.warn({ error }, 'What was left behind could not be taken up'));
  }
}
