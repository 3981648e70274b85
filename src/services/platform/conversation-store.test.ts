import { findClaim, takeClaim } from './claim-store.js';
import {
  closeForm,
  findForm,
  findPersonalPlace,
  findPlace,
  findPostings,
  findReferencesBehind,
  forgetPosting,
  isNewDelivery,
  openForm,
  saveForm,
  savePlace,
  savePosting,
} from './conversation-store.js';
import { openTestDatabase } from '../../../test/support/test-database.js';
import type { Database } from './database.js';
import { jsonText, type Json } from './json.js';
import { loadKey } from './keys.js';
import { createOneTimeSecrets } from './one-time-secrets.js';
import { savePlan } from './plan-store.js';
import { housekeeping } from './sweeps.js';
import { ada, omar, StandingClock } from './testing/test-parts.js';

let database: Database;
let clock: StandingClock;

beforeAll(async () => {
  database = await openTestDatabase();
}, 30_000);
afterAll(() => database.close());
beforeEach(async () => {
  clock = new StandingClock();
  for (const table of ['form', 'place', 'posting', 'delivery', 'claim', 'plan'] as const) {
    await database.db.deleteFrom(table).execute();
  }
});

const here = { channel: 'teams', conversation: 'a:1', person: ada.personId };
const newForm = () => ({ ...here, form: 'set-up-sso', answers: {}, question: 'region', changedAt: clock.now() });

test('an answer is kept, and the next question waits', async () => {
  const opened = await openForm(database.db, newForm());

  const saved = await saveForm(database.db, { ...opened, answers: { region: 'Frankfurt' }, question: 'organization' });

  expect(saved).toMatchObject({ answers: { region: 'Frankfurt' }, question: 'organization', revision: 2 });
  expect(await findForm(database.db, here)).toEqual(saved);
});

test('of two answers to one question, one is kept', async () => {
  const opened = await openForm(database.db, newForm());

  const saved = await Promise.all([
    saveForm(database.db, { ...opened, answers: { region: 'Frankfurt' } }),
    saveForm(database.db, { ...opened, answers: { region: 'Dublin' } }),
  ]);

  expect(saved.filter(Boolean)).toHaveLength(1);
});

test('a new form takes the place of the one that was open here', async () => {
  await openForm(database.db, newForm());
  await openForm(database.db, { ...newForm(), form: 'assign-people', messageId: 'm1' });

  expect(await findForm(database.db, here)).toMatchObject({ form: 'assign-people', messageId: 'm1', revision: 1 });
});

test('a form is closed once, and only at the revision that was seen', async () => {
  const opened = await openForm(database.db, newForm());

  const closings = [
    await closeForm(database.db, here, opened.revision + 1),
    await closeForm(database.db, here, opened.revision),
    await closeForm(database.db, here),
  ];

  expect(closings).toEqual([false, true, false]);
});

test('a place is found by its conversation and by its person, with what is known last', async () => {
  const place = { channel: 'teams', conversation: 'a:1', kind: 'personal', person: ada.personId } as const;
  await savePlace(database.db, { ...place, reference: { serviceUrl: 'old' }, changedAt: clock.now() });
  clock.advance(1);
  await savePlace(database.db, { ...place, reference: { serviceUrl: 'new' }, changedAt: clock.now() });
  const channel = { channel: 'teams', conversation: '19:c', kind: 'channel' } as const;
  await savePlace(database.db, { ...channel, reference: null, changedAt: clock.now() });

  const personal = await findPersonalPlace(database.db, { channel: 'teams', person: ada.personId });

  expect(personal).toEqual({ ...place, reference: { serviceUrl: 'new' }, changedAt: clock.now() });
  expect(await findPlace(database.db, channel)).toMatchObject({ kind: 'channel', reference: null });
  expect(await findPersonalPlace(database.db, { channel: 'slack', person: ada.personId })).toBeUndefined();
});

const posting = (messageId: string, revision: number, contentHash = `r${String(revision)}`) => ({
  ...{ reference: 'run-1', channel: 'teams' as const, conversation: 'a:1', messageId, revision, contentHash },
  changedAt: clock.now(),
});

test('an older state of a card never overwrites a newer one', async () => {
  const saved = [
    await savePosting(database.db, posting('m1', 2)),
    await savePosting(database.db, posting('m1', 1)),
    await savePosting(database.db, posting('m1', 2, 'twice')),
    await savePosting(database.db, posting('m1', 3)),
  ];

  expect(saved).toEqual([true, false, false, true]);
  expect(await findPostings(database.db, 'run-1')).toMatchObject([{ messageId: 'm1', revision: 3, contentHash: 'r3' }]);
});

