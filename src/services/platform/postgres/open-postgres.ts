import { setTimeout as sleep } from 'node:timers/promises';
import { types } from 'node:util';
import type { Clock } from '../clock.js';
import type { Log } from '../log.js';
import { Problem } from '../problem.js';
import { isAway, PostgresPool } from './postgres-pool.js';
import {
  noSuchDatabase,
  notLetIn,
  notVerified,
  readOnlyCopy,
  silent,
  tooOld,
  wrongEncoding,
} from './postgres-problems.js';
import type { PostgresServer } from './postgres-server.js';

export interface OpenParts {
  readonly server: PostgresServer;
  readonly log: Log;
  readonly clock: Pick<Clock, 'wall'>;
  /** For how long a server that does not answer is waited for: it may be starting, as in a compose file. */
  readonly waitMs?: number;
}

const WAIT_MS = 60_000;
const ASK_AGAIN_MS = 500;
/** What our statements were run on. */
const OLDEST_VERSION = 15;

/**
 * A pool over the server, once it answers and is one that we can use. Throws a Problem, with what to do, when it does not
 * answer in time, does not let us in, cannot be verified, or is too old, a read-only copy, or not in UTF-8.
 */
export async function openPostgres({ server, log, clock, waitMs = WAIT_MS }: OpenParts): Promise<PostgresPool> {
  const pool = new PostgresPool(server, log);
  try {
    await check(pool, server, { log, clock, waitMs });
    return pool;
  } catch (error) {
    await pool.end();
    throw problemOf(error, server);
  }
}

interface Found {
  readonly version: string;
  readonly encoding: string;
  readonly isCopy: boolean;
}

async function check(
  pool: PostgresPool,
  server: PostgresServer,
  waiting: { log: Log; clock: Pick<Clock, 'wall'>; waitMs: number },
): Promise<void> {
  const { version, encoding, isCopy } = await firstAnswer(pool, waiting);
  const major = Math.floor(Number(version) / 10_000);
  if (major < OLDEST_VERSION) throw tooOld(server, { major, oldest: OLDEST_VERSION });
  if (encoding !== 'UTF8') throw wrongEncoding(server, encoding);
  if (isCopy) throw readOnlyCopy(server);
}

async function firstAnswer(
  pool: PostgresPool,
  { log, clock, waitMs }: { log: Log; clock: Pick<Clock, 'wall'>; waitMs: number },
): Promise<Found> {
  const last = clock.wall().getTime() + waitMs;
  let isSaid = false;
  for (;;) {
    try {
      const { rows } = await pool.query(`
        select current_setting('server_version_num') as version, current_setting('server_encoding') as encoding,
          pg_is_in_recovery() as "isCopy"`);
      return (rows as [Found])[0]; // one row, of these columns
    } catch (error) {
      if (!isAway(error) || clock.wall().getTime() >= last) throw error;
      if (!isSaid) log.warn({ error }, 'The database does not answer yet; waiting for it');
      isSaid = true;
      await sleep(ASK_AGAIN_MS);
    }
  }
}

/** PostgreSQL's 28xxx: who we are; 3D000: no such database. Node's and OpenSSL's codes of a certificate, `pg`'s words. */
function problemOf(error: unknown, server: PostgresServer): unknown {
  if (isAway(error)) return silent(server, error);
  if (error instanceof Problem || !types.isNativeError(error)) return error;
  const code = 'code' in error ? String(error.code) : '';
  if (code.startsWith('28') || /password|SASL/i.test(error.message)) return notLetIn(server, error);
  if (code === '3D000') return noSuchDatabase(server, error);
  if (/CERT|SIGNATURE|^ERR_(TLS|SSL)/.test(code) || /SSL/.test(error.message)) return notVerified(server, error);
  return error;
}
