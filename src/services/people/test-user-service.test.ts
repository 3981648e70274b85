import { openTestDatabase } from '../../../test/support/test-database.js';
import type { Entra } from '../entra/entra.js';
import type { Genesys } from '../genesys/genesys.js';
import { mayAll, testPipeline } from '../operations/testing/test-pipeline.js';
import type { Database } from '../platform/database.js';
import { newId } from '../platform/ids.js';
import { ada, StandingClock } from '../platform/testing/test-parts.js';
import { TestUserService } from './test-user-service.js';

let database: Database;
let runs: ReturnType<typeof testPipeline>;
let testUsers: TestUserService;
/** How many pages of deleted people each reading was content with. */
let deletedReads: (number | undefined)[];

const entra = {
  ...mayAll,
  listDomains: async () => [{ name: 'x.example', isManaged: true }],
  findPeople: async (text: string) =>
    text.startsWith('omar')
      ? [{ id: 'o', name: 'Omar Owner', userPrincipalName: text, isEnabled: true, isGuest: false }]
      : [],
  findDeletedPerson: async (_: string, mostPages?: number) => {
    deletedReads.push(mostPages);
    return { id: 'd', name: 'Tom Simon' };
  },
  createPerson: async () => ({ id: 'new' }),
} as unknown as Entra;

beforeAll(async () => {
  database = await openTestDatabase();
}, 30_000);
afterAll(() => database?.close());

beforeEach(() => {
  deletedReads = [];
  runs = testPipeline({ database, clock: new StandingClock(), entra });
  const { pipeline } = runs;
  testUsers = new TestUserService({ entra, genesys: {} as Genesys, pipeline, database, deliver: async () => true });
});
afterEach(() => runs.durable.stop());

test('the card looks through a part of the deleted people, and says who had the name', async () => {
  await expect(testUsers.propose({ name: 'T.Simon' })).resolves.toMatchObject({ deleted: { name: 'Tom Simon' } });
  expect(deletedReads).toEqual([2]);
});

test('where somebody has the name now, and at the click, nobody looks through them', async () => {
  await expect(testUsers.propose({ name: 'Omar' })).resolves.toMatchObject({ existing: { name: 'Omar Owner' } });
  const claim = { reference: newId(), verb: 'create-person', revision: 0 };
  await runs.ended(await testUsers.create(ada, { name: 'T.Simon' }, claim));

  expect(deletedReads).toEqual([]);
});
