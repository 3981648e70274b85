import { createHmac } from 'node:crypto';
import { SLACK, SLACK_ACCOUNTS } from '../credentials.js';
import { refusalOf, SlackWorld, type Delivery } from './test-world.js';
import { directOf, GENERAL } from './workspace.js';

const ana = SLACK_ACCOUNTS.find(({ name }) => name === 'Ana Agent')?.userId ?? '';
const dm = directOf(ana);

const plain = (text: string): { type: 'plain_text'; text: string } => ({ type: 'plain_text', text });
const NUMBER_VIEW = {
  type: 'modal' as const,
  title: plain('Link'),
  submit: plain('Link'),
  callback_id: 'link',
  blocks: [
    {
      type: 'input' as const,
      block_id: 'number',
      label: plain('Number'),
      element: { type: 'plain_text_input' as const, action_id: 'number' },
    },
  ],
};

let world: SlackWorld;

beforeEach(async () => {
  world = await SlackWorld.start();
});
afterEach(() => world.close());

test('a slash command comes as a form, signed in wall time, without a charset', async () => {
  await world.do({ deed: 'command', as: ana, channel: GENERAL, text: '/latchkey who is @b.simon?' });

  const [delivery] = world.bot.heard;
  const { body = '', headers = {} } = delivery ?? {};
  const timestamp = String(headers['x-slack-request-timestamp']);
  const mac = createHmac('sha256', SLACK.signingSecret).update(`v0:${timestamp}:${body}`).digest('hex');
  expect(headers).toMatchObject({
    'x-slack-signature': `v0=${mac}`,
    'content-type': 'application/x-www-form-urlencoded',
  });
  expect(Math.abs(Number(timestamp) * 1_000 - world.wall)).toBeLessThan(1_001);
  const simon = SLACK_ACCOUNTS.find(({ name }) => name === 'B.Simon')?.userId ?? '';
  expect(Object.fromEntries(world.bot.commands()[0] ?? [])).toMatchObject({
    ...{ command: '/latchkey', text: `who is <@${simon}|b.simon>?`, team_id: SLACK.teamId },
    ...{ channel_id: GENERAL, channel_name: 'general', user_id: ana },
  });
});

test('a command that is not answered well shows Slackbot’s words to that person alone', async () => {
  world.bot.answers = () => ({ status: 404 });
  const outcome = await world.do({ deed: 'command', as: ana, channel: GENERAL, text: '/latchkey help' });

  expect(outcome).toEqual({ delivered: false, notice: '/latchkey failed with the error "dispatch_failed"' });
  expect(world.state().messages).toMatchObject([{ user: 'USLACKBOT', visible_to: ana }]);
});

test('the answer to a command is shown to that person, and its response_url works five times', async () => {
  world.bot.answers = () => ({ body: { response_type: 'ephemeral', text: 'Look at our chat.' } });
  await world.do({ deed: 'command', as: ana, channel: GENERAL, text: '/latchkey help' });
  const url = world.bot.commands()[0]?.get('response_url') ?? '';
  const answer = async (): Promise<number> =>
    (await fetch(url, { method: 'POST', body: JSON.stringify({ text: 'More' }) })).status;

  const statuses = [];
  for (let use = 0; use < 6; use++) statuses.push(await answer());

  expect(statuses).toEqual([200, 200, 200, 200, 200, 404]);
  expect(world.state().messages).toHaveLength(6);
  expect(world.state().messages.every(({ visible_to }) => visible_to === ana)).toBe(true);
});

test('a response_url ends after thirty minutes', async () => {
  await world.do({ deed: 'command', as: ana, channel: GENERAL, text: '/latchkey help' });
  world.wall += 31 * 60_000;

  const url = world.bot.commands()[0]?.get('response_url') ?? '';
  expect((await fetch(url, { method: 'POST', body: JSON.stringify({ text: 'Late' }) })).status).toBe(404);
});

