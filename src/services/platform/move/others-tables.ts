import type { Clock } from '../clock.js';
import type { Database } from '../database.js';
import type { Log } from '../log.js';
import { openPostgres } from '../postgres/open-postgres.js';
import type { PostgresServer } from '../postgres/postgres-server.js';
import { belongsToOthers } from './move-problems.js';
import { listTables } from './table-catalogue.js';

const PUBLIC_TABLES = `select relname as name from pg_class
  where relkind in ('r', 'p', 'v', 'm') and relnamespace = 'public'::regnamespace and relname not like 'kysely%'`;

/** Before the migrations write there: throws a Problem when the database has tables that are not ours. */
export async function refuseOthersTables({
  server,
  source,
  log,
  clock,
}: {
  readonly server: PostgresServer;
  readonly source: Pick<Database, 'db'>;
  readonly log: Log;
  readonly clock: Pick<Clock, 'wall'>;
}): Promise<void> {
  const ours = new Set((await listTables(source.db)).map(({ name }) => name));
  const pool = await openPostgres({ server, log, clock, waitMs: 0 });
  try {
    const { rows } = await pool.query(PUBLIC_TABLES);
    const others = (rows as { name: string }[]).filter(({ name }) => !ours.has(name));
    if (others.length > 0)
      throw belongsToOthers(
        server.database,
        others.map(({ name }) => name),
      );
  } finally {
    await pool.end();
  }
}
