import { openTestDatabase } from '../../../test/support/test-database.js';
import type { Database } from '../platform/database.js';
import { newId } from '../platform/ids.js';
import { Problem } from '../platform/problem.js';
import { ada, silentLog, StandingClock } from '../platform/testing/test-parts.js';
import { BulkFiles } from './bulk-files.js';
import { planGone } from './bulk-refusals.js';
import { findBulk, readRows, saveBulk } from './bulk-store.js';

let database: Database;
beforeAll(async () => {
  database = await openTestDatabase();
}, 30_000);
afterAll(() => database?.close());

const HOUR = 60;

/** The page's files, and a bulk of one row; who may is decided by `rights`. */
async function filesOf() {
  const [clock, bulkId, rights] = [new StandingClock(), newId(), { may: true }];
  const permit = async (): Promise<void> => {
    if (!rights.may) throw new Problem({ kind: 'refused', what: 'You cannot.', remedy: 'Ask.', code: 'role-missing' });
  };
  const report = async (id: string) => {
    const bulk = await findBulk(database.db, id);
    if (!bulk) throw planGone();
    return { bulk, rows: await readRows(database.db, id) };
  };
  const files = new BulkFiles({
    ...{ bulk: { permit, report }, database, clock, log: silentLog },
    accessList: { permit, export: async () => ({ name: 'who.csv', csv: 'who' }) },
    fileUrl: (token) => token,
  });
  await saveBulk(database.db, {
    bulk: { id: bulkId, fileHash: bulkId, fileName: 'a.csv', asker: ada, madeAt: clock.now(), expiresAt: clock.now() },
    rows: [{ line: 2, upn: 'x', state: 'wrong', deed: null, note: 'Correct it.', wasAssigned: false }],
    content: {
      ...{ encoding: 'UTF-8', separator: ',', toAdd: 0, there: 0, wrong: 1, inGenesys: 0 },
      ...{ servicePrincipalId: 's', templateId: 't', appRoleIds: [] },
    },
  });
  return { files, clock, bulkId, rights };
}

type Files = Awaited<ReturnType<typeof filesOf>>['files'];

test.each<[string, number, (files: Files, bulkId: string) => Promise<{ url: string; until: Date }>]>([
  ['report', 24 * HOUR, (files, bulkId) => files.openReport(ada, bulkId)],
  ['upload', HOUR, (files) => files.openUpload(ada)],
  ['access', HOUR, (files) => files.openAccessList(ada)],
])('a link for %s works until its minutes (%i) of business time are over', async (purpose, minutes, open) => {
  const { files, clock, bulkId } = await filesOf();
  const begin = clock.now().getTime();
  const { url, until } = await open(files, bulkId);
  expect(until.getTime() - begin).toBe(minutes * 60_000);

  clock.advance(minutes - 1);
  await files.sweep.sweep(clock.now());
  await expect(files.look(url)).resolves.toBe(purpose);

  clock.advance(1);
  await expect(files.look(url)).resolves.toBeUndefined();
  await expect(files.report(url)).resolves.toBeUndefined();
});

test('a report is given as often as it is asked for, but only while its holder may see it', async () => {
  const { files, bulkId, rights } = await filesOf();
  const { url } = await files.openReport(ada, bulkId);
  await expect(files.report(url)).resolves.toMatchObject({ csv: expect.stringContaining('2,x,wrong,Correct it.') });
  await expect(files.report(url)).resolves.toBeDefined();

  rights.may = false;
  await expect(files.report(url)).resolves.toBeUndefined();

  rights.may = true;
  await expect(files.report(url)).resolves.toBeDefined();
});
