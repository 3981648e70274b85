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

test('an envelope that comes twice has one delivery id, by which nothing is done twice', async () => {
  stand.sandbox.faults.set({ fault: 'deliver-twice', on: true });

  await says('help');

  await until('both are heard', async () => stand.turns.length === 2);
  expect(new Set(stand.turns.map(({ deliveryId }) => deliveryId)).size).toBe(1);
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
