import { SLACK } from '../../sandbox/credentials.js';
import { until } from '../support/processes.js';
import { ada, SlackStand } from './slack-stand.js';
import { SocketSlack } from './socket-slack.js';

let slack: SocketSlack;
let stand: SlackStand;
const unhandled: unknown[] = [];
const note = (reason: unknown): void => void unhandled.push(reason);

beforeEach(async () => {
  process.on('unhandledRejection', note);
  slack = new SocketSlack();
  stand = await SlackStand.start({
    apiUrl: await slack.listen(),
    delivery: { kind: 'socket', appToken: SLACK.appToken },
  });
});
afterEach(async () => {
  await stand.close();
  await slack.close();
  process.off('unhandledRejection', note);
  expect(unhandled.splice(0)).toEqual([]);
});

const command = {
  ...{ command: '/latchkey', text: 'help', user_id: ada.userId, team_id: SLACK.teamId, channel_id: 'C0GENERAL01' },
  ...{ trigger_id: 't', api_app_id: SLACK.appId },
};
const isOpen = (): boolean => stand.state().endsWith('socket open');

test('what comes through the socket is acknowledged and answered there', async () => {
  await until('the socket is open', async () => isOpen());

  slack.deliver('slash_commands', command);

  await until('it is acknowledged', async () => slack.acknowledged.length > 0);
  expect(slack.acknowledged).toMatchObject([
    { envelope_id: 'envelope-slash_commands', payload: { text: expect.stringContaining('direct messages') as string } },
  ]);
  await until('it is heard', async () => stand.turns.length > 0);
  expect(stand.turns).toMatchObject([{ account: { personId: ada.personId }, said: { text: 'help' } }]);
});

test('a socket that ends is opened again', async () => {
  await until('the socket is open', async () => isOpen());

  slack.endSockets();

  await until('it has ended', async () => !isOpen());
  await until('it is open again', async () => isOpen());
  slack.deliver('slash_commands', command);
  await until('it is heard', async () => stand.turns.length > 0);
}, 20_000);

test('a token that was revoked ends nothing but the socket, and is told where the operator looks', async () => {
  await until('the socket is open', async () => isOpen());
  slack.next = 'invalid_auth';

  slack.endSockets();

  await until('it was refused', async () => stand.state().endsWith('socket not open: Slack answered invalid_auth'));
  slack.next = 'good';
  await until('it is open again', async () => isOpen());
}, 20_000);

test('a stop while a socket waits to be greeted ends cleanly', async () => {
  await until('the socket is open', async () => isOpen());
  slack.next = 'silent';
  slack.endSockets();
  await until('it is asked for again', async () => slack.calls.filter((call) => call.startsWith('apps.')).length === 2);
  await until('it is there', async () => slack.isConnected);

  await stand.settled();

  await until('it is gone', async () => !slack.isConnected);
  expect(stand.state()).not.toMatch(/socket open$/);
}, 20_000);
