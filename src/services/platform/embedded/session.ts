import type { PGlite, Results } from '@electric-sql/pglite';
import { endWhenEngineStops, type EndOnFault } from './fatal-faults.js';
import { checkThatCommitsReachTheDisk, openInMemory, openOnDisk } from './open-pglite.js';
import { SyncedNodeFS } from './synced-file-system.js';

/** A value as PostgreSQL gets it: text, or the bytes of a `bytea`. */
export type SessionValue = string | Uint8Array | null;

/** What one statement gave, its values as the text that PostgreSQL writes. */
export interface SessionResult {
  readonly command: string;
  readonly rowCount: number | null;
  readonly rows: Record<string, string | null>[];
  readonly fields: readonly { readonly name: string; readonly dataTypeID: number }[];
}

/**
 * The one session of the embedded PostgreSQL. One statement at a time; errors have PostgreSQL's fields, and not the values that
 * were sent with the statement.
 */
export interface Session {
  query(text: string, values: readonly SessionValue[]): Promise<SessionResult>;
  /** Several statements, without values. */
  exec(text: string): Promise<readonly SessionResult[]>;
  /** As of the last answer. */
  isInTransaction(): boolean;
  /** The files of the database as a `tar.gz`. */
  dump(): Promise<Uint8Array<ArrayBuffer>>;
  close(): Promise<void>;
}

/** A database that is gone when it is closed. */
export async function openSessionInMemory(): Promise<Session> {
  return new PgliteSession(await openInMemory());
}

export interface OnDisk {
  /** That holds a database, and is ours alone. */
  readonly folder: string;
  /** Ends the process when a sync fails or the engine stops. */
  readonly end: EndOnFault;
  readonly fileSystemOf?: ((folder: string) => SyncedNodeFS) | undefined;
}

/** Opens a database folder in this thread. Throws a Problem when it cannot, or when commits do not reach the disk. */
export async function openSessionOnDisk({
  folder,
  end,
  fileSystemOf = (given) => new SyncedNodeFS(given, (error) => end('disk-failed', error)),
}: OnDisk): Promise<Session> {
  const fileSystem = fileSystemOf(folder);
  const pglite = await openOnDisk(folder, fileSystem);
  await checkThatCommitsReachTheDisk(pglite, fileSystem).catch(async (error: unknown) => {
    await pglite.close();
    throw error;
  });
  endWhenEngineStops(pglite, end);
  return new PgliteSession(pglite);
}

class PgliteSession implements Session {
  readonly #pglite: PGlite;
  #isClosed = false;

  constructor(pglite: PGlite) {
    this.#pglite = pglite;
    const asItIs = (value: string): string => value;
    pglite.serializers = new Proxy({}, { get: () => asItIs });
    pglite.parsers = new Proxy({}, { get: () => asItIs });
  }

  async query(text: string, values: readonly SessionValue[]): Promise<SessionResult> {
    return resultOf(await withoutValues(this.#pglite.query<Record<string, string | null>>(text, [...values])));
  }

  async exec(text: string): Promise<readonly SessionResult[]> {
    const results = await withoutValues(this.#pglite.exec(text));
    // As no parser makes anything else of the text.
    return results.map((result) => resultOf(result as Results<Record<string, string | null>>));
  }

  isInTransaction(): boolean {
    return !this.#isClosed && this.#pglite.isInTransaction();
  }

  async dump(): Promise<Uint8Array<ArrayBuffer>> {
    return new Uint8Array(await (await this.#pglite.dumpDataDir('gzip')).arrayBuffer());
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#pglite.close();
  }
}

/** PGlite hangs the statement's values on its errors: they may be secrets, and errors are logged. */
async function withoutValues<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (typeof error === 'object' && error !== null) {
      Reflect.deleteProperty(error, 'params');
      Reflect.deleteProperty(error, 'queryOptions');
    }
    throw error;
  }
}

function resultOf({ command = '', rowCount, fields, rows }: Results<Record<string, string | null>>): SessionResult {
  const columns = fields.map(({ name, dataTypeID }) => ({ name, dataTypeID }));
  return { command, rowCount: rowCount ?? null, rows, fields: columns };
}
