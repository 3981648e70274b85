import { types } from 'node:util';
import { Pool, type PoolClient, type QueryResult } from 'pg';
import type { Log } from '../log.js';
import { DATABASE_AWAY, Problem } from '../problem.js';
import { tlsOptions, type PostgresServer } from './postgres-server.js';

/**
 * A replica's share of the server's connections (100 by default, for all). A transaction takes milliseconds, so that this
 * is never the limit of chat; more would only let more wait for the one head row of the audit.
 */
const MOST_CONNECTIONS = 10;
/** Until a connection stands, and until one is free. */
const CONNECT_WITHIN_MS = 10_000;
/** The server gives a statement up; only a lock that is never freed takes so long. */
const STATEMENT_MS = 20_000;
/** The server ends a transaction whose owner is frozen, so that the others get its locks. */
const IDLE_IN_TRANSACTION_MS = 15_000;
/** We give up a server that does not even say that it gave up: a network that swallows everything. */
const ANSWER_WITHIN_MS = STATEMENT_MS + 5_000;
/** Firewalls forget a silent connection, often after minutes. */
const KEEP_ALIVE_AFTER_MS = 10_000;

export interface PoolSizes {
  readonly max?: number;
  /** 0: as long as it takes, as for a migration. */
  readonly statementMs?: number;
  /** Until a server that says nothing at all is given up. */
  readonly answerWithinMs?: number;
}

/** The one connection, until released. */
export interface PostgresClient {
  query(text: string, values?: readonly unknown[]): Promise<QueryResult<Record<string, unknown>>>;
  /** @param isSpoilt nobody shall get it any more. */
  release(isSpoilt?: unknown): void;
}

/**
 * The part of `pg.Pool` that Kysely and pg-boss use. A connection that failed is never used again; that the server is away
 * is a Problem; nothing that happens to a connection ends the process.
 */
export class PostgresPool {
  readonly options: object = {};
  readonly #pool: Pool;
  readonly #session: string;
  readonly #isPrepared = new WeakSet<PoolClient>();

  constructor(
    server: PostgresServer,
    log: Log,
    { max = MOST_CONNECTIONS, statementMs = STATEMENT_MS, answerWithinMs = ANSWER_WITHIN_MS }: PoolSizes = {},
  ) {
    this.#session = sessionOf(statementMs);
    this.#pool = new Pool({
      ...{ host: server.host, port: server.port, database: server.database, ssl: tlsOptions(server) },
      ...(server.user === undefined ? {} : { user: server.user }),
      ...(server.password === undefined ? {} : { password: server.password.reveal() }),
      ...{ max, connectionTimeoutMillis: CONNECT_WITHIN_MS, application_name: 'latchkey' },
      ...{ keepAlive: true, keepAliveInitialDelayMillis: KEEP_ALIVE_AFTER_MS },
      ...(statementMs === 0 ? {} : { query_timeout: answerWithinMs }),
    });
    // The server has closed an idle connection; the next question opens another one.
    this.#pool.on('error', (error) => log.warn({ error }, 'An idle connection to the database was lost'));
    // One in use fails its statement, or the next one. Unheard, the event would end the process.
    this.#pool.on('connect', (client) => client.on('error', () => undefined));
  }

  async connect(): Promise<PostgresClient> {
    const client = await this.#pool.connect().catch(throwAway);
    let isBroken = false;
    const query: PostgresClient['query'] = (text, values) =>
      ask(client, text, values).catch((error: unknown) => {
        isBroken ||= isAway(error);
        return throwAway(error);
      });
    const release: PostgresClient['release'] = (isSpoilt) => client.release(isBroken || Boolean(isSpoilt));
    if (!this.#isPrepared.has(client)) {
      await query(this.#session).catch((error: unknown) => {
        release(true);
        throw error;
      });
      this.#isPrepared.add(client);
    }
    return { query, release };
  }

  /** A text that failed half-way may have left a transaction open; its connection is not used again. */
  async query(text: string, values?: readonly unknown[]): Promise<{ rows: unknown[] }> {
    const client = await this.connect();
    let isSpoilt = true;
    try {
      const answer = await client.query(text, values);
      isSpoilt = false;
      return answer;
    } finally {
      client.release(isSpoilt);
    }
  }

  /** Lets those who have a connection finish. */
  async end(): Promise<void> {
    if (!this.#pool.ending) await this.#pool.end();
  }
}

/** Set on each connection, as the server, the database or the role may have other defaults. */
function sessionOf(statementMs: number): string {
  return `set search_path = public; set timezone = 'UTC'; set client_encoding = 'UTF8';
    set default_transaction_isolation = 'read committed'; set default_transaction_read_only = off;
    set statement_timeout = ${String(statementMs)};
    set idle_in_transaction_session_timeout = ${String(statementMs === 0 ? 0 : IDLE_IN_TRANSACTION_MS)}`;
}

/**
 * Without values: the simple protocol, which takes several statements. The answer is then the last one's, with the rows of
 * all, as pg-boss asks for rows in the middle of BEGIN … COMMIT.
 */
async function ask(
  client: PoolClient,
  text: string,
  values: readonly unknown[] = [],
): Promise<QueryResult<Record<string, unknown>>> {
  if (values.length > 0) return client.query(text, [...values]);
  const answer: QueryResult | QueryResult[] = await client.query(text);
  if (!Array.isArray(answer)) return answer;
  const last = answer.at(-1);
  if (!last) throw new Error('PostgreSQL answered nothing.');
  return { ...last, rows: answer.flatMap(({ rows }) => rows as Record<string, unknown>[]) };
}

/** PostgreSQL's classes 08 and 57P, too many connections, and a server that became a read-only copy of another. */
const AWAY_STATES = /^(08\w{3}|57P\w{2}|53300|25006)$/;
/** ECONNREFUSED, EAI_AGAIN and the like; not the ERR_… of Node itself. */
const SYSTEM_ERROR = /^E(?!RR_)[A-Z_]{4,}$/;
/** The words of `pg`, which gives no code with them. */
const AWAY_WORDS =
  /^(Connection terminated|Query read timeout|timeout exceeded when trying|Client has encountered a connection)/;

/** Whether the connection is of no use any more. */
export function isAway(error: unknown): boolean {
  if (error instanceof Problem) return error.facts.code === DATABASE_AWAY.code;
  if (!types.isNativeError(error)) return false;
  const code = 'code' in error ? String(error.code) : '';
  return AWAY_STATES.test(code) || SYSTEM_ERROR.test(code) || AWAY_WORDS.test(error.message);
}

function throwAway(error: unknown): never {
  throw isAway(error) && !(error instanceof Problem) ? new Problem(DATABASE_AWAY, { cause: error }) : error;
}
