import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GENESYS } from '../credentials.js';
import { SandboxClock } from '../kit/clock.js';
import type { SandboxServer } from '../kit/server.js';
import { SandboxStore } from '../kit/store.js';
import { createGenesysSandbox } from './genesys-sandbox.js';

const folder = mkdtempSync(join(tmpdir(), 'genesys-sandbox-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function start(): Promise<{ url: string; store: SandboxStore; server: SandboxServer }> {
  const store = new SandboxStore(join(folder, 'genesys.sqlite'));
  const addresses = { entra: '', genesys: '', teams: '' };
  const server = createGenesysSandbox({ store, clock: new SandboxClock(store), addresses });
  return { url: `http://127.0.0.1:${await server.listen(0)}`, store, server };
}

test('a restarted sandbox knows its tokens and people, and seeds nobody twice', async () => {
  const first = await start();
  const basic = Buffer.from(`${GENESYS.clientId}:${GENESYS.clientSecret}`).toString('base64');
  const login = await fetch(`${first.url}/oauth/token`, {
    method: 'POST',
    headers: { Authorization: `Basic ${basic}` },
    body: 'grant_type=client_credentials',
  });
  const { access_token: token } = (await login.json()) as { access_token: string };
  const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' };
  const body = JSON.stringify({ name: 'B.Simon', email: 'b.simon@contoso.example', state: 'active' });
  await fetch(`${first.url}/api/v2/users`, { method: 'POST', headers, body });
  // Not closed in order: the file must hold everything that was answered.
  await first.server.close();

  const second = await start();
  const listed = await fetch(`${second.url}/api/v2/users`, { headers });
  const { entities } = (await listed.json()) as { entities: { name: string }[] };
  await second.server.close();
  second.store.close();

  expect(entities.map(({ name }) => name)).toEqual(['Ada Admin', 'Omar Owner', 'Dana Deputy', 'B.Simon']);
});
