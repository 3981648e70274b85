import {
  createTestDatabase,
  describeOnPostgres,
  onServer,
  type TestDatabase,
} from '../../../test/support/test-database.js';
import { createClock } from '../platform/clock.js';
import { openDatabase } from '../platform/database.js';
import { migrations } from '../platform/migrations/migrations.js';
import { Problem } from '../platform/problem.js';
import type { PostgresServer } from '../platform/postgres/postgres-server.js';
import { silentLog } from '../platform/testing/test-parts.js';
import { judgeDatabase } from './installation.js';
import { lookAtDatabase } from './look-at-database.js';

describeOnPostgres('preflight looks at PostgreSQL', () => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await createTestDatabase();
  });
  afterEach(() => database.drop());

  const look = (server: PostgresServer = database.server) =>
    lookAtDatabase({ dataDir: '', postgres: { server, title: 'latchkey at db' } }, createClock());
  const tables = (): Promise<unknown[]> =>
    onServer(`select table_name from information_schema.tables where table_schema = 'public'`, database.url);
  const start = async (): Promise<void> =>
    (await openDatabase({ dataDir: '', postgres: database.server, log: silentLog })).close();

  test('that is new: it may start there, and the look has made nothing', async () => {
    const facts = await look();

    expect(facts).toMatchObject({ kind: 'postgres', applied: [], mayCreate: true });
    expect(judgeDatabase(facts).state).toBe('ok');
    expect(await tables()).toEqual([]);
  });

  test('that this release has been started on: its tables are up to date', async () => {
    await start();

    expect(judgeDatabase(await look())).toMatchObject({
      state: 'ok',
      what: expect.stringContaining('of this release'),
    });
  });

  test('that an older release was started on: what is pending is named, and stays pending', async () => {
    await start();
    const newest = Object.keys(migrations).at(-1) ?? '';
    await onServer(`delete from kysely_migration where name = '${newest}'`, database.url);

    const found = [judgeDatabase(await look()), judgeDatabase(await look())];

    for (const one of found) expect(one).toMatchObject({ state: 'warning', what: expect.stringContaining(newest) });
  });

  test('that does not let us in: it says so, and not with which password', async () => {
    const password = 'not-the-password';
    const caught = await look({
      ...database.server,
      user: 'nobody_of_that_name',
      password: { reveal: () => password },
    }).catch((error: unknown) => error);

    if (!(caught instanceof Problem)) throw new Error(`Expected a Problem, got ${String(caught)}`);
    expect(caught.facts.code).toBe('database-not-let-in');
    expect(JSON.stringify(caught.facts)).not.toContain(password);
  });
});
