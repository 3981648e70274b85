import { SLACK, SLACK_ACCOUNTS } from '../credentials.js';
import { refusalOf, SlackWorld } from './test-world.js';
import { AGENTS, directOf, GENERAL } from './workspace.js';

const ana = SLACK_ACCOUNTS.find(({ name }) => name === 'Ana Agent')?.userId ?? '';
const stranger = SLACK_ACCOUNTS.find(({ name }) => name === 'Sam Stranger')?.userId ?? '';
const section = (text: string): object => ({ type: 'section', text: { type: 'mrkdwn', text } });

let world: SlackWorld;

beforeEach(async () => {
  world = await SlackWorld.start();
});
afterEach(() => world.close());

test("Slack's own client learns who the bot is, and which scopes it was granted", async () => {
  const answer = await world.client().auth.test();

  expect(answer).toMatchObject({ team_id: SLACK.teamId, user_id: SLACK.botUserId, bot_id: SLACK.botId });
  expect(answer.response_metadata?.scopes).toContain('chat:write');
});

test.each([
  ['no token', '', 'not_authed'],
  ['a made-up token', 'xoxb-made-up', 'invalid_auth'],
  ['the app-level token', SLACK.appToken, 'not_allowed_token_type'],
])('a call with %s is refused', async (_case, token, error) => {
  const headers: Record<string, string> = token === '' ? {} : { Authorization: `Bearer ${token}` };
  const answer = await fetch(`${world.url}/api/auth.test`, { method: 'POST', headers });

  expect(await answer.json()).toMatchObject({ ok: false, error });
});

test('a message is posted, edited, and taken away; its second removal finds nothing', async () => {
  const { chat } = world.client();
  const { channel } = await world.client().conversations.open({ users: ana });
  const posted = await chat.postMessage({
    channel: channel?.id ?? '',
    text: 'Hello',
    blocks: [section('Hello') as never],
  });
  const at = { channel: posted.channel ?? '', ts: posted.ts ?? '' };

  await chat.update({ ...at, text: 'Bye' });
  const [message] = world.state().messages;
  await chat.delete(at);

  expect(message).toMatchObject({ text: 'Bye', user: SLACK.botUserId, blocks: [{ type: 'section' }] });
  expect(world.state().messages).toEqual([]);
  expect(await refusalOf(chat.delete(at))).toEqual({ error: 'message_not_found' });
});

test('messages of others are not the bot’s to change', async () => {
  const { ts } = await world.do({ deed: 'write', as: ana, channel: directOf(ana), text: 'help' });
  const at = { channel: directOf(ana), ts: ts ?? '' };

  expect(await refusalOf(world.client().chat.update({ ...at, text: 'x' }))).toEqual({ error: 'cant_update_message' });
  expect(await refusalOf(world.client().chat.delete(at))).toEqual({ error: 'cant_delete_message' });
});

test('the bot writes only where it is a member, and to nobody of another workspace', async () => {
  const { chat, conversations } = world.client();

  expect(await refusalOf(chat.postMessage({ channel: AGENTS, text: 'x' }))).toEqual({ error: 'not_in_channel' });
  expect(await refusalOf(chat.postMessage({ channel: 'C0NOWHERE01', text: 'x' }))).toEqual({
    error: 'channel_not_found',
  });
  expect(await refusalOf(conversations.open({ users: stranger }))).toEqual({ error: 'user_not_visible' });
  expect(await refusalOf(conversations.open({ users: 'U0NOBODY001' }))).toEqual({ error: 'user_not_found' });
});

test('an ephemeral message is for one person, and cannot be changed by its ts', async () => {
  const { chat } = world.client();
  const { message_ts: ts = '' } = await chat.postEphemeral({ channel: GENERAL, user: ana, text: 'Only you' });

  expect(world.state().messages).toMatchObject([{ visible_to: ana, is_ephemeral: true }]);
  expect(await refusalOf(chat.update({ channel: GENERAL, ts, text: 'x' }))).toEqual({ error: 'message_not_found' });
});

test('accounts say whether they are guests, bots or strangers, and without its scope no address', async () => {
  const infoOf = async (name: string): Promise<object | undefined> => {
    const id = world.state().users.find(({ real_name }) => real_name === name)?.id ?? '';
    return (await world.client().users.info({ user: id })).user;
  };

  expect(await infoOf('Guest Gus')).toMatchObject({ is_restricted: true, is_ultra_restricted: false });
  expect(await infoOf('Gina Onechannel')).toMatchObject({ is_restricted: true, is_ultra_restricted: true });
  expect(await infoOf('Sam Stranger')).toMatchObject({ is_stranger: true, team_id: 'T0FABRIKAM' });
  expect(await infoOf('Latchkey')).toMatchObject({ is_bot: true });
  expect(JSON.stringify(await infoOf('Ana Agent'))).not.toMatch(/"email"|is_stranger/);
});

const long = (length: number): string => 'x'.repeat(length);
const lever = { type: 'button', text: { type: 'plain_text', text: 'Go' } };
const button = (more: object): object => ({
  type: 'actions',
  elements: [{ type: 'button', action_id: 'go', text: { type: 'plain_text', text: 'Go' }, ...more }],
});
const options = (count: number): object[] =>
  Array.from({ length: count }, (_, n) => ({ text: { type: 'plain_text', text: `o${n}` }, value: `v${n}` }));

