import { request as httpRequest } from 'node:http';
import fc from 'fast-check';
import { startHttpServer, type HttpServer } from '../../src/bot/http-server.js';
import { createTeams, type Teams } from '../../src/bot/teams/teams.js';
import type { Answer, Turn } from '../../src/dialogs/turn.js';
import { recordingLog } from '../../src/services/platform/testing/test-parts.js';
import { ADA, card, ConnectorStub, MapStore, messageOfAda, read, TENANT } from './teams-stand.js';

interface World {
  readonly connector: ConnectorStub;
  readonly serviceUrl: string;
  readonly places: MapStore;
  readonly teams: Teams;
  readonly bot: HttpServer;
  readonly turns: Turn[];
  answer: (turn: Turn) => Promise<Answer | undefined>;
  readonly logged: () => string;
  readonly refused: string[];
}

let world: World;

beforeEach(async () => {
  const connector = new ConnectorStub();
  const places = new MapStore();
  const { log, text: logged } = recordingLog();
  const refused: string[] = [];
  const teams = createTeams({
    credentials: { kind: 'loopback-only' },
    tenantId: TENANT,
    places,
    log,
    http: { timeoutMs: 500 },
    onRefused: (refusal) => refused.push(refusal),
  });
  const turns: Turn[] = [];
  const door = teams.openDoor((turn) => {
    turns.push(turn);
    return world.answer(turn);
  });
  const bot = await startHttpServer({
    host: '127.0.0.1',
    port: 0,
    teams: door,
    ready: async () => ({ ok: true, checks: {} }),
    secrets: { exists: async () => false, open: async () => undefined },
    log,
  });
  const serviceUrl = await connector.listen();
  world = { connector, serviceUrl, places, teams, bot, turns, answer: async () => undefined, logged, refused };
});

afterEach(async () => {
  await world.bot.close(0);
  await world.connector.close();
});

function activity(changes: object = {}): Record<string, unknown> {
  return messageOfAda({ serviceUrl: world.serviceUrl, botId: 'latchkey' }, changes);
}

interface Reply {
  readonly status: number;
  readonly text: string;
}

function post(body: string | Buffer, headers: Record<string, string> = {}): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest({
      ...{ host: '127.0.0.1', port: world.bot.port, path: '/api/messages', method: 'POST' },
      headers: { 'Content-Type': 'application/json', 'Content-Length': String(Buffer.byteLength(body)), ...headers },
    });
    sent.on('error', reject);
    sent.on('response', (response) => {
      void read(response).then((text) => resolve({ status: response.statusCode ?? 0, text }), reject);
    });
    sent.end(body);
  });
}

const send = (changes: object = {}): Promise<Reply> => post(JSON.stringify(activity(changes)));

function press(data: object, more: object = {}): Promise<Reply> {
  const value = { action: { type: 'Action.Execute', verb: 'run', data }, trigger: 'manual' };
  return send({ type: 'invoke', name: 'adaptiveCard/action', replyToId: '77', value, text: undefined, ...more });
}

const button = { verb: 'run', reference: 'plan:1', revision: 3 };

