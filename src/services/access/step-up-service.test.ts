import { ANA, asks, DANA, OMAR, RequestStand } from '../../../test/support/request-stand.js';
import { openTestDatabase } from '../../../test/support/test-database.js';
import type { Database } from '../platform/database.js';
import { randomToken } from '../platform/ids.js';
import { tokenHash } from '../platform/token-key.js';
import type { AccessService } from './access-service.js';
import { StepUpService } from './step-up-service.js';
import { createStepUp, proveStepUp } from './step-up-store.js';

let database: Database;
let stand: RequestStand;
let access: AccessService;
let service: StepUpService;
let counted: string[];

beforeAll(async () => {
  database = await openTestDatabase();
  stand = await RequestStand.open(database);
}, 60_000);
afterAll(async () => {
  await stand?.close();
  await database?.close();
});
beforeEach(async () => {
  await database.db.deleteFrom('step_up').execute();
  await stand.forgets();
  await stand.hasChat(OMAR, DANA);
  const parts = stand.parts({ agent: { stepUp: true } });
  access = stand.serviceOf(parts);
  const keys = { derive: () => Buffer.alloc(32), candidates: () => [] };
  const signIn = undefined;
  service = new StepUpService({ ...parts, access, keys, signIn, publicUrl: () => 'http://127.0.0.1' });
  counted = [];
  service.onCounted((requestId) => counted.push(requestId));
});

/** Omar has signed in to approve it. */
async function proven(requestId: string): Promise<{ id: string; browser: string }> {
  const [browser, at] = [randomToken(32), stand.clock.now()];
  const hash = tokenHash(randomToken(32));
  const until = new Date(at.getTime() + 300_000);
  const wish = { requestId, actor: OMAR, minutes: undefined, reason: '', clickedAt: at };
  await database.transaction((trx) => createStepUp(trx, { ...wish, tokenHash: hash, at, until }));
  const checking = database.db.updateTable('step_up').set({ state: 'checking' }).where('token_hash', '=', hash);
  const { id } = await checking.returning('id').executeTakeFirstOrThrow();
  await proveStepUp(database.db, { id, signIn: { at }, browserHash: tokenHash(browser), until });
  return { id, browser };
}

async function asked(): Promise<{ id: string; browser: string; requestId: string; revision: number }> {
  const { id: requestId, revision } = await asks(access, { by: ANA });
  return { ...(await proven(requestId)), requestId, revision };
}

test('an approval by the page is told at once, so that the cards follow as after a click', async () => {
  const { id, browser, requestId, revision } = await asked();

  expect(await service.approve(id, browser, revision)).toMatchObject({ kind: 'approved' });

  expect(counted).toEqual([requestId]);
});

test('the button approves what its own page has shown, whatever was looked at since', async () => {
  const { id, browser, revision } = await asked();
  await service.show(id, browser);

  for (const other of [revision - 1, revision + 1, Number.NaN])
    expect(await service.approve(id, browser, other)).toEqual({ kind: 'changed' });

  expect(counted).toEqual([]);
  expect(await service.show(id, browser)).toMatchObject({ isUsed: false, card: { request: { state: 'open' } } });
});

test('a page that was pressed says what it led to until its time is over, and counts once, also after a take-back', async () => {
  const { id, browser, requestId, revision } = await asked();
  const presses = [0, 1].map(() => service.approve(id, browser, revision));
  const kinds = (await Promise.all(presses)).map(({ kind }) => kind);
  expect(kinds.filter((kind) => kind === 'approved')).toHaveLength(1);
  await access.takeBack(OMAR, requestId);

  const now = await service.show(id, browser);
  expect(now).toMatchObject({ isUsed: true, card: { request: { state: 'open' } } });
  expect(await service.approve(id, browser, now.card.request.revision)).toEqual({ kind: 'late' });
  expect(counted).toEqual([requestId]);
  await expect(service.show(id, randomToken(32))).rejects.toThrow('not the browser');
  stand.clock.advance(5);
  await expect(service.show(id, browser)).rejects.toThrow('does not lead on');
});
