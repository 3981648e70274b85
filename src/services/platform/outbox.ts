import { sql, type Kysely } from 'kysely';
import type { Clock } from './clock.js';
import type { Database } from './database.js';
import { jsonText, type Json } from './json.js';
import type { Log } from './log.js';
import type { Schema, Transaction } from './schema.js';
import type { Sweep } from './tick.js';

/** Something that has happened. `at`: business time. */
export interface Event {
  readonly type: string;
  readonly payload: Json;
  readonly at: Date;
}

/** Does what follows from an event; one that rejects gets it again later. It may get an event twice. */
export type EventHandler = (payload: Json) => Promise<void>;

/**
 * News that is committed with what it tells of, and delivered until it has arrived, by one replica at a time. Each type has
 * a line of its own: in order, as long as nothing fails and there is one replica, unless several are delivered at once.
 */
export interface Outbox {
  /**
   * @param atOnce so many of the type are delivered side by side, in no order. Default: 1.
   * @throws when that type has a handler: events go to one place.
   */
  on(type: string, handler: EventHandler, atOnce?: number): void;
  /** Delivers what is there, also what a dead process left behind. */
  readonly sweep: Sweep;
}

/** Wall seconds until an event is tried again: doubling up to ten minutes, and never given up. */
const RETRY_AFTER_S = { first: 5, most: 600 };
/** Database seconds after which an event is taken from whoever began to deliver it: longer than any delivery takes. */
const CLAIM_S = 30;

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

/** At the start of the only process: whoever was delivering is dead. */
export async function forgetDeliveries(db: Kysely<Schema>): Promise<void> {
  await db.updateTable('outbox').set({ claimed_until: null }).where('claimed_until', 'is not', null).execute();
}

interface Claimed {
  readonly id: string;
  readonly type: string;
  readonly payload: Json;
  readonly attempts: number;
}

class TableOutbox implements Outbox {
  readonly #parts: Parameters<typeof createOutbox>[0];
  readonly #handlers = new Map<string, { readonly handle: EventHandler; readonly atOnce: number; running: number }>();

  constructor(parts: Parameters<typeof createOutbox>[0]) {
    this.#parts = parts;
  }

  on(type: string, handle: EventHandler, atOnce = 1): void {
    if (this.#handlers.has(type)) throw new Error(`Two handlers for ${type}.`);
    this.#handlers.set(type, { handle, atOnce, running: 0 });
  }

  readonly sweep: Sweep = {
    name: 'undelivered events',
    everySeconds: 5,
    // A handler that hangs holds up neither what comes after it at another place of its line, nor another type.
    mayOverlap: true,
    sweep: async () => {
      const free = [...this.#handlers].flatMap(([type, { atOnce, running }]) =>
        Array.from({ length: atOnce - running }, () => type),
      );
      const ended = await Promise.allSettled(free.map((type) => this.#deliverAll(type)));
      const failed = ended.find((line) => line.status === 'rejected');
      if (failed) throw failed.reason;
    },
  };

  async #deliverAll(type: string): Promise<void> {
    const line = this.#handlers.get(type);
    if (!line) return;
    line.running += 1;
    try {
      for (let event = await this.#claim(type); event !== undefined; event = await this.#claim(type))
        await this.#deliver(event);
    } finally {
      line.running -= 1;
    }
  }

  /** The oldest event of the type that is due and that nobody delivers. */
  async #claim(type: string): Promise<Claimed | undefined> {
    const { database, clock } = this.#parts;
    const due = database.db
      .selectFrom('outbox')
      .select('id')
      .where('delivered_at', 'is', null)
      .where('type', '=', type)
      .where((event) => event.or([event('retry_at', 'is', null), event('retry_at', '<=', clock.wall())]))
      .where(sql<boolean>`(claimed_until is null or claimed_until < clock_timestamp())`)
      .orderBy('id')
      .limit(1)
      .forUpdate()
      .skipLocked();
    return database.db
      .updateTable('outbox')
      .set({ claimed_until: sql<Date>`clock_timestamp() + make_interval(secs => ${sql.lit(CLAIM_S)})` })
      .where('id', '=', due)
      .returning(['id', 'type', 'payload', 'attempts'])
      .executeTakeFirst();
  }

  async #deliver({ id, type, payload, attempts }: Claimed): Promise<void> {
    const { database, clock, log } = this.#parts;
    const event = database.db.updateTable('outbox').where('id', '=', id);
    try {
      await this.#handlers.get(type)?.handle(payload);
    } catch (error) {
      const seconds = Math.min(RETRY_AFTER_S.first * 2 ** attempts, RETRY_AFTER_S.most);
      log.warn({ event: id, type, attempts: attempts + 1, seconds, error }, 'An event could not be delivered yet');
      const retry_at = new Date(clock.wall().getTime() + seconds * 1_000);
      await event.set({ attempts: attempts + 1, retry_at, claimed_until: null }).execute();
      return;
    }
    await event.set({ delivered_at: clock.now() }).execute();
  }
}
