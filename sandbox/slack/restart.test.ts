import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebClient } from '@slack/web-api';
import type { SandboxAddresses } from '../addresses.js';
import { SLACK, SLACK_ACCOUNTS } from '../credentials.js';
import { SandboxClock } from '../kit/clock.js';
import { SandboxStore } from '../kit/store.js';
import { createSlackSandbox } from './slack-sandbox.js';

const ana = SLACK_ACCOUNTS.find(({ name }) => name === 'Ana Agent')?.userId ?? '';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'slack-sandbox-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** The server over what it left, for as long as `visit` takes. */
async function whileItRuns(visit: (url: string, client: WebClient) => Promise<void>): Promise<void> {
  const store = new SandboxStore(join(folder, 'slack.db'));
  const addresses: SandboxAddresses = { entra: '', genesys: '', teams: '' };
  const clock = new SandboxClock(store);
  const server = createSlackSandbox({ store, clock, addresses, botUrl: () => 'http://127.0.0.1:9' });
  const url = `http://127.0.0.1:${await server.listen(0)}`;
  addresses.slack = url;
  await visit(url, new WebClient(SLACK.botToken, { slackApiUrl: `${url}/api/` }));
  await server.close();
  store.close();
}

test('a restart finds messages, homes and faults, and message ids go on growing', async () => {
  let first = '';
  await whileItRuns(async (url, { chat, views }) => {
    first = (await chat.postMessage({ channel: ana, text: 'Before' })).ts ?? '';
    await views.publish({ user_id: ana, view: { type: 'home', blocks: [{ type: 'divider' }] } });
    await fetch(`${url}/_sandbox/faults`, {
      method: 'POST',
      body: JSON.stringify({ fault: 'deliver-twice', on: true }),
    });
  });

  await whileItRuns(async (url, { chat }) => {
    const second = (await chat.postMessage({ channel: ana, text: 'After' })).ts ?? '';
    const state = (await (await fetch(`${url}/_sandbox/state`)).json()) as Record<'messages' | 'views', unknown[]>;
    const faults = await (await fetch(`${url}/_sandbox/faults`)).text();

    expect(state.messages).toMatchObject([
      { ts: first, text: 'Before' },
      { ts: second, text: 'After' },
    ]);
    expect(state.views).toMatchObject([{ type: 'home', user: ana, is_open: true }]);
    expect(second > first).toBe(true);
    expect(faults).toContain('"on":[{"fault":"deliver-twice"}]');
  });
});

test('a reset begins with the same accounts and nothing said', async () => {
  await whileItRuns(async (url, { chat }) => {
    await chat.postMessage({ channel: ana, text: 'Gone soon' });
    const before = (await (await fetch(`${url}/_sandbox/state`)).json()) as { users: unknown };

    await fetch(`${url}/_sandbox/reset`, { method: 'POST' });

    const after = (await (await fetch(`${url}/_sandbox/state`)).json()) as { users: unknown; messages: unknown };
    expect(after.messages).toEqual([]);
    expect(after.users).toEqual(before.users);
  });
});
