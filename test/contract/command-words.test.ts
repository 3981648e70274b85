import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { noAnswer, otherRelease } from '../../src/bot/cli/ask-bot.js';
import { startHttpServer, type HttpServerOptions } from '../../src/bot/http-server.js';
import { makeSlackManifest } from '../../src/manifest/slack-package.js';
import { makeTeamsPackage } from '../../src/manifest/teams-package.js';
import { explainNodeVersion } from '../../src/node-version.js';
import { Problem } from '../../src/services/platform/problem.js';
import { expectWholeSentences, wordsOfAll } from '../../src/services/platform/testing/problem-words.js';
import { silentLog } from '../../src/services/platform/testing/test-parts.js';
import { proseIn, thrownIn } from '../../src/services/platform/testing/thrown-words.js';

const ROOT = resolve(__dirname, '../..');
const CLI = join(ROOT, 'bin/latchkey.js');
const [MAIN, MANIFEST, PREFLIGHT, RESTORE] = [
  'main.js',
  'manifest.js',
  'preflight.js',
  'services/platform/embedded/restore-backup.js',
].map((name) => join(ROOT, 'dist/src', name)) as [string, string, string, string];

/** The programs that people start, and what they are made of. */
const PROGRAMS = [
  ...['cli.ts', 'cli-database.ts', 'manifest.ts', 'preflight.ts', 'main.ts', 'node-version.ts', 'graceful-stop.ts'],
  ...['bot/cli', 'services/platform/embedded/restore-backup.ts'],
].map((name) => join(ROOT, 'src', name));

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'latchkey-commands-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const LIVE = {
  PUBLIC_URL: 'https://latchkey.contoso.example',
  MicrosoftAppId: 'b07c1e7a-5a1e-4c0d-9e51-1a7c4e7b0003',
  MicrosoftAppTenantId: '6f3b9c52-1d2e-4a7f-9c1b-0a8d5e4c7b21',
  MicrosoftAppPassword: 'bot secret',
  AZURE_TENANT_ID: '6f3b9c52-1d2e-4a7f-9c1b-0a8d5e4c7b21',
  AZURE_CLIENT_ID: 'b07c1e7a-5a1e-4c0d-9e51-1a7c4e7b0001',
  AZURE_CLIENT_SECRET: 'graph secret',
  GENESYSCLOUD_REGION: 'eu-central-1',
  GENESYSCLOUD_OAUTHCLIENT_ID: '6e0e5f75-c1e2-4a53-8d1f-5d1a7b0c0001',
  GENESYSCLOUD_OAUTHCLIENT_SECRET: 'genesys secret',
};

