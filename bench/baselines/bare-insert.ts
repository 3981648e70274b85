import { sql } from 'kysely';
import type { Database } from '../../src/services/platform/database.js';

/** The baseline of every write: one row of a plain table, committed. */
export class BareInserts {
  readonly #database: Database;
  #count = 0;

  private constructor(database: Database) {
    this.#database = database;
  }

  static async into(database: Database): Promise<BareInserts> {
    await sql`create table bench_row (id bigint primary key, at timestamptz not null, body text not null)`.execute(
      database.db,
    );
    return new BareInserts(database);
  }

  /** As one statement of its own. */
  async insert(body: string): Promise<void> {
    this.#count += 1;
    await sql`insert into bench_row (id, at, body) values (${this.#count}, ${new Date()}, ${body})`.execute(
      this.#database.db,
    );
  }
}