test('direct messages and mentions reach the bot, other talk does not', async () => {
  await world.do({ deed: 'write', as: ana, channel: dm, text: 'a < b & <!channel>' });
  await world.do({ deed: 'write', as: ana, channel: GENERAL, text: '@latchkey status' });
  const unheard = await world.do({ deed: 'write', as: ana, channel: GENERAL, text: 'Who has lunch?' });

  expect(world.bot.events()).toMatchObject([
    { type: 'message', channel_type: 'im', channel: dm, user: ana, text: 'a &lt; b &amp; &lt;!channel&gt;' },
    { type: 'app_mention', channel: GENERAL, text: `<@${SLACK.botUserId}> status` },
  ]);
  expect(unheard.delivered).toBe(false);
});

test('an event that is refused comes again at once, as a retry', async () => {
  world.bot.answers = ({ headers }: Delivery) => ({ status: headers['x-slack-retry-num'] ? 200 : 500 });
  const outcome = await world.do({ deed: 'write', as: ana, channel: dm, text: 'help' });

  expect(outcome.delivered).toBe(true);
  expect(world.bot.heard.map(({ headers }) => headers['x-slack-retry-num'])).toEqual([undefined, '1']);
  expect(world.bot.heard[1]?.headers['x-slack-retry-reason']).toBe('http_error');
  expect(world.bot.heard[0]?.body).toBe(world.bot.heard[1]?.body);
});

test('a button carries its value, the other inputs and where it stands', async () => {
  const elements = [
    { type: 'button', action_id: 'go', value: '{"v":1}', text: plain('Run') },
    { type: 'static_select', action_id: 'role', options: [{ text: plain('Agent'), value: 'agent' }] },
  ];
  const blocks = [{ type: 'actions', block_id: 'b', elements }];
  const { ts = '' } = await world.client().chat.postMessage({ channel: dm, text: 'Run?', blocks: blocks as never });

  const entered = { b: { role: 'agent' } };
  await world.do({ deed: 'press', as: ana, at: { channel: dm, ts }, block_id: 'b', action_id: 'go', entered });

  expect(world.bot.payloads()).toMatchObject([
    {
      type: 'block_actions',
      ...{ user: { id: ana, team_id: SLACK.teamId }, channel: { id: dm }, message: { ts } },
      container: { type: 'message', message_ts: ts, is_ephemeral: false },
      actions: [{ action_id: 'go', block_id: 'b', value: '{"v":1}', type: 'button' }],
      state: { values: { b: { role: { selected_option: { value: 'agent' } } } } },
    },
  ]);
});

test('an ephemeral message is replaced through the response_url of its button', async () => {
  const blocks = [
    { type: 'actions', block_id: 'b', elements: [{ type: 'button', action_id: 'go', text: plain('Go') }] },
  ];
  const { message_ts: ts = '' } = await world
    .client()
    .chat.postEphemeral({ channel: GENERAL, user: ana, text: 'Go?', blocks: blocks as never });
  await world.do({ deed: 'press', as: ana, at: { channel: GENERAL, ts }, block_id: 'b', action_id: 'go' });

  const { response_url: url, message } = world.bot.payloads()[0] ?? {};
  const answer = { replace_original: true, text: 'Gone' };
  await fetch(String(url), { method: 'POST', body: JSON.stringify(answer) });

  expect(message).toBeUndefined();
  expect(world.state().messages).toMatchObject([{ ts, text: 'Gone', visible_to: ana, blocks: [] }]);
});

/** Presses a command whose answer opens that view within three seconds. */
async function opens(view: object = NUMBER_VIEW): Promise<string> {
  await world.do({ deed: 'command', as: ana, channel: dm, text: '/latchkey link' });
  const trigger_id = world.bot.commands().at(-1)?.get('trigger_id') ?? '';
  const { view: opened } = await world.client().views.open({ trigger_id, view: view as never });
  return opened?.id ?? '';
}

test('a trigger opens one modal, within three seconds', async () => {
  await world.do({ deed: 'command', as: ana, channel: dm, text: '/latchkey link' });
  const trigger_id = world.bot.commands()[0]?.get('trigger_id') ?? '';
  const open = (): Promise<{ error?: string }> =>
    refusalOf(world.client().views.open({ trigger_id, view: NUMBER_VIEW }));

  const wrong = world.client().views.open({ trigger_id: '1.2.3', view: NUMBER_VIEW });
  expect(await refusalOf(wrong)).toEqual({ error: 'invalid_trigger_id' });
  world.wall += 3_001;
  expect(await open()).toEqual({ error: 'expired_trigger_id' });
  world.wall -= 3_001;
  expect(await open()).toEqual({});
  expect(await open()).toEqual({ error: 'exchanged_trigger_id' });
});

