import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, statSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { openDatabase, type Database } from '../../src/services/platform/database.js';
import { lockDataFolder } from '../../src/services/platform/embedded/data-lock.js';
import { canonicalJson, type Json } from '../../src/services/platform/json.js';
import { createLog } from '../../src/services/platform/log.js';
import { latchkey, type Ended } from '../support/command.js';
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

/** The running bot is stopped, or started again, before the test goes on. */
async function withBotOff<T>(deed: () => Promise<T>): Promise<T> {
  await world.stopBot();
  try {
    return await deed();
  } finally {
    await world.startBot();
  }
}

describe('While the bot runs', () => {
  test('verify finds the log whole, and the look becomes an entry of the log', async () => {
    const first = await latchkey(dataDir, 'audit', 'verify');
    const second = await latchkey(dataDir, 'audit', 'verify', '--json');
    const exported = await latchkey(dataDir, 'audit', 'export');

    expect(first).toMatchObject({ code: 0, complained: '' });
    expect(first.said).toMatch(/^The audit log is whole: \d+ entries\.\n$/);
    const before = Number(/\d+/.exec(first.said)?.[0]);
    expect(JSON.parse(second.said)).toEqual({ ok: true, entries: before + 1 });
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

  test('a data folder whose path is too long for a socket is answered all the same', async () => {
    const deep = join(world.dataDir, 'a-folder-with-a-long-name-'.repeat(5), 'bot');
    mkdirSync(deep, { recursive: true });
    await world.stopBot();
    await world.startBot({ DATA_DIR: deep });

    const answered = await latchkey(deep, 'audit', 'verify');
    const socket = readFileSync(join(deep, 'cli.path'), 'utf8');
    const mode = statSync(socket).mode & 0o777;
    await world.stopBot();
    await world.startBot();

    expect(answered).toMatchObject({ code: 0, complained: '' });
    expect(mode).toBe(0o600);
    expect(() => statSync(socket)).toThrow('ENOENT');
  });
});

describe('While the bot is off', () => {
  test('verify and export read the database themselves, and leave it to the bot again', async () => {
    const { verified, exported } = await withBotOff(async () => ({
      verified: await latchkey(dataDir, 'audit', 'verify'),
      exported: await latchkey(dataDir, 'audit', 'export'),
    }));
    const again = await latchkey(dataDir, 'audit', 'verify');

    expect(verified).toMatchObject({ code: 0, complained: '' });
    expect(exported).toMatchObject({ code: 0, complained: '' });
    expect(entriesIn(exported.said).at(-1)).toMatchObject({ kind: 'look', body: { actor: { personId: OPERATOR } } });
    expect(again).toMatchObject({ code: 0 });
  });

  test('also after the bot was killed and left its socket behind', async () => {
    await world.killBot();

    const verified = await latchkey(dataDir, 'audit', 'verify');

    await world.startBot();
    expect(verified).toMatchObject({ code: 0, complained: '' });
  });
});

type Sql = ReturnType<typeof sql>;

describe('What somebody with the rights of the database did to the log is found', () => {
  beforeAll(() => world.stopBot());
  afterAll(() => world.startBot());

  const changeText = [sql`update audit set body = replace(body, 'You', 'We') where seq = 2`];
  const exchange = [
    sql`update audit set seq = -seq where seq in (1, 2)`,
    sql`update audit set seq = 3 + seq where seq < 0`,
  ];
  const takeOut = [sql`delete from audit where seq = 3`];
  const hide = [sql`delete from audit_person where seq = 4`];
  const cutOff = [sql`delete from audit where seq = (select max(seq) from audit)`];

  test.each([
    ['one text was changed', changeText, 2, /The text of this entry was changed/],
    ['two entries were exchanged', exchange, 1, /entries were exchanged/],
    ['one entry was taken out', takeOut, 3, /missing here/],
    ['an entry was hidden from a person’s page', hide, 4, /taken off the page/],
  ])('%s', async (_what, deeds, seq, why) => {
    const { found } = await tampered(deeds, () => verify());

    expect(found).toMatchObject({ code: 1, complained: '' });
    expect(found.said).toContain(`from entry ${String(seq)} on`);
    expect(found.said).toMatch(why);
  });

  test('the newest entry was cut off: the head still knows of it', async () => {
    const { found, newest } = await tampered(cutOff, () => verify('--json'));

    expect(found.code).toBe(1);
    expect(JSON.parse(found.said)).toEqual({
      ok: false,
      entries: newest - 1,
      seq: newest,
      what: 'The log does not end where its head says: entries were cut off or added.',
    });
  });

  test('the bot that was started over such a log says the same', async () => {
    const { found } = await tampered(takeOut, async () => {
      await world.startBot();
      const said = await verify();
      await world.stopBot();
      return said;
    });

    expect(found.code).toBe(1);
    expect(found.said).toContain('from entry 3 on');
  });

  const verify = (...options: string[]): Promise<Ended> => latchkey(dataDir, 'audit', 'verify', ...options);

  /** Does it, looks, and puts everything back as it was before. `newest`: the last entry that there was. */
  async function tampered(
    deeds: readonly Sql[],
    look: () => Promise<Ended>,
  ): Promise<{ found: Ended; newest: number }> {
    const newest = await inDatabase(async ({ db }) => {
      const head = await db.selectFrom('audit_head').select('seq').executeTakeFirstOrThrow();
      for (const [all, kept] of TABLES) await sql`create table ${kept} as table ${all}`.execute(db);
      await withoutTriggers(db, deeds);
      return Number(head.seq);
    });
    try {
      return { found: await look(), newest };
    } finally {
      await inDatabase(async ({ db }) => {
        for (const [all, kept] of TABLES)
          await withoutTriggers(db, [
            sql`delete from ${all}`,
            sql`insert into ${all} table ${kept}`,
            sql`drop table ${kept}`,
          ]);
      });
    }
  }
});

const TABLES = ['audit', 'audit_head', 'audit_person'].map(
  (name) => [sql.table(name), sql.table(`kept_${name}`)] as const,
);

async function inDatabase<T>(work: (database: Database) => Promise<T>): Promise<T> {
  const database = await openDatabase({ dataDir, log: createLog({ level: 'silent' }) });
  try {
    return await work(database);
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
    await inFolderWithDatabase(async () => {
      const lock = lockDataFolder(folder, new Date());
      const silent = createServer((socket) => socket.resume()).listen(join(folder, 'cli.sock'));
      await once(silent, 'listening');
      const connected = await latchkey(folder, 'audit', 'verify');
      silent.close();
      await once(silent, 'close');
      const unconnected = await latchkey(folder, 'audit', 'export');
      lock.release();

      for (const ended of [connected, unconnected]) {
        expect(ended).toMatchObject({ code: 2, said: '' });
        expect(ended.complained).toContain('A running Latchkey has the database and does not answer.');
      }
    });
  });

  test('an unknown command shows those that there are', async () => {
    const unknown = await latchkey(folder, 'audit', 'delete');
    const help = await latchkey(folder, '--help');

    expect(unknown).toMatchObject({ code: 2, said: '' });
    expect(unknown.complained).toContain('There is no such command.');
    expect(help).toMatchObject({ code: 0, complained: '' });
    expect(help.said).toMatch(/audit verify[\s\S]*audit export/);
  });

  async function inFolderWithDatabase(deed: () => Promise<void>): Promise<void> {
    const database = await openDatabase({ dataDir: folder, log: createLog({ level: 'silent' }) });
    await database.close();
    await deed();
  }
});

function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}
