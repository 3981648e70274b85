import type { Database } from './database.js';
import type { RunId } from './ids.js';
import { LEASE_S, renewLeases, type Holder } from './ledger-leases.js';
import type { Log } from './log.js';

const EVERY_MS = (LEASE_S * 1_000) / 3;

/** Renews the leases of what this process executes, so that nobody takes it. Where nothing is leased, nothing happens. */
export class SignsOfLife {
  readonly #parts: { readonly database: Database; readonly holder?: Holder; readonly log: Log };
  readonly #executing: () => readonly RunId[];
  #timer: NodeJS.Timeout | undefined;

  constructor(parts: { database: Database; holder?: Holder; log: Log }, executing: () => readonly RunId[]) {
    this.#parts = parts;
    this.#executing = executing;
  }

  /** The timer alone keeps no process alive. */
  start(): void {
    if (this.#parts.holder === undefined) return;
    this.#timer ??= setInterval(() => void this.#renew(), EVERY_MS).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** One that was not renewed and is taken is found out about by the next write. */
  async #renew(): Promise<void> {
    const { database, holder, log } = this.#parts;
    const runIds = this.#executing();
    if (holder === undefined || runIds.length === 0) return;
    try {
      await renewLeases(database.db, holder, runIds);
    } catch (error) {
      log.warn({ error }, 'The leases of the runs under way could not be renewed');
    }
  }
}
