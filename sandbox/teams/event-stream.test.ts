import { CHANNEL, personalConversationId } from './chat.js';
import { TestWorld, person, type ServerSentEvent } from './test-world.js';

const ana = person('Ana');
const omar = person('Omar');
const anasChat = personalConversationId(ana);

const isReady = ({ event }: ServerSentEvent): boolean => event === 'ready';
const summary = (events: readonly ServerSentEvent[]): string[] =>
  events.map(({ event, data }) => {
    const { text } = (data['activity'] ?? {}) as { text?: string };
    return text === undefined ? event : `${event} ${text}`;
  });

describe('the events of a persona', () => {
  let world: TestWorld;

  beforeEach(async () => {
    world = await TestWorld.start();
  });
  afterEach(() => world.close());

  const edit = (id: unknown, text: string) =>
    world.call('PUT', `/v3/conversations/${encodeURIComponent(anasChat)}/activities/${String(id)}`, {
      type: 'message',
      text,
    });

  it('begin with the history of every conversation the person can see, and only those', async () => {
    await world.post(anasChat, { type: 'message', text: 'to Ana' });
    await world.post(personalConversationId(omar), { type: 'message', text: 'to Omar' });
    await world.post(CHANNEL.id, { type: 'message', text: 'to all' });

    const events = await world.events(ana.id);
    const seen = await events.until(isReady);
    events.close();

    expect(summary(seen)).toEqual(['reset', 'message to Ana', 'message to all', 'ready']);
    expect(seen.map(({ data }) => data['conversation'])).toEqual([undefined, 'personal', 'channel', undefined]);
  });

  it('go on live with messages, edits and deletions', async () => {
    const events = await world.events(ana.id);
    await events.until(isReady);

    const { body } = await world.post(anasChat, { type: 'message', text: 'working' });
    await edit(body['id'], 'done');
    await world.call('DELETE', `/v3/conversations/${encodeURIComponent(anasChat)}/activities/${String(body['id'])}`);
    const seen = await events.until(({ event }) => event === 'delete');
    events.close();

    expect(summary(seen.slice(2))).toEqual(['message working', 'update done', 'delete']);
  });

  it('come to two windows at once, each with what its persona may see', async () => {
    const [anas, omars] = [await world.events(ana.id), await world.events(omar.userPrincipalName)];
    await Promise.all([anas.until(isReady), omars.until(isReady)]);

    await world.send({ persona: ana.id, conversation: 'personal', text: 'private' });
    await world.send({ persona: ana.id, conversation: 'channel', text: 'public' });
    const isPublic = ({ data }: ServerSentEvent): boolean => data['conversation'] === 'channel';
    const [seenByAna, seenByOmar] = await Promise.all([anas.until(isPublic), omars.until(isPublic)]);
    anas.close();
    omars.close();

    expect(summary(seenByAna.slice(2))).toEqual(['message private', 'message public']);
    expect(summary(seenByOmar.slice(2))).toEqual(['message public']);
  });

  it('bring after a lost connection only what changed since', async () => {
    const one = await world.post(anasChat, { type: 'message', text: 'one' });
    const gone = await world.post(anasChat, { type: 'message', text: 'gone' });
    const first = await world.events(ana.id);
    const lastId = (await first.until(isReady)).at(-1)?.id;
    first.close();

    await edit(one.body['id'], 'one, edited');
    await world.post(anasChat, { type: 'message', text: 'two' });
    await world.call(
      'DELETE',
      `/v3/conversations/${encodeURIComponent(anasChat)}/activities/${String(gone.body['id'])}`,
    );
    const second = await world.events(ana.id, lastId);
    const seen = await second.until(isReady);
    second.close();

    expect(summary(seen)).toEqual(['update one, edited', 'message two', 'delete', 'ready']);
  });

  it('lose nothing and double nothing across a restart of the sandbox', async () => {
    await world.post(anasChat, { type: 'message', text: 'before' });
    const first = await world.events(ana.id);
    const lastId = (await first.until(isReady)).at(-1)?.id;
    first.close();

    await world.restart();
    await world.post(anasChat, { type: 'message', text: 'after' });
    const second = await world.events(ana.id, lastId);
    const seen = await second.until(isReady);
    second.close();

    expect(summary(seen)).toEqual(['message after', 'ready']);
  });

  it('start over when the sandbox was reset, also for a page that was away', async () => {
    await world.post(anasChat, { type: 'message', text: 'old' });
    const events = await world.events(ana.id);
    const lastId = (await events.until(isReady)).at(-1)?.id;

    await world.call('POST', '/_sandbox/reset', {});
    const live = (await events.until(isReady)).slice(3);
    const later = await world.events(ana.id, lastId);
    const seen = await later.until(isReady);
    events.close();
    later.close();

    expect(summary(live)).toEqual(['reset', 'ready']);
    expect(summary(seen)).toEqual(['reset', 'ready']);
  });

  it('are refused for somebody who does not exist', async () => {
    expect((await world.call('GET', '/sandbox/api/events?persona=nobody')).status).toBe(404);
  });
});
