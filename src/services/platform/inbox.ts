import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from './clock.js';
import type { Database } from './database.js';
import { Grouped, together } from './grouped.js';
import {
  beginDelivery,
  dropOldDeliveries,
  endDeliveries,
  holdDeliveries,
  keepDeliveries,
  releaseDeliveries,
  takeUpDeliveries,
  type InboxOf,
  type LeftBehind,
  type NewDelivery,
  type Release,
} from './inbox-store.js';
import type { Json } from './json.js';
import { LEASE_S } from './ledger-leases.js';
import type { Log } from './log.js';
import { onceAMinute } from './once-a-minute.js';
import { makeRows } from './spool-rows.js';
import type { Spool } from './spool.js';
import type { Sweep } from './tick.js';

export type { LeftBehind } from './inbox-store.js';

/** `known`: it came before, and whoever took it in then answers it. */
export type Arrival = 'new' | 'known';

/** A delivery that has come, on its way into the inbox. */
export interface Keeping {
  /**
   * Resolves when the delivery outlives this process, as far as is known by then; it may turn out to be `known` later. Rejects
   * when nothing takes it.
   */
  readonly kept: Promise<Arrival>;
  /** Resolves when it is taken note of as one that came. Rejects when the database does not take it. */
  readonly arrival: Promise<Arrival>;
}

/**
 * What one chat has handed over, from before it is acknowledged until the work on it has ended. What a dead process leaves
 * behind is worked on again, under the same delivery id.
 */
export interface Inbox {
  /**
   * Makes what is spooled and nobody works on a part of the inbox: what a dead process has left, before anything new comes, and
   * later what the database had refused. Throws as the database does.
   */
  recover(): Promise<void>;
  keep(deliveryId: string, delivery: Json): Keeping;
  /** Work on it begins, which is counted. `false`: it is somebody else's by now, and must be left alone. Never rejects. */
  begin(deliveryId: string): Promise<boolean>;
  /** It was answered: nothing is left of it. Never rejects. */
  done(deliveryId: string): Promise<void>;
  /** Nothing was done: it is taken up again after so many seconds, as if work on it had never begun. Never rejects. */
  release(deliveryId: string, afterS: number): Promise<void>;
  /**
   * The process ends in order, which nobody is to blame for: no beginning of what is under way counts, and what was not
   * begun is anybody's at once. Never rejects.
   */
  leave(): Promise<void>;
  /**
   * Hands over what was left behind, a few at a time; the worker says `done` or `release`, and never rejects.
   * @returns ends it, before the process does.
   */
  onLeftBehind(worker: (left: LeftBehind) => Promise<void>): () => void;
  readonly sweeps: readonly Sweep[];
}

export interface InboxParts {
  readonly database: Database;
  readonly clock: Pick<Clock, 'now' | 'wall'>;
  readonly channel: string;
  /** This process, by a name that no other one has. */
  readonly holder: string;
  /** Where what comes outlives this process sooner than as a row; absent: its row does. */
  readonly spool?: Spool | undefined;
  readonly log: Log;
}

export function createInbox(parts: InboxParts): Inbox {
  return new TableInbox(parts);
}

/** What nobody takes up for so long, as the chat is switched off, is of no use to anybody. */
const KEPT_MS = 24 * 60 * 60 * 1_000;

const KNOWN: Keeping = { kept: Promise.resolve('known'), arrival: Promise.resolve('known') };

/** What this process has to do with. */
interface UnderWay {
  /** How often work on it was begun before, with when it came as the first time. */
  tries: number;
  readonly isTakenUp: boolean;
  isBegun: boolean;
  /** It has just come again, and meanwhile its row was taken up, which says how often that was. */
  hasRowTakenUp: boolean;
}

class TableInbox implements Inbox {
  readonly #parts: InboxParts;
  readonly #of: InboxOf;
  readonly #underWay = new Map<string, UnderWay>();
  /** What is over here, and could not be written down yet. */
  readonly #unwritten = new Map<string, () => Promise<void>>();
  readonly #keeping: Grouped<NewDelivery, boolean>;
  readonly #ending: Grouped<string, void>;
  readonly #releasing: Grouped<Release, void>;
  #worker: ((left: LeftBehind) => Promise<void>) | undefined;
  #isTakingUp = false;
  readonly #isUnspooledDue = onceAMinute();
  readonly #isRowlessDue = onceAMinute();

