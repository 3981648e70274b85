import { SLACK } from '../../sandbox/credentials.js';
import { until } from '../support/processes.js';
import { ada, SlackStand } from './slack-stand.js';

/** The bot's door with a socket, and the whole Slack sandbox at its other end. */

let stand: SlackStand;

beforeEach(async () => {
  stand = await SlackStand.start({ delivery: { kind: 'socket', appToken: SLACK.appToken } });
  await until('the socket is open', async () => isOpen());
});
afterEach(() => stand.close());

const isOpen = (): boolean => stand.state().endsWith('socket open');
const says = (text: string): Promise<Record<string, unknown>> =>
  stand.do({ deed: 'command', as: ada.userId, channel: 'C0GENERAL01', text: `/latchkey ${text}` });

async function disconnect(reason: string): Promise<void> {
  const body = JSON.stringify({ disconnect: reason });
  const answer = await fetch(`${stand.addresses.slack}/_sandbox/sockets`, { method: 'POST', body });
  expect(answer.status).toBe(200);
}

test('a command comes through the socket and is answered there; no request reaches the bot', async () => {
  const outcome = await says('help');

  await until('it is heard', async () => stand.turns.length > 0);
  expect(outcome).toEqual({ delivered: true });
  expect(stand.turns).toMatchObject([{ account: { personId: ada.personId }, said: { text: 'help' } }]);
  expect(stand.messages().map(({ text }) => text)).toEqual([expect.stringContaining('direct messages') as string]);
});

test('an envelope that comes twice is acknowledged twice and worked on once', async () => {
  stand.sandbox.faults.set({ fault: 'deliver-twice', on: true });

  expect(await says('help')).toEqual({ delivered: true });

  await until('it is answered', async () => stand.inbox.kept.size === 0);
  expect(stand.turns).toHaveLength(1);
});

test('an event is acknowledged once it is kept, and not before', async () => {
  let release = (): void => undefined;
  const store = new Promise<void>((resolve) => (release = resolve));
  stand.inbox.slowly = () => store;
  let isAcknowledged = false;

  const written = stand.do({ as: ada.userId, deed: 'write', channel: `D${ada.userId.slice(1)}`, text: 'help' });
  void written.then(() => (isAcknowledged = true));
  await until('it is being kept', async () => stand.inbox.asked === 1);
  // Longer than an acknowledgement that waits for nothing takes.
  await stand.do({ as: ada.userId, deed: 'home', tab: 'home' });
  expect(isAcknowledged).toBe(false);
  release();

  expect(await written).toMatchObject({ delivered: true });
  await until('it is worked on', async () => stand.turns.filter(({ said }) => said.kind === 'text').length === 1);
});

test('a socket that Slack wants back is opened again, and nothing that comes then is lost', async () => {
  await disconnect('refresh_requested');
  await until('it has ended', async () => !isOpen());
  await until('it is open again', async () => isOpen());

  expect(await says('help')).toEqual({ delivered: true });
}, 20_000);

test('a token that was revoked is told where the operator looks, and used again once it is good', async () => {
  stand.sandbox.faults.set({ fault: 'token-revoked', on: true });
  await disconnect('link_disabled');
  await until('it was refused', async () => stand.state().endsWith('socket not open: Slack answered token_revoked'));
  stand.sandbox.faults.set({ fault: 'token-revoked', on: false });

  await until('it is open again', async () => isOpen());
}, 30_000);