test('every copy of a card is found, until it is forgotten', async () => {
  await savePosting(database.db, posting('m1', 1));
  clock.advance(1);
  await savePosting(database.db, { ...posting('m2', 1), audience: 'approvers' });
  await savePosting(database.db, { ...posting('m3', 1), reference: 'run-2' });

  const [first, second, ...others] = await findPostings(database.db, 'run-1');
  await forgetPosting(database.db, { channel: 'teams', conversation: 'a:1', messageId: 'm1', ...first });

  expect([first?.messageId, second?.messageId, second?.audience, others]).toEqual(['m1', 'm2', 'approvers', []]);
  expect(await findPostings(database.db, 'run-1')).toHaveLength(1);
});

test('a delivery is new once, per channel', async () => {
  const delivery = { deliveryId: 'd1', at: clock.now() };

  const isNew = await Promise.all([
    isNewDelivery(database.db, { channel: 'teams', ...delivery }),
    isNewDelivery(database.db, { channel: 'teams', ...delivery }),
    isNewDelivery(database.db, { channel: 'slack', ...delivery }),
  ]);

  const [one, another, elsewhere] = isNew; // of two at the same time, either may be the first
  expect([one, another].sort()).toEqual([false, true]);
  expect(elsewhere).toBe(true);
});

test('of many clicks on one button one counts; the others hear who it was and when', async () => {
  const click = { reference: 'plan-1', verb: 'run', revision: 1, at: clock.now() };

  const taken = await Promise.all(
    [ada, omar, omar, ada].map((actor) => database.transaction((trx) => takeClaim(trx, { ...click, actor }))),
  );

  const first = [ada, omar, omar, ada][taken.indexOf(true)];
  const late = { by: first?.name, at: clock.now() };
  expect(taken.filter((claim) => claim !== true)).toEqual([late, late, late]);
  expect(await findClaim(database.db, click)).toEqual(late);
  expect(await findClaim(database.db, { ...click, verb: 'undo' })).toBeUndefined();
  expect(await takeClaim(database.db, { ...click, revision: 2, actor: omar })).toBe(true);
});

test('housekeeping takes what is over and leaves what somebody may still come back to', async () => {
  const keys = loadKey({ latchkeyKey: Buffer.alloc(32).toString('base64'), dataDir: '' });
  const secrets = createOneTimeSecrets({ database, clock, keys });
  const plan = (id: string, minutes: number) => ({
    ...{ id, kind: 'set-up-sso', content: {}, readHash: 'h', askerId: ada.personId, madeAt: clock.now() },
    expiresAt: new Date(clock.now().getTime() + minutes * 60_000),
  });
  await secrets.create({ secret: 's', purpose: 'password', minutes: 10 });
  await openForm(database.db, newForm());
  await isNewDelivery(database.db, { channel: 'teams', deliveryId: 'old', at: clock.now() });
  await savePlan(database.db, plan('11111111-1111-4111-8111-111111111111', 15));
  const count = async () => {
    for (const { sweep } of housekeeping({ database, secrets })) await sweep(clock.now());
    const rows = (table: 'one_time_secret' | 'form' | 'delivery' | 'plan') =>
      database.db
        .selectFrom(table)
        .select((row) => row.fn.countAll<string>().as('count'))
        .executeTakeFirstOrThrow();
    const tables = ['one_time_secret', 'form', 'delivery', 'plan'] as const;
    return Promise.all(tables.map(async (table) => Number((await rows(table)).count)));
  };

  const atOnce = await count();
  clock.advance(20);
  const afterTwentyMinutes = await count();
  clock.advance(8 * 24 * 60);
  const afterEightDays = await count();

  expect(atOnce).toEqual([1, 1, 1, 1]);
  expect(afterTwentyMinutes).toEqual([0, 1, 1, 1]);
  expect(afterEightDays).toEqual([0, 0, 0, 0]);
});

test('after a restart it is known which cards show less than their run', async () => {
  const runs = ['44444444-4444-4444-8444-444444444444', '55555555-5555-4555-8555-555555555555'];
  const at = clock.now();
  await database.db.deleteFrom('run').execute();
  for (const [index, id] of runs.entries()) {
    const run = { id, kind: 'story', version: 1, reference: id, state: 'done', revision: 5 } as const;
    const json = { input: jsonText<Json>(null), actor: jsonText(ada) };
    await database.db
      .insertInto('run')
      .values({ ...run, ...json, started_at: at, changed_at: at })
      .execute();
    const shown = { reference: `run:${id}`, revision: index === 0 ? 4 : 5, contentHash: 'x' };
    const place = { channel: 'teams' as const, conversation: 'a:1', messageId: `m${index}` };
    await savePosting(database.db, { ...shown, ...place, changedAt: at });
  }

  await expect(findReferencesBehind(database.db)).resolves.toEqual([`run:${runs[0]}`]);
});