test('a view must be whole: a title that fits, and a way to send what it asks', async () => {
  await world.do({ deed: 'command', as: ana, channel: dm, text: '/latchkey link' });
  const trigger_id = world.bot.commands()[0]?.get('trigger_id') ?? '';
  const withoutSubmit = { ...NUMBER_VIEW, submit: undefined };
  const tooLong = { ...NUMBER_VIEW, title: plain('x'.repeat(25)) };

  expect(await refusalOf(world.client().views.open({ trigger_id, view: withoutSubmit }))).toMatchObject({
    error: 'invalid_arguments',
    messages: [expect.stringMatching(/submit is required/)],
  });
  expect(await refusalOf(world.client().views.open({ trigger_id, view: tooLong }))).toMatchObject({
    error: 'invalid_arguments',
    messages: [expect.stringMatching(/less than 25.*\/view\/title\/text/)],
  });
});

test('an older hash does not overwrite a newer view', async () => {
  const id = await opens();
  const { hash = '' } = world.state().views.find((view) => view.id === id) ?? {};
  await world.client().views.update({ view_id: id, hash, view: NUMBER_VIEW });

  const late = world.client().views.update({ view_id: id, hash, view: NUMBER_VIEW });
  expect(await refusalOf(late)).toEqual({ error: 'hash_conflict' });
});

test('a modal is sent only when it is filled in, keeps the bot’s errors, and then closes', async () => {
  const id = await opens();
  const submit = (entered: object): ReturnType<SlackWorld['do']> =>
    world.do({ deed: 'submit', as: ana, view_id: id, entered });

  expect((await submit({})).errors).toEqual({ number: 'Please complete this required field.' });
  world.bot.answers = () => ({ body: { response_action: 'errors', errors: { number: 'That is not it.' } } });
  expect((await submit({ number: { number: '123' } })).errors).toEqual({ number: 'That is not it.' });
  world.bot.answers = () => ({});
  await submit({ number: { number: '456' } });

  expect(world.bot.payloads().map(({ view }) => (view as { state: object }).state)).toMatchObject([
    { values: { number: { number: { type: 'plain_text_input', value: '123' } } } },
    { values: { number: { number: { value: '456' } } } },
  ]);
  expect(world.state().views).toMatchObject([{ id, is_open: false }]);
});

test('a modal that the bot does not take stays open, with Slack’s words', async () => {
  const id = await opens();
  world.bot.answers = () => ({ status: 500 });

  const outcome = await world.do({ deed: 'submit', as: ana, view_id: id, entered: { number: { number: '1' } } });

  expect(outcome).toEqual({ delivered: false, notice: 'We had some trouble connecting. Try again?' });
  expect(world.state().views).toMatchObject([{ is_open: true }]);
});

test('a view pushed over another goes, and the one below shows again', async () => {
  const id = await opens();
  world.bot.answers = () => ({ body: { response_action: 'push', view: { ...NUMBER_VIEW, notify_on_close: true } } });
  await world.do({ deed: 'submit', as: ana, view_id: id, entered: { number: { number: '1' } } });
  const top = world.state().views.at(-1)?.id ?? '';
  world.bot.answers = () => ({});

  await world.do({ deed: 'close', as: ana, view_id: top });

  expect(world.state().views).toMatchObject([
    { id, is_open: true },
    { id: top, is_open: false, root_view_id: id, previous_view_id: id },
  ]);
  expect(world.bot.payloads().at(-1)).toMatchObject({ type: 'view_closed', is_cleared: false, view: { id: top } });
});

test('the App Home: opening it tells the bot, which publishes it', async () => {
  await world.do({ deed: 'home', as: ana, tab: 'home' });
  const blocks = [{ type: 'section', text: { type: 'plain_text', text: 'Hello' } }];
  await world.client().views.publish({ user_id: ana, view: { type: 'home', blocks } as never });

  expect(world.bot.events()).toMatchObject([{ type: 'app_home_opened', tab: 'home', user: ana, channel: dm }]);
  expect(world.state().views).toMatchObject([{ type: 'home', user: ana, is_open: true }]);
});

