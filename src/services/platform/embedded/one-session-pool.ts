import { EventEmitter } from 'node:events';
import type { PGlite, Results } from '@electric-sql/pglite';
import { types } from 'pg';
import { prepareValue } from 'pg/lib/utils.js';
import type { Problem } from '../problem.js';
import { diskFull, heldTooLong } from './embedded-problems.js';

/** The part of `pg`'s result that Kysely and pg-boss read. */
export interface PoolResult<Row> {
  readonly command: string;
  readonly rowCount: number | null;
  readonly rows: Row[];
  readonly fields: readonly { readonly name: string; readonly dataTypeID: number }[];
}

/** The one session, until released. */
export interface PoolClient {
  query<Row>(text: string, values?: readonly unknown[]): Promise<PoolResult<Row>>;
  release(): void;
}

const HOLD_AT_MOST_MS = 10_000;

/**
 * The part of `pg.Pool` that Kysely and pg-boss use, over one PGlite, which is one session: whoever holds a client has the
 * database to themselves; the others wait in line. Statements of two callers can therefore never mix in one transaction.
 *
 * Consequences: one statement at a time; inside a transaction ask only the transaction, and never wait for the network.
 */
export class OneSessionPool extends EventEmitter {
  readonly options: object = { max: 1 };
  readonly #pglite: PGlite;
  readonly #holdAtMostMs: number;
  readonly #line: Waiting[] = [];
  /** Runs while somebody waits, anew with each turn: a long line is no fault, a holder that never lets go is. */
  #watch: NodeJS.Timeout | undefined;
  #isHeld = false;
  #isEnded = false;

  constructor(pglite: PGlite, { holdAtMostMs = HOLD_AT_MOST_MS }: { holdAtMostMs?: number } = {}) {
    super();
    this.#pglite = pglite;
    this.#holdAtMostMs = holdAtMostMs;
    adoptTypesOfPg(pglite);
  }

  /** Waits for its turn. When one holder has kept the others waiting for 10 s: a Problem that names the usual cause. */
  async connect(): Promise<PoolClient> {
    if (this.#isEnded) throw new Error('The database is closed.');
    await this.#turn();
    // Queries of PGlite settle as microtasks: without this, a long line would keep timers and sockets from running.
    await new Promise((resolve) => setImmediate(resolve));
    return this.#client();
  }

  async query<Row>(text: string, values?: readonly unknown[]): Promise<PoolResult<Row>> {
    const client = await this.connect();
    try {
      return await client.query<Row>(text, values);
    } finally {
      client.release();
    }
  }

  /** The files of the database as a `tar.gz`, as at one moment. Everybody else waits meanwhile. */
  async dump(): Promise<Blob> {
    const client = await this.connect();
    try {
      await client.query('checkpoint'); // so that whoever restores it has little to replay
      return await this.#pglite.dumpDataDir('gzip');
    } finally {
      client.release();
    }
  }

  /** Lets those in line finish, refuses new ones and closes the database. */
  async end(): Promise<void> {
    if (this.#isEnded) return;
    const client = await this.connect();
    this.#isEnded = true;
    client.release();
    await this.#pglite.close();
  }

  #turn(): Promise<void> {
    if (!this.#isHeld) {
      this.#isHeld = true;
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      this.#line.push({ resolve, reject });
      this.#watch ??= setTimeout(() => this.#giveUp(), this.#holdAtMostMs);
    });
  }

  #giveUp(): void {
    this.#watch = undefined;
    for (const { reject } of this.#line.splice(0)) reject(heldTooLong(this.#holdAtMostMs));
  }

  #client(): PoolClient {
    let isReleased = false;
    return {
      query: async <Row>(text: string, values: readonly unknown[] = []): Promise<PoolResult<Row>> => {
        if (isReleased) throw new Error('This database client was released; it cannot be asked any more.');
        return run<Row>(this.#pglite, text, values);
      },
      release: () => {
        if (isReleased) throw new Error('This database client was released twice.');
        isReleased = true;
        void this.#pass();
      },
    };
  }

  /** An open transaction ends here: it must not swallow what the next in line writes. */
  async #pass(): Promise<void> {
    try {
      if (this.#pglite.isInTransaction()) await this.#pglite.exec('ROLLBACK');
    } catch (error) {
      this.emit('error', error);
    }
    const next = this.#line.shift();
    clearTimeout(this.#watch);
    this.#watch = this.#line.length > 0 ? setTimeout(() => this.#giveUp(), this.#holdAtMostMs) : undefined;
    if (next) next.resolve();
    else this.#isHeld = false;
  }
}

interface Waiting {
  resolve(): void;
  reject(problem: Problem): void;
}

/** Values are written and read as `pg` does it, so that both databases give the same types (bigint as text, …). */
function adoptTypesOfPg(pglite: PGlite): void {
  const asPrepared = (value: string): string => value;
  pglite.serializers = new Proxy({}, { get: () => asPrepared });
  pglite.parsers = new Proxy({}, { get: (_, oid) => parserOf(Number(oid)) });
}

function parserOf(oid: number): (text: string) => unknown {
  const parse: (text: string) => unknown = types.getTypeParser(oid, 'text');
  return (text) => parse(text);
}

/**
 * Without values: the simple protocol, which takes several statements, as in `pg`. The answer is then the last one's, with
 * the rows of all: pg-boss asks for rows in the middle of BEGIN … COMMIT.
 */
async function run<Row>(pglite: PGlite, text: string, values: readonly unknown[]): Promise<PoolResult<Row>> {
  try {
    if (values.length > 0) return resultOf<Row>(await pglite.query(text, values.map(prepareValue)));
    const results = await pglite.exec(text);
    const rows = results.flatMap((result) => (result as Results<Row>).rows);
    return { ...resultOf<Row>(results.at(-1)), rows };
  } catch (error) {
    forgetValues(error);
    throw isDiskFull(error) ? diskFull(error) : error;
  }
}

/** PGlite hangs the statement's values on its errors: they may be secrets, and errors are logged. */
function forgetValues(error: unknown): void {
  if (typeof error !== 'object' || error === null) return;
  Reflect.deleteProperty(error, 'params');
  Reflect.deleteProperty(error, 'queryOptions');
}

/** SQLSTATE disk_full. */
function isDiskFull(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === '53100';
}

function resultOf<Row>(results: Results | undefined): PoolResult<Row> {
  const { command = '', rowCount = null, rows = [], fields = [] } = (results ?? {}) as Partial<PoolResult<Row>>;
  return { command, rowCount, rows, fields };
}
