import { print } from '../support/print.js';
import { AccessRig, type Ended, type Story } from './access-rig.js';
import { END, EXTEND, GIVE_BACK, GRANT, REVOKE, saveBeginnings } from './access-stories.js';
import { CrashRig, wordsOf, type Point } from './crash-rig.js';
import { KillTable } from './kill-table.js';

/*
 * A request for access whose bot dies, really, around each write of its rows and of the ledger, and around each effect in
 * Entra and Genesys. It ends as without a crash: in both systems, in what is stored and audited, and on each card.
 */

/**
 * Every point with `CRASH_MATRIX=full`; otherwise after each effect, whose result nobody has noted, and every n-th, another
 * first one for each story.
 */
const EVERY = process.env['CRASH_MATRIX'] === 'full' ? 1 : 30;
/** One point alone, as a failure names it: `grant: before write 3 (insertLease)`. */
const ONLY = process.env['CRASH_POINT'];

let rig: AccessRig;
const table = new KillTable();

beforeAll(async () => {
  rig = new AccessRig(await CrashRig.start());
  await saveBeginnings(rig.rig.world);
}, 180_000);
afterAll(async () => {
  await rig?.rig.stop();
  print(`\n${table.toString()}\n`);
}, 30_000);

/** Kills at points of the story. @returns how it ends without a crash, and each kill after which it did not end so. */
async function killAtPoints(
  story: Story,
  first: number,
): Promise<{ ended: Ended; failures: string[]; points: Point[] }> {
  const { points, ended } = await rig.record(story);
  const failures: string[] = [];
  const killed = new Map<Point, 'as without' | 'otherwise'>();
  for (const point of points.filter((one, index) => isTried(story, one, index + first))) {
    const failure = await difference(story, point, ended);
    killed.set(point, failure === undefined ? 'as without' : 'otherwise');
    if (failure !== undefined) failures.push(failure);
  }
  table.add(story.name, points, killed);
  return { ended, failures, points };
}

function isTried({ name }: Story, point: Point, index: number): boolean {
  if (ONLY !== undefined) return ONLY === `${name}: ${wordsOf(point)}`;
  return index % EVERY === 0 || (point.around === 'effect' && point.when === 'after');
}

async function difference(story: Story, point: Point, wanted: Ended): Promise<string | undefined> {
  try {
    expect(await rig.crashAt(story, point, wanted)).toEqual(wanted);
    return undefined;
  } catch (error) {
    const again = `CRASH_POINT='${story.name}: ${wordsOf(point)}' npm run jest -- --selectProjects=world --testPathPatterns access-matrix`;
    return `Once more: ${again}\n${String(error)}\n${rig.rig.world.botOutput.slice(-2_000)}`;
  }
}

function methodsOf(points: readonly Point[]): string[] {
  const effects = points.filter(({ around, when }) => around === 'effect' && when === 'before');
  return effects.map(({ name }) => name.split(' ')[0] ?? '');
}

test('An approved request that is killed anywhere gives the access once', async () => {
  const { ended, failures, points } = await killAtPoints(GRANT, 0);

  expect(failures).toEqual([]);
  expect(ended.remote.entra.appRoleAssignments).toHaveLength(1);
  expect(ended.rows['leases']).toMatchObject([{ state: 'active', attempts: 1 }]);
  expect(methodsOf(points)).toEqual(['POST', 'POST', 'POST']);
}, 3_600_000);

test('An end at its time that is killed anywhere takes all that was given', async () => {
  const { ended, failures, points } = await killAtPoints(END, 1);

  expect(failures).toEqual([]);
  expect(ended.remote.entra.appRoleAssignments).toEqual([]);
  expect(ended.rows).toMatchObject({ leases: [{ state: 'ended', end_reason: 'time' }], items: [] });
  expect(methodsOf(points)).toEqual(['DELETE', 'DELETE', 'POST', 'PATCH']);
}, 3_600_000);

test('An extension that meets the end, and is killed anywhere, leaves no gap and gives nothing twice', async () => {
  const { ended, failures, points } = await killAtPoints(EXTEND, 2);

  expect(failures).toEqual([]);
  expect(ended.remote.entra.appRoleAssignments).toHaveLength(1);
  expect(ended.rows['leases']).toMatchObject([{ state: 'ended' }, { state: 'active' }]);
  expect(methodsOf(points)).toEqual([]);
}, 3_600_000);

test('Access that is revoked, with a bot that is killed anywhere, is taken once and for the reason that was given', async () => {
  const { ended, failures } = await killAtPoints(REVOKE, 3);

  expect(failures).toEqual([]);
  expect(ended.remote.entra.appRoleAssignments).toEqual([]);
  expect(ended.rows['leases']).toMatchObject([{ end_reason: 'revoked', end_why: 'The shift is over' }]);
}, 3_600_000);

test('Access that is given back, with a bot that is killed anywhere, is taken once', async () => {
  const { ended, failures } = await killAtPoints(GIVE_BACK, 4);

  expect(failures).toEqual([]);
  expect(ended.remote.entra.appRoleAssignments).toEqual([]);
  expect(ended.rows['leases']).toMatchObject([{ end_reason: 'given-back' }]);
}, 3_600_000);
