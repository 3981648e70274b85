import { CompiledQuery } from 'kysely';
import type { PgBoss } from 'pg-boss';
import type { Database } from './database.js';
import { parseRunId, type RunId } from './ids.js';
import type { Log } from './log.js';
import type { Transaction } from './schema.js';

/**
 * Sets a run going that nobody works on; one that waits for a remote side only with `resume`. Resolves soon, whether it is
 * to be looked at again: it is under way.
 */
export type Look = (runId: RunId, kind: { resume: boolean }) => Promise<boolean>;

/**
 * The safety net under runs that start in-process: a job says "look at run X", and the ledger decides what that means. A
 * look too many changes nothing. Nothing that a person waits for in ordinary times depends on when a look happens.
 */
export interface Wake {
  /** A look after a while, committed with the transaction that sets the run going. */
  arrange(trx: Transaction, runId: RunId): Promise<void>;
  /** A look that lets a waiting run go on, after so many seconds of wall time, committed with the transaction that parks it. */
  resumeAfter(trx: Transaction, runId: RunId, seconds: number): Promise<void>;
  /** Creates or updates the job tables, then looks whenever a look is due. Before that nothing can be arranged. */
  start(look: Look): Promise<void>;
  isRunning(): boolean;
  /** For how many seconds of wall time the look that is due the longest has waited; 0: none is due. */
  oldestDueSeconds(): Promise<number>;
  stop(): Promise<void>;
}

const SCHEMA = 'wake';
const QUEUE = 'look-at-run';
const LOOK_AFTER_S = 15;
const POLL_S = 5;
/** A look takes milliseconds; a job that is active for longer belongs to a process that died, or to a lost database. */
const LOOK_EXPIRES_S = 60;
const FAILED_LOOKS = 10_000;
const OLDEST_DUE = `select extract(epoch from now() - min(start_after)) as seconds
  from ${SCHEMA}.job where name = $1 and state < 'active' and start_after <= now()`;
const HOUR_S = 3_600;
const DAY_S = 24 * HOUR_S;

/** Everything that pg-boss does by itself and that runs do not need is off, or as rare as it can be. */
const QUIET = {
  ...{ schedule: false, monitorVacuum: false, reindex: false, registerInstance: false },
  ...{ superviseIntervalSeconds: LOOK_EXPIRES_S, monitorIntervalSeconds: LOOK_EXPIRES_S },
  ...{ maintenanceIntervalSeconds: HOUR_S, queueCacheIntervalSeconds: HOUR_S },
  ...{ bamIntervalSeconds: HOUR_S, flowIntervalSeconds: DAY_S },
} as const;

/** Looks kept as pg-boss jobs in the same database, in the schema `wake`. */
export function createWake(parts: { database: Database; log: Log }): Wake {
  return new PgBossWake(parts);
}

class PgBossWake implements Wake {
  readonly #database: Database;
  readonly #log: Log;
  #boss: PgBoss | undefined;
  #isRunning = false;

  constructor({ database, log }: { database: Database; log: Log }) {
    this.#database = database;
    this.#log = log;
  }

  async arrange(trx: Transaction, runId: RunId): Promise<void> {
    await this.#send({ runId }, LOOK_AFTER_S, withinTransaction(trx));
  }

  async resumeAfter(trx: Transaction, runId: RunId, seconds: number): Promise<void> {
    await this.#send({ runId, resume: true }, seconds, withinTransaction(trx));
  }

  async start(look: Look): Promise<void> {
    // An ES module, which not every loader that reads this file can require.
    const { PgBoss } = await import('pg-boss');
    const backend = this.#database.isShared ? 'postgres' : 'pglite';
    const boss = new PgBoss({ db: this.#sql(), backend, schema: SCHEMA, ...QUIET });
    boss.on('error', (error) => this.#log.error({ error }, 'The wake-up of runs reported an error'));
    await boss.start();
    await boss.createQueue(QUEUE, {
      ...{ retryLimit: FAILED_LOOKS, retryDelay: LOOK_AFTER_S, expireInSeconds: LOOK_EXPIRES_S },
      deleteAfterSeconds: HOUR_S,
    });
    this.#boss = boss;
    await boss.work<LookJob>(QUEUE, { pollingIntervalSeconds: POLL_S, batchSize: 20 }, async (jobs) => {
      for (const { data } of jobs) await this.#lookAt(data, look);
    });
    this.#isRunning = true;
  }

  isRunning(): boolean {
    return this.#isRunning;
  }

  async oldestDueSeconds(): Promise<number> {
    const { rows } = await this.#database.query(OLDEST_DUE, [QUEUE]);
    const [first] = rows as { seconds: string | number | null }[];
    return Number(first?.seconds ?? 0);
  }

  async stop(): Promise<void> {
    this.#isRunning = false;
    await this.#boss?.stop({ graceful: true, close: false, timeout: 1_000 });
  }

  async #lookAt({ runId, resume = false }: LookJob, look: Look): Promise<void> {
    if (await look(parseRunId(runId), { resume })) await this.#send({ runId }, LOOK_AFTER_S, this.#sql());
  }

  async #send(job: LookJob, startAfter: number, db: Sql): Promise<void> {
    if (!this.#boss) throw new Error('Runs cannot be set going before their wake-up has started.');
    await this.#boss.send(QUEUE, job, { startAfter, db });
  }

  #sql(): Sql {
    return { executeSql: (text, values) => this.#database.query(text, values) };
  }
}

/** What a job holds. */
interface LookJob {
  readonly runId: string;
  readonly resume?: boolean;
}

/** How pg-boss reaches the database. */
interface Sql {
  executeSql(text: string, values?: unknown[]): Promise<{ rows: unknown[] }>;
}

function withinTransaction(trx: Transaction): Sql {
  return { executeSql: (text, values = []) => trx.executeQuery(CompiledQuery.raw(text, values)) };
}
