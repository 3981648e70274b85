import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClock } from './clock.js';
import { mayNotMigrate, migrationFailed } from './database-problems.js';
import { DISTRUST_WORDS } from './distrust-words.js';
import * as embedded from './embedded/embedded-problems.js';
import { parsePersonId, parseRunId } from './ids.js';
import { loadKey } from './keys.js';
import type { RunRecord } from './ledger.js';
import { belongsToOthers, deliveriesLeft, notEmpty, notEqual } from './move/move-problems.js';
import * as postgres from './postgres/postgres-problems.js';
import { Problem, problemFacts } from './problem.js';
import { openSpool, SLACK_SPOOL } from './spool.js';
import { expectWholeSentences, wordsOfAll } from './testing/problem-words.js';
import { silentLog } from './testing/test-parts.js';
import { thrownIn } from './testing/thrown-words.js';
import { Works } from './works.js';

/** What is thrown. */
function problemOf(deed: () => unknown): Problem {
  try {
    deed();
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error('Nothing was refused.');
}

/** A file that is there and cannot be read, as it is a folder. */
function unreadable(file: string, read: (dataDir: string) => unknown): Problem {
  const dataDir = mkdtempSync(join(tmpdir(), 'latchkey-words-'));
  mkdirSync(join(dataDir, file));
  try {
    const { facts } = problemOf(() => read(dataDir));
    return new Problem({ ...facts, what: facts.what.replace(dataDir, DATA_DIR) });
  } finally {
    rmSync(dataDir, { recursive: true });
  }
}

const DATA_DIR = '/var/lib/latchkey';
const FOLDER = '/var/lib/latchkey/db';
const BACKUP = '/backups/monday.tar.gz';
const cause = new Error('EIO: i/o error');
const versions = { theirs: '17', ours: '18' };

const EMBEDDED: Readonly<Record<string, Problem>> = {
  'no data folder': embedded.cannotMakeFolder(DATA_DIR, cause),
  'a data folder without a lock': embedded.cannotLock(DATA_DIR, cause),
  'a data folder that another process has': embedded.inUse(DATA_DIR, { pid: 4711, since: '2026-11-24T09:00:00Z' }),
  'a data folder that somebody has': embedded.inUse(DATA_DIR, undefined),
  'a first start that fails': embedded.firstStartFailed(FOLDER, cause),
  'a database that does not open': embedded.cannotOpen(FOLDER, cause),
  'a database of another PostgreSQL': embedded.writtenByAnother(FOLDER, versions),
  'a folder with something else': embedded.notADatabase(FOLDER),
  'commits that are not synced': embedded.commitsNotSynced(),
  'a full disk': embedded.diskFull(cause),
  'a database that is held': embedded.heldTooLong(10_000),
  'a backup of PostgreSQL': embedded.notEmbedded(),
  'a backup that cannot be written': embedded.backupNotWritten(BACKUP, cause),
  'a restore over a database': embedded.restoreOverDatabase(DATA_DIR),
  'a restore of something else': embedded.notABackup(BACKUP, cause),
  'a restore of another PostgreSQL': embedded.backupOfAnother(BACKUP, versions),
};

const server = { host: 'db.contoso.example', port: 5432, database: 'latchkey', user: 'latchkey_bot' };

const POSTGRES: Readonly<Record<string, Problem>> = {
  'no answer': postgres.silent(server, cause),
  'no way in': postgres.notLetIn(server, cause),
  'no way in for nobody in particular': postgres.notLetIn({ ...server, user: undefined } as never, cause),
  'no such database': postgres.noSuchDatabase(server, cause),
  'no trust': postgres.notVerified(server, new Error('self-signed certificate in certificate chain')),
  'an old server': postgres.tooOld(server, { major: 13, oldest: 15 }),
  'another encoding': postgres.wrongEncoding(server, 'SQL_ASCII'),
  'a read-only copy': postgres.readOnlyCopy(server),
  'a certificate file': postgres.certificateUnreadable('certificates/authority.pem', cause),
  'a migration that fails': migrationFailed(cause),
  'a migration without the right': mayNotMigrate(cause),
  'a move to a full database': notEmpty(),
  'a move to a database of others': belongsToOthers('shop', ['order', 'customer', 'invoice', 'item', 'price']),
  'a move without what Slack said last': deliveriesLeft(DATA_DIR, 3),
  'a move that arrives otherwise': notEqual('audit'),
};

const work = { kind: 'set-up-sso', version: 9 } as RunRecord;

const REST: Readonly<Record<string, Problem>> = {
  'a clock elsewhere': problemOf(() => createClock({ clockUrl: 'http://time.contoso.example' })),
  'the id of a run': problemOf(() => parseRunId('x')),
  'the id of a person': problemOf(() => parsePersonId('x')),
  'a key that is none': problemOf(() => loadKey({ dataDir: DATA_DIR, latchkeyKey: 'short' })),
  'a former key that is none': problemOf(() =>
    loadKey({ dataDir: DATA_DIR, latchkeyKey: Buffer.alloc(32).toString('base64'), previousKey: 'short' }),
  ),
  'a key that cannot be read': unreadable('key', (dataDir) => loadKey({ dataDir })),
  'a spool that cannot be read': unreadable(SLACK_SPOOL, (dataDir) => openSpool({ dataDir, log: silentLog })),
  'work of another release': problemOf(() => new Works().get(work)),
  'a database that is away': new Problem(problemFacts(Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }))),
  'what nobody foresaw': new Problem(problemFacts(new TypeError('x is not a function'))),
  ...Object.fromEntries(
    Object.entries(DISTRUST_WORDS).map(([name, words]) => [
      `no proof of who answers: ${name}`,
      new Problem({ kind: 'remote', what: 'Latchkey did not ask.', ...words }),
    ]),
  ),
};

const ALL = { ...EMBEDDED, ...POSTGRES, ...REST };

test('the words of every problem of the platform are these', () => {
  expect(wordsOfAll(ALL)).toMatchSnapshot();
});

test.each(Object.entries(ALL))('%s: whole sentences that say what to do', (_, problem) => {
  expectWholeSentences(problem);
});

describe('The sources', () => {
  const thrown = thrownIn([__dirname]);

  test('no problem of the platform is without its words here, nor without a code by which this would be seen', () => {
    const said = new Set(Object.values(ALL).map(({ facts }) => facts.code));

    expect(thrown.codes.length).toBeGreaterThan(25);
    expect(thrown.codes.filter((code) => !said.has(code))).toEqual([]);
    expect(thrown.withoutCode).toEqual([]);
  });

  test('every other error is one of these faults of ours, which a person is told of without its text', () => {
    expect(thrown.plain.join('\n')).toMatchSnapshot();
  });
});
