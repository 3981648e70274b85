import { TEAMS_BOT, TENANT_ID } from '../credentials.js';
import { CHANNEL, personalConversationId } from './chat.js';
import { teamsIdOf } from './people.js';
import { TestWorld, person } from './test-world.js';

const ana = person('Ana');
const anasChat = personalConversationId(ana);
const card = {
  contentType: 'application/vnd.microsoft.card.adaptive',
  content: { type: 'AdaptiveCard', version: '1.5' },
};

describe('the connector', () => {
  let world: TestWorld;
  const at = (conversationId: string, rest: string): string =>
    `/v3/conversations/${encodeURIComponent(conversationId)}${rest}`;

  beforeEach(async () => {
    world = await TestWorld.start();
  });
  afterEach(() => world.close());

  it('keeps a message of the bot with its card, under the id it answers', async () => {
    const sent = await world.post(anasChat, {
      type: 'message',
      text: 'Hello',
      attachments: [card],
      from: { id: 'someone' },
    });

    expect(sent.status).toBe(201);
    const { activities } = await world.state();
    expect(activities).toMatchObject([
      { id: sent.body['id'], text: 'Hello', from: TEAMS_BOT, attachments: [card], conversation: { id: anasChat } },
    ]);
  });

  it('gives two messages of the same moment two ids', async () => {
    const [one, two] = [
      await world.post(anasChat, { type: 'message', text: '1' }),
      await world.post(anasChat, { type: 'message', text: '2' }),
    ];

    expect(one.body['id']).not.toBe(two.body['id']);
  });

  it('edits a message in place and deletes it', async () => {
    const { body } = await world.post(anasChat, { type: 'message', text: 'working' });
    const path = at(anasChat, `/activities/${String(body['id'])}`);

    const edited = await world.call('PUT', path, { type: 'message', text: 'done' });
    const afterEdit = (await world.state()).activities.map(({ text }) => text);
    const deleted = await world.call('DELETE', path);
    const again = await world.call('DELETE', path);

    expect([edited.status, edited.body]).toEqual([200, { id: body['id'] }]);
    expect(afterEdit).toEqual(['done']);
    expect(deleted.status).toBe(200);
    expect(again.status).toBe(404);
    expect((await world.state()).activities).toEqual([]);
  });

  it('does not let the bot change what a person said', async () => {
    const { body } = await world.send({ persona: ana.id, conversation: 'personal', text: 'help' });

    const answer = await world.call('PUT', at(anasChat, `/activities/${String(body['id'])}`), {
      type: 'message',
      text: 'x',
    });

    expect(answer.status).toBe(403);
  });

  it.each([
    ['an unknown conversation', 'POST', '/v3/conversations/a%3Anobody/activities', 404, 'ConversationNotFound'],
    [
      'a thread that is not there',
      'POST',
      `/v3/conversations/${encodeURIComponent(`${CHANNEL.id};messageid=1`)}/activities`,
      404,
      'ConversationNotFound',
    ],
    [
      'an unknown message',
      'PUT',
      `/v3/conversations/${encodeURIComponent(anasChat)}/activities/1`,
      404,
      'ActivityNotFoundInConversation',
    ],
  ])('answers %s with the error envelope', async (_what, method, path, status, code) => {
    const answer = await world.call(method, path, { type: 'message', text: 'x' });

    expect([answer.status, answer.body]).toMatchObject([
      status,
      { error: { code, message: expect.any(String) as string } },
    ]);
  });

  it.each([
    ['text that is not JSON', '{'],
    ['an activity without a type', { text: 'x' }],
    ['a message with neither text nor card', { type: 'message' }],
    ['attachments that are no list', { type: 'message', attachments: 'x' }],
  ])('refuses %s', async (_what, body) => {
    const answer = await world.post(anasChat, body as object);

    expect([answer.status, answer.body]).toMatchObject([400, { error: { code: 'BadSyntax' } }]);
  });

  it('refuses a message of more than 100 KB counted as UTF-16', async () => {
    const fits = await world.post(anasChat, { type: 'message', text: 'x'.repeat(50 * 1024) });
    const tooBig = await world.post(anasChat, { type: 'message', text: 'x'.repeat(52 * 1024) });

    expect([fits.status, tooBig.status]).toEqual([413, 413]);
    expect((await world.post(anasChat, { type: 'message', text: 'x'.repeat(51_000) })).status).toBe(201);
    expect(tooBig.body).toMatchObject({ error: { code: 'MessageSizeTooBig' } });
  });

  it('tells of typing without keeping it', async () => {
    const events = await world.events(ana.id);
    await events.until(({ event }) => event === 'ready');

    await world.post(anasChat, { type: 'typing' });
    await events.until(({ event }) => event === 'typing');
    events.close();

    expect((await world.state()).activities).toEqual([]);
  });

  it.each([
    ['Teams id', teamsIdOf(ana)],
    ['Entra object id', ana.id],
  ])('finds the personal chat of a person by %s', async (_what, id) => {
    const answer = await world.call('POST', '/v3/conversations', {
      isGroup: false,
      bot: TEAMS_BOT,
      tenantId: TENANT_ID,
      members: [{ id }],
    });

    expect([answer.status, answer.body]).toMatchObject([201, { id: anasChat, serviceUrl: world.addresses.teams }]);
  });

  it('opens a thread in the channel, and an answer to it stays there', async () => {
    const { body } = await world.call('POST', '/v3/conversations', {
      isGroup: true,
      channelData: { channel: { id: CHANNEL.id } },
      activity: { type: 'message', text: 'A request' },
    });

    expect(body['id']).toBe(`${CHANNEL.id};messageid=${String(body['activityId'])}`);
    await world.post(String(body['id']), { type: 'message', text: 'decided' });
    const { activities } = await world.state();
    expect(activities.map(({ conversation }) => conversation?.id)).toEqual([body['id'], body['id']]);
  });

  it('does not start a chat with a stranger or a group', async () => {
    const stranger = await world.call('POST', '/v3/conversations', { members: [{ id: '29:nobody' }] });
    const group = await world.call('POST', '/v3/conversations', {
      members: [{ id: ana.id }, { id: person('Omar').id }],
    });

    expect([stranger.status, group.status]).toEqual([400, 400]);
  });

  it('lists who is in the channel, guests marked as such', async () => {
    const all = await world.call('GET', at(CHANNEL.id, '/pagedmembers'));
    const gus = await world.call('GET', at(CHANNEL.id, `/members/${encodeURIComponent(teamsIdOf(person('Guest')))}`));

    expect(all.body['members']).toHaveLength(10);
    expect(gus.body).toMatchObject({
      name: 'Guest Gus',
      userRole: 'guest',
      tenantId: TENANT_ID,
      aadObjectId: person('Guest').id,
    });
  });

  it('does not know Omar in the chat of Ana', async () => {
    const answer = await world.call('GET', at(anasChat, `/members/${teamsIdOf(person('Omar'))}`));

    expect([answer.status, answer.body]).toMatchObject([404, { error: { code: 'MemberNotFoundInConversation' } }]);
  });

  it('breaks once when told to, without a body', async () => {
    await world.call('POST', '/_sandbox/faults', { fault: 'unavailable-once', method: 'POST', path: '/activities' });

    const first = await world.post(anasChat, { type: 'message', text: 'x' });
    const second = await world.post(anasChat, { type: 'message', text: 'x' });

    expect([first.status, first.body, second.status]).toEqual([503, { text: '' }, 201]);
  });

  it('throttles the bot when told to, with a time to wait, and never the page', async () => {
    await world.call('POST', '/_sandbox/faults', { fault: 'throttled', retryAfter: '3', times: '2' });

    const page = await world.send({ persona: ana.id, conversation: 'personal', text: 'help' });
    const first = await world.post(anasChat, { type: 'message', text: 'x' });

    expect([page.status, first.status, first.headers.get('retry-after')]).toEqual([200, 429, '3']);
  });

  it('keeps a message whose answer is lost on the way', async () => {
    await world.call('POST', '/_sandbox/faults', { fault: 'gateway-timeout-after-commit' });

    const lost = await world.post(anasChat, { type: 'message', text: 'kept' });

    expect(lost.status).toBe(504);
    expect((await world.state()).activities.map(({ text }) => text)).toEqual(['kept']);
  });

  it('finds the chat as it was after a restart', async () => {
    await world.post(anasChat, { type: 'message', text: 'before' });

    await world.restart();
    const { body } = await world.post(anasChat, { type: 'message', text: 'after' });

    const { activities } = await world.state();
    expect(activities.map(({ text }) => text)).toEqual(['before', 'after']);
    expect(activities[0]?.id).not.toBe(body['id']);
  });
});
