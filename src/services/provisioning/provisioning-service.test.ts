import { randomUUID } from 'node:crypto';
import { openTestDatabase } from '../../../test/support/test-database.js';
import type { Entra } from '../entra/entra.js';
import type { Genesys, GenesysUser } from '../genesys/genesys.js';
import { mayAll, testPipeline } from '../operations/testing/test-pipeline.js';
import { findGenesysUserMadeHere } from '../people/created-here.js';
import type { Database } from '../platform/database.js';
import { newId } from '../platform/ids.js';
import { jsonText } from '../platform/json.js';
import { Problem } from '../platform/problem.js';
import { ada, StandingClock } from '../platform/testing/test-parts.js';
import { keyOfRole, ProvisioningService } from './provisioning-service.js';

/** An address that was somebody else's before brings their Genesys user with it, but not their roles. */

const BERND = 'b0000000-0000-4000-8000-000000000001';
const BERTA = 'b0000000-0000-4000-8000-000000000002';
const CARLA = 'b0000000-0000-4000-8000-000000000003';
const clock = new StandingClock();
const agent = { roleId: 'agent', roleName: 'Agent', divisionId: 'home', divisionName: 'Home' };

const bernd: GenesysUser = {
  ...{ id: 'u1', name: 'Bernd Simon', email: 'b.simon@x.example', state: 'active', version: 1 },
};

let database: Database;
let runs: ReturnType<typeof testPipeline>;
let provisioning: ProvisioningService;
let user: GenesysUser | undefined;
/** What the next attempt does to Genesys before its process dies; `undefined`: it lives. */
let dyingAfter: (() => void) | undefined;
let granted: string[];

const entra = {
  ...mayAll,
  findPerson: async (id: string) => ({
    ...{ id, name: id === BERND ? 'Bernd Simon' : 'Berta Simon', userPrincipalName: 'b.simon@x.example' },
    ...{ isEnabled: true, isGuest: false },
  }),
  getGalleryTemplate: async () => ({ id: 'template' }),
  findInstances: async () => [],
} as unknown as Entra;

const genesys = {
  listDivisions: async () => [{ id: 'home', name: 'Home', isHome: true }],
  listRoles: async () => ['employee', 'agent'].map((id) => ({ id, name: id })),
  licencesOf: async () => [],
  findUserByEmail: async () => user,
  findGrants: async () => [{ role: { id: 'agent', name: 'Agent' }, divisionId: 'home', divisionName: 'Home' }],
  ensureActiveUser: async () => {
    const last = dyingAfter;
    dyingAfter = undefined;
    last?.();
    if (last) throw new Problem({ kind: 'remote', what: 'It died.', remedy: 'Press Retry.' });
    return { user, was: user?.state };
  },
  ensureGrant: async (_: string, { roleId }: { roleId: string }) => {
    granted.push(roleId);
    return true;
  },
} as unknown as Genesys;

beforeAll(async () => {
  database = await openTestDatabase();
}, 30_000);
afterAll(() => database?.close());

/** Bernd was off-boarded, and his roles were noted. */
async function offBoarded(): Promise<void> {
  const outcome = { personId: BERND, personName: 'Bernd Simon', genesysUserId: 'u1', genesysRoles: [agent] };
  const json = { input: jsonText({}), actor: jsonText(ada), outcome: jsonText(outcome) };
  const at = { started_at: clock.now(), changed_at: clock.now() };
  await database.db
    .insertInto('run')
    .values({ ...json, ...at, id: randomUUID(), kind: 'off-board', version: 1, state: 'done', reference: newId() })
    .execute();
}

beforeEach(async () => {
  for (const table of ['step', 'run'] as const) await database.db.deleteFrom(table).execute();
  await offBoarded();
  clock.advance(1);
  granted = [];
  dyingAfter = undefined;
  user = { ...bernd, state: 'deleted' };
  runs = testPipeline({ database, clock, entra });
  provisioning = new ProvisioningService({ entra, genesys, pipeline: runs.pipeline, database });
});
afterEach(() => runs.durable.stop());

test('whose user it was is offered the roles that were noted', async () => {
  const { existing } = await provisioning.propose(BERND);

  expect(existing).toEqual({ name: 'Bernd Simon', state: 'deleted', divisionName: '', roles: [agent] });
});

test('somebody else with the address is told whose it was, and offered none of the roles', async () => {
  const { existing } = await provisioning.propose(BERTA);

  expect(existing).toMatchObject({ name: 'Bernd Simon', roles: [], formerPerson: { name: 'Bernd Simon' } });
});

test('an inactive user is told of likewise, with the roles it has', async () => {
  user = { ...bernd, state: 'inactive' };

  await expect(provisioning.propose(BERTA)).resolves.toMatchObject({
    existing: { state: 'inactive', roles: [agent], formerPerson: { name: 'Bernd Simon' } },
  });
});

test('a click that asks for the noted roles all the same does not get them', async () => {
  const wish = { personId: BERTA, divisionId: 'home', roleIds: ['employee'], restores: [keyOfRole(agent)] };
  const claim = { reference: newId(), verb: 'provision', revision: 0 };

  await runs.ended(await provisioning.provision(ada, wish, claim));

  expect(granted).toEqual(['employee']);
});

describe('After an attempt that ended in the middle of the change', () => {
  async function retried(personId: string, died: () => void) {
    dyingAfter = died;
    const wish = { personId, divisionId: 'home', roleIds: ['employee'], restores: [keyOfRole(agent)] };
    const started = await provisioning.provision(ada, wish, { reference: newId(), verb: 'provision', revision: 0 });
    await runs.ended(started);
    const failed = started.runId && (await runs.durable.find(started.runId));
    if (!failed) throw new Error('There is no run.');
    const claim = { reference: `run:${failed.id}`, verb: 'retry-run', revision: failed.revision };
    await runs.ended(await runs.pipeline.retry(failed.id, { actor: ada, claim }));
    return runs.durable.find(failed.id);
  }

  test('a user who was deleted is still known for one, and gets the roles back', async () => {
    const run = await retried(BERND, () => (user = bernd));

    expect(run).toMatchObject({ state: 'done', outcome: { was: 'deleted', restored: [agent] } });
    expect(granted).toEqual(['agent', 'employee']);
  });

  test('a user who was created is still known to be made here', async () => {
    user = undefined;
    const run = await retried(BERTA, () => (user = { ...bernd, id: 'u2', name: 'Berta Simon' }));

    expect(run).toMatchObject({ state: 'done', outcome: { was: 'unknown', genesysUserId: 'u2' } });
    await expect(findGenesysUserMadeHere(database, BERTA)).resolves.toMatchObject({ userId: 'u2' });
  });

  test('somebody of another name whom the search showed too late is not taken for made here', async () => {
    user = undefined;
    const run = await retried(CARLA, () => (user = { ...bernd, id: 'u3' }));

    expect(run).toMatchObject({ state: 'done', outcome: { was: 'active', genesysUserId: 'u3' } });
    await expect(findGenesysUserMadeHere(database, CARLA)).resolves.toBeUndefined();
  });
});
