import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** Everything a sandbox server holds: maps in memory, written through to one SQLite file before each answer. */
export class SandboxStore {
  readonly #db: DatabaseSync;
  readonly #dirty = new Map<string, { collection: string; id: string; json: string | undefined }>();
  readonly #collections = new Map<string, Collection<object>>();

  /** @param file path of the database, or `:memory:` for a server that forgets. */
  constructor(file: string) {
    if (file !== ':memory:') mkdirSync(dirname(file), { recursive: true });
    this.#db = new DatabaseSync(file);
    // A killed process must find its last answer again; a power cut of a sandbox may forget the last second.
    this.#db.exec('PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL');
    this.#db.exec(
      'CREATE TABLE IF NOT EXISTS object (collection TEXT, id TEXT, position INTEGER, json TEXT, PRIMARY KEY (collection, id))',
    );
  }

  /** The collection of that name, as it was left. Objects come back in the order in which they were first put. */
  collection<T extends object>(name: string): Collection<T> {
    const known = this.#collections.get(name);
    if (known) return known as unknown as Collection<T>;
    const rows = this.#db
      .prepare('SELECT id, json FROM object WHERE collection = ? ORDER BY position, rowid')
      .all(name) as { id: string; json: string }[];
    const collection = new Collection<T>(
      rows.map((row) => [row.id, JSON.parse(row.json) as T]),
      (id, value) => {
        const json = value === undefined ? undefined : JSON.stringify(value);
        this.#dirty.set(`${name}\n${id}`, { collection: name, id, json });
      },
    );
    this.#collections.set(name, collection as unknown as Collection<object>);
    return collection;
  }

  /** Writes what changed since the last call, in one transaction. Called by the server before every answer. */
  flush(): void {
    if (this.#dirty.size === 0) return;
    const put = this.#db.prepare(
      `INSERT INTO object (collection, id, position, json)
       VALUES (?, ?, (SELECT coalesce(max(position), 0) + 1 FROM object), ?)
       ON CONFLICT (collection, id) DO UPDATE SET json = excluded.json`,
    );
    const remove = this.#db.prepare('DELETE FROM object WHERE collection = ? AND id = ?');
    this.#db.exec('BEGIN');
    for (const change of this.#dirty.values()) {
      if (change.json === undefined) remove.run(change.collection, change.id);
      else put.run(change.collection, change.id, change.json);
    }
    this.#db.exec('COMMIT');
    this.#dirty.clear();
  }

  /** Forgets everything, in memory and on disk. */
  reset(): void {
    for (const collection of this.#collections.values()) collection.clear();
    this.#dirty.clear();
    this.#db.exec('DELETE FROM object');
  }

  close(): void {
    this.flush();
    this.#db.close();
  }
}

/** A map by id. A value that was changed in place must be `put` again, or the change is lost at the next start. */
export class Collection<T extends object> {
  readonly #items: Map<string, T>;
  readonly #changed: (id: string, value: T | undefined) => void;

  constructor(entries: [string, T][], changed: (id: string, value: T | undefined) => void) {
    this.#items = new Map(entries);
    this.#changed = changed;
  }

  get(id: string): T | undefined {
    return this.#items.get(id);
  }

  put(id: string, value: T): T {
    this.#items.set(id, value);
    this.#changed(id, value);
    return value;
  }

  delete(id: string): boolean {
    const existed = this.#items.delete(id);
    if (existed) this.#changed(id, undefined);
    return existed;
  }

  clear(): void {
    for (const id of [...this.#items.keys()]) this.delete(id);
  }

  list(): T[] {
    return [...this.#items.values()];
  }

  entries(): [id: string, item: T][] {
    return [...this.#items];
  }

  find(matches: (item: T) => boolean): T | undefined {
    for (const item of this.#items.values()) if (matches(item)) return item;
    return undefined;
  }

  filter(matches: (item: T) => boolean): T[] {
    return this.list().filter(matches);
  }

  get size(): number {
    return this.#items.size;
  }
}
