import { SET_UP } from './crash-deeds.js';
import { CrashRig, type Point } from './crash-rig.js';
import type { Remote } from './remote-state.js';

let rig: CrashRig;
let points: Point[];
let wanted: Remote;

beforeAll(async () => {
  rig = await CrashRig.start();
  await rig.world.saveRemote('fresh');
  ({ points, after: wanted } = await rig.recordPoints(SET_UP));
}, 120_000);
afterAll(async () => rig?.stop(), 30_000);

/** A few of all: `TEST_DATABASE=postgres CRASH_MATRIX=full` with crash-matrix.test.ts kills at every one. */
const SOME: readonly (readonly [string, Point['when']])[] = [
  ['insertRun', 'after'],
  ['addTokenSigningCertificate', 'after'],
  ['endRun', 'before'],
];

test.each(SOME)(
  'on PostgreSQL a bot that dies at %s (%s) goes on after its restart, with the same end',
  async (name, when) => {
    const point = points.find((known) => known.name.endsWith(name) && known.when === when);
    if (!point) throw new Error(`A set-up has no ${name}.`);

    await expect(rig.crashAt(SET_UP, point)).resolves.toEqual(wanted);
  },
);
