import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { silentLog } from '../../services/platform/testing/test-parts.js';
import { SlackApi } from './slack-api.js';
import { createSlackChannel, type SlackChannel } from './slack-channel.js';
import { Workspace } from './workspace.js';

const VIEW = { title: 'For you', tone: 'neutral', elements: [], actions: [], fallback: 'For you' } as const;

let server: Server;
let channel: SlackChannel;
/** With whom direct messages were opened. */
let opened: string[];
beforeAll(async () => {
  server = createServer((request, response) => {
    let sent = '';
    request.setEncoding('utf8').on('data', (part: string) => (sent += part));
    request.on('end', () => {
      const users = new URLSearchParams(sent).get('users');
      if (users !== null) opened.push(users);
      const answers = {
        'auth.test': { team_id: 'T1', user_id: 'UBOT' },
        'conversations.open': { channel: { id: `D-${String(users)}` } },
        'chat.postMessage': { ts: '1.1' },
      };
      const method = request.url?.split('/').at(-1) ?? '';
      response.writeHead(200, { 'Content-Type': 'application/json' });
      response.end(JSON.stringify({ ok: true, ...Object.entries(answers).find(([name]) => name === method)?.[1] }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

beforeEach(() => {
  opened = [];
  const apiUrl = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/api/`;
  const api = new SlackApi({ token: 'xoxb-x', apiUrl, log: silentLog, timeoutMs: 2_000 });
  const account = (team: string, channelUserId: string) =>
    ({ channel: 'slack', team, channelUserId, name: '' }) as const;
  channel = createSlackChannel({
    ...{ api, workspace: new Workspace(api, silentLog) },
    places: { save: async () => undefined, find: async () => undefined, findPersonal: async () => undefined },
    refreshHome: async () => undefined,
    // The oldest first.
    accountsOf: async () => [account('T1', 'UFIRST'), account('T1', 'USECOND'), account('T2', 'UELSEWHERE')],
  });
});

const ada = { personId: 'ada', name: 'Ada' };

test.each([
  [
    'the account that asked, though it was linked first',
    { ...ada, channel: 'slack', channelUserId: 'UFIRST' },
    'UFIRST',
  ],
  ['the newest, where nobody in Slack asked', { ...ada, channel: 'teams', channelUserId: 'UFIRST' }, 'USECOND'],
  [
    'the newest, where the account that asked is linked no longer',
    { ...ada, channel: 'slack', channelUserId: 'UGONE' },
    'USECOND',
  ],
  ['none of another workspace', { ...ada, channel: 'slack', channelUserId: 'UELSEWHERE' }, 'USECOND'],
])('what is for one person alone goes to %s', async (_whom, to, account) => {
  const { place } = await channel.whisper(to, VIEW);

  expect(opened).toEqual([account]);
  expect(place).toEqual({ channel: 'slack', conversation: `T1/D-${account}`, kind: 'personal' });
});