  constructor(parts: InboxParts) {
    const { database, clock, channel, holder, spool } = parts;
    this.#parts = parts;
    this.#of = { channel, holder, isShared: database.isShared };
    this.#keeping = new Grouped(async (deliveries) => {
      const kept = await keepDeliveries(database.db, this.#of, { deliveries, at: clock.now() });
      spool?.forget(deliveries.map(({ deliveryId }) => deliveryId));
      return ({ deliveryId }) => kept.has(deliveryId);
    });
    this.#ending = together((deliveryIds) => endDeliveries(database.db, this.#of, deliveryIds));
    this.#releasing = together((released) => releaseDeliveries(database.db, this.#of, released));
  }

  async recover(): Promise<void> {
    const { spool } = this.#parts;
    if (spool) await makeRows({ ...this.#parts, spool }, this.#of, (deliveryId) => this.#underWay.has(deliveryId));
  }

  keep(deliveryId: string, delivery: Json): Keeping {
    if (this.#underWay.has(deliveryId)) return KNOWN;
    const work: UnderWay = { tries: 1, isTakenUp: false, isBegun: false, hasRowTakenUp: false };
    this.#underWay.set(deliveryId, work);
    const came = { deliveryId, delivery, receivedAt: this.#parts.clock.wall() };
    const isSpooled = this.#note(came);
    const arrival = this.#arrive(came, work);
    return { kept: isSpooled ? Promise.resolve('new') : arrival, arrival };
  }

  /** @returns whether it outlives this process by that. */
  #note(came: NewDelivery): boolean {
    const { spool, log } = this.#parts;
    try {
      spool?.note(came);
      return spool !== undefined;
    } catch (error) {
      if (this.#isUnspooledDue())
        log.warn({ error }, 'Deliveries wait for their rows: they could not be written into their file');
      return false;
    }
  }

  async #arrive(came: NewDelivery, work: UnderWay): Promise<Arrival> {
    const isSpooled = this.#isSpooled(came.deliveryId);
    let isNew = false;
    try {
      // The acknowledgement goes out first.
      if (isSpooled) await nextTurn();
      isNew = await this.#keeping.add(came);
      return isNew ? 'new' : 'known';
    } catch (error) {
      if (isSpooled && this.#isRowlessDue())
        this.#parts.log.warn({ error }, 'Deliveries stand in their file alone: their rows could not be written');
      throw error;
    } finally {
      if (!isNew && !this.#isSpooled(came.deliveryId)) this.#letGo(came.deliveryId, work);
    }
  }

  /** It is not ours to answer; a row that was taken up meanwhile is, and the next take-up has it. */
  #letGo(deliveryId: string, work: UnderWay): void {
    if (work.hasRowTakenUp) void this.release(deliveryId, 0);
    else if (this.#underWay.get(deliveryId) === work) this.#underWay.delete(deliveryId);
  }

  /** It has no row yet: until that is committed, or where the database refuses it until it is answered. */
  #isSpooled(deliveryId: string): boolean {
    return this.#parts.spool?.has(deliveryId) ?? false;
  }

  async begin(deliveryId: string): Promise<boolean> {
    const work = this.#underWay.get(deliveryId);
    if (work) work.isBegun = true;
    // That it came counts already.
    if (!work?.isTakenUp) return true;
    try {
      const isOurs = await beginDelivery(this.#parts.database.db, this.#of, deliveryId);
      if (!isOurs) this.#underWay.delete(deliveryId);
      return isOurs;
    } catch (error) {
      this.#parts.log.warn({ error }, 'Work on a delivery is put off: its beginning could not be noted');
      await this.release(deliveryId, LEASE_S);
      return false;
    }
  }

  async done(deliveryId: string): Promise<void> {
    const work = this.#underWay.get(deliveryId);
    if (!work) return;
    const hasRow = work.hasRowTakenUp || !this.#isSpooled(deliveryId);
    this.#parts.spool?.forget([deliveryId]);
    if (hasRow) await this.#write(deliveryId, () => this.#ending.add(deliveryId));
    else this.#underWay.delete(deliveryId);
  }

  async release(deliveryId: string, afterS: number): Promise<void> {
    const work = this.#underWay.get(deliveryId);
    if (!work) return;
    await this.#write(deliveryId, () => this.#releasing.add({ deliveryId, tries: work.tries, afterS }));
  }

  async leave(): Promise<void> {
    // Until the process has ended, what was begun is its own: others wait as for one that has died.
    const untilGoneS = this.#of.isShared ? LEASE_S : 0;
    const left = [...this.#underWay].filter(([deliveryId]) => !this.#unwritten.has(deliveryId));
    await Promise.all(left.map(([deliveryId, { isBegun }]) => this.release(deliveryId, isBegun ? untilGoneS : 0)));
  }

  onLeftBehind(worker: (left: LeftBehind) => Promise<void>): () => void {
    this.#worker = worker;
    return () => (this.#worker = undefined);
  }

  readonly sweeps: readonly Sweep[] = [
    // Apart from the others: whatever they wait for, others must not take this process for dead.
    { name: 'signs of life of deliveries', everySeconds: 2, mayOverlap: true, sweep: () => this.#hold() },
    {
      name: 'deliveries that were left behind',
      everySeconds: 2,
      sweep: async () => {
        await Promise.all([...this.#unwritten].map(([deliveryId, write]) => this.#write(deliveryId, write)));
        await this.recover().finally(() => this.#takeUp());
      },
    },
    { name: 'deliveries that nobody takes up', everySeconds: 60, sweep: () => this.#dropOld() },
  ];

  async #hold(): Promise<void> {
    if (!this.#of.isShared || this.#underWay.size === 0) return;
    await holdDeliveries(this.#parts.database.db, this.#of, [...this.#underWay.keys()]);
  }

  async #dropOld(): Promise<void> {
    const { database, clock, log } = this.#parts;
    const before = new Date(clock.wall().getTime() - KEPT_MS);
    const dropped = await dropOldDeliveries(database.db, this.#of, before);
    if (dropped > 0) log.warn({ dropped }, 'Deliveries that nobody has taken up for a day are dropped');
  }

  /** What fails is tried again by the sweep. */
  async #write(deliveryId: string, write: () => Promise<void>): Promise<void> {
    this.#unwritten.delete(deliveryId);
    try {
      await write();
      this.#underWay.delete(deliveryId);
    } catch (error) {
      this.#unwritten.set(deliveryId, write);
      this.#parts.log.warn({ error }, 'What became of a delivery could not be written down yet');
    }
  }

  /** One batch; the next one follows when it has ended. */
  async #takeUp(): Promise<void> {
    const { log } = this.#parts;
    const worker = this.#worker;
    if (!worker || this.#isTakingUp) return;
    this.#isTakingUp = true;
    let left: readonly LeftBehind[] = [];
    try {
      const taken = await takeUpDeliveries(this.#parts.database.db, this.#of, [...this.#underWay.keys()]);
      left = taken.filter((one) => this.#isTakenUp(one));
    } finally {
      this.#isTakingUp = left.length > 0;
    }
    if (left.length === 0) return;
    void Promise.all(left.map(worker))
      .finally(() => (this.#isTakingUp = false))
      .then(() => this.#takeUp())
      .catch((error: unknown) => log.warn({ error }, 'What was left behind could not be taken up'));
  }

  /** `false`: it has come again while it was taken up, and whether it is ours to answer is not known yet. */
  #isTakenUp({ deliveryId, tries }: LeftBehind): boolean {
    const coming = this.#underWay.get(deliveryId);
    if (coming) {
      coming.tries = tries;
      coming.hasRowTakenUp = true;
      return false;
    }
    this.#underWay.set(deliveryId, { tries, isTakenUp: true, isBegun: false, hasRowTakenUp: false });
    this.#parts.log.info({ deliveryId, tries }, 'A delivery was left behind and is taken up');
    return true;
  }
}