test.each<[string, object[], string, RegExp]>([
  ['51 blocks', Array.from({ length: 51 }, () => ({ type: 'divider' })), 'invalid_blocks', /no more than 50 items/],
  ['a block that does not exist', [{ type: 'banner' }], 'invalid_blocks', /unsupported type.*\/blocks\/0\/type/],
  ['an element that does not exist', [button({ type: 'lever' })], 'invalid_blocks', /unsupported type/],
  [
    'a property that does not exist',
    [{ ...section('x'), colour: 'red' }],
    'invalid_blocks',
    /additional property: colour/,
  ],
  ['a section of 3001 characters', [section(long(3_001))], 'invalid_blocks', /less than 3001.*\/blocks\/0\/text\/text/],
  ['an empty section', [{ type: 'section' }], 'invalid_blocks', /text or fields/],
  ['a header with mrkdwn', [{ type: 'header', text: { type: 'mrkdwn', text: 'x' } }], 'invalid_blocks', /text.type/],
  [
    'a header of 151 characters',
    [{ type: 'header', text: { type: 'plain_text', text: long(151) } }],
    'invalid_blocks',
    /less than 151/,
  ],
  [
    'a button with 76 characters',
    [button({ text: { type: 'plain_text', text: long(76) } })],
    'invalid_blocks',
    /less than 76/,
  ],
  ['a button with a value of 2001', [button({ value: long(2_001) })], 'invalid_blocks', /less than 2001/],
  ['a button that runs script', [button({ url: 'javascript:alert(1)' })], 'invalid_blocks', /valid URL/],
  [
    '26 elements',
    [{ type: 'actions', elements: Array.from({ length: 26 }, () => lever) }],
    'invalid_blocks',
    /no more than 25/,
  ],
  [
    'a menu of 101',
    [button({ type: 'static_select', text: undefined, options: options(101) })],
    'invalid_blocks',
    /no more than 100/,
  ],
  ['a menu with no options', [button({ type: 'static_select', text: undefined })], 'invalid_blocks', /options/],
  [
    'the same block twice',
    [
      { type: 'divider', block_id: 'a' },
      { type: 'divider', block_id: 'a' },
    ],
    'invalid_blocks',
    /unique: a/,
  ],
  ['14,000 characters in all', Array.from({ length: 5 }, () => section(long(2_800))), 'msg_blocks_too_long', /^$/],
])('a message with %s is refused', async (_case, blocks, error, words) => {
  const refusal = await refusalOf(
    world.client().chat.postMessage({ channel: directOf(ana), text: 'x', blocks: blocks as never }),
  );

  expect(refusal.error).toBe(error);
  expect(refusal.messages?.join('\n') ?? '').toMatch(words);
});

test('a message needs words, and has an end', async () => {
  const { chat } = world.client();

  expect(await refusalOf(chat.postMessage({ channel: directOf(ana), text: '' }))).toEqual({ error: 'no_text' });
  expect(await refusalOf(chat.postMessage({ channel: directOf(ana), text: long(40_001) }))).toEqual({
    error: 'msg_too_long',
  });
});

test('faults: too many calls, no answer, done and denied, a scope that is missing, a token that ended', async () => {
  const { chat } = world.client();
  const post = (): Promise<{ error?: string }> => refusalOf(chat.postMessage({ channel: directOf(ana), text: 'x' }));
  const count = (): number => world.state().messages.length;

  world.fault('throttled', { retryAfter: '7' });
  await expect(chat.postMessage({ channel: directOf(ana), text: 'x' })).rejects.toMatchObject({ retryAfter: 7 });
  expect(count()).toBe(0);
  world.fault('fatal-after-commit');
  expect(await post()).toEqual({ error: 'fatal_error' });
  expect(count()).toBe(1);
  world.fault('gateway-timeout-after-commit');
  await expect(chat.postMessage({ channel: directOf(ana), text: 'x' })).rejects.toMatchObject({ statusCode: 504 });
  expect(count()).toBe(2);
  world.fault('missing-scope', { scope: 'chat:write' });
  expect(await post()).toMatchObject({ error: 'missing_scope' });
  world.fault('token-revoked');
  expect(await post()).toEqual({ error: 'token_revoked' });
});

test('a refused call and a read are not lost: the fault waits for a change', async () => {
  const { chat, auth } = world.client();
  world.fault('gateway-timeout-after-commit');

  expect(await refusalOf(chat.postMessage({ channel: 'C0NOWHERE01', text: 'x' }))).toEqual({
    error: 'channel_not_found',
  });
  expect(await refusalOf(auth.test())).toEqual({});
  await expect(chat.postMessage({ channel: directOf(ana), text: 'x' })).rejects.toMatchObject({ statusCode: 504 });
});

test('a method that does not exist is named', async () => {
  expect(await refusalOf(world.client().apiCall('chat.shout'))).toMatchObject({ error: 'unknown_method' });
});
