import { print } from '../support/print.js';
import { SET_UP } from './crash-deeds.js';
import { CrashRig, wordsOf, type Deed, type Point } from './crash-rig.js';
import type { Remote } from './remote-state.js';

/** Every point with `CRASH_MATRIX=full`; otherwise every n-th, and after each effect, whose result nobody has noted. */
const EVERY = process.env['CRASH_MATRIX'] === 'full' ? 1 : 6;

const PEOPLE =
  'upn,genesysRoles\nb.simon@contoso.example,employee | Agent\nana.agent@contoso.example,\nomar.owner@contoso.example,\n';
let files = 0;

/** Latchkey knows a file that it has done, while both systems are put back to before: each time it is another file. */
const BULK: Deed = {
  ...{ name: 'bulk', from: 'set up', button: 'Give 3 people access', done: / is done$/m },
  open: async (admin) => {
    files += 1;
    const name = `people-${String(files)}.csv`;
    await admin.sendsFile(name, PEOPLE + '\n'.repeat(files));
    return admin.sees(`Plan for ${name}`);
  },
};

let rig: CrashRig;

beforeAll(async () => {
  rig = await CrashRig.start();
  await rig.world.saveRemote('fresh');
  await rig.recordPoints(SET_UP);
  await rig.world.saveRemote('set up');
}, 120_000);
afterAll(() => rig?.stop(), 30_000);

test(
  'A bulk that is killed anywhere ends as one that is not: each person once, in both systems',
  async () => {
    const { points, after } = await rig.recordPoints(BULK);
    expect(after.entra.appRoleAssignments).toHaveLength(3);
    expect(after.genesys.users.filter(({ email }) => email === 'b.simon@contoso.example')).toHaveLength(1);
    expect(points.map(({ name }) => name)).toEqual(expect.arrayContaining(['POST /v1.0/$batch']));

    const killed = points.filter(
      ({ around, when }, index) => index % EVERY === 0 || (around === 'effect' && when === 'after'),
    );
    const failures: string[] = [];
    for (const point of killed) {
      const failure = await difference(point, after);
      if (failure !== undefined) failures.push(failure);
    }
    const shown = `${String(killed.length - failures.length)} of ${String(killed.length)}`;
    print(`\nbulk: ${shown} killed (${String(points.length)} points)\n`);

    expect(failures).toEqual([]);
  },
  20 * 60_000,
);

async function difference(point: Point, wanted: Remote): Promise<string | undefined> {
  try {
    expect(await rig.crashAt(BULK, point)).toEqual(wanted);
    return undefined;
  } catch (error) {
    return `${wordsOf(point)}: ${String(error)}\n${rig.world.botOutput.slice(-2_000)}`;
  }
}
