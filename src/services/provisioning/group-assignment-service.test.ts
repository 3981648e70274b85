import { openTestDatabase } from '../../../test/support/test-database.js';
import type { Entra } from '../entra/entra.js';
import type { Genesys } from '../genesys/genesys.js';
import { mayAll, testPipeline } from '../operations/testing/test-pipeline.js';
import type { Database } from '../platform/database.js';
import { newId } from '../platform/ids.js';
import { ada, StandingClock } from '../platform/testing/test-parts.js';
import { GroupAssignmentService } from './group-assignment-service.js';

let database: Database;
let runs: ReturnType<typeof testPipeline>;
let groups: GroupAssignmentService;
let memberPages: number;

const role = { id: 'r', displayName: 'User', isEnabled: true, allowsUsers: true };
const member = { id: 'p', name: 'Ana', kind: 'person', isEnabled: true, isGuest: false };
const group = { id: 'g', name: 'Agents', isSecurityEnabled: true, isDynamic: false, isRoleAssignable: false };

/** A group of more people than one page holds. */
const entra = {
  ...mayAll,
  findGroup: async () => group,
  firstMembers: async () => {
    memberPages += 1;
    return { members: Array.from({ length: 999 }, () => member), isMore: true };
  },
  hasPremium: async () => true,
  listGroupsOf: async () => [],
  getGalleryTemplate: async () => ({ id: 'template' }),
  findInstances: async () => [{ applicationObjectId: 'o', servicePrincipalId: 'sp', appId: 'app' }],
  getAppRoles: async () => [role],
  findGroupAssignments: async () => [{ id: 'a', principalId: 'g', principalName: 'Agents', appRoleId: 'r' }],
  ensureGroupAssignment: async () => ({ isNew: true }),
  removeAssignments: async () => 1,
} as unknown as Entra;

beforeAll(async () => {
  database = await openTestDatabase();
}, 30_000);
afterAll(() => database?.close());

beforeEach(() => {
  memberPages = 0;
  runs = testPipeline({ database, clock: new StandingClock(), entra });
  groups = new GroupAssignmentService({ entra, genesys: {} as Genesys, pipeline: runs.pipeline });
});
afterEach(() => runs.durable.stop());

const claimOf = (verb: string) => ({ reference: newId(), verb, revision: 0 });

test('a card about a large group takes one page of it, and says that there are more', async () => {
  await expect(groups.propose(ada, 'g')).resolves.toMatchObject({ makeUp: { people: 999, isMore: true } });
  await expect(groups.proposeRemoval('g')).resolves.toMatchObject({ makeUp: { people: 999, isMore: true } });
  expect(memberPages).toBe(2);
});

test('the click reads nobody', async () => {
  await runs.ended(await groups.assign(ada, { groupId: 'g', appRoleId: 'r' }, claimOf('assign-group')));
  await runs.ended(await groups.unassign(ada, 'g', claimOf('unassign-group')));

  expect(memberPages).toBe(0);
});