test('a list that fills itself asks the bot, and refuses what Slack would refuse', async () => {
  const element = { type: 'external_select', action_id: 'person', min_query_length: 1 };
  const blocks = [{ type: 'actions', block_id: 'b', elements: [element] }];
  const { ts = '' } = await world.client().chat.postMessage({ channel: dm, text: 'Who?', blocks: blocks as never });
  const ask = { deed: 'suggest', as: ana, at: { channel: dm, ts }, block_id: 'b', action_id: 'person', value: 'sim' };
  const option = { text: plain('B.Simon'), value: '5' };

  world.bot.answers = () => ({ body: { options: [option] } });
  expect(await world.do(ask)).toEqual({ delivered: true, options: [option] });
  world.bot.answers = () => ({ body: { options: [{ text: plain('x'.repeat(76)), value: '5' }] } });
  expect(await world.do(ask)).toMatchObject({ options: [], notice: expect.stringMatching(/not valid/) as string });
  expect(world.bot.payloads()[0]).toMatchObject({ type: 'block_suggestion', action_id: 'person', value: 'sim' });
});

test('a file is told of, and given to whoever has the bot’s token alone', async () => {
  const base64 = Buffer.from('email\nana@contoso.example\n').toString('base64');
  await world.do({ deed: 'upload', as: ana, channel: dm, name: 'people.csv', base64 });
  const [event] = world.bot.events();
  const [file] = (event?.['files'] ?? []) as { id: string; url_private: string }[];
  const read = async (token: string): Promise<string> =>
    (await fetch(file?.url_private ?? '', { headers: { Authorization: `Bearer ${token}` } })).text();

  expect(event).toMatchObject({ type: 'message', subtype: 'file_share', channel_type: 'im' });
  expect(await read(SLACK.botToken)).toBe('email\nana@contoso.example\n');
  expect(await read('xoxb-other')).toMatch(/Sign in/);
  expect((await world.client().files.info({ file: file?.id ?? '' })).file).toMatchObject({ filetype: 'csv', size: 26 });
});

test('somebody points at a message of a colleague', async () => {
  const simon = SLACK_ACCOUNTS.find(({ name }) => name === 'B.Simon')?.userId ?? '';
  const { ts = '' } = await world.do({ deed: 'write', as: simon, channel: GENERAL, text: 'I cannot sign in' });

  await world.do({ deed: 'shortcut', as: ana, channel: GENERAL, ts });

  expect(world.bot.payloads()).toMatchObject([
    { type: 'message_action', callback_id: 'latchkey_about', user: { id: ana }, message: { user: simon, ts } },
  ]);
});

test.each([
  ['wrong-signature', 0],
  ['old-signature', -3_600],
  ['future-signature', 3_600],
])('%s spoils one delivery', async (fault, drift) => {
  world.fault(fault);
  await world.do({ deed: 'command', as: ana, channel: dm, text: '/latchkey help' });
  const { body = '', headers = {} } = world.bot.heard[0] ?? {};
  const timestamp = Number(headers['x-slack-request-timestamp']);
  const mac = createHmac('sha256', SLACK.signingSecret).update(`v0:${timestamp}:${body}`).digest('hex');

  expect(headers['x-slack-signature'] === `v0=${mac}`).toBe(fault !== 'wrong-signature');
  expect(Math.abs(timestamp - world.wall / 1_000 - drift)).toBeLessThan(5);
});

test('everything comes twice while the fault is on', async () => {
  world.fault('deliver-twice');
  await world.do({ deed: 'write', as: ana, channel: dm, text: 'help' });
  await world.do({ deed: 'home', as: ana, tab: 'home' });

  expect(world.bot.heard.filter(({ body }) => body === world.bot.heard[0]?.body)).toHaveLength(2);
});

test('the address is verified as Slack does when it is entered', async () => {
  world.bot.answers = ({ body }) => ({ body: { challenge: (JSON.parse(body) as { challenge: string }).challenge } });
  expect(await world.do({ deed: 'verify-url' })).toEqual({ delivered: true });
  world.bot.answers = () => ({ body: { challenge: 'something else' } });
  expect((await world.do({ deed: 'verify-url' })).delivered).toBe(false);
});
