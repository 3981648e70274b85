import { ASSIGN, CREATE, OFF_BOARD, PROVISION, REMOVE, SET_UP } from './crash-deeds.js';
import { CrashRig, wordsOf, type Deed, type Point } from './crash-rig.js';
import { KillTable } from './kill-table.js';
import type { Remote } from './remote-state.js';
import { print } from '../support/print.js';
import { isOnPostgres } from '../support/test-database.js';

/** Every point with `CRASH_MATRIX=full`; otherwise every n-th, another first one for each deed. */
const EVERY = process.env['CRASH_MATRIX'] === 'full' ? 1 : 8;
const NAME = 'Genesys Cloud for Azure';

let rig: CrashRig;
const table = new KillTable();

beforeAll(async () => {
  rig = await CrashRig.start();
  await rig.world.saveRemote('fresh');
  await rig.recordPoints(SET_UP);
  await rig.world.saveRemote('set up');
}, 120_000);
afterAll(async () => {
  await rig?.stop();
  print(`\n${table.toString()}\n`);
}, 30_000);

/** Kills at the points of the deed, compares, and adds the deed's rows to the table. */
async function killAtPoints(
  deed: Deed,
  first: number,
): Promise<{ failures: string[]; after: Remote; points: Point[] }> {
  const { points, after } = await rig.recordPoints(deed);
  const failures: string[] = [];
  const killed = new Map<Point, 'as without' | 'otherwise'>();
  for (const point of points.filter((_, index) => index % EVERY === first % EVERY)) {
    const failure = await difference(deed, point, after);
    killed.set(point, failure === undefined ? 'as without' : 'otherwise');
    if (failure !== undefined) failures.push(failure);
  }
  table.add(deed.name, points, killed);
  return { failures, after, points };
}

async function difference(deed: Deed, point: Point, wanted: Remote): Promise<string | undefined> {
  try {
    expect(await rig.crashAt(deed, point)).toEqual(wanted);
    return undefined;
  } catch (error) {
    return `Killed ${wordsOf(point)} of “${deed.name}”: ${String(error)}\n${rig.world.botOutput.slice(-2_000)}`;
  }
}

/** On PostgreSQL a run waits at each point until the lease of the bot that died has run out. */
const minutes = (count: number): number => count * 60_000 * (isOnPostgres() ? 3 : 1);

test(
  'A set-up that is killed anywhere ends as one that is not: one application, one certificate, one provider',
  async () => {
    const { failures, after } = await killAtPoints(SET_UP, 0);

    expect(failures).toEqual([]);
    expect(after.entra.applications.filter(({ displayName }) => displayName === NAME)).toHaveLength(1);
    const principals = after.entra.servicePrincipals.filter(({ displayName }) => displayName === NAME);
    // One certificate is two keys in the directory: one signs, one verifies.
    expect(principals.map(({ keyCredentials = [] }) => keyCredentials.length)).toEqual([2]);
    expect(after.genesys.identityProviders).toHaveLength(1);
  },
  minutes(15),
);

test(
  'An assignment that is killed anywhere is there once',
  async () => {
    const { failures, after } = await killAtPoints(ASSIGN, 1);

    expect(failures).toEqual([]);
    expect(after.entra.appRoleAssignments).toHaveLength(1);
  },
  minutes(10),
);

test(
  'A provisioning that is killed anywhere leaves one user with one role',
  async () => {
    const { failures, after, points } = await killAtPoints(PROVISION, 2);

    expect(failures).toEqual([]);
    expect(points.filter(({ name }) => name.endsWith('/bulkadd')).map(({ when }) => when)).toEqual(['before', 'after']);
    expect(after.genesys.grants.map(({ role }) => role?.name)).toEqual(expect.arrayContaining(['employee', 'Agent']));
    expect(after.genesys.users.filter(({ email }) => email === 'b.simon@contoso.example')).toHaveLength(1);
  },
  minutes(10),
);

test(
  'An off-boarding that is killed anywhere leaves no assignment, and an inactive user who keeps the roles',
  async () => {
    for (const deed of [ASSIGN, { ...PROVISION, from: 'assigned' }]) {
      await rig.recordPoints(deed);
      await rig.world.saveRemote(deed === ASSIGN ? 'assigned' : 'with access');
    }

    const { failures, after, points } = await killAtPoints(OFF_BOARD, 3);

    expect(failures).toEqual([]);
    expect(new Set(points.filter(({ around }) => around === 'effect').map(({ name }) => name.split(' ')[0]))).toEqual(
      new Set(['DELETE', 'POST', 'PATCH']),
    );
    expect(after.entra.appRoleAssignments).toEqual([]);
    const user = after.genesys.users.find(({ email }) => email === 'b.simon@contoso.example');
    expect(user).toMatchObject({ state: 'inactive' });
    expect(after.genesys.grants.map(({ role }) => role?.name)).toContain('Agent');
  },
  minutes(20),
);

test(
  'The removal of a test user that is killed anywhere leaves nobody in Entra, in Genesys or assigned',
  async () => {
    const open = (deed: Deed): Deed['open'] => {
      const card = deed === ASSIGN ? 'assign t.simon' : 'provision t.simon';
      return (admin) => admin.saysAndSees(card, /T\.Simon (to|in) Genesys Cloud/);
    };
    const deeds = [
      { ...CREATE, to: 'test user' },
      { ...ASSIGN, from: 'test user', open: open(ASSIGN), to: 'test user assigned' },
      { ...PROVISION, from: 'test user assigned', open: open(PROVISION), to: REMOVE.from },
    ];
    for (const { to, ...deed } of deeds) {
      await rig.recordPoints(deed);
      await rig.world.saveRemote(to);
    }

    const { failures, after, points } = await killAtPoints(REMOVE, 5);

    expect(failures).toEqual([]);
    const effects = points.filter(({ around, when }) => around === 'effect' && when === 'before');
    expect(effects.map(({ name }) => name.split(' ')[0])).toEqual(['DELETE', 'DELETE', 'DELETE']);
    expect(after.entra.appRoleAssignments).toEqual([]);
    expect(JSON.stringify(after.entra.users)).not.toContain('t.simon');
    expect(after.genesys.users.find(({ email }) => email === 't.simon@contoso.example')).toMatchObject({
      state: 'deleted',
    });
  },
  minutes(20),
);

test(
  'A clock that jumps a day ahead while the bot is dead does not keep a run from going on',
  async () => {
    const { points, after } = await rig.recordPoints(SET_UP);
    const certificate = points.find(({ around, name, when }) => {
      return around === 'effect' && name.endsWith('addTokenSigningCertificate') && when === 'after';
    });
    if (!certificate) throw new Error('A set-up makes no certificate.');

    const ended = await rig.crashAt(SET_UP, certificate, () => rig.world.entra.advance('P1D'));

    expect(ended).toEqual(after);
  },
  minutes(2),
);