describe('a good message', () => {
  test('becomes a turn, and its answer a card in the same conversation', async () => {
    world.answer = async () => ({ kind: 'view', view: card });

    const reply = await send();

    expect(reply.status).toBe(200);
    expect(world.turns).toEqual([
      {
        account: { channel: 'teams', channelUserId: '29:ada', personId: ADA, name: 'Ada Admin' },
        place: { channel: 'teams', conversation: 'a:ada', kind: 'personal' },
        room: 'a:ada',
        deliveryId: expect.any(String) as string,
        said: { kind: 'text', text: 'help' },
      },
    ]);
    expect(world.connector.calls).toHaveLength(1);
    expect(world.connector.calls[0]?.path).toMatch(/^\/v3\/conversations\/a%3Aada\/activities/);
    expect(world.connector.bodies()[0]).toMatchObject({
      type: 'message',
      summary: 'Hello.',
      attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', content: { type: 'AdaptiveCard' } }],
    });
    expect(world.connector.calls[0]?.authorization).toBeUndefined();
  });

  test('two people whose messages have the same number in their own chats are both heard', async () => {
    await send();
    await send({ conversation: { id: 'a:other', conversationType: 'personal', tenantId: TENANT } });
    await send();

    const [first, other, again] = world.turns.map(({ deliveryId }) => deliveryId);
    expect(other).not.toBe(first);
    expect(again).toBe(first);
  });

  test('a line of text goes out as plain text, so that nothing in it is live', async () => {
    world.answer = async () => ({ kind: 'message', text: '**no** [link](https://x.example)' });

    await send();

    expect(world.connector.bodies()[0]).toMatchObject({
      text: '**no** [link](https://x.example)',
      textFormat: 'plain',
    });
  });

  test('an installation greets once, though Teams says it twice', async () => {
    await send({ type: 'conversationUpdate', membersAdded: [{ id: '28:latchkey' }], text: undefined });
    await send({ type: 'installationUpdate', action: 'add', text: undefined });

    expect(world.turns.map((turn) => turn.said.kind)).toEqual(['arrived']);
    expect(world.places.places.get('a:ada')).toMatchObject({ kind: 'personal', person: ADA });
  });

  test('an answer that Teams does not take is logged, and the message is not delivered again', async () => {
    world.answer = async () => ({ kind: 'view', view: card });
    world.connector.failures = [403];

    const reply = await send();

    expect(reply.status).toBe(200);
    expect(world.logged()).toContain('An answer could not be delivered');
  });

  test('a conversation that fails still gets a sentence, without the reason', async () => {
    world.answer = () => Promise.reject(new Error('postgres://user:password@host'));

    const reply = await send();

    expect(reply).toEqual({ status: 200, text: '' });
    expect(world.connector.bodies()[0]).toMatchObject({ text: expect.stringContaining('went wrong') });
    expect(JSON.stringify(world.connector.bodies())).not.toContain('postgres');
  });

  test('is answered while the database does not take its address', async () => {
    world.answer = async () => ({ kind: 'view', view: card });
    world.places.isAway = true;

    const reply = await send();

    expect(reply.status).toBe(200);
    expect(world.connector.calls).toHaveLength(1);
    expect(world.logged()).toContain('could not be stored');
  });

  test('deliveryMode cannot turn the answers elsewhere', async () => {
    world.answer = async () => ({ kind: 'view', view: card });

    const reply = await send({ deliveryMode: 'expectReplies' });

    expect(reply.text).toBe('');
    expect(world.connector.calls).toHaveLength(1);
  });
});

describe('a pressed button', () => {
  test.each<[string, Answer | undefined, object]>([
    [
      'another card',
      { kind: 'view', view: card },
      { statusCode: 200, type: 'application/vnd.microsoft.card.adaptive' },
    ],
    [
      'a line',
      { kind: 'message', text: 'Running.' },
      { statusCode: 200, type: 'application/vnd.microsoft.activity.message', value: 'Running.' },
    ],
    [
      'a refusal',
      { kind: 'refused', text: 'Not yours.' },
      { statusCode: 403, type: 'application/vnd.microsoft.error', value: { code: 'Refused', message: 'Not yours.' } },
    ],
    ['nothing', undefined, { statusCode: 200, type: 'application/vnd.microsoft.activity.message' }],
  ])('is answered with %s in the body of an HTTP 200', async (_what, answer, body) => {
    world.answer = async () => answer;

    const reply = await press({ ...button, region: 'de' });

    expect(reply.status).toBe(200);
    expect(JSON.parse(reply.text)).toMatchObject(body);
    expect(world.turns[0]?.said).toEqual({ kind: 'click', ...button, inputs: { region: 'de' }, messageId: '77' });
  });

  test('letters typed into a list are answered with at most fifteen rows, as plain text', async () => {
    const rows = Array.from({ length: 20 }, (_, at) => ({
      title: `\u202EAna ${String(at)}\n${'x'.repeat(300)}`,
      value: String(at),
    }));
    world.answer = async () => ({ kind: 'choices', choices: rows });
    const value = { queryText: 'an', queryOptions: { skip: 0, top: 15 }, dataset: 'people' };

    const reply = await send({ type: 'invoke', name: 'application/search', text: undefined, value });

    const body = JSON.parse(reply.text) as { value: { results: { title: string; value: string }[] } };
    expect(reply.status).toBe(200);
    expect(body).toMatchObject({ statusCode: 200, type: 'application/vnd.microsoft.search.searchResponse' });
    expect(body.value.results).toHaveLength(15);
    expect(body.value.results[3]).toEqual({ title: expect.stringMatching(/^Ana 3 x{143}…$/), value: '3' });
    expect(world.turns[0]?.said).toEqual({ kind: 'search', dataset: 'people', words: 'an' });
  });

  test('that fails says so in the body of an HTTP 200', async () => {
    world.answer = () => Promise.reject(new Error('secret detail'));

    const reply = await press(button);

    expect(reply.status).toBe(200);
    expect(JSON.parse(reply.text)).toMatchObject({ statusCode: 500, type: 'application/vnd.microsoft.error' });
    expect(reply.text).not.toContain('secret detail');
  });

  test('that is not one of ours is refused in the body of an HTTP 200', async () => {
    const reply = await press({});

    expect(reply.status).toBe(200);
    expect(JSON.parse(reply.text)).toMatchObject({ statusCode: 400 });
    expect(world.turns).toEqual([]);
  });

  test('on a client without Action.Execute replaces the card that held it', async () => {
    world.answer = async () => ({ kind: 'view', view: card });

    await send({ text: undefined, value: button, replyToId: '77' });

    expect(world.connector.calls[0]).toMatchObject({ method: 'PUT', path: '/v3/conversations/a%3Aada/activities/77' });
  });
});

