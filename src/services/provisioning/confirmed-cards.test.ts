import { openTestDatabase } from '../../../test/support/test-database.js';
import type { Claims, Entra } from '../entra/entra.js';
import type { Genesys, GenesysUser } from '../genesys/genesys.js';
import type { Started } from '../operations/run-operation.js';
import { mayAll, testPipeline } from '../operations/testing/test-pipeline.js';
import type { Database } from '../platform/database.js';
import { newId } from '../platform/ids.js';
import { Problem } from '../platform/problem.js';
import { ada, StandingClock } from '../platform/testing/test-parts.js';
import { EmailClaimService } from './email-claim-service.js';
import { OffBoardService } from './off-board-service.js';

/** A confirmation does what its card showed, or nothing. */

const PERSON = '33333333-3333-4333-8333-333333333333';
const IDS = { applicationObjectId: 'o', servicePrincipalId: 'sp', appId: 'app' };

let database: Database;
let clock: StandingClock;
let offBoarding: OffBoardService;
let emailClaim: EmailClaimService;
/** Both systems, as a test leaves them between the card and the click. */
let world: {
  affected: number | undefined;
  claims: Claims;
  roles: string[];
  user: GenesysUser | undefined;
  grants: string[];
  isGenesysAway: boolean;
  done: string[];
};

const personOf = (id: string) => ({
  ...{ id, name: 'Bernd Simon', userPrincipalName: 'b@x.example', isEnabled: true, isGuest: false },
});

const entra = {
  ...mayAll,
  findPerson: async (id: string) => personOf(id),
  getGalleryTemplate: async () => ({ id: 'template' }),
  findInstances: async () => [IDS],
  findClaims: async () => world.claims,
  setClaims: async (_: unknown, claims: Claims) => {
    world.done.push(`send ${claims.emailFrom ?? ''}`);
    world.claims = { ...world.claims, ...claims };
  },
  countAddressMismatches: async () => world.affected,
  getAppRoles: async () => [],
  findAccess: async () => ({ direct: world.roles.map((appRoleId) => ({ appRoleId })), throughGroups: [] }),
  removeAssignments: async () => void world.done.push('unassign'),
  revokeSignInSessions: async () => true,
} as unknown as Entra;

const genesys = {
  findUserByEmail: async () => {
    if (world.isGenesysAway) throw new Problem({ kind: 'remote', what: 'Genesys is away.', remedy: 'Wait.' });
    return world.user;
  },
  findGrants: async () =>
    world.grants.map((id) => ({ role: { id, name: id }, divisionId: 'home', divisionName: 'Home' })),
  deactivateUser: async () => {
    world.done.push('deactivate');
    return true;
  },
  revokeTokens: async () => undefined,
} as unknown as Genesys;

beforeAll(async () => {
  database = await openTestDatabase();
}, 30_000);
afterAll(() => database?.close());

let runs: ReturnType<typeof testPipeline>;
beforeEach(() => {
  clock = new StandingClock();
  const claims: Claims = {
    emailFrom: 'userprincipalname',
    organizationName: 'x',
    includesBasicClaims: true,
    otherClaims: [],
  };
  const user: GenesysUser = { id: 'u1', name: 'Bernd Simon', email: 'b@x.example', state: 'active', version: 1 };
  world = { affected: 0, claims, roles: ['User'], user, grants: ['Agent'], isGenesysAway: false, done: [] };
  runs = testPipeline({ database, clock, entra });
  const { pipeline } = runs;
  offBoarding = new OffBoardService({ entra, genesys, pipeline, clock, endLeases: async () => [] });
  emailClaim = new EmailClaimService({ entra, genesys, pipeline, clock });
});
afterEach(() => runs.durable.stop());

const claimOf = (verb: string) => ({ reference: newId(), verb, revision: 0 });

/** The click on a card that was shown before `meanwhile`. */
async function confirmOffBoarding(meanwhile: () => void = () => undefined): Promise<Started> {
  const { seal } = await offBoarding.look(ada, PERSON);
  meanwhile();
  return offBoarding.offBoard(ada, { personId: PERSON, seal }, claimOf('off-board'));
}

async function confirmClaim(meanwhile: () => void = () => undefined): Promise<Started> {
  const wish = { personId: '', to: 'mail' } as const;
  const { seal } = await emailClaim.look(ada, wish);
  meanwhile();
  return emailClaim.choose(ada, { ...wish, seal }, claimOf('choose-email-claim'));
}

test('nothing has changed: what was confirmed is done', async () => {
  await runs.ended(await confirmOffBoarding());
  await runs.ended(await confirmClaim());

  expect(world.done).toEqual(['unassign', 'deactivate', 'send mail']);
});

test.each<[string, () => void]>([
  ['people with two addresses have come', () => (world.affected = 40)],
  ['so many that nobody counts them', () => (world.affected = undefined)],
  ['somebody else has changed the claim', () => (world.claims = { ...world.claims, emailFrom: 'mail' })],
])('the claim stays as it is: %s', async (_, meanwhile) => {
  await expect(confirmClaim(meanwhile)).rejects.toMatchObject({ facts: { kind: 'stale', code: 'card-outdated' } });
  expect(world.done).toEqual([]);
});

test('the card of Monday changes nothing on Friday', async () => {
  const fourDays = (): void => clock.advance(4 * 24 * 60);

  await expect(confirmClaim(fourDays)).rejects.toMatchObject({ facts: { kind: 'stale', code: 'card-expired' } });
  await expect(confirmOffBoarding(fourDays)).rejects.toMatchObject({ facts: { kind: 'stale', code: 'card-expired' } });
  expect(world.done).toEqual([]);
});

test.each<[string, () => void]>([
  ['another Genesys user has the address', () => (world.user = world.user && { ...world.user, id: 'u2' })],
  ['the Genesys user is inactive', () => (world.user = world.user && { ...world.user, state: 'inactive' })],
  ['the Genesys user is gone', () => (world.user = undefined)],
  ['a role in Genesys was added', () => world.grants.push('Supervisor')],
  ['the assignment in Entra is another', () => (world.roles = ['msiam_access'])],
])('nobody is off-boarded: %s', async (_, meanwhile) => {
  await expect(confirmOffBoarding(meanwhile)).rejects.toMatchObject({
    facts: { kind: 'stale', code: 'card-outdated' },
  });
  expect(world.done).toEqual([]);
});

test('the order in which Genesys lists the roles is no change', async () => {
  world.grants = ['Agent', 'Supervisor'];

  const started = await confirmOffBoarding(() => world.grants.reverse());

  expect(started).toMatchObject({ kind: 'started' });
  // Or it would still be under way when the next test begins another one.
  await runs.ended(started);
});

test('access ends in Entra also while Genesys does not answer', async () => {
  world.isGenesysAway = true;
  await runs.ended(await confirmOffBoarding());

  expect(world.done).toEqual(['unassign']);
});
