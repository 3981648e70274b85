import { isOnPostgres } from '../support/test-database.js';
import { SET_UP } from './crash-deeds.js';
import { CrashRig, type Point } from './crash-rig.js';
import { remoteState, type Remote } from './remote-state.js';

const DATABASE_AWAY_MS = 30_000;

let rig: CrashRig;
let points: Point[];
let wanted: Remote;

beforeAll(async () => {
  rig = await CrashRig.start();
  await rig.world.saveRemote('fresh');
  ({ points, after: wanted } = await rig.recordPoints(SET_UP));
}, 120_000);
afterAll(async () => rig?.stop(), 30_000);

/** Entra has made the certificate, and its answer is on the way. */
function certificateMade(): Point {
  const made = points.find(
    ({ around, name, when }) => around === 'effect' && name.endsWith('addTokenSigningCertificate') && when === 'after',
  );
  if (!made) throw new Error('A set-up makes no certificate.');
  return made;
}

/** PostgreSQL lets others in; what becomes of the run of a frozen replica is told elsewhere. */
const testOnEmbedded = isOnPostgres() ? test.skip : test;

testOnEmbedded(
  'A frozen process keeps its run: nobody else may open its database, and thawed it ends as if nothing had been',
  async () => {
    const { card, release } = await rig.holdAt(SET_UP, certificateMade());
    rig.world.freezeBot();

    const second = await rig.world.startSecondBot();
    rig.world.thawBot();
    release();
    await rig.world.person('Ada').watches(card, SET_UP.done);

    expect(second.code).toBe(1);
    expect(second.printed).toContain('is using the data folder');
    expect(await remoteState(rig.world)).toEqual(wanted);
  },
  120_000,
);

test('The database away for 30 seconds in the middle of a run: questions are answered, deeds refused, nothing lost or twice', async () => {
  const { world } = rig;
  const ada = world.person('Ada');
  const { card, release } = await rig.holdAt(SET_UP, certificateMade());
  const proposal = await ada.saysAndSees('create test user', 'Create');
  await rig.databaseIs('away');
  const began = Date.now();
  release();

  const isReady = await fetch(`${world.botUrl}/readyz`);
  await ada.saysAndSees('help', 'set up sso');
  await ada.saysAndSees('status', 'SSO status');
  const refused = await ada.presses(proposal, 'Create somebody else', { name: 'T.Simon' });
  const notes = await ada.texts();
  await new Promise((over) => setTimeout(over, DATABASE_AWAY_MS - (Date.now() - began)));
  const asked = await rig.databaseIs('back');
  await ada.watches(card, SET_UP.done);

  expect(isReady.status).toBe(503);
  expect(JSON.stringify(refused.value)).toContain('database does not answer');
  expect(notes.at(-1)).toContain('database does not answer');
  expect(asked).toBeGreaterThan(0);
  expect(await remoteState(world)).toEqual(wanted);
  expect((await fetch(`${world.botUrl}/readyz`)).status).toBe(200);
}, 180_000);

test('A clock that jumps 60 days ahead in the middle of a run changes no more than the dates', async () => {
  const { card, release } = await rig.holdAt(SET_UP, certificateMade());
  await rig.world.advance('P60D');
  release();

  const done = await rig.world.person('Ada').watches(card, SET_UP.done);

  expect(done.text).toContain('Started by Ada');
  expect(await remoteState(rig.world)).toEqual(wanted);
}, 120_000);