describe('strangers', () => {
  const another = ADA;

  test.each<[string, string, object]>([
    ['of another tenant', 'another tenant', { channelData: { tenant: { id: another } } }],
    [
      'whose conversation belongs to another tenant',
      'another tenant',
      { conversation: { id: 'a:eve', conversationType: 'personal', tenantId: another } },
    ],
    [
      'without a tenant',
      'another tenant',
      { channelData: {}, conversation: { id: 'a', conversationType: 'personal' } },
    ],
    ['in another channel', 'another channel', { channelId: 'webchat' }],
    ['in the emulator', 'another channel', { channelId: 'emulator' }],
    ['without an object id', 'no object id', { from: { id: '29:ada', name: 'Ada Admin' } }],
    ['with a name for an object id', 'no object id', { from: { id: '29:ada', aadObjectId: 'ada@contoso.example' } }],
    [
      'in a conversation of a kind that Teams does not have',
      'unknown kind of conversation',
      { conversation: { id: 'a:ada', conversationType: 'skill', tenantId: TENANT } },
    ],
  ])('%s get a 403 without a reason, which is logged and counted', async (_who, refusal, changes) => {
    world.answer = async () => ({ kind: 'view', view: card });

    const replies = [await send(changes), await press(button, changes)];

    for (const reply of replies) expect(reply).toEqual({ status: 403, text: 'This message is not for Latchkey.' });
    expect(world.turns).toEqual([]);
    expect(world.places.places.size).toBe(0);
    expect(world.connector.calls).toEqual([]);
    expect(world.refused).toEqual([refusal, refusal]);
    expect(world.logged()).toContain(refusal);
  });

  test('what happens in a conversation without an author is taken and changes nothing', async () => {
    const reply = await send({
      type: 'conversationUpdate',
      from: { id: '19:x' },
      membersAdded: [{ id: '28:latchkey' }],
    });

    expect(reply).toEqual({ status: 200, text: '' });
    expect(world.turns).toEqual([]);
    expect(world.places.places.size).toBe(0);
  });
});

describe('rubbish is refused with a 4xx of our own words, and the server goes on', () => {
  const deep = '['.repeat(60_000) + ']'.repeat(60_000);
  const nested = `{"type":"message","value":${'{"a":'.repeat(500)}1${'}'.repeat(500)}}`;

  test.each<[string, number, () => Promise<Reply>]>([
    ['no type', 400, () => send({ type: undefined })],
    ['a type that is no text', 400, () => send({ type: { a: 1 } })],
    ['no conversation', 400, () => send({ conversation: undefined })],
    ['a list', 400, () => post('[]')],
    ['null', 400, () => post('null')],
    ['nothing', 400, () => post('')],
    ['bad JSON', 400, () => post('{"type":')],
    ['a very deep list', 400, () => post(deep)],
    ['a deep object', 400, () => post(nested)],
    ['1 MB', 413, () => post(JSON.stringify(activity({ text: 'x'.repeat(1_000_000) })))],
    ['plain text', 415, () => post('type=message', { 'Content-Type': 'text/plain' })],
    ['a form', 415, () => post('type=message', { 'Content-Type': 'application/x-www-form-urlencoded' })],
    ['a file', 415, () => post('--x', { 'Content-Type': 'multipart/form-data; boundary=x' })],
    ['compressed JSON', 415, () => post('x', { 'Content-Encoding': 'gzip' })],
    ['a serviceUrl elsewhere', 403, () => send({ serviceUrl: 'https://attacker.example/' })],
    ['a serviceUrl in the cloud', 403, () => send({ serviceUrl: 'http://169.254.169.254/' })],
    ['a serviceUrl that hides another host', 400, () => send({ serviceUrl: 'file:///etc/passwd' })],
    ['a name for this machine', 403, () => post(JSON.stringify(activity()), { Host: 'attacker.example' })],
  ])('%s → %i', async (_what, status, act) => {
    const refused = await act();
    const next = await send();

    expect(refused.status).toBe(status);
    expect(refused.text).not.toMatch(/zod|Error|at .*\.js|undefined/);
    expect(next.status).toBe(200);
    expect(world.turns).toHaveLength(1);
  });

  test('GET is not how a message comes', async () => {
    const response = await fetch(`http://127.0.0.1:${world.bot.port}/api/messages`);

    expect(response.status).toBe(405);
  });

  test('whatever the body holds, nothing is a 5xx', async () => {
    const field = fc.constantFrom(...Object.keys(activity()), 'value', 'entities', 'membersAdded', 'name', 'replyToId');
    const changes = fc.dictionary(field, fc.jsonValue({ maxDepth: 3 }), { maxKeys: 3 });
    await fc.assert(
      fc.asyncProperty(changes, async (change) => {
        const { status } = await send({ ...change, serviceUrl: world.serviceUrl });

        expect(status).toBeLessThan(500);
      }),
      { numRuns: 200 },
    );
  });
});

