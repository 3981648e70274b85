import type { Clock } from '../clock.js';
import type { Database } from '../database.js';
import type { Log } from '../log.js';
import { openPostgres } from '../postgres/open-postgres.js';
import type { PostgresServer } from '../postgres/postgres-server.js';
import { Problem } from '../problem.js';
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

function belongsToOthers(database: string, names: readonly string[]): Problem {
  const more = names.length > 3 ? ` and ${String(names.length - 3)} more` : '';
  return new Problem({
    kind: 'refused',
    what: `The database ${database} holds tables of something else: ${names.slice(0, 3).join(', ')}${more}. Nothing was changed there.`,
    remedy: 'Give Latchkey a database of its own.',
    code: 'move-target-not-empty',
  });
}
