import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { SPOOL_FILES } from '../../src/services/platform/spool.js';
import { setsUpSso } from '../support/deeds.js';
import { Persona } from '../support/persona.js';
import { SandboxControl } from '../support/sandbox-control.js';
import { until } from '../support/world.js';

const MAIN = resolve(__dirname, '../../dist/src/main.js');

let dataDir: string;
let running: ChildProcess | undefined;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'latchkey-start-'));
});
afterEach(async () => {
  await kill();
  rmSync(dataDir, { recursive: true, force: true });
});

/** What `npm start` runs, sandbox included. Resolves with what it printed once the page's address came. */
async function start(...words: readonly string[]): Promise<string> {
  const any = {
    PORT: '0',
    SANDBOX_ENTRA_PORT: '',
    SANDBOX_GENESYS_PORT: '',
    SANDBOX_TEAMS_PORT: '',
    SANDBOX_SLACK_PORT: '',
  };
  running = fork(MAIN, words, {
    execArgv: [],
    silent: true,
    env: { PATH: process.env['PATH'], DATA_DIR: dataDir, ...any },
  });
  let printed = '';
  running.stdout?.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  running.stderr?.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  await until('the address of the page is printed', async () => /^Open http.*\n$/m.test(printed) || undefined, 60_000);
  return printed;
}

async function kill(): Promise<void> {
  if (!running || running.exitCode !== null || running.signalCode !== null) return;
  const ended = once(running, 'exit');
  running.kill('SIGKILL');
  await ended;
}

function servers(): { entra: SandboxControl; genesys: SandboxControl; teams: SandboxControl } {
  const ports = JSON.parse(readFileSync(join(dataDir, 'sandbox/ports.json'), 'utf8')) as Record<string, number>;
  const at = (name: string): SandboxControl => new SandboxControl(`http://127.0.0.1:${String(ports[name])}`);
  return { entra: at('entra'), genesys: at('genesys'), teams: at('teams') };
}

test('npm start killed and started again: both sides and the chat are as they were, on the same ports', async () => {
  const printed = await start();
  expect(printed.trimEnd().split('\n').at(-1)).toMatch(/^Open http:\/\/localhost:\d+\/$/);
  const before = servers();
  await setsUpSso(new Persona(before.teams, 'Ada'));
  const held = { entra: await before.entra.state(), genesys: await before.genesys.state() };
  const cards = (await new Persona(before.teams, 'Ada').cards()).map(({ text }) => text);

  await kill();
  await start();

  const after = servers();
  expect([after.entra.url, after.genesys.url, after.teams.url]).toEqual([
    before.entra.url,
    before.genesys.url,
    before.teams.url,
  ]);
  expect({ entra: await after.entra.state(), genesys: await after.genesys.state() }).toEqual(held);
  expect((await new Persona(after.teams, 'Ada').cards()).map(({ text }) => text)).toEqual(cards);
  expect(existsSync(join(dataDir, 'db'))).toBe(true);
});

test('a fresh start forgets what Slack had handed over, as it forgets the database that it was for', async () => {
  const spool = SPOOL_FILES.map((name) => join(dataDir, name));
  const came = { id: 'd1', at: new Date().toISOString(), delivery: {} };
  for (const file of spool) writeFileSync(file, `${JSON.stringify(came)}\n`);

  await start('--fresh');

  expect(spool.filter((file) => existsSync(file))).toEqual([]);
});

test('a second start over the same folder says who holds it and changes nothing', async () => {
  await start();
  const second = fork(MAIN, [], {
    execArgv: [],
    silent: true,
    env: { PATH: process.env['PATH'], DATA_DIR: dataDir, PORT: '0' },
  });
  let said = '';
  second.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()));

  const [code] = (await once(second, 'exit')) as [number];

  expect(code).toBe(1);
  expect(said).toMatch(/in use by/);
});