describe('the channel', () => {
  const place = { channel: 'teams', conversation: 'a:ada', kind: 'personal' } as const;

  beforeEach(() => send());

  test('posts and returns the id, then replaces that message', async () => {
    const id = await world.teams.channel.post(place, card);
    await world.teams.channel.replace(place, id, card);

    expect(world.connector.calls.at(-1)).toMatchObject({
      method: 'PUT',
      path: `/v3/conversations/a%3Aada/activities/${id}`,
    });
  });

  test('news to one conversation arrives in the order it was written', async () => {
    const titles = Array.from({ length: 8 }, (_, number) => `Step ${number}`);
    await Promise.all(
      titles.map((title) => world.teams.channel.replace(place, '9', { ...card, title, fallback: title })),
    );

    expect(world.connector.bodies().map((body) => body['summary'])).toEqual(titles);
  });

  test('an update is tried again when Teams is away for a moment, a new message is not', async () => {
    world.connector.failures = [503];
    await world.teams.channel.replace(place, '9', card);
    world.connector.failures = [503];
    const posted = world.teams.channel.post(place, card);

    await expect(posted).rejects.toMatchObject({ facts: { system: 'teams', answer: 'unavailable', status: 503 } });
    expect(world.connector.calls.map((call) => call.method)).toEqual(['PUT', 'PUT', 'POST']);
  });

  test.each([
    [403, 'denied'],
    [404, 'not-found'],
    [413, 'invalid'],
  ])('Teams saying %i is a problem that says %s', async (status, answer) => {
    world.connector.failures = [status];

    await expect(world.teams.channel.post(place, card)).rejects.toMatchObject({
      facts: { system: 'teams', status, answer },
    });
  });

  test('Teams saying nothing is a problem after the time-out, not a wait for ever', async () => {
    world.connector.failures = ['hang'];

    await expect(world.teams.channel.post(place, card)).rejects.toMatchObject({ facts: { answer: 'timeout' } });
  });

  test('a conversation that nobody knows is a problem with what to do', async () => {
    const unknown = world.teams.channel.post({ ...place, conversation: 'a:nobody' }, card);

    await expect(unknown).rejects.toMatchObject({
      facts: { answer: 'not-found', remedy: expect.stringContaining('help') },
    });
  });

  test('a whisper goes to the personal chat, wherever it was asked for', async () => {
    const account = { channel: 'teams', channelUserId: '29:ada', personId: ADA, name: 'Ada' } as const;

    const whispered = await world.teams.channel.whisper(account, card);

    expect(whispered.place).toEqual(place);
    await expect(world.teams.channel.whisper({ ...account, personId: 'nobody' }, card)).rejects.toMatchObject({
      facts: { answer: 'not-found' },
    });
  });

  test('a stored address elsewhere is not written to while nothing is authenticated', async () => {
    const reference = {
      ...(world.places.places.get('a:ada')?.reference as object),
      serviceUrl: 'https://attacker.example',
    };
    world.places.places.set('a:moved', { ...place, conversation: 'a:moved', reference });

    await expect(world.teams.channel.post({ ...place, conversation: 'a:moved' }, card)).rejects.toMatchObject({
      facts: { code: 'ServiceUrlNotAllowed' },
    });
  });

  test('showing that it types never fails', async () => {
    world.connector.failures = [500];

    await expect(world.teams.channel.typing(place)).resolves.toBeUndefined();
  });
});
