import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, rmSync, statSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { openDatabase, type Database } from '../../src/services/platform/database.js';
import { lockDataFolder } from '../../src/services/platform/embedded/data-lock.js';
import { canonicalJson, type Json } from '../../src/services/platform/json.js';
import { createLog } from '../../src/services/platform/log.js';
import { latchkey } from '../support/command.js';
import { World } from '../support/world.js';

interface Entry {
  readonly seq: number;
  readonly at: string;
  readonly kind: string;
  readonly body: { readonly actor?: { readonly personId: string }; readonly what?: string };
  readonly prev: string;
  readonly hash: string;
}

const OPERATOR = `operator:${userInfo().username}`;

let world: World;
let dataDir: string;

beforeAll(async () => {
  world = await World.start();
  dataDir = join(world.dataDir, 'bot');
  // What the log holds: four refusals.
  for (let time = 1; time <= 4; time += 1) await world.person('Ana').saysAndSees('status', 'You cannot');
}, 120_000);
afterAll(() => world?.stop());

const entriesIn = (text: string): Entry[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Entry);

// A start of the bot takes seconds: the parts follow each other as an operator's day would, and share three of them.

describe('While the bot runs', () => {
  test('verify finds the log whole, and the look becomes an entry of the log', async () => {
    const first = await latchkey(dataDir, 'audit', 'verify');
    const second = await latchkey(dataDir, 'audit', 'verify', '--json');
    const exported = await latchkey(dataDir, 'audit', 'export');

    expect(first).toMatchObject({ code: 0, complained: '' });
    expect(first.said).toMatch(/^The audit log is whole: \d+ entries\./);
    const before = Number(/\d+/.exec(first.said)?.[0]);
    expect(JSON.parse(second.said)).toMatchObject({ ok: true, entries: before + 1 });
    const looks = entriesIn(exported.said).filter(({ kind }) => kind === 'look');
    expect(looks.map(({ body }) => body.what)).toEqual(['audit verify', 'audit verify', 'audit export']);
    expect(new Set(looks.map(({ body }) => body.actor?.personId))).toEqual(new Set([OPERATOR]));
  });

  test('only the account that Latchkey runs under can ask', async () => {
    expect(statSync(join(dataDir, 'cli.sock')).mode & 0o777).toBe(0o600);
  });

  test('what is exported is all that a check needs', async () => {
    const { code, said } = await latchkey(dataDir, 'audit', 'export');

    let prev = '0'.repeat(64);
    for (const [index, entry] of entriesIn(said).entries()) {
      expect(Object.keys(entry).sort()).toEqual(['at', 'body', 'hash', 'kind', 'prev', 'seq']);
      expect(entry).toMatchObject({ seq: index + 1, prev });
      const text = sha256(canonicalJson({ kind: entry.kind, body: entry.body as Json }));
      expect(entry.hash).toBe(sha256(`${prev}main\n${String(entry.seq)}\n${entry.at}\n${text}`));
      prev = entry.hash;
    }
    expect(code).toBe(0);
    expect(said).toContain('"kind":"refusal"');
  });
});

describe('While the bot is off', () => {
  beforeAll(() => world.killBot());

  test('verify and export read the database themselves, also after the bot was killed and left its socket behind', async () => {
    const verified = await latchkey(dataDir, 'audit', 'verify');
    const exported = await latchkey(dataDir, 'audit', 'export');

    expect(verified).toMatchObject({ code: 0, complained: '' });
    expect(exported).toMatchObject({ code: 0, complained: '' });
    expect(entriesIn(exported.said).at(-1)).toMatchObject({ kind: 'look', body: { actor: { personId: OPERATOR } } });
  });

  test('they leave it to the bot again', async () => {
    await world.startBot();

    const verified = await latchkey(dataDir, 'audit', 'verify');

    expect(verified).toMatchObject({ code: 0, complained: '' });
  });
});

type Sql = ReturnType<typeof sql>;

