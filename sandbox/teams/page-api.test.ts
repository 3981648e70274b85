import { request } from 'node:http';
import { TEAMS_BOT, TENANT_ID } from '../credentials.js';
import { CHANNEL, TEAM, personalConversationId } from './chat.js';
import { teamsIdOf } from './people.js';
import { TestWorld, person } from './test-world.js';

const ada = person('Ada');
const ana = person('Ana');
const adasChat = personalConversationId(ada);

describe('the page', () => {
  let world: TestWorld;

  beforeEach(async () => {
    world = await TestWorld.start();
  });
  afterEach(() => world.close());

  it('sends what a persona says as Teams would', async () => {
    const answer = await world.send({
      persona: ada.userPrincipalName,
      conversation: 'personal',
      text: 'help',
      timezone: 'Asia/Tokyo',
      locale: 'ja-JP',
    });

    expect([answer.status, answer.body]).toMatchObject([200, { delivered: true }]);
    expect(world.bot.heard).toMatchObject([
      {
        type: 'message',
        id: answer.body['id'],
        text: 'help',
        textFormat: 'plain',
        channelId: 'msteams',
        serviceUrl: world.addresses.teams,
        from: { id: teamsIdOf(ada), name: 'Ada Admin', aadObjectId: ada.id },
        recipient: TEAMS_BOT,
        conversation: { id: adasChat, conversationType: 'personal', tenantId: TENANT_ID },
        channelData: { tenant: { id: TENANT_ID } },
        locale: 'ja-JP',
        localTimestamp: expect.stringMatching(/\+09:00$/) as string,
        entities: [{ type: 'clientInfo', locale: 'ja-JP', country: 'JP', platform: 'Web', timezone: 'Asia/Tokyo' }],
      },
    ]);
  });

  it('lets the bot hear a channel message only when it is mentioned', async () => {
    const unheard = await world.send({
      persona: ada.id,
      conversation: 'channel',
      text: 'Write to me@latchkey.example',
    });
    const heard = await world.send({ persona: ada.id, conversation: 'channel', text: '@latchkey status' });

    expect([unheard.body['delivered'], heard.body['delivered']]).toEqual([false, true]);
    expect(world.bot.heard).toMatchObject([
      {
        text: '<at>Latchkey</at> status',
        conversation: {
          id: `${CHANNEL.id};messageid=${String(heard.body['id'])}`,
          conversationType: 'channel',
          isGroup: true,
        },
        channelData: { tenant: { id: TENANT_ID }, team: TEAM, channel: { id: CHANNEL.id } },
        entities: [{ type: 'mention', text: '<at>Latchkey</at>', mentioned: TEAMS_BOT }, { type: 'clientInfo' }],
      },
    ]);
    expect((await world.state()).activities).toHaveLength(2);
  });

  it('keeps an answer in the thread it belongs to', async () => {
    const root = await world.send({ persona: ada.id, conversation: 'channel', text: '@Latchkey one' });

    await world.send({ persona: ana.id, conversation: 'channel', text: '@Latchkey two', replyTo: root.body['id'] });

    expect(world.bot.heard.map(({ conversation }) => conversation?.id)).toEqual(
      Array(2).fill(`${CHANNEL.id};messageid=${String(root.body['id'])}`),
    );
  });

  it('carries a pressed button to the bot and its answer back unchanged', async () => {
    const { body } = await world.post(adasChat, { type: 'message', text: 'card' });
    const action = {
      activityId: body['id'],
      type: 'Action.Execute',
      id: 'b1',
      verb: 'run',
      data: { ref: 'r1', reason: 'x' },
    };

    const answer = await world.send({ persona: ada.id, conversation: 'personal', action });

    expect([answer.status, answer.body]).toEqual([200, world.bot.invokeAnswer]);
    expect(world.bot.heard).toMatchObject([
      {
        type: 'invoke',
        name: 'adaptiveCard/action',
        replyToId: body['id'],
        from: { aadObjectId: ada.id },
        value: {
          action: { type: 'Action.Execute', id: 'b1', verb: 'run', data: { ref: 'r1', reason: 'x' } },
          trigger: 'manual',
        },
      },
    ]);
  });

  it('asks the bot for the rows of a list while somebody types, as Teams does', async () => {
    const { body } = await world.post(adasChat, { type: 'message', text: 'card' });
    world.bot.invokeAnswer = {
      ...{ statusCode: 200, type: 'application/vnd.microsoft.search.searchResponse' },
      value: { results: [{ title: 'Ana Agent', value: '4' }] },
    };
    const query = { persona: ada.id, conversation: 'personal', activityId: body['id'], dataset: 'people' };
    const search = (more: object) =>
      world.call('POST', '/sandbox/api/search', { ...query, ...more }, { 'X-Sandbox-Token': world.token });

    const answer = await search({ queryText: 'ana' });
    const elsewhere = await search({ queryText: 'ana', activityId: 'nothing' });
    const nonsense = await search({});

    expect([answer.status, answer.body]).toEqual([200, world.bot.invokeAnswer]);
    expect([elsewhere.status, nonsense.status]).toEqual([404, 400]);
    expect(world.bot.heard).toMatchObject([
      {
        ...{ type: 'invoke', name: 'application/search', replyToId: body['id'], from: { aadObjectId: ada.id } },
        value: { queryText: 'ana', queryOptions: { skip: 0, top: 15 }, dataset: 'people' },
      },
    ]);
  });

  it('sends Action.Submit as a message without text', async () => {
    const { body } = await world.post(adasChat, { type: 'message', text: 'card' });

    await world.send({
      persona: ada.id,
      conversation: 'personal',
      action: { activityId: body['id'], type: 'Action.Submit', data: { verb: 'run' } },
    });

    expect(world.bot.heard).toMatchObject([{ type: 'message', replyToId: body['id'], value: { verb: 'run' } }]);
    expect(world.bot.heard[0]).not.toHaveProperty('text');
  });

  it('tells how old an answer is, so that a newer edit outranks it', async () => {
    const { body } = await world.post(adasChat, { type: 'message', text: 'card' });
    const action = { activityId: body['id'], type: 'Action.Execute', verb: 'run', data: {} };

    const answer = await world.send({ persona: ada.id, conversation: 'personal', action });

    expect(answer.headers.get('x-sandbox-revision')).toBe('1');
  });

  it.each([
    ['lacks its type', { statusCode: 200, value: 'x' }, 'InvalidInvokeResponse'],
    ['is empty', undefined, 'InvalidInvokeResponse'],
  ])('says so when the answer to an invoke %s', async (_what, invokeAnswer, code) => {
    const { body } = await world.post(adasChat, { type: 'message', text: 'card' });
    world.bot.invokeAnswer = invokeAnswer;

    const answer = await world.send({
      persona: ada.id,
      conversation: 'personal',
      action: { activityId: body['id'], type: 'Action.Execute', data: {} },
    });

    expect([answer.status, answer.body]).toMatchObject([502, { error: { code } }]);
  });

  it('says so when the bot refuses or cannot be reached, and keeps what was said', async () => {
    world.bot.status = 500;
    const refused = await world.send({ persona: ada.id, conversation: 'personal', text: 'one' });
    await world.bot.close();
    const unreachable = await world.send({ persona: ada.id, conversation: 'personal', text: 'two' });

    expect([refused.status, refused.body]).toMatchObject([502, { error: { code: 'BotAnswered500' } }]);
    expect([unreachable.status, unreachable.body]).toMatchObject([502, { error: { code: 'BotUnreachable' } }]);
    expect((await world.state()).activities.map(({ text }) => text)).toEqual(['one', 'two']);
  });

  it('delivers everything twice with one id while that fault is on', async () => {
    await world.call('POST', '/_sandbox/faults', { fault: 'deliver-twice' });

    await world.send({ persona: ada.id, conversation: 'personal', text: 'help' });
    await world.bot.hears(2);

    expect(world.bot.heard[0]).toEqual(world.bot.heard[1]);
    expect((await world.state()).activities).toHaveLength(1);
  });

  it('does not know cards, threads and conversations of other people', async () => {
    const { body } = await world.post(personalConversationId(ana), { type: 'message', text: 'card' });
    const action = { activityId: body['id'], type: 'Action.Execute', data: {} };

    const press = await world.send({ persona: ada.id, conversation: 'personal', action });
    const elsewhere = await world.send({ persona: ada.id, conversation: personalConversationId(ana), text: 'x' });

    expect([press.status, elsewhere.status]).toEqual([404, 404]);
    expect(world.bot.heard).toEqual([]);
  });

  it('refuses nonsense with words', async () => {
    const wishes = [
      {},
      { persona: ada.id, conversation: 'personal' },
      { persona: 1 },
      { persona: 'x', conversation: 'personal', text: 'x' },
    ];

    const statuses = await Promise.all(wishes.map(async (wish) => (await world.send(wish)).status));

    expect(statuses).toEqual([400, 400, 400, 404]);
  });

  it('serves itself with a policy that allows nothing from elsewhere', async () => {
    const page = await world.call('GET', '/');
    const renderer = await world.call('GET', '/sandbox/adaptivecards.js');
    const outside = await world.call('GET', '/sandbox/..%2fcredentials.ts');

    expect(page.body['text']).toContain('Latchkey sandbox');
    expect(page.headers.get('content-security-policy')).toMatch(/^default-src 'self'; /);
    expect(page.headers.get('content-security-policy')).not.toMatch(/unsafe|https?:|\*/);
    expect([renderer.status, renderer.headers.get('content-type')]).toEqual([200, 'text/javascript; charset=utf-8']);
    expect(outside.status).toBe(404);
  });
});

