import { Consoles } from '../support/consoles.js';
import { ASSIGN, SET_UP } from './crash-deeds.js';
import { CrashRig, type Deed } from './crash-rig.js';

/** Every point with `CRASH_MATRIX=full`; otherwise every n-th. */
const EVERY = process.env['CRASH_MATRIX'] === 'full' ? 1 : 5;
const SUPERVISOR = '5b1d7c3a-0000-4000-8000-000000000001';

const CHANGE_ROLE: Deed = {
  ...{ name: 'change role', from: 'two roles', button: /^Change role of /, done: /^Role changed$/m },
  open: async (admin) => {
    const card = await admin.saysAndSees('assign b.simon', 'already assigned with the role User');
    await admin.presses(card, /^Assign /, { role: SUPERVISOR });
    return admin.watches(card, 'it adds Supervisor, then removes User');
  },
};
const UNASSIGN: Deed = {
  ...{ name: 'unassign', from: 'two roles', button: /^Unassign /, done: /^Unassigned$/m },
  open: (admin) => admin.saysAndSees('unassign b.simon', 'Take Genesys Cloud from B.Simon'),
};

let rig: CrashRig;

beforeAll(async () => {
  rig = await CrashRig.start();
  await rig.world.saveRemote('fresh');
  await rig.recordPoints(SET_UP);
  await rig.world.saveRemote('set up');
  await rig.recordPoints(ASSIGN);
  await addsRole();
  await rig.world.saveRemote('two roles');
}, 240_000);
afterAll(() => rig?.stop(), 30_000);

async function addsRole(): Promise<void> {
  const { applications } = await rig.world.entra.state<{
    applications: { id: string; displayName: string; appRoles: object[] }[];
  }>();
  const application = applications.find(({ displayName }) => displayName === 'Genesys Cloud for Azure');
  const role = { id: SUPERVISOR, displayName: 'Supervisor', description: 'Supervisor', value: null, isEnabled: true };
  const appRoles = [...(application?.appRoles ?? []), { ...role, allowedMemberTypes: ['User'], origin: 'Application' }];
  await new Consoles(rig.world).graph('PATCH', `/v1.0/applications/${application?.id ?? ''}`, { appRoles });
}

/** Ids of the roles that anybody was given. */
async function rolesHeld(): Promise<string[]> {
  const { appRoleAssignments } = await rig.world.entra.state<{ appRoleAssignments: { appRoleId: string }[] }>();
  return appRoleAssignments.map(({ appRoleId }) => appRoleId);
}

/** Kills at the points of the deed. Returns the methods of its effects, and where it ended with other roles than these. */
async function killAtPoints(deed: Deed, roles: readonly string[]): Promise<{ effects: string[]; failures: string[] }> {
  const { points } = await rig.recordPoints(deed);
  expect(await rolesHeld()).toEqual(roles);
  const failures: string[] = [];
  for (const point of points.filter((_, index) => index % EVERY === 0)) {
    try {
      await rig.crashAt(deed, point);
      expect(await rolesHeld()).toEqual(roles);
    } catch (error) {
      failures.push(`Killed ${point.when} ${point.around} ${String(point.at)} (${point.name}): ${String(error)}`);
    }
  }
  const effects = points.filter(({ around, when }) => around === 'effect' && when === 'before');
  return { effects: effects.map(({ name }) => name.split(' ')[0] ?? ''), failures };
}

test('A change of role that is killed anywhere ends with the new role alone, and adds before it removes', async () => {
  const { effects, failures } = await killAtPoints(CHANGE_ROLE, [SUPERVISOR]);

  expect(failures).toEqual([]);
  expect(effects).toEqual(['POST', 'DELETE']);
}, 900_000);

test('An unassignment that is killed anywhere leaves nothing', async () => {
  const { effects, failures } = await killAtPoints(UNASSIGN, []);

  expect(failures).toEqual([]);
  expect(effects).toEqual(['DELETE']);
}, 600_000);