describe('What somebody with the rights of the database did to the log is found', () => {
  beforeAll(() => world.stopBot());

  const changeText = [sql`update audit set body = replace(body, 'You', 'We') where seq = 2`];
  const exchange = [
    sql`update audit set seq = -seq where seq in (1, 2)`,
    sql`update audit set seq = 3 + seq where seq < 0`,
  ];
  const takeOut = [sql`delete from audit where seq = 3`];
  const hide = [sql`delete from audit_person where seq = 4`];
  const cutOff = [sql`delete from audit where seq = (select max(seq) from audit)`];
  const setBack = [
    ...cutOff,
    sql`delete from audit_person where seq > (select max(seq) from audit)`,
    sql`update audit_head set (seq, hash) = (select seq, hash from audit order by seq desc limit 1)`,
  ];

  test.each([
    ['one text was changed', changeText, 2, /The text of this entry was changed/],
    ['two entries were exchanged', exchange, 1, /entries were exchanged/],
    ['one entry was taken out', takeOut, 3, /missing here/],
    ['an entry was hidden from a person’s page', hide, 4, /taken off the page/],
  ])('%s', async (_what, deeds, seq, why) => {
    const { folder } = await tampered(deeds);

    const found = await latchkey(folder, 'audit', 'verify');

    expect(found).toMatchObject({ code: 1, complained: '' });
    expect(found.said).toContain(`from entry ${String(seq)} on`);
    expect(found.said).toMatch(why);
  });

  test.each([
    ['the head still knows of it', cutOff, /does not end where its head says/],
    ['also with the head set back: a signed checkpoint still knows of it', setBack, /checkpoint .* which is gone/],
  ])('the newest entry was cut off: %s', async (_who, deeds, why) => {
    const { folder, newest } = await tampered(deeds);

    const found = await latchkey(folder, 'audit', 'verify', '--json');

    expect(found.code).toBe(1);
    expect(JSON.parse(found.said)).toMatchObject({
      ...{ ok: false, entries: newest - 1, seq: newest },
      what: expect.stringMatching(why) as string,
    });
  });

  test('a bot that was started over such a log says the same, also in a folder whose path is too long for a socket', async () => {
    const { folder } = await tampered(takeOut, 'a-folder-with-a-long-name-'.repeat(5));

    await world.startBot({ DATA_DIR: folder });
    const found = await latchkey(folder, 'audit', 'verify');
    const socket = readFileSync(join(folder, 'cli.path'), 'utf8');
    const mode = statSync(socket).mode & 0o777;
    await world.stopBot();

    expect(found).toMatchObject({ code: 1, complained: '' });
    expect(found.said).toContain('from entry 3 on');
    expect(mode).toBe(0o600);
    expect(() => statSync(socket)).toThrow('ENOENT');
  });
});

let copies = 0;

/** A copy of the stopped bot's folder, so that no test can leave anything behind for the next one. */
function copied(name = 'copy'): string {
  const folder = join(world.dataDir, `${name}${String((copies += 1))}`);
  cpSync(dataDir, folder, { recursive: true });
  return folder;
}

/** A copy where that was done. `newest`: the last entry that there was before. */
async function tampered(deeds: readonly Sql[], name?: string): Promise<{ folder: string; newest: number }> {
  const folder = copied(name);
  const database = await openDatabase({ dataDir: folder, log: createLog({ level: 'silent' }) });
  try {
    const head = await database.db.selectFrom('audit_head').select('seq').executeTakeFirstOrThrow();
    await withoutTriggers(database.db, deeds);
    return { folder, newest: Number(head.seq) };
  } finally {
    await database.close();
  }
}

function withoutTriggers(db: Database['db'], deeds: readonly Sql[]): Promise<void> {
  return db.transaction().execute(async (trx) => {
    await sql`set local session_replication_role = replica`.execute(trx);
    for (const deed of deeds) await deed.execute(trx);
  });
}

describe('What cannot be looked at is said in words, with an exit code of its own', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'latchkey-cli-test-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  test('a folder without a database stays without one', async () => {
    const nowhere = join(folder, 'nowhere');

    const ended = await latchkey(nowhere, 'audit', 'verify');

    expect(ended).toMatchObject({ code: 2, said: '' });
    expect(ended.complained).toContain(`There is no Latchkey database in ${nowhere}.`);
    expect(() => statSync(nowhere)).toThrow('ENOENT');
  });

  test('a process that has the lock and answers nothing is given three seconds', async () => {
    await world.stopBot();
    const ofSomebody = copied();
    const lock = lockDataFolder(ofSomebody, new Date());
    const silent = createServer((socket) => socket.resume()).listen(join(ofSomebody, 'cli.sock'));
    await once(silent, 'listening');
    const connected = await latchkey(ofSomebody, 'audit', 'verify');
    silent.close();
    await once(silent, 'close');
    const unconnected = await latchkey(ofSomebody, 'audit', 'export');
    lock.release();

    for (const ended of [connected, unconnected]) {
      expect(ended).toMatchObject({ code: 2, said: '' });
      expect(ended.complained).toContain('A running Latchkey has the database and does not answer.');
    }
  });

  test('an unknown command shows those that there are', async () => {
    const unknown = await latchkey(folder, 'audit', 'delete');
    const help = await latchkey(folder, '--help');

    expect(unknown).toMatchObject({ code: 2, said: '' });
    expect(unknown.complained).toContain('There is no such command.');
    expect(help).toMatchObject({ code: 0, complained: '' });
    expect(help.said).toMatch(/audit verify[\s\S]*audit export/);
  });
});

function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}
