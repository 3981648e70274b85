import type { Clock } from './clock.js';
import type { Database } from './database.js';
import { jsonText, type Json } from './json.js';
import type { Log } from './log.js';
import type { Transaction } from './schema.js';
import type { Sweep } from './tick.js';

/** Something that has happened. `at`: business time. */
export interface Event {
  readonly type: string;
  readonly payload: Json;
  readonly at: Date;
}

/** Does what follows from an event; one that rejects gets it again later. It may get an event twice. */
export type EventHandler = (payload: Json) => Promise<void>;

/** News that is committed with what it tells of, and delivered until it has arrived: in order, as long as nothing fails. */
export interface Outbox {
  /** @throws when that type has a handler: events go to one place. */
  on(type: string, handler: EventHandler): void;
  /** Delivers what is there, also what a dead process left behind. */
  readonly sweep: Sweep;
}

const BATCH = 50;
/** Wall seconds until an event is tried again: doubling up to ten minutes, and never given up. */
const RETRY_AFTER_S = { first: 5, most: 600 };

/** Writes an event, within the transaction of what it tells of. */
export async function publish(trx: Transaction, { type, payload, at }: Event): Promise<void> {
  await trx
    .insertInto('outbox')
    .values({ type, payload: jsonText(payload), at })
    .execute();
}

export function createOutbox(parts: { database: Database; clock: Pick<Clock, 'now' | 'wall'>; log: Log }): Outbox {
  return new TableOutbox(parts);
}

interface Waiting {
  readonly id: string;
  readonly type: string;
  readonly payload: Json;
  readonly attempts: number;
}

class TableOutbox implements Outbox {
  readonly #parts: Parameters<typeof createOutbox>[0];
  readonly #handlers = new Map<string, EventHandler>();

  constructor(parts: Parameters<typeof createOutbox>[0]) {
    this.#parts = parts;
  }

  on(type: string, handler: EventHandler): void {
    if (this.#handlers.has(type)) throw new Error(`Two handlers for ${type}.`);
    this.#handlers.set(type, handler);
  }

  readonly sweep: Sweep = {
    name: 'undelivered events',
    everySeconds: 5,
    sweep: async () => {
      for (let batch = await this.#waiting(); batch.length > 0; batch = await this.#waiting()) {
        for (const event of batch) await this.#deliver(event);
      }
    },
  };

  #waiting(): Promise<Waiting[]> {
    const { database, clock } = this.#parts;
    return database.db
      .selectFrom('outbox')
      .select(['id', 'type', 'payload', 'attempts'])
      .where('delivered_at', 'is', null)
      .where('type', 'in', ['', ...this.#handlers.keys()])
      .where((event) => event.or([event('retry_at', 'is', null), event('retry_at', '<=', clock.wall())]))
      .orderBy('id')
      .limit(BATCH)
      .execute();
  }

  async #deliver({ id, type, payload, attempts }: Waiting): Promise<void> {
    const { database, clock, log } = this.#parts;
    const event = database.db.updateTable('outbox').where('id', '=', id);
    try {
      await this.#handlers.get(type)?.(payload);
    } catch (error) {
      const seconds = Math.min(RETRY_AFTER_S.first * 2 ** attempts, RETRY_AFTER_S.most);
      log.warn({ event: id, type, attempts: attempts + 1, seconds, error }, 'An event could not be delivered yet');
      const retry_at = new Date(clock.wall().getTime() + seconds * 1_000);
      await event.set({ attempts: attempts + 1, retry_at }).execute();
      return;
    }
    await event.set({ delivered_at: clock.now() }).execute();
  }
}
