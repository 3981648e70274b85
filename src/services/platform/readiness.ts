import type { Clock } from './clock.js';
import type { Database } from './database.js';
import { migrations } from './migrations/migrations.js';
import type { Wake } from './wake.js';
import { shared, within } from './within.js';

/** Whether work can be done now, and one line per thing that it needs. Nothing in it is secret. */
export interface Readiness {
  readonly ok: boolean;
  readonly checks: Readonly<Record<string, string>>;
}

const DATABASE_BOUND_MS = 2_000;

export interface ReadinessParts {
  readonly database: Pick<Database, 'query'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly wake: Pick<Wake, 'isRunning'>;
  /** How long the database may take to answer. */
  readonly boundMs?: number;
}

/** Asks the database (does it answer, is its schema ours) and the wake-up of runs. Never rejects. */
export function createReadiness({ database, clock, wake, boundMs = DATABASE_BOUND_MS }: ReadinessParts) {
  const applied = shared(async () => {
    const { rows } = await database.query('select name from kysely_migration');
    return rows.map((row) => String((row as { name: unknown }).name));
  });

  return async (): Promise<Readiness> => {
    const names = await within(boundMs, applied());
    const schema = schemaOf(names);
    return {
      ok: names !== undefined && schema.ok && wake.isRunning(),
      checks: {
        database: names === undefined ? 'does not answer' : 'answers',
        migrations: schema.says,
        wake: wake.isRunning() ? 'running' : 'not running',
        time: clock.now().toISOString(),
      },
    };
  };
}

/** A schema that is newer than ours is still ready: a release that replaces ours has migrated it, and adds only. */
function schemaOf(applied: readonly string[] | undefined): { ok: boolean; says: string } {
  if (applied === undefined) return { ok: false, says: 'unknown' };
  const ours = Object.keys(migrations);
  const missing = ours.filter((name) => !applied.includes(name));
  if (missing.length > 0) return { ok: false, says: `missing: ${missing.join(', ')}` };
  return { ok: true, says: applied.length > ours.length ? 'newer than this release' : 'up to date' };
}
