import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Place } from '../../dialogs/turn.js';
import { Problem } from '../../services/platform/problem.js';
import { expectWholeSentences, wordsOfAll } from '../../services/platform/testing/problem-words.js';
import { silentLog } from '../../services/platform/testing/test-parts.js';
import { thrownIn } from '../../services/platform/testing/thrown-words.js';
import type { PlaceStore } from '../places.js';
import { SlackApi } from './slack-api.js';
import { createSlackChannel, type SlackChannel } from './slack-channel.js';
import { readSentFile } from './slack-file.js';
import { Workspace } from './workspace.js';

const here: Place = { channel: 'slack', conversation: 'T1/D1', kind: 'personal' };
const places: PlaceStore = {
  save: async () => undefined,
  find: async () => undefined,
  findPersonal: async () => undefined,
};

async function problemOf(deed: Promise<unknown>): Promise<Problem> {
  const error: unknown = await deed.catch((caught: unknown) => caught);
  if (error instanceof Problem) return error;
  throw new Error('Nothing was refused.');
}

/** What Slack answers next to a call, by method. */
let answer: (method: string) => { status?: number; headers?: Record<string, string>; body?: object } | 'never';
let server: Server;
let url: string;
beforeAll(async () => {
  server = createServer((request, response) => {
    const path = request.url ?? '';
    if (path.startsWith('/files/')) {
      response.writeHead(
        path === '/files/gone' ? 404 : 200,
        path === '/files/page' ? { 'Content-Type': 'text/html' } : {},
      );
      return void response.end(Buffer.alloc(path === '/files/large' ? 6 * 1024 * 1024 : 0));
    }
    const given = answer(path.split('/').at(-1) ?? '');
    if (given === 'never') return;
    response.writeHead(given.status ?? 200, { 'Content-Type': 'application/json', ...given.headers });
    response.end(JSON.stringify(given.body ?? { ok: true }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

function channel(apiUrl = `${url}/api/`): SlackChannel {
  const api = new SlackApi({ token: 'xoxb-x', apiUrl, log: silentLog, timeoutMs: 300 });
  const workspace = new Workspace(api, silentLog);
  return createSlackChannel({ api, workspace, places, accountsOf: async () => [], refreshHome: async () => undefined });
}

function refuses(given: Exclude<ReturnType<typeof answer>, never>): Promise<Problem> {
  answer = () => given;
  return problemOf(channel().say(here, 'x'));
}

const error = (name: string, more: object = {}) => ({ body: { ok: false, error: name, ...more } });

/** Of a conversation in which the first message is on its way for ever. */
async function full(): Promise<Problem> {
  answer = () => 'never';
  const stuck = channel();
  const waiting = Array.from({ length: 100 }, () => stuck.say(here, 'x').catch(() => undefined));
  const last = await problemOf(stuck.say(here, 'x'));
  answer = () => ({ body: { ok: true, ts: '1.1' } });
  await Promise.all(waiting);
  return last;
}

function sent(...paths: string[]): Promise<Problem> {
  const files = paths.map((path) => ({ name: 'people.csv', url: path.startsWith('/') ? `${url}${path}` : path }));
  const said = readSentFile(files, { token: 'xoxb-x', isLoopbackOnly: true });
  if (said === undefined) throw new Error('There is no file.');
  return problemOf(said.read());
}

async function stranger(): Promise<Problem> {
  answer = () => ({ body: { ok: true, team_id: 'T1', user_id: 'U1' } });
  return problemOf(
    channel().whisper(
      { personId: 'p', name: 'Ada Admin' },
      { title: 'x', tone: 'neutral', elements: [], actions: [], fallback: 'x' },
    ),
  );
}

async function all(): Promise<Record<string, Problem>> {
  return {
    'nobody’s account': await stranger(),
    'a token that was withdrawn': await refuses(error('token_revoked')),
    'a scope that is missing': await refuses(error('missing_scope', { needed: 'chat:write', provided: 'commands' })),
    'a channel without the app': await refuses(error('not_in_channel')),
    'blocks that Slack refuses': await refuses(error('invalid_blocks')),
    'a long pause': await refuses({ status: 429, headers: { 'Retry-After': '60' } }),
    'trouble in Slack': await refuses({ status: 503 }),
    'an answer in no time': await refuses('never'),
    'a Slack that is not there': await problemOf(channel('http://127.0.0.1:9/api/').say(here, 'x')),
    'too many messages': await full(),
    'several files': await sent('/files/a', '/files/b'),
    'a file from elsewhere': await sent('https://evil.example/a'),
    'a large file': await sent('/files/large'),
    'a file that is gone': await sent('/files/gone'),
    'a file that is a page to sign in': await sent('/files/page'),
  };
}

test('the words of every trouble with Slack are these, and none of this folder is missing', async () => {
  const problems = await all();

  expect(wordsOfAll(problems)).toMatchSnapshot();
  for (const problem of Object.values(problems)) expectWholeSentences(problem);
  const said = Object.values(problems).map(({ facts }) => facts.code);
  const thrown = thrownIn([__dirname, join(__dirname, '../sent-file.ts')]);
  expect(thrown.codes.filter((code) => !said.includes(code))).toEqual([]);
  expect(thrown.withoutCode).toEqual([]);
}, 30_000);
