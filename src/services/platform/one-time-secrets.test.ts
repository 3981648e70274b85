import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { openTestDatabase } from '../../../test/support/test-database.js';
import type { Database } from './database.js';
import { loadKey } from './keys.js';
import { createOneTimeSecrets } from './one-time-secrets.js';
import { StandingClock } from './testing/test-parts.js';

const SECRET = 'Sandbox-2026! für Ana';
const keyText = Buffer.alloc(32, 1).toString('base64');
const otherKeyText = Buffer.alloc(32, 2).toString('base64');

let database: Database;
let clock: StandingClock;

beforeAll(async () => {
  database = await openTestDatabase();
}, 30_000);
afterAll(() => database.close());
beforeEach(() => {
  clock = new StandingClock();
});

function secretsUnder(settings: { latchkeyKey: string; previousKey?: string }) {
  return createOneTimeSecrets({ database, clock, keys: loadKey({ ...settings, dataDir: '/nonexistent' }) });
}

const wish = { secret: SECRET, purpose: 'password', forPerson: 'ada', minutes: 10 };

test('a secret can be read once', async () => {
  const secrets = secretsUnder({ latchkeyKey: keyText });
  const token = await secrets.create(wish);

  const first = await secrets.open(token);
  const second = await secrets.open(token);

  expect(first).toBe(SECRET);
  expect(second).toBeUndefined();
});

test('of many who press at once, one reads the secret', async () => {
  const secrets = secretsUnder({ latchkeyKey: keyText });
  const token = await secrets.create(wish);

  const read = await Promise.all(Array.from({ length: 10 }, () => secrets.open(token)));

  expect(read.filter(Boolean)).toEqual([SECRET]);
});

test('looking at the link, as a preview does, consumes nothing', async () => {
  const secrets = secretsUnder({ latchkeyKey: keyText });
  const token = await secrets.create(wish);

  const looks = [await secrets.exists(token), await secrets.exists(token), await secrets.exists('another')];

  expect(looks).toEqual([true, true, false]);
  expect(await secrets.open(token)).toBe(SECRET);
});

test('after its time the secret is gone, whether it was swept or not', async () => {
  const secrets = secretsUnder({ latchkeyKey: keyText });
  const opened = await secrets.create(wish);
  const swept = await secrets.create(wish);
  const young = await secrets.create({ ...wish, minutes: 30 });
  clock.advance(10);

  const exists = await secrets.exists(opened);
  const secret = await secrets.open(opened);
  await secrets.sweep(clock.now());

  expect([exists, secret]).toEqual([false, undefined]);
  expect(await rowCount()).toBe(1);
  expect(await secrets.open(swept)).toBeUndefined();
  expect(await secrets.open(young)).toBe(SECRET);
});

async function rowCount(): Promise<number> {
  return (await database.db.selectFrom('one_time_secret').select('purpose').execute()).length;
}

test('the row holds neither the secret nor the token', async () => {
  const token = await secretsUnder({ latchkeyKey: keyText }).create(wish);

  const { rows } = await sql<{ row: string; sealed: Buffer }>`
    select one_time_secret::text as row, sealed from one_time_secret`.execute(database.db);

  const everything = rows.map(({ row, sealed }) => `${row} ${sealed.toString('latin1')}`).join();
  expect(rows.length).toBeGreaterThan(0);
  for (const needle of [SECRET, token, Buffer.from(SECRET).toString('hex'), Buffer.from(token).toString('hex')]) {
    expect(everything).not.toContain(needle);
  }
});

test('token and row do not open it under another deployment key, but under one whose predecessor it was', async () => {
  const token = await secretsUnder({ latchkeyKey: keyText }).create(wish);
  const sameRow = await database.db.selectFrom('one_time_secret').selectAll().execute();

  const stolen = await secretsUnder({ latchkeyKey: otherKeyText }).open(token);
  await database.db.deleteFrom('one_time_secret').execute();
  await database.db.insertInto('one_time_secret').values(sameRow).execute();
  const afterChange = await secretsUnder({ latchkeyKey: otherKeyText, previousKey: keyText }).open(token);

  expect(stolen).toBeUndefined();
  expect(afterChange).toBe(SECRET);
});

test('a row passed off for another purpose does not open', async () => {
  const secrets = secretsUnder({ latchkeyKey: keyText });
  const token = await secrets.create(wish);

  await database.db.updateTable('one_time_secret').set({ purpose: 'scim-secret' }).execute();

  expect(await secrets.open(token)).toBeUndefined();
});

test('two secrets under one token hash scheme never share a token', async () => {
  const secrets = secretsUnder({ latchkeyKey: keyText });

  const tokens = await Promise.all(Array.from({ length: 20 }, () => secrets.create(wish)));

  expect(new Set(tokens).size).toBe(20);
  expect(tokens.every((token) => /^[A-Za-z0-9_-]{43}$/.test(token))).toBe(true);
});

test('the key file serves as well as the setting', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'latchkey-key-'));
  const token = await createOneTimeSecrets({ database, clock, keys: loadKey({ dataDir }) }).create(wish);

  const afterRestart = createOneTimeSecrets({ database, clock, keys: loadKey({ dataDir }) });

  expect(await afterRestart.open(token)).toBe(SECRET);
  rmSync(dataDir, { recursive: true });
});
