import { EventEmitter } from 'node:events';
import { types } from 'pg';
import { prepareValue } from 'pg/lib/utils.js';
import type { Problem } from '../problem.js';
import { diskFull, heldTooLong } from './embedded-problems.js';
import type { Session, SessionResult } from './session.js';

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
 * The part of `pg.Pool` that Kysely and pg-boss use, over the one session there is: whoever holds a client has the
 * database to themselves; the others wait in line. Statements of two callers can therefore never mix in one transaction.
 *
 * Consequences: one statement at a time; inside a transaction ask only the transaction, and never wait for the network.
 */
export class OneSessionPool extends EventEmitter {
  readonly options: object = { max: 1 };
  readonly #session: Session;
  readonly #holdAtMostMs: number;
  readonly #line: Waiting[] = [];
  /** Runs while somebody waits, anew with each turn: a long line is no fault, a holder that never lets go is. */
  #watch: NodeJS.Timeout | undefined;
  #isHeld = false;
  #isEnded = false;

  constructor(session: Session, { holdAtMostMs = HOLD_AT_MOST_MS }: { holdAtMostMs?: number } = {}) {
    super();
    this.#session = session;
    this.#holdAtMostMs = holdAtMostMs;
  }

  /** Waits for its turn. When one holder has kept the others waiting for 10 s: a Problem that names the usual cause. */
  async connect(): Promise<PoolClient> {
    if (this.#isEnded) throw closed();
    await this.#turn();
    if (this.#isEnded) {
      void this.#pass();
      throw closed();
    }
    // In one thread with us its queries settle as microtasks: without this, a long line would keep timers and sockets from running.
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
  async dump(): Promise<Uint8Array<ArrayBuffer>> {
    const client = await this.connect();
    try {
      await client.query('checkpoint'); // so that whoever restores it has little to replay
      return await this.#session.dump();
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
    await this.#session.close();
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
        return run<Row>(this.#session, text, values);
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
      if (this.#session.isInTransaction()) await this.#session.exec('ROLLBACK');
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

export function closed(): Error {
  return new Error('The database is closed.');
}

interface Waiting {
  resolve(): void;
  reject(problem: Problem): void;
}

/**
 * Without values: the simple protocol, which takes several statements, as in `pg`. The answer is then the last one's, with
 * the rows of all: pg-boss asks for rows in the middle of BEGIN … COMMIT.
 */
async function run<Row>(session: Session, text: string, values: readonly unknown[]): Promise<PoolResult<Row>> {
  try {
    if (values.length > 0) return resultOf<Row>(await session.query(text, values.map(prepareValue)));
    const results = (await session.exec(text)).map((result) => resultOf<Row>(result));
    const { command = '', rowCount = null, fields = [] } = results.at(-1) ?? {};
    return { command, rowCount, fields, rows: results.flatMap(({ rows }) => rows) };
  } catch (error) {
    throw isDiskFull(error) ? diskFull(error) : error;
  }
}

/** SQLSTATE disk_full. */
function isDiskFull(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === '53100';
}

/** Values are written and read as `pg` does it, so that both databases give the same types (bigint as text, …). */
function resultOf<Row>({ command, rowCount, rows, fields }: SessionResult): PoolResult<Row> {
  const parsers = fields.map(({ name, dataTypeID }) => ({ name, parse: parserOf(dataTypeID) }));
  const parsed = rows.map((row) =>
    Object.fromEntries(parsers.map(({ name, parse }) => [name, parse(row[name] ?? null)])),
  );
  // Whoever asks says what the rows are, as with `pg`.
  return { command, rowCount, fields, rows: parsed as Row[] };
}

function parserOf(oid: number): (text: string | null) => unknown {
  const parse: (text: string) => unknown = types.getTypeParser(oid, 'text');
  return (text) => (text === null ? null : parse(text));
}
