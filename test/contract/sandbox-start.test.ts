import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lockFolder } from '../../sandbox/folder-lock.js';
import { startSandbox, type Sandbox, type StartSandboxOptions } from '../../sandbox/start.js';
import { readRemoteSettings } from '../../src/config.js';

// Each start forks a process that opens five databases and four servers.
jest.setTimeout(30_000);

const ANY_PORTS = {
  SANDBOX_ENTRA_PORT: '0',
  SANDBOX_GENESYS_PORT: '0',
  SANDBOX_TEAMS_PORT: '0',
  SANDBOX_SLACK_PORT: '0',
};

let dataDir: string;
let running: Sandbox[];

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'latchkey-sandbox-'));
  running = [];
});

afterEach(async () => {
  await Promise.all(running.map((sandbox) => sandbox.stop()));
  rmSync(dataDir, { recursive: true });
});

async function start(changes: Partial<StartSandboxOptions> = {}): Promise<Sandbox> {
  const env = { PATH: process.env['PATH'], ...ANY_PORTS };
  const sandbox = await startSandbox({ dataDir, botPort: 3978, env, log: () => undefined, ...changes });
  running.push(sandbox);
  return sandbox;
}

async function getJson(url: string): Promise<Record<string, unknown>> {
  const response = await fetch(url);
  return (await response.json()) as Record<string, unknown>;
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

test('all servers listen when it has started, and what it hands over are settings', async () => {
  const sandbox = await start();

  const remote = readRemoteSettings(sandbox.settings);
  expect(remote.entra.graphBaseUrl).toBe(sandbox.addresses.entra);
  expect(await getJson(`${sandbox.addresses.entra}/_sandbox/state`)).toMatchObject({ tenantId: remote.tenantId });
  expect(await getJson(`${sandbox.addresses.genesys}/_sandbox/state`)).toHaveProperty('organization');
  expect(await getJson(`${sandbox.addresses.teams}/_sandbox/state`)).toHaveProperty('conversations');
  expect(await getJson(`${sandbox.addresses.slack ?? ''}/_sandbox/state`)).toHaveProperty('channels');
  expect(sandbox.settings['SLACK_API_URL']).toBe(`${sandbox.addresses.slack ?? ''}/api/`);
  expect(await getJson(remote.clockUrl ?? '')).toMatchObject({ offsetMs: 0 });
  expect(sandbox.page.proxyTo).toBe(sandbox.addresses.teams);
});

test('the servers share one clock, and a restart finds it, the ports and the state as they were', async () => {
  const first = await start();
  await fetch(`${first.addresses.genesys}/_sandbox/clock`, { method: 'POST', body: '{"advance":"PT4H"}' });
  await first.stop();

  const second = await start();

  expect(second.addresses).toEqual(first.addresses);
  expect(await getJson(`${second.addresses.entra}/_sandbox/clock`)).toMatchObject({ offsetMs: 4 * 3_600_000 });
});

test('a fresh start forgets', async () => {
  const first = await start();
  await fetch(`${first.addresses.entra}/_sandbox/clock`, { method: 'POST', body: '{"advance":"PT4H"}' });
  await first.stop();

  const second = await start({ fresh: true });

  expect(await getJson(`${second.addresses.entra}/_sandbox/clock`)).toMatchObject({ offsetMs: 0 });
});

test('a second one over the same folder says who holds it', async () => {
  const lock = lockFolder(join(dataDir, 'sandbox'));

  try {
    await expect(start()).rejects.toThrow(`in use by process ${process.pid} since`);
  } finally {
    lock.release();
  }
});

test('a lock ends with its holder, so that the next one can start', () => {
  const folder = join(dataDir, 'locked');
  lockFolder(folder).release();

  expect(() => lockFolder(folder, 0).release()).not.toThrow();
});

test('a noted port that was taken in the meantime is said, and another one taken', async () => {
  const first = await start();
  await first.stop();
  const squatter = createServer();
  await new Promise<void>((resolve) =>
    squatter.listen(Number(new URL(first.addresses.teams).port), '127.0.0.1', resolve),
  );
  const lines: string[] = [];

  const second = await start({ log: (line) => void lines.push(line) });
  await new Promise((resolve) => squatter.close(resolve));

  expect(second.addresses.teams).not.toBe(first.addresses.teams);
  expect(lines).toEqual([expect.stringContaining('is taken, so it listens on')]);
  const noted = JSON.parse(readFileSync(join(dataDir, 'sandbox', 'ports.json'), 'utf8')) as { teams: number };
  expect(second.addresses.teams).toBe(`http://127.0.0.1:${noted.teams}`);
});

test('a port that was asked for by number and is taken stops the start with a reason', async () => {
  const squatter = createServer();
  const port = await listen(squatter);
  const env = { ...ANY_PORTS, SANDBOX_TEAMS_PORT: String(port) };

  await expect(start({ env })).rejects.toThrow(
    `Something else is listening on port ${port} already. Stop that, which may be another sandbox, or set SANDBOX_TEAMS_PORT to another one.`,
  );

  await new Promise((resolve) => squatter.close(resolve));
});

test('servers whose address is given are not started', async () => {
  const other = await start();
  const env = {
    ...ANY_PORTS,
    GRAPH_BASE_URL: other.addresses.entra,
    ENTRA_LOGIN_URL: other.addresses.entra,
    GENESYS_GATEWAY_URL: other.addresses.genesys,
    SANDBOX_TEAMS_URL: other.addresses.teams,
    SLACK_API_URL: `${other.addresses.slack ?? ''}/api/`,
  };

  // The folder is held by the other one: a server that was started all the same would fail.
  const found = await start({ env });

  expect(found.settings).toEqual(other.settings);
});

test('half an Entra is not one', async () => {
  await expect(start({ env: { GRAPH_BASE_URL: 'http://127.0.0.1:1' } })).rejects.toThrow(/together/);
});

test('the Teams sandbox looks for the bot where it is told, and makes the first contact', async () => {
  const bot = createServer((request, response) => {
    if (request.url === '/api/messages') contacted();
    request.resume();
    response.writeHead(200);
    response.end('{"ok":true}');
  });
  let contacted: () => void = () => undefined;
  const contact = new Promise<void>((resolve) => (contacted = resolve));
  const port = await listen(bot);

  const sandbox = await start({ botPort: 1 });
  sandbox.tellBotUrl(`http://127.0.0.1:${port}`);
  await contact;

  bot.closeAllConnections();
  await new Promise((resolve) => bot.close(resolve));
});
