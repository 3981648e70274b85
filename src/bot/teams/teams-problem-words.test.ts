import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Place } from '../../dialogs/turn.js';
import type { View } from '../../dialogs/views/view.js';
import { Problem } from '../../services/platform/problem.js';
import { expectWholeSentences, wordsOfAll } from '../../services/platform/testing/problem-words.js';
import { silentLog } from '../../services/platform/testing/test-parts.js';
import { thrownIn } from '../../services/platform/testing/thrown-words.js';
import { inboundActivity } from './activity.js';
import { ConnectorError } from './connector-http.js';
import type { TeamsConnector } from './connector.js';
import type { PlaceStore } from '../places.js';
import { readSentFile } from './sent-file.js';
import { createTeamsChannel, type TeamsChannel } from './teams-channel.js';

const view: View = { title: 'x', tone: 'neutral', elements: [], actions: [], fallback: 'x' };
const here: Place = { channel: 'teams', conversation: 'a:1', kind: 'personal' };

async function problemOf(deed: Promise<unknown>): Promise<Problem> {
  const error: unknown = await deed.catch((caught: unknown) => caught);
  if (error instanceof Problem) return error;
  throw new Error('Nothing was refused.');
}

/** @param reach how Teams takes what is sent there. */
function channelWith(reach: TeamsConnector['reach'], { isKnown = true } = {}): TeamsChannel {
  const places = {
    find: async () => (isKnown ? { reference: {} } : undefined),
    findPersonal: async () => undefined,
  } as unknown as PlaceStore;
  return createTeamsChannel({ connector: { reach } as unknown as TeamsConnector, places, log: silentLog });
}

const refuses = (how: ConstructorParameters<typeof ConnectorError>[0]): Promise<Problem> =>
  problemOf(channelWith(() => Promise.reject(new ConnectorError(how))).post(here, view));

/** Of a conversation in which the first message is on its way for ever. */
function full(): Promise<Problem> {
  const channel = channelWith(() => new Promise(() => undefined));
  for (let count = 0; count < 100; count += 1) void channel.post(here, view);
  return problemOf(channel.post(here, view));
}

/** The file that somebody attached: one for each address. */
function sent(...urls: string[]): Promise<Problem> {
  const attachments = urls.map((downloadUrl) => ({
    ...{ contentType: 'application/vnd.microsoft.teams.file.download.info', name: 'people.csv' },
    content: { downloadUrl },
  }));
  const activity = inboundActivity.parse({
    ...{ type: 'message', channelId: 'msteams', serviceUrl: 'https://smba.trafficmanager.net/emea/', attachments },
    ...{ from: { id: '29:1' }, recipient: { id: '28:1' }, text: '' },
    conversation: { id: 'a:1', conversationType: 'personal' },
  });
  const said = readSentFile(activity, { fileDomain: 'loopback' });
  if (said?.kind !== 'file') throw new Error('There is no file.');
  return problemOf(said.read());
}

let server: Server;
let url: string;
beforeAll(async () => {
  server = createServer((request, response) => {
    response.statusCode = request.url === '/large' ? 200 : 404;
    response.end(Buffer.alloc(request.url === '/large' ? 6 * 1024 * 1024 : 0));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

async function all(): Promise<Record<string, Problem>> {
  const stranger = channelWith(() => Promise.resolve(), { isKnown: false });
  return {
    'a conversation without an address': await problemOf(stranger.post(here, view)),
    'nobody’s personal chat': await problemOf(stranger.whisper({ personId: 'p', name: 'Ada Admin' }, view)),
    'a message that Teams refuses': await refuses({ status: 403, code: 'ConversationBlockedByUser' }),
    'a message in no time': await refuses({ isTimeout: true }),
    'a message to elsewhere': await refuses({ code: 'ServiceUrlNotAllowed' }),
    'too many messages': await full(),
    'several files': await sent(`${url}/a`, `${url}/b`),
    'a file from elsewhere': await sent('https://evil.example/a'),
    'a large file': await sent(`${url}/large`),
    'a file that is gone': await sent(`${url}/gone`),
  };
}

test('the words of every trouble with Teams are these, and none of this folder is missing', async () => {
  const problems = await all();

  expect(wordsOfAll(problems)).toMatchSnapshot();
  for (const problem of Object.values(problems)) expectWholeSentences(problem);
  const said = Object.values(problems).map(({ facts }) => facts.code);
  const thrown = thrownIn([__dirname, join(__dirname, '../sent-file.ts')]);
  expect(thrown.codes.length).toBeGreaterThan(6);
  expect(thrown.codes.filter((code) => !said.includes(code))).toEqual([]);
  expect(thrown.withoutCode).toEqual([]);
  // Faults of ours, and what the door says to the log alone.
  expect(thrown.plain.join('\n')).toMatchSnapshot();
});