describe('other web sites', () => {
  let world: TestWorld;
  const wish = { persona: ada.id, conversation: 'personal', text: 'help' };

  beforeAll(async () => {
    world = await TestWorld.start();
  });
  afterAll(() => world.close());
  afterEach(() => expect(world.bot.heard).toEqual([]));

  /** fetch sets Host and Origin itself, so this goes one level lower. */
  const statusOf = (headers: Record<string, string>): Promise<number | undefined> =>
    new Promise((resolve, reject) => {
      const options = {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', 'X-Sandbox-Token': world.token, ...headers },
      };
      const outgoing = request(`${world.addresses.teams}/sandbox/api/send`, options, (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      outgoing.on('error', reject);
      outgoing.end(JSON.stringify(wish));
    });

  it.each([
    ['a foreign origin', { Origin: 'https://evil.example' }, 403],
    ['an origin that only looks like this machine', { Origin: 'http://localhost.evil.example' }, 403],
    ['no origin at all', { Origin: 'null' }, 403],
    ['a foreign host name that leads here', { Host: 'evil.example' }, 421],
    ['a foreign host before the proxy', { 'X-Forwarded-Host': 'evil.example' }, 403],
    ['a request that the browser calls cross-site', { 'Sec-Fetch-Site': 'cross-site' }, 403],
    ['a form instead of JSON', { 'Content-Type': 'text/plain' }, 415],
    ['no token', { 'X-Sandbox-Token': '' }, 403],
    ['another token', { 'X-Sandbox-Token': 'x'.repeat(32) }, 403],
  ])('cannot play a persona: %s', async (_what, headers, status) => {
    expect(await statusOf(headers)).toBe(status);
  });

  it('cannot read the token or the messages', async () => {
    const foreign = { Origin: 'https://evil.example' };

    const token = await world.call('GET', '/sandbox/api/personas', undefined, foreign);
    const events = await world.call('GET', `/sandbox/api/events?persona=${ada.id}`, undefined, foreign);
    const own = await world.call('GET', '/sandbox/api/personas');

    expect([token.status, events.status]).toEqual([403, 403]);
    expect(own.headers.get('access-control-allow-origin')).toBeNull();
  });
});
