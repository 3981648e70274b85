import { createInbox, type Inbox, type LeftBehind } from '../inbox.js';
import type { Database } from '../database.js';
import { StandingClock, silentLog } from './test-parts.js';

/** Processes with an inbox each, over one database that is empty at first. */
export class InboxStand {
  readonly clock = new StandingClock();
  readonly #database: Database;

  private constructor(database: Database) {
    this.#database = database;
  }

  static async over(database: Database): Promise<InboxStand> {
    await database.db.deleteFrom('inbox').execute();
    await database.db.deleteFrom('delivery').execute();
    return new InboxStand(database);
  }

  /** One process; another name is another one, or the next life. */
  lifeOf(holder: string): Inbox {
    return createInbox({ database: this.#database, clock: this.clock, channel: 'slack', holder, log: silentLog });
  }

  /** As when a process has died: its leases run out, where there are any. */
  async dies(): Promise<void> {
    if (this.#database.isShared)
      await this.#database.db
        .updateTable('inbox')
        .set({ held_until: new Date(0) })
        .execute();
  }

  rows() {
    return this.#database.db.selectFrom('inbox').selectAll().orderBy('seq').execute();
  }

  /** As the tick asks them. */
  async sweeps(inbox: Inbox): Promise<void> {
    await Promise.all(inbox.sweeps.map(({ sweep }) => sweep(this.clock.now())));
  }

  /** Everything that a sweep hands over, each done as it comes. */
  async takesUp(inbox: Inbox): Promise<LeftBehind[]> {
    const taken: LeftBehind[] = [];
    const end = inbox.onLeftBehind(async (left) => {
      taken.push(left);
      await inbox.done(left.deliveryId);
    });
    // The batches after the first follow by themselves, between these.
    for (let round = 0; round < 10; round += 1) await this.sweeps(inbox);
    end();
    return taken;
  }
}

export function held(): { promise: Promise<void>; release: () => void } {
  let release = (): void => undefined;
  const promise = new Promise<void>((resolve) => (release = resolve));
  return { promise, release };
}