/** What a program complains of, with its exit code; the folders of this run named as every run would. */
async function complaintOf(program: string, words: string[], settings: NodeJS.ProcessEnv = {}): Promise<string> {
  const env = { PATH: process.env['PATH'], DATA_DIR: join(folder, 'none'), ...settings };
  const child = spawn(process.execPath, [program, ...words], { env, cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
  let complained = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (complained += chunk));
  const [code] = (await once(child, 'close')) as [number | null];
  return `(exit code ${String(code)}) ${complained.replaceAll(folder, '/folder').trim()}`;
}

test('the words of every command that cannot do what it is asked are these', async () => {
  writeFileSync(join(folder, 'some.tar.gz'), 'no backup');
  mkdirSync(join(folder, 'foreign/db'), { recursive: true });
  writeFileSync(join(folder, 'foreign/db/notes.txt'), 'mine');
  mkdirSync(join(folder, 'embedded/db'), { recursive: true });
  writeFileSync(join(folder, 'embedded/db/PG_VERSION'), '18\n');
  const embedded = { DATA_DIR: join(folder, 'embedded') };
  const said: Record<string, string> = {
    'an unknown command': await complaintOf(CLI, ['audit', 'delete']),
    'an unknown option': await complaintOf(CLI, ['audit', 'verify', '--fast']),
    'an unknown option of move': await complaintOf(CLI, ['move', '--fast']),
    'an unknown option of migrate': await complaintOf(CLI, ['migrate', 'now']),
    'no database': await complaintOf(CLI, ['audit', 'verify']),
    'no database to move': await complaintOf(CLI, ['move']),
    'a move to nowhere': await complaintOf(CLI, ['move'], embedded),
    'a move to another kind of database': await complaintOf(CLI, ['move', '--to', 'mysql://x'], embedded),
    'something else than a database': await complaintOf(CLI, ['audit', 'verify'], {
      DATA_DIR: join(folder, 'foreign'),
    }),
    'nothing to migrate': await complaintOf(CLI, ['migrate']),
    'settings that are wrong': await complaintOf(CLI, ['audit', 'verify'], { LATCHKEY_KEY: 'short' }),
    'a restore of nothing': await complaintOf(RESTORE, []),
    'a restore of something else': await complaintOf(RESTORE, [join(folder, 'some.tar.gz'), join(folder, 'restored')]),
    'a package in the sandbox': await complaintOf(MANIFEST, []),
    'a package without an address': await complaintOf(MANIFEST, [], { MicrosoftAppId: LIVE.MicrosoftAppId }),
    'an unknown option of preflight': await complaintOf(PREFLIGHT, ['--fast']),
    'a start with wrong settings': await complaintOf(MAIN, [], { PORT: 'x', HOST: '0.0.0.0' }),
    'a fresh start in live mode': await complaintOf(MAIN, ['--fresh'], LIVE),
    'a fresh start over PostgreSQL': await complaintOf(MAIN, ['--fresh'], {
      DATABASE_URL: 'postgres://latchkey@localhost/latchkey',
    }),
    'an old Node': explainNodeVersion('20.20.2') ?? '',
  };

  expect(`\n${wordsOf(said)}\n`).toMatchSnapshot();
  // What no command was made to say here: what goes well, the help of a program, the log of a stop.
  const unsaid = proseIn(PROGRAMS).filter((part) => !wordsOf(said).includes(part));
  expect(unsaid.join('\n')).toMatchSnapshot();
}, 120_000);

test('the words of every problem of a command or a start are these, in whole sentences that say what to do', async () => {
  const all = {
    'a bot that does not answer': noAnswer(),
    'a bot of another release': otherRelease(),
    'a package that Teams would refuse': await problemOf(() => Promise.resolve(makePackageWithoutIcon())),
    'a manifest that Slack would refuse': await problemOf(() => Promise.resolve(makeManifestWithoutWords())),
    'a port that is taken': await problemOf(listenTwice),
    'an address of another machine': await problemOf(() => listenAt('192.0.2.1', 3978)),
  };

  for (const problem of Object.values(all)) expectWholeSentences(problem);
  expect(wordsOfAll(all).replaceAll(/port \d{4,5}/g, 'port 3978')).toMatchSnapshot();
  const said = Object.values(all).map(({ facts }) => facts.code);
  const thrown = thrownIn([...PROGRAMS, join(ROOT, 'src/manifest'), join(ROOT, 'src/bot/http-server.ts')]);
  // That one is read by the test above.
  expect(thrown.codes.filter((code) => !said.includes(code))).toEqual(['no-database']);
  expect(thrown.withoutCode).toEqual([]);
});

function wordsOf(said: Readonly<Record<string, string>>): string {
  return Object.entries(said)
    .map(([name, words]) => `[${name}]\n${words}`)
    .join('\n\n');
}

async function problemOf(deed: () => Promise<unknown>): Promise<Problem> {
  try {
    await deed();
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error('Nothing was refused.');
}

function makePackageWithoutIcon(): unknown {
  const root = join(folder, 'package');
  cpSync(join(ROOT, 'manifest'), join(root, 'manifest'), { recursive: true });
  cpSync(join(ROOT, 'package.json'), join(root, 'package.json'));
  writeFileSync(join(root, 'manifest/teams/outline.png'), 'no picture');
  const [name, page] = ['Contoso', 'https://contoso.example'];
  const developer = { name, websiteUrl: page, privacyUrl: page, termsOfUseUrl: page };
  return makeTeamsPackage(root, { appId: LIVE.MicrosoftAppId, developer, publicUrl: LIVE.PUBLIC_URL });
}

function makeManifestWithoutWords(): unknown {
  const root = join(folder, 'slack');
  cpSync(join(ROOT, 'manifest'), join(root, 'manifest'), { recursive: true });
  writeFileSync(join(root, 'manifest/slack/manifest.template.json'), '{"name":"Latchkey"}');
  return makeSlackManifest(root, { publicUrl: LIVE.PUBLIC_URL, isSocketMode: false });
}

async function listenTwice(): Promise<void> {
  const first = createServer().listen(0, '127.0.0.1');
  await once(first, 'listening');
  try {
    await listenAt('127.0.0.1', (first.address() as AddressInfo).port);
  } finally {
    first.close();
  }
}

async function listenAt(host: string, port: number): Promise<void> {
  const parts: Omit<HttpServerOptions, 'host' | 'port'> = {
    teams: { receive: () => Promise.resolve() },
    ready: () => Promise.resolve({ ok: true, checks: {} }),
    secrets: { redeem: () => Promise.resolve(undefined) } as never,
    log: silentLog,
  };
  await (await startHttpServer({ ...parts, host, port })).close();
}
