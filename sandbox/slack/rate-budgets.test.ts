import { SLACK_ACCOUNTS } from '../credentials.js';
import { refusalOf, SlackWorld } from './test-world.js';
import { directOf } from './workspace.js';

const ana = SLACK_ACCOUNTS.find(({ name }) => name === 'Ana Agent')?.userId ?? '';
const omar = SLACK_ACCOUNTS.find(({ name }) => name === 'Omar Owner')?.userId ?? '';

let world: SlackWorld;

beforeEach(async () => {
  world = await SlackWorld.start();
});
afterEach(() => world.close());

/** What came of so many calls, one after the other: how many were taken, and what the first refused one was told. */
async function taken(count: number, call: () => Promise<unknown>): Promise<{ taken: number; retryAfter?: number }> {
  for (let done = 0; done < count; done += 1) {
    try {
      await call();
    } catch (error) {
      return { taken: done, retryAfter: (error as { retryAfter?: number }).retryAfter ?? -1 };
    }
  }
  return { taken: count };
}

test('a method has its tier’s calls a minute, and says when the next one may come', async () => {
  const { chat } = world.client();
  const { ts = '' } = await chat.postMessage({ channel: directOf(ana), text: '0' });
  const update = (): Promise<unknown> => chat.update({ channel: directOf(ana), ts, text: '1' });
  world.fault('rate-budgets');

  expect(await taken(60, update)).toEqual({ taken: 50, retryAfter: 2 });
  world.wall += 2_000;
  expect(await taken(2, update)).toMatchObject({ taken: 1 });
  expect(await refusalOf(world.client().users.info({ user: ana }))).toEqual({});
});

test('messages are counted for each channel, with a short burst', async () => {
  const { chat } = world.client();
  const post = (user: string) => () => chat.postMessage({ channel: directOf(user), text: 'x' });
  world.fault('rate-budgets');

  expect(await taken(9, post(ana))).toEqual({ taken: 5, retryAfter: 1 });
  expect(await taken(3, post(omar))).toEqual({ taken: 3 });
});

test('without the fault nothing is counted, and each switch fills the buckets', async () => {
  const { chat } = world.client();
  const post = () => chat.postMessage({ channel: directOf(ana), text: 'x' });
  expect(await taken(9, post)).toEqual({ taken: 9 });
  world.fault('rate-budgets', { scale: '0.2' });
  expect(await taken(2, post)).toMatchObject({ taken: 1 });

  world.server.faults.set({ fault: 'rate-budgets', on: false });
  world.fault('rate-budgets');

  expect(await taken(9, post)).toMatchObject({ taken: 5 });
});
