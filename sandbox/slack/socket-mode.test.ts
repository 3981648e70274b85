import { App, LogLevel, SocketModeReceiver } from '@slack/bolt';
import { SLACK, SLACK_ACCOUNTS } from '../credentials.js';
import type { Json } from './slack-wire.js';
import { refusalOf, SILENT, SlackWorld } from './test-world.js';
import { directOf, GENERAL } from './workspace.js';

/** Bolt's own receiver and client judge: what it takes from Slack, it takes from the sandbox. */

const ana = SLACK_ACCOUNTS.find(({ name }) => name === 'Ana Agent')?.userId ?? '';
const dm = directOf(ana);
const plain = (text: string): { type: 'plain_text'; text: string } => ({ type: 'plain_text', text });
const BUTTON = {
  type: 'actions' as const,
  block_id: 'b',
  elements: [{ type: 'button' as const, action_id: 'go', text: plain('Go'), value: '42' }],
};
const MODAL = {
  ...{ type: 'modal' as const, title: plain('Link'), submit: plain('Link'), callback_id: 'link' },
  blocks: [
    {
      ...{ type: 'input' as const, block_id: 'number', label: plain('Number') },
      element: { type: 'plain_text_input' as const, action_id: 'number' },
    },
  ],
};

let world: SlackWorld;
let app: App;
let receiver: SocketModeReceiver;
let connected = 0;

beforeEach(async () => {
  world = await SlackWorld.start();
  receiver = new SocketModeReceiver({
    appToken: SLACK.appToken,
    logger: SILENT,
    logLevel: LogLevel.ERROR,
    // Also how long its client waits until it comes back; a shorter one takes a busy machine for a dead one.
    clientPingTimeout: 2_000,
    installerOptions: { clientOptions: { slackApiUrl: `${world.url}/api/` } },
  });
  connected = 0;
  receiver.client.on('connected', () => (connected += 1));
  app = new App({
    ...{ receiver, logger: SILENT, logLevel: LogLevel.ERROR },
    authorize: async () => ({ botToken: SLACK.botToken, botId: SLACK.botId, botUserId: SLACK.botUserId }),
    clientOptions: { slackApiUrl: `${world.url}/api/` },
  });
});
afterEach(async () => {
  await app.stop().catch(() => undefined);
  await world.close();
});

async function open(): Promise<number> {
  const answer = await fetch(`${world.url}/_sandbox/sockets`);
  return ((await answer.json()) as { open: number }).open;
}

async function disconnect(reason: string): Promise<Response> {
  return fetch(`${world.url}/_sandbox/sockets`, { method: 'POST', body: JSON.stringify({ disconnect: reason }) });
}

/** Asks again until it is so; the test's own time ends it. */
async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((next) => setTimeout(next, 10));
}

test('a command comes through the socket, and what acknowledges it is shown', async () => {
  app.command('/latchkey', async ({ ack, command }) => ack({ text: `You said ${command.text}.` }));
  await app.start();

  const outcome = await world.do({ deed: 'command', as: ana, channel: GENERAL, text: '/latchkey help' });

  expect(outcome).toEqual({ delivered: true });
  expect(world.state().messages).toMatchObject([{ text: 'You said help.', visible_to: ana }]);
  expect(world.bot.heard).toEqual([]);
});

test('an event, a button and a dialog come as Bolt knows them', async () => {
  const heard: Json[] = [];
  app.message(/.*/, async ({ message }) => void heard.push({ said: (message as { text?: string }).text ?? '' }));
  app.action('go', async ({ ack, action }) => {
    await ack();
    heard.push({ pressed: (action as { value?: string }).value ?? '' });
  });
  app.view('link', async ({ ack }) => ack({ response_action: 'errors', errors: { number: 'Not that one.' } }));
  app.command('/latchkey', async ({ ack, client, body }) => {
    await ack();
    await client.views.open({ trigger_id: body.trigger_id, view: MODAL });
  });
  await app.start();

  await world.do({ deed: 'write', as: ana, channel: dm, text: 'hello' });
  const { ts = '' } = await world.client().chat.postMessage({ channel: dm, text: 'x', blocks: [BUTTON] });
  await world.do({ deed: 'press', as: ana, at: { channel: dm, ts }, block_id: 'b', action_id: 'go' });
  await world.do({ deed: 'command', as: ana, channel: GENERAL, text: '/latchkey' });
  await until(() => world.state().views.length > 0);
  const view_id = world.state().views[0]?.id ?? '';
  const sent = await world.do({ deed: 'submit', as: ana, view_id, entered: { number: { number: '1' } } });

  expect(heard).toEqual([{ said: 'hello' }, { pressed: '42' }]);
  expect(sent).toEqual({ delivered: true, errors: { number: 'Not that one.' } });
});

test('an event that nobody acknowledges within three seconds comes again, and says so', async () => {
  const tries: (number | undefined)[] = [];
  // In the place of Bolt, which acknowledges every event at once.
  receiver.client.removeAllListeners('slack_event');
  receiver.client.on('slack_event', ({ ack, retry_num }: { ack: () => Promise<void>; retry_num?: number }) => {
    if (tries.push(retry_num) > 1) void ack();
  });
  await receiver.client.start();

  const outcome = await world.do({ deed: 'write', as: ana, channel: dm, text: 'hello' });

  expect(tries).toEqual([0, 1]);
  expect(outcome).toMatchObject({ delivered: true });
  await receiver.client.disconnect();
});

test('Slack asks for a new socket, and what comes after that comes through the new one', async () => {
  app.command('/latchkey', async ({ ack }) => ack({ text: 'Still here.' }));
  await app.start();

  await disconnect('refresh_requested');

  await until(() => connected === 2);
  await world.do({ deed: 'command', as: ana, channel: GENERAL, text: '/latchkey' });
  expect(world.state().messages).toMatchObject([{ text: 'Still here.' }]);
});

test('a warning ends nothing, and a reason that Slack does not have is refused', async () => {
  await app.start();

  await disconnect('warning');

  expect((await disconnect('boredom')).status).toBe(400);
  expect(await open()).toBe(connected === 1 ? 1 : 0);
});

test('without a socket everything goes to the request URL', async () => {
  await app.start();
  await app.stop();
  await until(async () => (await open()) === 0);

  await world.do({ deed: 'command', as: ana, channel: GENERAL, text: '/latchkey help' });

  expect(world.bot.commands()).toHaveLength(1);
});

test('the address of a socket is for the app’s own token, for one socket and for half a minute', async () => {
  const refused = await refusalOf(world.client().apps.connections.open({}));
  const { url = '' } = await world.client(SLACK.appToken).apps.connections.open({});
  const { url: late = '' } = await world.client(SLACK.appToken).apps.connections.open({});
  const ends = (address: string): Promise<string> =>
    new Promise((resolve) => {
      const socket = new WebSocket(address);
      socket.addEventListener('error', () => resolve('refused'));
      socket.addEventListener('message', ({ data }) => {
        socket.close();
        resolve((JSON.parse(String(data)) as { type: string }).type);
      });
    });

  expect(refused).toMatchObject({ error: 'not_allowed_token_type' });
  expect([await ends(url), await ends(url)]).toEqual(['hello', 'refused']);
  world.wall += 31_000;
  expect(await ends(late)).toBe('refused');
});
