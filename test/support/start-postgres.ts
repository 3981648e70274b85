import { startPostgres } from './postgres-cluster';

/**
 * Before all tests of a project that needs PostgreSQL: starts one for all of them, unless `TEST_DATABASE_URL` names a
 * server. The tests that need one are skipped where none is installed.
 */
export = async function start(): Promise<void> {
  if (process.env['TEST_DATABASE_URL']) return;
  const url = await startPostgres();
  if (url === undefined) {
    process.stderr.write('\n*** NO POSTGRESQL IS INSTALLED HERE: what runs on PostgreSQL is not tested. ***\n\n');
    return;
  }
  process.env['TEST_DATABASE_URL'] = url;
};
